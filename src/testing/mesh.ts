import { isDeepStrictEqual } from 'node:util';
import { Snapshot, snapshotsOf } from '../checks/snapshot';
import { ObjectInFile, RenderedFiles, nameOf } from '../checks/rendered';
import { invalid } from '../graph/configuration-error';
import { at, holds, listAt, textAt, textsAt } from '../graph/json';
import { podTemplateOf } from '../graph/pod-template';
import { ruleTakes } from './policies';
import { Request, routeTakes } from './request';

/** What can be rendered: a `GitOpsApp`, or what it rendered. */
export type Rendered = RenderedFiles | { render(): RenderedFiles };

/** Pods of a workload, as the rest of the mesh knows them. */
interface Pods {
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly serviceAccount: string;
}

const read = new WeakMap<RenderedFiles, ReturnType<typeof snapshotsOf>>();

/** What files say, read once however many questions are asked of them. */
function readOnce(files: RenderedFiles): ReturnType<typeof snapshotsOf> {
  const snapshots = read.get(files) ?? snapshotsOf(files);
  read.set(files, snapshots);
  return snapshots;
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'Job', 'CronJob'];

/** One environment of a rendered app, read as proxies and the network read it. */
export class Mesh {
  /** @param environment its name. @default - the only one */
  public static of(rendered: Rendered, environment?: string): Mesh {
    const snapshots = 'render' in rendered ? snapshotsOf(rendered.render()) : readOnce(rendered);
    const names = [...snapshots.keys()];
    const name = environment ?? names[0];
    const snapshot = snapshots.get(name);
    if (!snapshot || (environment === undefined && names.length > 1)) {
      invalid('testing', `environment must be one that is rendered, got ${environment ?? 'none'}; it has ${names.sort().join(', ') || 'none'}`);
    }
    return new Mesh(snapshot);
  }

  private constructor(private readonly snapshot: Snapshot) {}

  /** Which objects keep a request from getting through, one sentence each; none where it does. */
  public refusals(caller: string, callee: string, request: Request): readonly string[] {
    const [from, to] = [this.pods(caller), this.pods(callee)];
    const { service, host, port, targetPort } = this.target(callee);
    const [sidecar] = this.selecting('Sidecar', from, 'spec.workloadSelector.labels');
    const hosts = sidecar ? listAt(sidecar.content, 'spec.egress').flatMap((each) => listAt(each, 'hosts')).map(String) : ['*/*'];
    const known = hosts.some((each) => knows(each, from, service, host));
    return [
      ...(known ? [] : [`${nameOf(sidecar)} does not know ${host}`]),
      ...this.closed(from, to, 'egress', targetPort),
      ...this.closed(to, from, 'ingress', targetPort),
      ...this.unauthorized(from, to, request, targetPort),
      ...(this.routed(from, host, request) || !this.hasRoutes(host) ? [] : [`no route of ${host}:${port} takes it`]),
    ];
  }

  /** The route that a caller's request takes; undefined where the callee has none. */
  public route(caller: string, callee: string, request: Request): unknown {
    return this.routed(this.pods(caller), this.target(callee).host, request);
  }

  /** The route by which a request from outside reaches a service, over all gateways; undefined where none does. */
  public routeFromOutside(callee: string, request: Request, host?: string): unknown {
    const { host: target } = this.target(callee);
    const ofGateways = this.snapshot.of('VirtualService').filter(({ content }) => listAt(content, 'spec.gateways').some((each) => each !== 'mesh')
      && (host === undefined || listAt(content, 'spec.hosts').includes(host)));
    const taken = ofGateways.map((routes) => this.routesOf(routes).find((route) => takes(route, (match) => routeTakes(match, request))));
    return taken.find((route) => listAt(route, 'route').some((each) => this.leadsTo(textAt(each, 'destination.host') ?? '', target)));
  }

  private pods(name: string): Pods {
    const found = this.only('workload', name, ...WORKLOADS);
    const template = podTemplateOf(found.content);
    return {
      namespace: found.namespace,
      labels: textsAt(template, 'metadata.labels'),
      serviceAccount: textAt(template, 'spec.serviceAccountName') ?? 'default',
    };
  }

  private target(name: string) {
    const service = this.only('service', name, 'Service');
    const [first] = listAt(service.content, 'spec.ports');
    const port = Number(at(first, 'port'));
    const host = this.snapshot.of('DestinationRule').map(({ content }) => textAt(content, 'spec.host') ?? '')
      .find((each) => each.startsWith(`${service.name}.${service.namespace}.svc.`)) ?? `${service.name}.${service.namespace}.svc.cluster.local`;
    return { service, host, port, targetPort: Number(at(first, 'targetPort') ?? port) };
  }

  /** The one object of a name, or of a namespace and a name. */
  private only(what: string, name: string, ...kinds: readonly string[]): ObjectInFile {
    const all = this.snapshot.of(...kinds);
    const [found, another] = all.filter((each) => each.name === name || qualified(each) === name);
    if (another) invalid('testing', `${what} must be one, got '${name}' for ${qualified(found)} and ${qualified(another)}; write its namespace too`);
    const names = all.map((each) => each.name).sort().join(', ') || 'none';
    return found ?? invalid('testing', `${what} must be one that is rendered, got '${name}'; it has ${names}`);
  }

  private selecting(kind: string, { namespace, labels }: Pods, selector: string): readonly ObjectInFile[] {
    return this.snapshot.of(kind).filter((each) => each.namespace === namespace && holds(labels, textsAt(each.content, selector)));
  }

  /** Policies that all keep a connection closed; without a policy nothing is closed. */
  private closed(own: Pods, other: Pods, direction: 'ingress' | 'egress', port: number): readonly string[] {
    const policies = this.selecting('NetworkPolicy', own, 'spec.podSelector.matchLabels');
    const end = direction === 'ingress' ? 'from' : 'to';
    const open = policies.some(({ content }) => listAt(content, `spec.${direction}`).some((rule) =>
      listAt(rule, 'ports').every((each) => at(each, 'port') === undefined) || listAt(rule, 'ports').some((each) => at(each, 'port') === port)
        ? listAt(rule, end).length === 0 || listAt(rule, end).some((peer) => isPeer(peer, own, other)) : false));
    return open || policies.length === 0 ? [] : [`no ${direction} rule of ${policies.map(nameOf).join(', ')} lets it through to port ${port}`];
  }

  private unauthorized(from: Pods, to: Pods, request: Request, port: number): readonly string[] {
    const policies = this.selecting('AuthorizationPolicy', to, 'spec.selector.matchLabels');
    const arrival = { identity: `ns/${from.namespace}/sa/${from.serviceAccount}`, namespace: from.namespace, request, port };
    const takes = ({ content }: ObjectInFile): boolean => listAt(content, 'spec.rules').some((rule) => ruleTakes(rule, arrival));
    const [denying, allowing] = [true, false].map((denies) => policies.filter(({ content }) => (textAt(content, 'spec.action') === 'DENY') === denies));
    const denied = denying.filter((policy) => textsAt(policy.content, 'metadata.annotations').get('istio.io/dry-run') !== 'true' && takes(policy));
    const isAllowed = allowing.length === 0 || allowing.some(takes);
    return [
      ...denied.map((policy) => `${nameOf(policy)} denies it`),
      ...(isAllowed ? [] : [`no rule of ${allowing.map(nameOf).join(', ')} allows it to ${arrival.identity}`]),
    ];
  }

  /** Whether a host is another, or has the pods of the other. */
  private leadsTo(host: string, target: string): boolean {
    const [own, other] = [host, target].map((each) => this.snapshot.service(each)).map((service) => service && at(service.content, 'spec.selector'));
    return host === target || (own !== undefined && isDeepStrictEqual(own, other) && host.split('.')[1] === target.split('.')[1]);
  }

  /** Routes with the destinations of what they delegate to, which is left out where it is not there. */
  private routesOf({ content, namespace }: ObjectInFile): readonly unknown[] {
    return listAt(content, 'spec.http').flatMap((route) => {
      const name = textAt(route, 'delegate.name');
      if (name === undefined) return [route];
      const delegate = this.snapshot.delegate(`${textAt(route, 'delegate.namespace') ?? namespace}/${name}`);
      return listAt(delegate?.content, 'spec.http').map((each) => ({ ...Object(route), ...Object(each) }));
    });
  }

  private hasRoutes(host: string): boolean {
    return this.snapshot.of('VirtualService').some(({ content }) => listAt(content, 'spec.hosts').includes(host));
  }

  private routed(from: Pods, host: string, request: Request): unknown {
    const [service] = this.snapshot.of('VirtualService').filter(({ content }) => listAt(content, 'spec.hosts').includes(host));
    return (service ? this.routesOf(service) : []).find((route) => takes(route, (match) => routeTakes(match, request)
      && holds(from.labels, textsAt(match, 'sourceLabels')) && (textAt(match, 'sourceNamespace') ?? from.namespace) === from.namespace));
  }
}

function qualified({ namespace, name }: ObjectInFile): string {
  return `${namespace}/${name}`;
}

function takes(route: unknown, matches: (match: unknown) => boolean): boolean {
  const all = listAt(route, 'match');
  return all.length === 0 || all.some(matches);
}

function knows(entry: string, from: Pods, service: ObjectInFile, host: string): boolean {
  const [namespace, name] = entry.split('/');
  const here = namespace === '*' || namespace === service.namespace || (namespace === '.' && service.namespace === from.namespace);
  return here && (name === '*' || name === host);
}

function isPeer(peer: unknown, own: Pods, other: Pods): boolean {
  if (at(peer, 'podSelector') === undefined && at(peer, 'namespaceSelector') === undefined) return false; // an address range
  const namespace = textsAt(peer, 'namespaceSelector.matchLabels').get('kubernetes.io/metadata.name') ?? own.namespace;
  return namespace === other.namespace && holds(other.labels, textsAt(peer, 'podSelector.matchLabels'));
}
