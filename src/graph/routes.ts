import { Duration } from 'cdk8s';
import { releaseOf } from './caller-policies';
import { Calls } from './calls';
import { Edge, carriesRequests, defaultTimeout, portsOf, timeoutOf } from './edge';
import { HttpMethod, Operation } from './operation';
import { Callee, Caller, Release, hasSeveralPorts, portOf } from './party';
import { UriMatch } from './path-pattern';
import { Port } from './port';
import { RetryPolicy, defaultRetries, noRetries, retryPolicy } from './retries';
import { harmOfRetry } from './retry-safety';

/** A kind of request. */
export interface RequestMatch {
  /** HTTP methods, any of which may hold. @default - any */
  readonly methods?: readonly HttpMethod[];
  /** Paths, any of which may hold. */
  readonly uris: readonly UriMatch[];
}

/** How requests are treated: the same for every release. */
export interface RoutePolicy {
  /** Who sends them. @default - anybody */
  readonly caller?: Caller;
  /** Which they are. Empty: all. */
  readonly requests: readonly RequestMatch[];
  /** Where they arrive and go on to, where the callee has several ports. @default - its only port */
  readonly port?: Port;
  /** How long they may take, all retries included. @default - no limit, since they stay open */
  readonly timeout?: Duration;
  /** When they are sent again. */
  readonly retries: RetryPolicy;
  /** Whether each of them may be done twice: only then may a second version get a copy. */
  readonly repeatable: boolean;
}

/** One rule: requests of a policy that match a release go to its destinations. */
export interface Route {
  /** Who answers. */
  readonly callee: Callee;
  /** How they are treated. */
  readonly policy: RoutePolicy;
  /** Which version they reach. */
  readonly release: Release;
}

/** Routes of a callee for its callers in the mesh: policies times releases, the most specific first, the match-less last. */
export function meshRoutes(graph: Calls, callee: Callee): readonly Route[] {
  const edges = graph.to(callee).filter((edge) => !edge.caller.gateway);
  const callers = [...new Set(edges.map((edge) => edge.caller))];
  const rules = callers.flatMap((caller) => rulesOf(graph, edges.filter((edge) => edge.caller === caller)));
  return timesReleases(graph, [...rules, ...restOf(callee).map((policy) => ({ policy, callee }))]);
}

/** Routes of a gateway for one host, over all the callees that it leads to. */
export function gatewayRoutes(graph: Calls, edges: readonly Edge[]): readonly Route[] {
  return timesReleases(graph, rulesOf(graph, edges));
}

type Rule = Omit<Route, 'release'>;

function timesReleases(graph: Calls, rules: readonly Rule[]): readonly Route[] {
  return rules.flatMap((rule) => rule.callee.releases(rule.policy.caller)
    .map((release) => ({ ...rule, release: releaseOf(graph, rule.callee, rule.policy.caller, release) })));
}

/** What nobody declared: it is denied, and where it is not yet, it is neither repeated nor, while it is only counted, cut short. */
function restOf(callee: Callee): readonly RoutePolicy[] {
  const unlimited = Object.values(callee.operations).some((operation) => operation.streams) || callee.enforcement?.authorization === 'dry-run';
  const ports = hasSeveralPorts(callee) ? callee.ports.filter((port) => port.carriesRequests) : [undefined];
  return ports.map((port) => ({ requests: [], port, timeout: unlimited ? undefined : defaultTimeout, retries: noRetries, repeatable: false }));
}

/** An operation of a call, on its way to a rule. */
interface Claim {
  readonly edge: Edge;
  readonly name: string;
  readonly operation: Operation;
}

/** Rules in the order in which they have to be matched: of two operations that overlap, the more specific comes first. */
function rulesOf(graph: Calls, edges: readonly Edge[]): readonly Rule[] {
  const claims = edges.flatMap((edge) => edge.operations.map((name): Claim => ({ edge, name, operation: edge.callee.operations[name] })));
  claims.sort(inMatchOrder);
  const groups: { readonly rule: Rule; readonly operations: Operation[] }[] = [];
  for (const { edge, name, operation } of claims) {
    const rule = ruleOf(graph, edge, name, operation);
    const after = groups.findLastIndex((group) => group.operations.some((earlier) => earlier.overlaps(operation)));
    const alike = groups.find((group, index) => index >= after && treatedAlike(group.rule, rule));
    if (alike) alike.operations.push(operation);
    else groups.push({ rule, operations: [operation] });
  }
  const blind = edges.filter((edge) => edge.operations.length === 0 && carriesRequests(edge));
  return [...groups.map(({ rule, operations }) => withRequests(rule, operations)), ...blind.map(ruleOfAll)];
}

function withRequests(rule: Rule, operations: readonly Operation[]): Rule {
  return { ...rule, policy: { ...rule.policy, requests: operations.map(requestOf) } };
}

function requestOf({ protocol, methods, path }: Operation): RequestMatch {
  return { methods: protocol === 'http' ? methods : undefined, uris: path.uriMatches() }; // gRPC has but one method
}

function ruleOf(graph: Calls, edge: Edge, name: string, operation: Operation): Rule {
  const { callee, caller } = edge;
  return {
    callee,
    policy: {
      caller,
      requests: [requestOf(operation)],
      port: hasSeveralPorts(callee) ? portOf(callee, operation) : undefined,
      timeout: operation.streams ? undefined : timeoutOf(edge),
      retries: retriesOf(graph, edge, name, operation),
      repeatable: !operation.streams && !harmOfRetry(graph, edge, name),
    },
  };
}

/** A call to a callee that does not tell its operations apart: nothing says that one may be repeated. */
function ruleOfAll(edge: Edge): Rule {
  const { callee, caller, retries = 'none' } = edge;
  const port = hasSeveralPorts(callee) ? portsOf(edge)[0] : undefined;
  return { callee, policy: { caller, requests: [], port, timeout: timeoutOf(edge), retries: retryPolicy(retries), repeatable: false } };
}

function retriesOf(graph: Calls, edge: Edge, name: string, operation: Operation): RetryPolicy {
  if (operation.streams) return noRetries;
  if (edge.retries !== undefined) return retryPolicy(edge.retries);
  return harmOfRetry(graph, edge, name) ? noRetries : defaultRetries[operation.protocol];
}

function treatedAlike(a: Rule, b: Rule): boolean {
  if (a.callee !== b.callee || a.policy.port !== b.policy.port || treatment(a.policy) !== treatment(b.policy)) return false;
  return a.policy.repeatable === b.policy.repeatable || a.callee.releases(a.policy.caller).every(({ mirror }) => mirror === undefined);
}

function treatment({ timeout, retries }: RoutePolicy): string {
  const { attempts, retryOn, perTryTimeout } = retries;
  return [timeout?.toMilliseconds(), attempts, retryOn.join(), perTryTimeout?.toMilliseconds()].join(' ');
}

/** The more specific path first, then an order that does not depend on when the calls were declared. */
function inMatchOrder(a: Claim, b: Claim): number {
  const key = ({ edge, name, operation }: Claim): string =>
    [operation.methods.join(), edge.callee.host, portOf(edge.callee, operation).name, name].join('\0');
  return a.operation.path.compare(b.operation.path) || (key(a) < key(b) ? -1 : Number(key(a) > key(b)));
}
