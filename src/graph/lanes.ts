import { Calls } from './calls';
import { Callee, Party } from './party';

/**
 * Services that must pass a lane's header on, so that it reaches a callee across services without a second version: from the second
 * versions that write it to the callee, sorted by name. Where none is on the way, whoever asks writes it.
 */
export function laneCarriers(graph: Calls, callee: Callee): readonly string[] {
  const lane = laneOf(callee);
  if (!lane) return [];
  const upstream = reaching(graph, callee);
  const sources = [...upstream].filter((party) => laneOf(party)?.header === lane.header);
  const between = [...upstream].filter((party) => sources.some((source) => source === party || reaching(graph, party).has(source)));
  return between.map(({ name }) => name).sort();
}

/** Lanes of one header that do not fit together: what one writes, the next would not recognise. */
export function laneProblems(callees: readonly Callee[]): readonly string[] {
  const first = new Map<string, { readonly callee: Callee; readonly value: string }>();
  return callees.flatMap((callee) => {
    const lane = laneOf(callee);
    if (!lane) return [];
    const earlier = first.get(lane.header) ?? { callee, value: lane.value };
    first.set(lane.header, earlier);
    if (earlier.value === lane.value) return [];
    return [`[${callee.path}] releases of one lane must have one name, got '${lane.value}' beside '${earlier.value}' of ${earlier.callee.path} ` +
      `in ${lane.header}; name them alike`];
  });
}

function laneOf(party: Party): ReturnType<NonNullable<Callee['lane']>> {
  return 'lane' in party && typeof party.lane === 'function' ? party.lane() : undefined;
}

/** All who call it, or call somebody who does; not itself. */
function reaching(graph: Calls, callee: Party): ReadonlySet<Party> {
  const found = new Set<Party>([callee]);
  for (const party of found) for (const { caller } of graph.to(party)) found.add(caller); // a set is walked on while it grows
  found.delete(callee);
  return found;
}
