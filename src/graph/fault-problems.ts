import { Calls } from './calls';
import { carriesRequests, durationInWords, happensDuring, timeoutOf } from './edge';
import { InjectedFault, Lifted, faultsOf, leadsTo } from './fault';
import { Callee, portOf } from './party';
import { usualRetries } from './rules';
import { Wait, waitsOf } from './wait';

/** Faults that meet nobody, that have no effect, or that hide what their route would have. */
export function faultProblems(graph: Calls, callee: Callee): readonly string[] {
  const faults = callee.faults?.() ?? [];
  if (faults.length === 0) return [];
  const waits = graph.to(callee).filter(carriesRequests).flatMap(waitsOf);
  return [
    ...faults.flatMap((fault) => problemsOf(graph, fault, waits).map((problem) => `[${fault.path}] ${problem}`)),
    ...waits.flatMap(twiceProblems),
  ];
}

function problemsOf(graph: Calls, fault: InjectedFault, all: readonly Wait[]): readonly string[] {
  const met = all.filter(({ edge, operation }) => faultsOf(edge, operation).includes(fault));
  if (met.length === 0) return [`a fault meets requests, got none that it is for; it can be for ${listOf(all)}`];
  const lifted: readonly Lifted[] = ['timeout', 'retries'];
  const inVain = fault.lifts.filter((word) => met.every((wait) => policyUnfaulted(graph, wait)[word] === undefined));
  return [
    ...met.flatMap((wait) => versionProblems(fault, wait)),
    ...met.flatMap((wait) => grpcProblem(fault, wait) ?? []),
    ...met.flatMap((wait) => meetingProblem(graph, wait, lifted.filter((word) => !fault.lifts.includes(word))) ?? []),
    ...inVain.map((word) => `lifts must name what the routes have, got '${word}' where there is none; remove it`),
  ];
}

/** What a route would have without the fault, in words. */
function policyUnfaulted(graph: Calls, { edge, operation }: Wait): Readonly<Record<Lifted, string | undefined>> {
  const streams = operation !== undefined && edge.callee.operations[operation].streams;
  const { attempts } = usualRetries(graph, edge, operation);
  return { timeout: streams ? undefined : `timeout ${durationInWords(timeoutOf(edge))}`, retries: attempts > 0 ? `${attempts} retries` : undefined };
}

function meetingProblem(graph: Calls, wait: Wait, kept: readonly Lifted[]): string | undefined {
  const policy = policyUnfaulted(graph, wait);
  const hidden = kept.filter((word) => policy[word] !== undefined);
  if (hidden.length === 0) return undefined;
  return `a fault comes before the timeout and the retries of its route, which never see it, got ${hidden.map((word) => policy[word]).join(' and ')} ` +
    `on ${routeInWords(wait)}; add lifts: [${hidden.map((word) => `'${word}'`).join(', ')}], and look for their effect ${hopBefore(graph, wait)}`;
}

/** Where somebody waits for the caller: the hop that a timeout or a retry belongs on. */
function hopBefore(graph: Calls, { edge }: Wait): string {
  const { caller } = edge;
  if (caller.gateway) return 'at the client';
  const before = edge.background ? [] : graph.to(caller).flatMap(waitsOf).filter(({ operation }) => operation === undefined || happensDuring(edge, operation));
  return before.length === 0 ? `in ${caller.name} itself, which nobody waits for` : `one hop before, on ${listOf(before)}`;
}

/** A version gets its own fault only where its requests have a route of their own. */
function versionProblems({ version }: InjectedFault, wait: Wait): readonly string[] {
  if (version === undefined) return [];
  const { callee, caller } = wait.edge;
  const known = callee.versions().map(({ name }) => name);
  if (!known.includes(version)) return [`unknown version of ${callee.name}, got '${version}'; it has ${known.join(', ')}`];
  const releases = callee.releases(caller);
  if (releases.some((release) => leadsTo(release, version))) return [];
  const shares = releases.flatMap(({ destinations }) => destinations).map(({ subset, weight = 100 }) => `${subset} ${weight} %`);
  return [`a fault is of a whole route, got version '${version}' where ${routeInWords(wait)} shares one: ${shares.join(', ')}; ` +
    'give the version all requests of a match, or leave version out'];
}

function grpcProblem({ abort }: InjectedFault, { edge, operation }: Wait): string | undefined {
  const port = operation === undefined ? edge.callee.ports[0] : portOf(edge.callee, edge.callee.operations[operation]);
  if (abort?.grpcStatus === undefined || port.protocol === 'grpc') return undefined;
  return `abort.grpcStatus is for gRPC, got it for ${edge.callee.name} at a ${port.protocol} port; give an httpStatus`;
}

function twiceProblems(wait: Wait): readonly string[] {
  const { edge, operation } = wait;
  const taken = new Map<string, string>();
  return faultsOf(edge, operation).flatMap(({ path, version = '' }) => {
    const earlier = taken.get(version) ?? (version === '' ? [...taken.values()][0] : taken.get(''));
    taken.set(version, path);
    return earlier === undefined ? [] : [`[${path}] a route has one fault, got a second one on ${routeInWords(wait)} beside ${earlier}; ` +
      'put abort and delay into one'];
  });
}

/** `cpanel → camera-agent-1 state` */
function routeInWords({ edge, operation }: Wait): string {
  return [edge.caller.name, '→', edge.callee.name, operation].filter((word) => word !== undefined).join(' ');
}

function listOf(waits: readonly Wait[]): string {
  const words = [...new Set(waits.map(routeInWords))].sort();
  return words.length === 0 ? 'nothing, since nobody calls it with requests' : words.join(', ');
}
