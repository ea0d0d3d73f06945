import { listAt, textAt, textsAt } from '../graph/json';
import { ObjectInFile } from '../checks/rendered';
import { Snapshot } from '../checks/snapshot';
import { Parties, Party, protocolOf } from './parties';
import { FoundRoute, carriedBy, routesOf, routesTo } from './routes';
import { EdgeObject, NodeKind, TopologyEdge } from './topology';

/** An edge, and who is at its ends. */
export interface FoundEdge {
  readonly edge: TopologyEdge;
  readonly ends: readonly [caller: Party, callee: Party];
}

/** Edges that policies allow, by who proves himself to be whom. */
export function allowedEdges(snapshot: Snapshot, parties: Parties): readonly FoundEdge[] {
  return snapshot.of('AuthorizationPolicy').filter(({ content }) => (textAt(content, 'spec.action') ?? 'ALLOW') === 'ALLOW').flatMap((policy) => {
    const selector = textsAt(policy.content, 'spec.selector.matchLabels');
    const callee = selector.size > 0 ? parties.selected(policy.namespace, selector) : undefined;
    return callee ? [...allowedBy(policy)].map(([principal, allowed]) => edgeOf(snapshot, parties, { policy, callee, principal, allowed })) : [];
  });
}

/** Edges to what is outside: hosts that a Sidecar knows and that no pods of the environment answer. */
export function outsideEdges(snapshot: Snapshot, parties: Parties): readonly FoundEdge[] {
  const entries = snapshot.of('ServiceEntry');
  return snapshot.of('Sidecar').flatMap((sidecar) => {
    const caller = parties.selected(sidecar.namespace, textsAt(sidecar.content, 'spec.workloadSelector.labels'));
    const hosts = listAt(sidecar.content, 'spec.egress').flatMap((each) => listAt(each, 'hosts')).map((each) => String(each).split('/').at(-1)!);
    return hosts.filter((host) => caller && host !== '*' && !parties.byHost(host)).map((host): FoundEdge => {
      const sameHost = entries.filter(({ content }) => listAt(content, 'spec.hosts').includes(host));
      const entry = sameHost.find(({ namespace }) => namespace === sidecar.namespace) ?? sameHost[0];
      const callee = outside(host, entry);
      const routes = routesOf(routesTo(snapshot, [host], false), caller!);
      const protocol = callee.ports.map(portProtocol)[0] ?? 'tcp';
      const objects = named([sidecar, entry, ...routes.map(({ object }) => object)]);
      return {
        edge: { from: caller!.id, to: callee.id, protocol, operations: operationsIn(routes), carried: carriedBy(routes), objects },
        ends: [caller!, callee],
      };
    });
  });
}

/** What each principal of a policy may ask. */
function allowedBy({ content }: ObjectInFile): ReadonlyMap<string, readonly unknown[]> {
  const allowed = new Map<string, unknown[]>();
  for (const rule of listAt(content, 'spec.rules')) {
    for (const principal of listAt(rule, 'from').flatMap((from) => listAt(from, 'source.principals')).map(String)) {
      allowed.set(principal, [...allowed.get(principal) ?? [], ...listAt(rule, 'to')]);
    }
  }
  return allowed;
}

interface Allowed {
  readonly policy: ObjectInFile;
  readonly callee: Party;
  readonly principal: string;
  readonly allowed: readonly unknown[];
}

function edgeOf(snapshot: Snapshot, parties: Parties, { policy, callee, principal, allowed }: Allowed): FoundEdge {
  const [, namespace = '', account = ''] = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(principal) ?? [];
  const inside = parties.byAccount(namespace, account);
  const fromGateway = inside ? [] : routesTo(snapshot, callee.hosts, true);
  const ingresses = inside ? [] : snapshot.of('Ingress').filter((each) => each.namespace === callee.namespace && leadsTo(each, callee));
  const caller = inside ?? stranger(`${namespace}/${account}`, fromGateway.length + ingresses.length > 0 ? 'gateway' : 'remote');
  const inMesh = routesTo(snapshot, callee.hosts, false);
  const routes = inside || fromGateway.length === 0 ? routesOf(inMesh, caller) : fromGateway;
  const edge = {
    from: caller.id,
    to: callee.id,
    protocol: protocolAsked(callee, allowed),
    operations: [...new Set(allowed.flatMap(operationsOf))].filter((each) => each !== '').sort(),
    carried: carriedBy(routes),
    objects: named([policy, ...objectsOfEnds(snapshot, caller, callee), ...routes.map(({ object }) => object), ...ingresses]),
  };
  return { edge, ends: [caller, callee] };
}

/** What the proxies and the network of both have because of an edge. */
function objectsOfEnds(snapshot: Snapshot, caller: Party, callee: Party): readonly (ObjectInFile | undefined)[] {
  const of = (kind: string, labels: string, { namespace, labels: own }: Party): ObjectInFile | undefined => snapshot.of(kind)
    .find((each) => each.namespace === namespace && [...textsAt(each.content, labels)].some(([key, value]) => key === 'app' && own.get(key) === value));
  return [
    of('Sidecar', 'spec.workloadSelector.labels', caller), of('NetworkPolicy', 'spec.podSelector.matchLabels', caller),
    of('NetworkPolicy', 'spec.podSelector.matchLabels', callee),
    snapshot.of('DestinationRule').find(({ content }) => callee.hosts.includes(textAt(content, 'spec.host') ?? '')),
  ];
}

function named(objects: readonly (ObjectInFile | undefined)[]): readonly EdgeObject[] {
  const found = [...new Set(objects)].filter((each) => each !== undefined);
  return found.map(({ kind, namespace, name, file }) => ({ kind, name: `${namespace}/${name}`, file }));
}

/** Who has no pods here. */
function stranger(id: string, kind: NodeKind): Party {
  const [namespace, name] = id.split('/');
  return { id, kind, name, namespace, labels: new Map(), hosts: [], ports: [] };
}

function outside(host: string, entry: ObjectInFile | undefined): Party {
  const [name, namespace] = host.split('.');
  if (!entry) return { ...stranger(`${namespace}/${name}`, 'remote'), hosts: [host] };
  const ports = listAt(entry.content, 'spec.ports');
  return { id: host, kind: 'external', name: host, namespace: entry.namespace, system: entry.system, labels: new Map(), hosts: [host], ports };
}

function protocolAsked({ ports }: Party, allowed: readonly unknown[]): string {
  const asked = allowed.flatMap((to) => listAt(to, 'operation.ports')).map(Number);
  const number = (port: unknown): readonly unknown[] => [Reflect.get(Object(port), 'targetPort'), Reflect.get(Object(port), 'port')];
  const found = ports.find((port) => number(port).some((each) => asked.includes(Number(each)))) ?? ports[0];
  return found === undefined ? 'tcp' : protocolOf(found);
}

/** A ServiceEntry has the protocol where a Service has the name. */
function portProtocol(port: unknown): string {
  return (textAt(port, 'protocol') ?? 'TCP').toLowerCase();
}

/** `GET, HEAD /api/*`, a path each; what gRPC is asked is a path alone, and of a port nothing is told apart. */
function operationsOf(to: unknown): readonly string[] {
  const [methods, paths] = ['methods', 'paths'].map((word) => listAt(to, `operation.${word}`).map(String));
  const isGrpc = methods.join() === 'POST' && paths.every((path) => /^\/[\w.]+\.\w+\/\w+$/.test(path));
  const verbs = isGrpc ? '' : methods.join(', ');
  return paths.length === 0 ? [verbs] : paths.map((path) => (isGrpc ? path.slice(1) : `${verbs} ${path}`.trim()));
}

function operationsIn(routes: readonly FoundRoute[]): readonly string[] {
  const matches = routes.flatMap(({ route }) => listAt(route, 'match'));
  const words = matches.map((match) => [texted(match, 'method'), texted(match, 'uri')].filter((each) => each !== undefined).join(' '));
  return [...new Set(words)].filter((each) => each !== '');
}

function texted(match: unknown, field: string): string | undefined {
  const prefix = textAt(match, `${field}.prefix`);
  return prefix === undefined ? textAt(match, `${field}.exact`) ?? textAt(match, `${field}.regex`)?.replaceAll('|', ', ') : `${prefix}*`;
}

function leadsTo({ content }: ObjectInFile, { name }: Party): boolean {
  return listAt(content, 'spec.rules').flatMap((rule) => listAt(rule, 'http.paths')).some((path) => textAt(path, 'backend.service.name') === name);
}
