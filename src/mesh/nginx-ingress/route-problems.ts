import { isDeepStrictEqual } from 'node:util';
import { Edge, inBrief, timeoutOf } from '../../graph/edge';

/** An Ingress's routes, and who serves them. */
interface Routes {
  /** Its path, for messages. */
  readonly path: string;
  /** What it opens. */
  readonly edges: readonly Edge[];
}

/** Routes that another Ingress of the same controller has too, and carries otherwise: the controller's sidecar sees the same caller and the same host. */
export function differences({ edges }: Routes, other: Routes): string[] {
  return edges.flatMap((edge) => other.edges.filter((each) => isShared(edge, each) && !isDeepStrictEqual(carriage(edge), carriage(each))).map(() => (
    `requests of one controller are carried in one way, got two for ${inBrief(edge)}, the other of ${other.path}; say the same timeout and policy in both`)));
}

/** Services that two Ingresses let plaintext into: of several PeerAuthentications of a pod Istio takes the oldest. Source: Istio, PeerAuthentication. */
export function sharedPlaintext({ edges }: Routes, other: Routes): string[] {
  const names = new Set(edges.filter(({ callee }) => other.edges.some((each) => each.callee === callee)).map(({ callee }) => callee.name));
  return [...names].map((name) => `plaintext into ${name} is let in by one Ingress, got a second, ${other.path}; give that one the hosts of both`);
}

/** What an Ingress without a sidecar opens twice at one host: it has one set of paths and one timeout a service. */
export function repeated(edges: readonly Edge[]): string[] {
  return edges.flatMap((edge, index) => edges.slice(0, index).filter((earlier) => isShared(edge, earlier) && sharesHost(edge, earlier)).map(() => (
    `a route is declared once, got two to ${inBrief(edge)}; remove one of them`)));
}

function isShared(one: Edge, other: Edge): boolean {
  return one.callee === other.callee && one.port === other.port
    && (one.operations.length + other.operations.length === 0 || one.operations.some((name) => other.operations.includes(name)));
}

function sharesHost(one: Edge, other: Edge): boolean {
  return one.exposure?.hosts.some((host) => other.exposure?.hosts.includes(host)) ?? false;
}

function carriage(edge: Edge): object {
  const { retries, headers, trafficPolicy, standbyTrafficPolicy } = edge;
  return { timeout: timeoutOf(edge).toMilliseconds(), retries, headers, trafficPolicy, standbyTrafficPolicy };
}
