import { MeshService, PodPeer } from '../graph/environment-facts';

/** Who takes spans, and of how many requests. */
export interface SpanCollector {
  /** Host and port that take spans, as OTLP by gRPC. */
  readonly collector: string;
  /** Share of the requests whose spans are sent, above 0 to 100. */
  readonly samplingPercentage: number;
}

/** Who gets the spans of a namespace. */
export interface Tracing extends SpanCollector {
  /** Name of the mesh config's provider. */
  readonly provider: string;
}

/** What an environment has beside its systems, and a copy of it too: who watches them, and what their proxies are told to call. */
export class Surroundings {
  /** Services that proxies call by themselves. */
  public readonly meshServices: MeshService[];
  private readonly scrapers = new Map<string, PodPeer[]>();
  private readonly traced = new Map<string, Tracing>();

  constructor(meshServices: readonly MeshService[]) {
    this.meshServices = [...meshServices];
  }

  /** Lets pods ask those of a namespace for metrics. */
  public scrape(namespace: string, peer: PodPeer): void {
    this.scrapers.set(namespace, [...this.scrapersOf(namespace), peer]);
  }

  /** Who asks the pods of a namespace for metrics, if somebody said so. */
  public scrapersOf(namespace: string): readonly PodPeer[] {
    return this.scrapers.get(namespace) ?? [];
  }

  /** Lets proxies call a service by themselves. */
  public letCall(service: MeshService): void {
    this.meshServices.push(service);
  }

  /** Lets the proxies of a namespace send spans. @returns whether nobody else lets them */
  public trace(namespace: string, tracing: Tracing): boolean {
    if (this.traced.has(namespace)) return false;
    this.traced.set(namespace, tracing);
    return true;
  }

  /** Who gets the spans of a namespace, if somebody does. */
  public tracingOf(namespace: string): Tracing | undefined {
    return this.traced.get(namespace);
  }
}
