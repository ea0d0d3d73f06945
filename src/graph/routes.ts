import { Duration } from 'cdk8s';
import { releaseOf } from './caller-policies';
import { Calls } from './calls';
import { Edge, defaultTimeout } from './edge';
import { CorsPolicy } from './exposure';
import { Fault, InjectedFault, faultOn } from './fault';
import { HeaderOperations } from './header-operations';
import { HttpMethod } from './operation';
import { Callee, Caller, Release, hasSeveralPorts } from './party';
import { UriMatch } from './path-pattern';
import { Port } from './port';
import { RetryPolicy, noRetries } from './retries';
import { Elsewhere, Rule, rulesOf } from './rules';

/** A kind of request. */
export interface RequestMatch {
  /** HTTP methods, any of which may hold. @default - any */
  readonly methods?: readonly HttpMethod[];
  /** Paths, any of which may hold. */
  readonly uris: readonly UriMatch[];
}

/** How a path is written anew: what a regular expression takes, and what comes in its place. Source: `RegexRewrite` of networking.istio.io/v1. */
export interface PathRewrite {
  readonly match: string;
  readonly rewrite: string;
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
  /** What goes wrong with them on purpose, by version. @default - nothing */
  readonly faults?: readonly InjectedFault[];
  /** What becomes of their paths. @default - they stay */
  readonly rewrite?: PathRewrite;
  /** What becomes of their headers. @default - they stay */
  readonly headers?: HeaderOperations;
  /** What pages of other origins may do. @default - nothing */
  readonly cors?: CorsPolicy & { readonly allowMethods: readonly string[] };
}

/** One rule: requests of a policy that match a release go to its destinations. */
export interface Route {
  /** Who answers. */
  readonly callee: Callee;
  /** How they are treated. */
  readonly policy: RoutePolicy;
  /** Which version they reach. */
  readonly release: Release;
  /** What goes wrong with them on purpose. @default - nothing */
  readonly fault?: Fault;
}

/** Routes of a callee for its callers in the mesh: policies times releases, the most specific first, the match-less last. */
export function meshRoutes(graph: Calls, callee: Callee): readonly Route[] {
  const edges = graph.to(callee).filter(({ caller }) => !caller.gateway && caller !== callee.through?.gateway);
  const callers = [...new Set(edges.map((edge) => edge.caller))];
  const declared = callers.flatMap((caller) => rulesOf(graph, edges.filter((edge) => edge.caller === caller)));
  return [...declared, ...restOf(callee).map((policy) => ({ policy, callee }))].flatMap((rule) => timesReleases(graph, rule));
}

/** Routes of a gateway for one host, over all the callees that it leads to, and where it leads elsewhere. */
export function gatewayRoutes<E extends Elsewhere>(graph: Calls, edges: readonly Edge[], elsewhere: readonly E[]): readonly (Route | E)[] {
  return rulesOf(graph, edges, elsewhere).flatMap((rule): readonly (Route | E)[] => ('policy' in rule ? timesReleases(graph, rule) : [rule]));
}

function timesReleases(graph: Calls, { callee, policy }: Rule): readonly Route[] {
  return callee.releases(policy.caller).map((release) => {
    const fault = faultOn(policy.faults ?? [], release);
    return { callee, policy: lifted(policy, fault), release: releaseOf(graph, callee, policy.caller, release), fault };
  });
}

/** A policy without what a fault on its route does away with. */
function lifted(policy: RoutePolicy, { lifts = [] }: Partial<InjectedFault> = {}): RoutePolicy {
  const { timeout, retries } = policy;
  return { ...policy, timeout: lifts.includes('timeout') ? undefined : timeout, retries: lifts.includes('retries') ? noRetries : retries };
}

/** What nobody declared: it is denied, and where it is not yet, it is neither repeated nor, while it is only counted, cut short. */
function restOf(callee: Callee): readonly RoutePolicy[] {
  const unlimited = Object.values(callee.operations).some((operation) => operation.streams) || callee.enforcement?.authorization === 'dry-run';
  const ports = hasSeveralPorts(callee) ? callee.ports.filter((port) => port.carriesRequests) : [undefined];
  return ports.map((port) => ({ requests: [], port, timeout: unlimited ? undefined : defaultTimeout, retries: noRetries, repeatable: false }));
}
