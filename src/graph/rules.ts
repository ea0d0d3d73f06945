import { Calls } from './calls';
import { Delegation } from './delegation';
import { Edge, carriesRequests, portsOf, timeoutOf } from './edge';
import { everything, outside } from './exposure';
import { faultsOf } from './fault';
import { HttpMethod, Operation, httpMethods } from './operation';
import { Callee, hasSeveralPorts, portOf } from './party';
import { PathPattern } from './path-pattern';
import { Redirect } from './redirect';
import { RetryPolicy, defaultRetries, noRetries, retryPolicy } from './retries';
import { mayBeRetried } from './retry-safety';
import { PathRewrite, RequestMatch, RoutePolicy } from './routes';

/** How requests to a callee are treated, before its releases are known. */
export interface Rule {
  readonly callee: Callee;
  readonly policy: RoutePolicy;
}

/** Where requests go whose answer is not here. */
export type Elsewhere = Redirect | Delegation;

/** Requests of one kind on their way to a rule, or elsewhere. */
interface Claim<E> {
  readonly path: PathPattern;
  /** @default - any */
  readonly methods?: readonly HttpMethod[];
  readonly rule: Rule | E;
  /** What claims of one path are sorted by: not when they were declared. */
  readonly key: string;
}

/** Rules in the order in which they have to be matched: of two kinds of requests that overlap, the more specific comes first. */
export function rulesOf<E extends Elsewhere = never>(graph: Calls, edges: readonly Edge[], elsewhere: readonly E[] = []): readonly (Rule | E)[] {
  const leaving = elsewhere.map((rule): Claim<E> => ({ path: rule.path, rule, key: '' }));
  const claims = [...edges.flatMap((edge): readonly Claim<E>[] => claimsOf(graph, edge, edges)), ...leaving].sort(inMatchOrder);
  const groups: { readonly rule: Rule | E; readonly claims: Claim<E>[] }[] = [];
  for (const claim of claims) {
    const after = groups.findLastIndex((group) => group.claims.some((earlier) => overlap(earlier, claim)));
    const alike = groups.find((group, index) => index >= after && treatedAlike(group.rule, claim.rule));
    if (alike) alike.claims.push(claim);
    else groups.push({ rule: claim.rule, claims: [claim] });
  }
  const blind = edges.filter((edge) => isBlind(edge) && edge.exposure?.pathPrefix === undefined).map((edge) => ruleOfAll(edge, edges));
  return [...groups.map((group) => withRequests(group.rule, group.claims)), ...blind];
}

/** Whether a call is for whatever its callee does. */
function isBlind(edge: Edge): boolean {
  return edge.operations.length === 0 && carriesRequests(edge);
}

function claimsOf(graph: Calls, edge: Edge, all: readonly Edge[]): readonly Claim<never>[] {
  const { callee, exposure } = edge;
  if (isBlind(edge) && exposure?.pathPrefix !== undefined) {
    return outside(everything, exposure).map((path) => ({ path, rule: ruleOfAll(edge, all), key: callee.host }));
  }
  return edge.operations.flatMap((name) => {
    const operation = callee.operations[name];
    const { path, protocol, methods } = operation;
    const asked = exposure?.cors ? [...methods, 'OPTIONS' as const] : methods; // a browser asks first, and only a route that takes it can answer
    const rule = ruleOf(graph, edge, name, all);
    return outside(path, exposure).map((each) => ({
      path: each,
      methods: !exposure?.everyMethod && (protocol === 'http' || exposure?.cors) ? asked : undefined, // gRPC has but one method
      rule,
      key: [methods.join(), callee.host, portOf(callee, operation).name, name].join('\0'),
    }));
  });
}

function withRequests<E extends Elsewhere>(rule: Rule | E, claims: readonly Claim<E>[]): Rule | E {
  if (!('policy' in rule)) return rule;
  const keys = [...new Set(claims.map(({ path }) => path.key))];
  return { ...rule, policy: { ...rule.policy, requests: keys.map((key) => requestOf(claims.filter(({ path }) => path.key === key))) } };
}

/** Claims of one path. */
function requestOf(claims: readonly Claim<unknown>[]): RequestMatch {
  const methods = claims.some((claim) => claim.methods === undefined) ? undefined : claims.flatMap((claim) => claim.methods ?? []);
  return { methods: methods && [...new Set(methods)].sort(), uris: claims[0].path.uriMatches() };
}

function ruleOf(graph: Calls, edge: Edge, name: string, all: readonly Edge[]): Rule {
  const { callee } = edge;
  const operation = callee.operations[name];
  const repeatable = isRepeatable(graph, edge, name);
  return {
    callee,
    policy: {
      ...transformations(edge, all),
      requests: [],
      port: hasSeveralPorts(callee) ? portOf(callee, operation) : undefined,
      faults: faultsOf(edge, name),
      timeout: operation.streams ? undefined : timeoutOf(edge),
      retries: retriesOf(edge, operation, repeatable),
      repeatable,
    },
  };
}

/** A call to a callee that does not tell its operations apart: nothing says that one may be repeated. */
function ruleOfAll(edge: Edge, all: readonly Edge[]): Rule {
  const { callee } = edge;
  const port = hasSeveralPorts(callee) ? portsOf(edge)[0] : undefined;
  const times = { faults: faultsOf(edge, undefined), timeout: timeoutOf(edge), retries: blindRetries(edge) };
  return { callee, policy: { ...transformations(edge, all), requests: [], port, ...times, repeatable: false } };
}

/** Who asks, and what becomes of the request on the way. */
function transformations({ caller, headers, exposure }: Edge, all: readonly Edge[]): Pick<RoutePolicy, 'caller' | 'rewrite' | 'headers' | 'cors'> {
  const { pathPrefix, cors } = exposure ?? {};
  return {
    caller,
    headers,
    rewrite: pathPrefix === undefined ? undefined : withoutPrefix(pathPrefix),
    cors: cors && { ...cors, allowMethods: methodsOpenTo(JSON.stringify(cors), all) },
  };
}

/** `/services/invoice/api` becomes `/api`, and `/services/invoice` becomes `/`. */
function withoutPrefix(prefix: string): PathRewrite {
  return { match: `^${prefix.replaceAll('.', '\\.')}/?(.*)$`, rewrite: '/\\1' };
}

/** What browsers are told before they ask: the route that answers may be that of another method of the path. */
function methodsOpenTo(cors: string, edges: readonly Edge[]): readonly string[] {
  const open = edges.filter(({ exposure }) => exposure?.cors && JSON.stringify(exposure.cors) === cors);
  const methods = open.flatMap(({ callee, operations }) => operations.flatMap((name): readonly string[] => callee.operations[name].methods));
  return [...new Set(open.some(isBlind) ? httpMethods : methods)].sort();
}

/** When requests for an operation, or for all of a port, are sent again. */
export function usualRetries(graph: Calls, edge: Edge, name?: string): RetryPolicy {
  return name === undefined ? blindRetries(edge) : retriesOf(edge, edge.callee.operations[name], isRepeatable(graph, edge, name));
}

function blindRetries({ retries = 'none' }: Edge): RetryPolicy {
  return retryPolicy(retries);
}

function retriesOf({ retries }: Edge, { streams, protocol }: Operation, repeatable: boolean): RetryPolicy {
  if (streams) return noRetries;
  if (retries !== undefined) return retryPolicy(retries);
  return repeatable ? defaultRetries[protocol] : noRetries;
}

/** Whether each request of a call for an operation may be done twice. */
function isRepeatable(graph: Calls, edge: Edge, name: string): boolean {
  return !edge.callee.operations[name].streams && mayBeRetried(graph, edge, name);
}

function overlap(a: Claim<unknown>, b: Claim<unknown>): boolean {
  return (a.methods?.some((method) => b.methods?.includes(method) ?? true) ?? true) && a.path.overlaps(b.path);
}

function treatedAlike(a: Rule | Elsewhere, b: Rule | Elsewhere): boolean {
  if (!('policy' in a && 'policy' in b)) return false;
  if (a.callee !== b.callee || a.policy.port !== b.policy.port || treatment(a.policy) !== treatment(b.policy)) return false;
  return a.policy.repeatable === b.policy.repeatable || a.callee.releases(a.policy.caller).every(({ mirror }) => mirror === undefined);
}

function treatment({ timeout, retries, faults, rewrite, headers, cors }: RoutePolicy): string {
  const { attempts, retryOn, perTryTimeout } = retries;
  const injected = faults?.map(({ path }) => path);
  return JSON.stringify([timeout?.toMilliseconds(), attempts, retryOn, perTryTimeout?.toMilliseconds(), injected, rewrite, headers, cors]);
}

/** The more specific path first, then an order that does not depend on when the calls were declared. */
function inMatchOrder(a: Claim<unknown>, b: Claim<unknown>): number {
  return a.path.compare(b.path) || (a.key < b.key ? -1 : Number(a.key > b.key));
}
