import { holds, listAt, textAt, textsAt, at } from '../graph/json';
import { ObjectInFile, ReadObjects, RenderedFiles, objectsIn } from './rendered';

/** A version of a service: a subset of its DestinationRule. */
export interface Subset {
  /** Host of the service. */
  readonly host: string;
  /** Name of the subset. */
  readonly name: string;
  /** Labels of its pods, beside those that the Service selects. */
  readonly labels: ReadonlyMap<string, string>;
  /** Where it stands. */
  readonly rule: ObjectInFile;
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'];

/** What runs in one environment after one commit, read from its manifests. */
export class Snapshot {
  private readonly byKey: ReadonlyMap<string, ObjectInFile>;

  constructor(
    /** All objects. */
    public readonly objects: readonly ObjectInFile[],
  ) {
    this.byKey = new Map(objects.map((each) => [keyOf(each), each]));
  }

  /** The object of the same kind and name, wherever it stands. */
  public find(object: ObjectInFile): ObjectInFile | undefined {
    return this.byKey.get(keyOf(object));
  }

  /** Objects of some kinds. */
  public of(...kinds: readonly string[]): readonly ObjectInFile[] {
    return this.objects.filter(({ kind }) => kinds.includes(kind));
  }

  /** The Service of a host. */
  public service(host: string): ObjectInFile | undefined {
    const [name, namespace] = host.split('.');
    return this.of('Service').find((each) => each.name === name && each.namespace === namespace);
  }

  /** All subsets of all hosts. */
  public subsets(): readonly Subset[] {
    return this.of('DestinationRule').flatMap((rule) => listAt(rule.content, 'spec.subsets').map((subset): Subset => ({
      host: textAt(rule.content, 'spec.host') ?? '', name: textAt(subset, 'name') ?? '', labels: textsAt(subset, 'labels'), rule,
    })));
  }

  /** The routes that send requests to a subset; those with weight 0 send none. */
  public routesTo(host: string, subset: string): readonly ObjectInFile[] {
    return this.of('VirtualService').filter(({ content }) => destinationsOf(content).some((destination) => isTo(destination, host, subset)));
  }

  /** The VirtualServices that routes delegate to, as `<namespace>/<name>`. */
  public delegatesOf({ content, namespace }: ObjectInFile): readonly string[] {
    const names = listAt(content, 'spec.http').flatMap((route) => {
      const name = textAt(route, 'delegate.name');
      return name === undefined ? [] : [`${textAt(route, 'delegate.namespace') ?? namespace}/${name}`];
    });
    return [...new Set(names)];
  }

  /** The VirtualService of a name such as `delegatesOf` gives. */
  public delegate(name: string): ObjectInFile | undefined {
    return this.of('VirtualService').find((each) => `${each.namespace}/${each.name}` === name);
  }

  /** Hosts that routes send requests to, by themselves or by what they delegate to; those with weight 0 get none. */
  public hostsOf(routes: ObjectInFile): readonly string[] {
    const all = [routes, ...this.delegatesOf(routes).flatMap((name) => this.delegate(name) ?? [])];
    const found = all.flatMap(({ content }) => destinationsOf(content)).filter((destination) => at(destination, 'weight') !== 0);
    return [...new Set(found.map((destination) => textAt(destination, 'destination.host') ?? ''))];
  }

  /** Workloads whose pods are in a subset, none where they run no pods. */
  public workloadsOf({ host, labels }: Subset): readonly ObjectInFile[] {
    const service = this.service(host);
    if (!service) return [];
    const selector = textsAt(service.content, 'spec.selector');
    return this.workloads().filter(({ namespace, content }) => {
      const pod = textsAt(content, 'spec.template.metadata.labels');
      return namespace === service.namespace && at(content, 'spec.replicas') !== 0 && holds(pod, selector) && holds(pod, labels);
    });
  }

  /** What makes pods that stay. */
  public workloads(): readonly ObjectInFile[] {
    return this.of(...WORKLOADS);
  }

  /** Sidecars that let their workloads call a Service. */
  public sidecarsWith({ name, namespace }: ObjectInFile): readonly ObjectInFile[] {
    return this.of('Sidecar').filter(({ content }) => listAt(content, 'spec.egress').flatMap((each) => listAt(each, 'hosts'))
      .some((each) => typeof each === 'string' && each.split('/').at(-1)?.startsWith(`${name}.${namespace}.svc.`)));
  }
}

/** Whether a destination of a route gets requests for a host, and for a subset of it where one is given. */
export function isTo(destination: unknown, host: string, subset?: string): boolean {
  return textAt(destination, 'destination.host') === host && at(destination, 'weight') !== 0
    && (subset === undefined || textAt(destination, 'destination.subset') === subset);
}

/** Every environment of a rendered folder by itself. */
export function snapshotsOf(files: RenderedFiles, read?: ReadObjects): ReadonlyMap<string, Snapshot> {
  const objects = objectsIn(files, read);
  const environments = [...new Set(objects.map(({ environment }) => environment))];
  return new Map(environments.map((environment) => [environment, new Snapshot(objects.filter((each) => each.environment === environment))]));
}

function keyOf({ apiVersion, kind, namespace, name }: ObjectInFile): string {
  return [apiVersion.split('/').slice(0, -1).join(), kind, namespace, name].join('\0');
}

function destinationsOf(virtualService: unknown): readonly unknown[] {
  return ['http', 'tcp', 'tls'].flatMap((protocol) => listAt(virtualService, `spec.${protocol}`)).flatMap((route) => listAt(route, 'route'));
}
