import { Duration } from 'cdk8s';
import { Calls } from './calls';
import { Edge, durationInWords, timeoutOf } from './edge';
import { Callee } from './party';
import { Wait, calleeInWords, causedBy, hasTimeout, inWords, sumOf, waitsOf } from './wait';

/**
 * Calls that may take longer than those who wait for them.
 * That there are none is a necessary condition, not a sufficient one: a service may make a call more than once.
 */
export function timeoutProblems(graph: Calls, edges: readonly Edge[]): readonly string[] {
  return edges.flatMap(waitsOf).filter(hasTimeout).flatMap((wait) => [...overruns(graph, wait), ...ownTimeProblems(wait)]);
}

/** How long an operation may take: the calls that it waits for, or its own word where that is more; undefined where neither says. */
export function timeNeeded(graph: Calls, callee: Callee, operation: string): Duration | undefined {
  const caused = causedBy(graph, callee, operation).filter(hasTimeout);
  const own = callee.operations[operation].takes;
  const times = [...caused.map(({ edge }) => timeoutOf(edge)), sumOf(caused.filter(({ edge }) => edge.sequential)), ...(own ? [own] : [])];
  const most = Math.max(...times.map((time) => time.toMilliseconds()));
  return most > 0 ? Duration.millis(most) : undefined;
}

function overruns(graph: Calls, wait: Wait): readonly string[] {
  const limit = timeoutOf(wait.edge).toMilliseconds();
  const caused = causedBy(graph, wait.edge.callee, wait.operation).filter(hasTimeout);
  const alone = caused.filter(({ edge }) => timeoutOf(edge).toMilliseconds() > limit);
  const problems = alone.map((next) => `[${next.edge.caller.path}] timeouts do not fit, got ${inWords(wait)} < ${inWords(next)}; ` +
    `lower the timeout of ${next.edge.callee.name}, or raise that of ${wait.edge.callee.name} in ${wait.edge.caller.path}`);
  const row = caused.filter(({ edge }) => edge.sequential);
  if (alone.length > 0 || sumOf(row).toMilliseconds() <= limit) return problems;
  const total = `${durationInWords(sumOf(row))} = ${row.map(calleeInWords).join(' + ')}`;
  return [`[${wait.edge.callee.path}] sequential calls take too long, got ${inWords(wait)} < ${total}; ` +
    `lower some, or raise the timeout of ${wait.edge.callee.name} in ${wait.edge.caller.path}`];
}

/** What an operation says itself, its contract included. */
function ownTimeProblems(wait: Wait): readonly string[] {
  const { callee, caller } = wait.edge;
  const takes = wait.operation === undefined ? undefined : callee.operations[wait.operation].takes;
  if (takes === undefined || takes.toMilliseconds() <= timeoutOf(wait.edge).toMilliseconds()) return [];
  return [`[${caller.path}] timeouts do not fit, got ${inWords(wait)} < ${durationInWords(takes)} that ${callee.name} ${wait.operation} takes; ` +
    `raise the timeout of ${callee.name}`];
}
