import { Duration } from 'cdk8s';
import { Calls } from './calls';
import { Edge, carriesRequests, happensDuring, inWords, timeoutOf } from './edge';
import { Callee } from './party';

/** One operation of one call, on a route with a timeout. */
interface Wait {
  readonly edge: Edge;
  /** What is asked. @default - anything, of a callee that does not tell its operations apart */
  readonly operation?: string;
}

/**
 * Calls that may take longer than those who wait for them, and circles of calls that wait for each other.
 * That all is well is a necessary condition, not a sufficient one: a service may make a call more than once.
 */
export function timeoutProblems(graph: Calls, edges: readonly Edge[]): readonly string[] {
  const waits = edges.flatMap(waitsOf);
  return [...waits.flatMap((wait) => overruns(graph, wait)), ...cycles(graph, waits.filter(({ edge }) => !edge.background))];
}

function waitsOf(edge: Edge): readonly Wait[] {
  if (edge.operations.length === 0) return carriesRequests(edge) ? [{ edge }] : [];
  return edge.operations.filter((operation) => !edge.callee.operations[operation].streams).map((operation) => ({ edge, operation }));
}

/** What the callee waits for while it serves an operation. */
function causedBy(graph: Calls, callee: Callee, operation: string | undefined): readonly Wait[] {
  const edges = graph.from(callee).filter((edge) => !edge.background && (operation === undefined || happensDuring(edge, operation)));
  return edges.flatMap(waitsOf);
}

function overruns(graph: Calls, wait: Wait): readonly string[] {
  const limit = timeoutOf(wait.edge).toMilliseconds();
  const caused = causedBy(graph, wait.edge.callee, wait.operation);
  const alone = caused.filter(({ edge }) => timeoutOf(edge).toMilliseconds() > limit);
  const problems = alone.map((next) => `[${next.edge.caller.path}] timeouts do not fit, got ${words(wait)} < ${words(next)}; ` +
    `lower the timeout of ${next.edge.callee.name}, or raise that of ${wait.edge.callee.name} in ${wait.edge.caller.path}`);
  const row = caused.filter(({ edge }) => edge.sequential);
  const sum = row.reduce((total, { edge }) => total + timeoutOf(edge).toMilliseconds(), 0);
  if (alone.length > 0 || sum <= limit) return problems;
  const total = `${inWords(Duration.millis(sum))} = ${row.map(callee).join(' + ')}`;
  return [`[${wait.edge.callee.path}] sequential calls take too long, got ${words(wait)} < ${total}; ` +
    `lower some, or raise the timeout of ${wait.edge.callee.name} in ${wait.edge.caller.path}`];
}

function cycles(graph: Calls, waits: readonly Wait[]): readonly string[] {
  const done = new Set<string>();
  return waits.flatMap((wait) => {
    const cycle = findCycle(graph, wait, [], done);
    if (!cycle) return [];
    for (const each of cycle) done.add(key(each)); // one report a circle, wherever one enters it
    const first = cycle[0].edge;
    return [`[${first.caller.path}] calls wait for each other in a circle, got ${cycle.map(words).join(' → ')}; ` +
      'make one of them background, or say during which operations it happens'];
  });
}

function findCycle(graph: Calls, wait: Wait, path: readonly Wait[], done: Set<string>): readonly Wait[] | undefined {
  const at = path.findIndex((earlier) => key(earlier) === key(wait));
  if (at >= 0) return path.slice(at);
  if (done.has(key(wait))) return undefined;
  for (const next of causedBy(graph, wait.edge.callee, wait.operation)) {
    const cycle = findCycle(graph, next, [...path, wait], done);
    if (cycle) return cycle;
  }
  done.add(key(wait));
  return undefined;
}

function key({ edge, operation }: Wait): string {
  return [edge.caller.path, edge.callee.path, operation].join(' ');
}

/** `frontend → checkoutservice placeOrder 10s` */
function words({ edge, operation }: Wait): string {
  return `${edge.caller.name} → ${callee({ edge, operation })}`;
}

/** `checkoutservice placeOrder 10s` */
function callee({ edge, operation }: Wait): string {
  return [edge.callee.name, operation, inWords(timeoutOf(edge))].filter((word) => word !== undefined).join(' ');
}
