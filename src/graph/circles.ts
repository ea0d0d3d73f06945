import { Calls } from './calls';
import { Edge } from './edge';
import { Wait, causedBy, inWords, waitsOf } from './wait';

/** Circles of calls that wait for each other: each circle once. */
export function circleProblems(graph: Calls, edges: readonly Edge[]): readonly string[] {
  const waits = edges.filter((edge) => !edge.background).flatMap(waitsOf);
  const done = new Set<string>();
  return waits.flatMap((wait) => {
    const circle = findCircle(graph, wait, new Map(), done);
    if (!circle) return [];
    for (const each of circle) done.add(key(each)); // one report a circle, wherever one enters it
    const first = circle[0].edge;
    return [`[${first.caller.path}] calls wait for each other in a circle, got ${circle.map(inWords).join(' → ')}; ` +
      'make one of them background, or say during which operations it happens'];
  });
}

/** @param path what leads here, by key in its order */
function findCircle(graph: Calls, wait: Wait, path: Map<string, Wait>, done: Set<string>): readonly Wait[] | undefined {
  const here = key(wait);
  if (path.has(here)) return [...path.values()].slice([...path.keys()].indexOf(here));
  if (done.has(here)) return undefined;
  path.set(here, wait);
  for (const next of causedBy(graph, wait.edge.callee, wait.operation)) {
    const circle = findCircle(graph, next, path, done);
    if (circle) return circle;
  }
  path.delete(here);
  done.add(here);
  return undefined;
}

function key({ edge, operation }: Wait): string {
  return [edge.caller.path, edge.callee.path, edge.port, operation].join(' ');
}
