import { MeshService, PodPeer } from '../graph/environment-facts';

/** What an environment has beside its systems, and a copy of it too: who watches them, and what their proxies are told to call. */
export class Surroundings {
  /** Services that proxies call by themselves. */
  public readonly meshServices: MeshService[];
  private readonly scrapers = new Map<string, PodPeer[]>();

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
}
