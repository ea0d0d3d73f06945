import { Calls } from './calls';
import { Edge } from './edge';
import { Wait, causedBy, inWords, waitsOf } from './wait';

/** Circles of calls that wait for each other: each circle once. */
export function circleProblems(graph: Calls, edges: readonly Edge[]): readonly string[] {
  const waits = edges.filter((edge) => !edge.background).flatMap(waitsOf);
  const done = new Set<string>();
  return waits.flatMap((wait) => {
    const circle = findCircle(graph, wait, [], done);
    if (!circle) return [];
    for (const each of circle) done.add(key(each)); // one report a circle, wherever one enters it
    const first = circle[0].edge;
    return [`[${first.caller.path}] calls wait for each other in a circle, got ${circle.map(inWords).join(' → ')}; ` +
      'make one of them background, or say during which operations it happens'];
  });
}

function findCircle(graph: Calls, wait: Wait, path: readonly Wait[], done: Set<string>): readonly Wait[] | undefined {
  const at = path.findIndex((earlier) => key(earlier) === key(wait));
  if (at >= 0) return path.slice(at);
  if (done.has(key(wait))) return undefined;
  for (const next of causedBy(graph, wait.edge.callee, wait.operation)) {
    const circle = findCircle(graph, next, [...path, wait], done);
    if (circle) return circle;
  }
  done.add(key(wait));
  return undefined;
}

function key({ edge, operation }: Wait): string {
  return [edge.caller.path, edge.callee.path, edge.port, operation].join(' ');
}
