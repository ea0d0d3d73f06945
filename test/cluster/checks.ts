import { callees, declaredCalls, requestBetween, requestOf, undeclaredPairs, type DeclaredCall } from './boutique';
import type { Cluster } from './cluster';
import { customerOf } from './customers';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import { NODE_ADDRESS } from './run/namespaces';
import type { Arrival, Behaviour, CallOptions, Outcome } from './run/steering';

/** Asks the running shop, and says what is wrong, one line each; empty if nothing is. */
export type Check = (cluster: Cluster) => Promise<string[]>;
export interface Pair { readonly from: string; readonly to: string }

const edge = ({ from, to }: Pair): string => `${from} -> ${to}`;

/** Asks about one case after another, and says where the answer is not right. */
async function complaints<T>(
  cases: readonly T[], name: (one: T) => string, ask: (one: T) => Promise<Outcome[]>, right: (outcome: Outcome, one: T) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const one of cases) {
    const [outcome] = await ask(one);
    if (!right(outcome, one)) wrong.push(`${name(one)}: ${outcomeOf(outcome)}`);
  }
  return wrong;
}

/** Declared calls that the callee that they name does not answer. */
export const unanswered = (calls: readonly DeclaredCall[] = declaredCalls): Check => async (cluster) => complaints(
  calls, (call) => `${edge(call)}${call.path}`, async (call) => cluster.request(requestOf(call)),
  (outcome, { to }) => accepted(outcome) && outcome.pod.startsWith(to),
);

/** Outcomes between workloads for which no call is declared. */
export const between = (asked: string, right: (outcome: Outcome) => boolean, pairs: readonly Pair[] = undeclaredPairs): Check => async (cluster) => complaints(
  pairs, edge, async ({ from, to }) => cluster.request({ ...requestBetween(from, to), headers: { 'x-case': asked } }), right,
);

/** Whether a request did not even get to the callee's policy. */
export const stoppedBySidecar = (outcome: Outcome): boolean => !accepted(outcome) && outcome.grpc !== 7 && outcome.status !== 403;

/** One declared call of each edge whose requests the mesh sees. */
export const requestEdges: readonly DeclaredCall[] = [...new Map(
  declaredCalls.filter(({ to }) => callees[to].protocol !== 'tcp').map((call) => [edge(call), call]),
).values()];

/** Edges on which a method that is not declared is not refused by policy. */
export const openMethods = (calls: readonly DeclaredCall[] = requestEdges): Check => async (cluster) => complaints(
  calls, edge, async (call) => cluster.request(requestOf({ ...call, path: `${call.path}Undeclared` })), refusedByPolicy,
);

/** Workloads that reach an address that is nobody's callee: istiod's own port on the node, which answers to everybody. */
export const escapes = (callers: readonly string[]): Check => async (cluster) => complaints(
  callers, (from) => `${from} -> ${NODE_ADDRESS}`,
  async (from) => cluster.request({ from, protocol: 'http', address: `${NODE_ADDRESS}:15014`, path: '/version', timeoutMs: 3000 }),
  ({ status }) => status !== 200,
);

/** Services whose proxy lets plaintext in from outside the mesh. */
export const openToPlaintext = (apps: readonly string[] = Object.keys(callees)): Check => async (cluster) => complaints(
  apps, (app) => app,
  async (app) => {
    const [pod] = await cluster.pods(app);
    const port = pod.spec.containers.flatMap(({ ports }) => ports ?? [])[0].containerPort;
    const path = declaredCalls.find(({ to }) => to === app)!.path;
    return cluster.requestFromOutside({ ...callees[app], path, dial: `${pod.status?.podIP}:${port}`, timeoutMs: 3000 });
  },
  (outcome) => !accepted(outcome) && outcome.error !== '',
);

/** A shop as its customers see it. */
export interface Front { readonly host: string; readonly protocol: 'http' | 'https'; readonly headers?: Readonly<Record<string, string>> }
export const STAGING_FRONT: Front = { host: 'boutique.staging.example.com', protocol: 'http', headers: customerOf('https://id.staging.example.com/realms/boutique') };

export const SERVED: readonly [string, string][] = [
  ['GET', '/'], ['HEAD', '/'], ['GET', '/cart'], ['GET', '/product/1YMWWN1N4O'], ['GET', '/logout'], ['GET', '/robots.txt'], ['GET', '/static/a.css'],
  ['POST', '/cart'], ['POST', '/cart/empty'], ['POST', '/cart/checkout'], ['POST', '/setCurrency'],
];
export const NOT_SERVED: readonly [string, string][] = [
  ['GET', '/_healthz'], ['GET', '/cart/checkout'], ['POST', '/'], ['DELETE', '/cart'], ['GET', '/staticx'], ['GET', '/product/a/b'], ['POST', '/logout'],
];

/** Asks the gateway from outside the mesh. */
export async function browse(cluster: Cluster, { host, protocol, headers }: Front, options: Partial<CallOptions>): Promise<Outcome[]> {
  const [gateway] = await cluster.pods('istio-ingressgateway');
  const dial = `${gateway.status?.podIP}:${protocol === 'https' ? 443 : 80}`;
  return cluster.requestFromOutside({ protocol, address: host, dial, timeoutMs: 5000, ...options, headers: { ...headers, ...options.headers } });
}

/** Pages of the shop that the gateway does not serve. */
export const unserved = (front: Front): Check => async (cluster) => complaints(
  SERVED, ([method, path]) => `${method} ${path}`, async ([method, path]) => browse(cluster, front, { method, path }), accepted,
);

/** What the gateway serves though it is none of the shop's pages. */
export const servedTooMuch = (front: Front): Check => async (cluster) => complaints(
  NOT_SERVED, ([method, path]) => `${method} ${path}`,
  async ([method, path]) => browse(cluster, front, { method, path, headers: { 'x-case': 'not served' } }),
  ({ status, pod }) => status === 404 && pod === '',
);

/** Hosts other than the shop's that the gateway serves. */
export const otherHosts = (front: Front): Check => async (cluster) => complaints(
  ['other.example.com', 'frontend.demo-app.svc.cluster.local', 'paymentservice', `x.${front.host}`], (host) => host,
  async (host) => browse(cluster, front, { host, path: '/' }), ({ status }) => status === 404,
);

/** Pages that are served without TLS, or whose request is not sent on to where they are. */
export const notRedirected = (host: string): Check => async (cluster) => complaints(
  SERVED, ([method, path]) => `${method} ${path}`, async ([method, path]) => browse(cluster, { host, protocol: 'http' }, { method, path }),
  ({ status, headers }, [, path]) => status === 301 && headers?.location === `https://${host}${path}`,
);

export const UNAVAILABLE = 14;
let failures = 0;

/** Requests in all. */
export const attempts = (arrivals: readonly Arrival[]): number => arrivals.reduce((sum, { count }) => sum + count, 0);

/** How often a callee that fails is asked, of so many calls. */
export async function attemptsOf(cluster: Cluster, call: DeclaredCall, calls: number, failure: Behaviour = { grpc: UNAVAILABLE }): Promise<number> {
  const name = `failure ${failures++}`;
  await cluster.behave(call.to, { case: name, ...failure });
  await cluster.request({ ...requestOf(call), headers: { 'x-case': name }, times: calls });
  await cluster.behave(call.to);
  return attempts(await cluster.backendCalls(call.to, name));
}

/** Calls that are not tried just so often when they fail. */
export const triedNot = (times: number, call: DeclaredCall): Check => async (cluster) => {
  const measured = await attemptsOf(cluster, call, 10);
  return measured === 10 * times ? [] : [`${edge(call)}${call.path}: ${measured} attempts of 10`];
};

/** A call whose caller still waits for a callee that is slower than the declared timeout. */
export const waits = (call: DeclaredCall, milliseconds: number): Check => async (cluster) => {
  await cluster.behave(call.to, { case: 'slow', milliseconds });
  const [outcome] = await cluster.request({ ...requestOf(call), headers: { 'x-case': 'slow' }, timeoutMs: milliseconds + 2000 });
  await cluster.behave(call.to);
  return accepted(outcome) ? [`${edge(call)}${call.path}: answered after ${milliseconds} ms`] : [];
};
