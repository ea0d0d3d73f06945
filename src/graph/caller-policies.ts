import { Calls } from './calls';
import { Edge } from './edge';
import { Callee, Caller, Release } from './party';
import { TrafficPolicy, mergedPolicy } from './traffic-policy';

/** How the requests of one caller are carried where it has its own word: by subsets of its own. */
export interface CallerPolicy {
  /** Who calls. */
  readonly caller: Caller;
  /** The callee's policy with the caller's own word in it. */
  readonly policy: TrafficPolicy;
  /** Whether its requests are carried so already. */
  readonly routed: boolean;
}

/** Policies of callers of a callee that have their own word. */
export function callerPolicies(graph: Calls, callee: Callee): readonly CallerPolicy[] {
  const callers = new Set(graph.to(callee).filter(hasPolicy).map(({ caller }) => caller));
  return [...callers].flatMap((caller) => callerPolicy(graph, callee, caller) ?? []);
}

/** The policy of one caller, if it has its own word: its calls share their connections, so that one word holds for all. */
export function callerPolicy(graph: Calls, callee: Callee, caller: Caller): CallerPolicy | undefined {
  const edge = edgesWithPolicy(graph, callee, caller).at(0);
  if (!edge) return undefined;
  const { trafficPolicy, standbyTrafficPolicy = {} } = edge;
  return { caller, policy: mergedPolicy(callee.trafficPolicy ?? {}, trafficPolicy ?? standbyTrafficPolicy), routed: trafficPolicy !== undefined };
}

/** Calls between two that say how they are carried. */
export function edgesWithPolicy(graph: Calls, callee: Callee, caller: Caller): readonly Edge[] {
  return graph.to(callee).filter((edge) => edge.caller === caller && hasPolicy(edge));
}

/** The subset of a version for one caller: callers of one name in other namespaces have that in it too. */
export function callerSubset(callee: Callee, { name, namespace }: Caller, version: string): string {
  return [version, name, ...(namespace === callee.namespace ? [] : [namespace])].join('-');
}

/** A release as the requests of one caller take it: to the same versions in the same shares, each by the caller's own subset. */
export function releaseOf(graph: Calls, callee: Callee, caller: Caller | undefined, release: Release): Release {
  if (!caller || !callerPolicy(graph, callee, caller)?.routed) return release;
  const ofCaller = <T extends { readonly subset?: string }>(each: T): T =>
    (each.subset === undefined ? each : { ...each, subset: callerSubset(callee, caller, each.subset) });
  return { ...release, destinations: release.destinations.map(ofCaller), ...(release.mirror ? { mirror: ofCaller(release.mirror) } : {}) };
}

function hasPolicy({ trafficPolicy, standbyTrafficPolicy }: Edge): boolean {
  return (trafficPolicy ?? standbyTrafficPolicy) !== undefined;
}
