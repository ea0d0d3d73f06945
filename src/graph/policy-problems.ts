import { isDeepStrictEqual } from 'node:util';
import { CallerPolicy, callerPolicies, callerPolicy, callerSubset, edgesWithPolicy } from './caller-policies';
import { Calls } from './calls';
import { canEject } from './ejection';
import { Callee } from './party';
import { TrafficPolicy, passesThrough } from './traffic-policy';
import { combinationProblem } from './traffic-policy-problem';

/** Policies that contradict each other, that cannot be written, or that do nothing beside all else that is known of a callee. */
export function policyProblems(graph: Calls, callee: Callee): readonly string[] {
  const own = callerPolicies(graph, callee);
  return [
    ...effectProblems(callee, callee.trafficPolicy ?? {}).map((problem) => `[${callee.path}] trafficPolicy: ${problem}`),
    ...own.flatMap(({ caller, policy }) => [
      ...agreementProblems(graph, callee, caller),
      ...effectProblems(callee, policy).concat(combinationProblem(policy, callee.ports) ?? []).map((problem) => `in the call to ${callee.name}: ${problem}`),
    ].map((problem) => `[${caller.path}] ${problem}`)),
    ...gatewayProblems(graph, callee),
    ...(isControlled(callee) ? own.map(({ caller }) => controlledProblem(caller.path, callee)) : []),
    ...nameProblems(callee, own),
  ];
}

/** Whether a controller decides which pods get requests: by hosts, not by subsets. */
function isControlled(callee: Callee): boolean {
  return callee.releases().some(({ destinations }) => destinations.some(({ host }) => host !== undefined));
}

function controlledProblem(path: string, { name }: Callee): string {
  return `[${path}] its own traffic policy needs subsets, got one for ${name}, which a controller releases by hosts; say it of the service`;
}

/** What has no effect on the versions that there are. */
function effectProblems(callee: Callee, policy: TrafficPolicy): readonly string[] {
  const versions = callee.versions();
  const names = versions.map(({ name }) => name).join(', ');
  const through = 'loadBalancer passthrough goes to all versions alike, so that a release has no effect';
  const isReleased = versions.length > 1 || isControlled(callee);
  const ignored = passesThrough(policy) && isReleased ? [`${through}, got ${names}; choose another, or finish the release`] : [];
  const { outlierDetection: detection } = policy;
  const percent = typeof detection === 'object' ? detection.maxEjectionPercent ?? 100 : 100;
  const spared = versions.filter((version) => canEject(callee, policy, version))
    .map(({ name, minReplicas, maxReplicas = minReplicas }) => ({ name, most: maxReplicas, least: Math.ceil(100 / maxReplicas) }))
    .filter(({ least }) => percent < least)
    .map(({ name, most, least }) => `outlierDetection.maxEjectionPercent must let one of ${most} pods of ${name} be left out, got ${percent}; ` +
      `raise it to ${least}, or leave it out`);
  return [...ignored, ...spared];
}

/** Calls of one caller share their connections: they cannot be carried in two ways. */
function agreementProblems(graph: Calls, callee: Callee, caller: CallerPolicy['caller']): readonly string[] {
  const edges = edgesWithPolicy(graph, callee, caller);
  const used = edges.flatMap(({ trafficPolicy }) => trafficPolicy ?? []);
  const standby = edges.flatMap(({ standbyTrafficPolicy }) => standbyTrafficPolicy ?? []);
  const share = `calls to ${callee.name} share their connections`;
  const differ = [used, standby].some((policies) => policies.some((policy) => !isDeepStrictEqual(policy, policies[0])));
  if (differ) return [`${share}, got two traffic policies that differ; give one of the calls a policy, which holds for all of them`];
  if (used.length === 0 || standby.length === 0) return [];
  return [`${share}, got trafficPolicy and standbyTrafficPolicy; give one: the latter comes a commit before the former, and a commit after it`];
}

/** A request from outside was meant for the gateway's own address, so that passing it through brings it back. */
function gatewayProblems(graph: Calls, callee: Callee): readonly string[] {
  const gateways = new Set(graph.to(callee).map(({ caller }) => caller).filter(({ gateway }) => gateway));
  return [...gateways].filter((gateway) => passesThrough(callerPolicy(graph, callee, gateway)?.policy ?? callee.trafficPolicy ?? {}))
    .map(({ path }) => `[${path}] requests from outside are for the gateway's own address, got loadBalancer passthrough of ${callee.name}; ` +
      'give the route a trafficPolicy with another');
}

function nameProblems(callee: Callee, own: readonly CallerPolicy[]): readonly string[] {
  const taken = new Map(callee.versions().map(({ name }) => [name, `version ${name}`]));
  return own.flatMap(({ caller }) => callee.versions().flatMap((version) => {
    const name = callerSubset(callee, caller, version.name);
    const what = `[${caller.path}] its own traffic policy needs a subset of ${callee.name}`;
    const earlier = taken.get(name);
    taken.set(name, `${caller.path}, version ${version.name}`);
    if (earlier !== undefined) return [`${what} that is not taken, got '${name}' as ${earlier} has; rename one`];
    if (name.length > 63) return [`${what} of at most 63 characters, got ${name.length} in '${name}'; shorten a name`];
    return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) ? [] : [`${what} that is a DNS label, got '${name}'; rename the caller`];
  }));
}
