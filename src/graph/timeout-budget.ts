import { Duration } from 'cdk8s';
import { Calls } from './calls';
import { Edge, durationInWords, timeoutOf } from './edge';
import { Wait, calleeInWords, causedBy, hasTimeout, inWords, waitsOf } from './wait';

/**
 * Calls that may take longer than those who wait for them.
 * That there are none is a necessary condition, not a sufficient one: a service may make a call more than once.
 */
export function timeoutProblems(graph: Calls, edges: readonly Edge[]): readonly string[] {
  return edges.flatMap(waitsOf).filter(hasTimeout).flatMap((wait) => overruns(graph, wait));
}

function overruns(graph: Calls, wait: Wait): readonly string[] {
  const limit = timeoutOf(wait.edge).toMilliseconds();
  const caused = causedBy(graph, wait).filter(hasTimeout);
  const alone = caused.filter(({ edge }) => timeoutOf(edge).toMilliseconds() > limit);
  const problems = alone.map((next) => `[${next.edge.caller.path}] timeouts do not fit, got ${inWords(wait)} < ${inWords(next)}; ` +
    `lower the timeout of ${next.edge.callee.name}, or raise that of ${wait.edge.callee.name} in ${wait.edge.caller.path}`);
  const row = caused.filter(({ edge }) => edge.sequential);
  const sum = row.reduce((total, { edge }) => total + timeoutOf(edge).toMilliseconds(), 0);
  if (alone.length > 0 || sum <= limit) return problems;
  const total = `${durationInWords(Duration.millis(sum))} = ${row.map(calleeInWords).join(' + ')}`;
  return [`[${wait.edge.callee.path}] sequential calls take too long, got ${inWords(wait)} < ${total}; ` +
    `lower some, or raise the timeout of ${wait.edge.callee.name} in ${wait.edge.caller.path}`];
}
