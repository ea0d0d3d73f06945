import { ApiObject, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Edge } from '../graph/edge';
import { canEject } from '../graph/ejection';
import { at, textAt } from '../graph/json';
import { Callee } from '../graph/party';
import { ownerOf } from '../manifest/owner';
import { rateLimitName } from '../mesh/local-rate-limit';
import { MeshNamespace } from '../mesh/mesh-namespace';
import { Known } from './metrics-form';
import { ProbedHost, hostsOf } from './probes/hosts';

/** What there is to watch in a namespace, read when everything has been declared. */
export class WatchedNamespace {
  /** Name of the Namespace. */
  public readonly name: string;
  /** Its part of the DNS. */
  public readonly domain: string;
  /** Name of the system. */
  public readonly system: string;
  /** Who can be called there, in the order of their names. */
  public readonly callees: readonly Callee[];
  /** Hosts that lead to it, where somebody asks them from outside. */
  public readonly probed: readonly ProbedHost[];
  /** Calls to them. */
  public readonly calls: readonly Edge[];

  private readonly objects: readonly ApiObject[];
  private readonly constructs: ReadonlyMap<string, IConstruct>;

  /** @param known what is known beside what proxies count */
  constructor(private readonly namespace: MeshNamespace, public readonly known: Known) {
    const { graph } = namespace.environment;
    const below = within(namespace);
    this.name = namespace.name;
    this.domain = namespace.domain;
    this.system = namespace.system;
    this.probed = known.hosts ? hostsOf([namespace]) : [];
    this.callees = graph.calleesIn(namespace.name).filter(({ pods, remote, ports }) => pods !== undefined && !remote && ports.length > 0);
    this.calls = this.callees.flatMap((callee) => graph.to(callee));
    this.objects = below.filter((each): each is ApiObject => ApiObject.isApiObject(each));
    this.constructs = new Map(below.map((each) => [each.node.path, each]));
  }

  /** Whether plaintext is refused there, but for workloads with an exception. */
  public get isStrict(): boolean {
    return this.namespace.enforcement.mtls === 'strict';
  }

  /** Callees whose requests the mesh sees. */
  public get services(): readonly Callee[] {
    return this.callees.filter(({ ports }) => ports.some((port) => port.carriesRequests));
  }

  /** Names of its objects of a kind, sorted. @param where what must stand at a path, or must not. */
  public namesOf(kind: string, where?: (object: unknown) => boolean): readonly string[] {
    return this.objects.filter((object) => object.kind === kind && (where?.(object.toJson()) ?? true)).map(({ name }) => name).sort();
  }

  /** CronJobs that run by themselves, sorted. */
  public get scheduledJobs(): readonly string[] {
    return this.namesOf('CronJob', (object) => at(object, 'spec.suspend') !== true);
  }

  /** Whether pods of a callee are left out while they fail. */
  public canEject(callee: Callee): boolean {
    return callee.versions().some((version) => canEject(callee, callee.trafficPolicy ?? {}, version));
  }

  /** Whether a callee refuses more than so many requests. */
  public isRateLimited({ name }: Callee): boolean {
    return this.namesOf('EnvoyFilter').includes(rateLimitName(name));
  }

  /** Whether a callee has as many pods as it needs. */
  public isScaled({ name }: Callee): boolean {
    return this.namesOf('HorizontalPodAutoscaler').includes(name);
  }

  /** Workloads that take plaintext for a reason: their names, as their policies select them. */
  public get plaintextWorkloads(): readonly string[] {
    return this.objects.filter(({ kind }) => kind === 'PeerAuthentication').map((each) => each.toJson())
      .flatMap((each: unknown) => textAt(each, 'spec.selector.matchLabels.app') ?? []).sort();
  }

  /** Who owns a callee, or the namespace. */
  public ownerOf(callee?: Callee): string | undefined {
    const construct = callee && this.constructs.get(callee.path);
    return ownerOf((construct ?? this.namespace) as MeshNamespace);
  }
}

/** What is in a namespace itself, and not in one that is nested in it. */
function within(construct: IConstruct): readonly IConstruct[] {
  return [construct, ...construct.node.children.filter((child) => !Chart.isChart(child)).flatMap(within)];
}
