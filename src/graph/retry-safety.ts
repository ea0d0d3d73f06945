import type { CallGraph } from './call-graph';
import { Edge, happensDuring } from './edge';
import { Callee } from './party';
import { mayRepeat, retryPolicy } from './retries';

/**
 * How an operation leads to one that must not be done twice: itself first, that one last.
 * @returns undefined where nothing on the way is harmed by a retry
 */
export function harmfulPath(graph: CallGraph, callee: Callee, name: string, seen = new Set<string>()): readonly string[] | undefined {
  const step = `${callee.name} ${name}`;
  const operation = callee.operations[name];
  const visited = `${callee.host} ${name}`;
  if (operation.because !== undefined || seen.has(visited)) return undefined;
  if (!operation.idempotent) return [step];
  seen.add(visited);
  for (const edge of graph.from(callee)) {
    if (!happensDuring(edge, name)) continue;
    for (const next of edge.operations) {
      const rest = harmfulPath(graph, edge.callee, next, seen);
      if (rest) return [step, ...rest];
    }
  }
  return undefined;
}

/**
 * How a retry of this call could do something twice, counting operations that the same request could also be:
 * `/orders/{id}` takes a request for `/orders/latest` too, unless the caller calls that by name.
 */
export function harmOfRetry(graph: CallGraph, { callee, caller, gatewayHosts = [] }: Edge, name: string): readonly string[] | undefined {
  const operation = callee.operations[name];
  const own = new Set(graph.from(caller)
    .filter((edge) => edge.callee === callee && gatewayHosts.every((host) => edge.gatewayHosts?.includes(host)))
    .flatMap((edge) => edge.operations));
  const alsoMeant = Object.keys(callee.operations).filter((other) =>
    other === name || (!own.has(other) && callee.operations[other].overlaps(operation) && callee.operations[other].path.compare(operation.path) < 0));
  for (const each of alsoMeant.sort()) {
    const path = harmfulPath(graph, callee, each);
    if (path) return path;
  }
  return undefined;
}

/** Calls that ask for retries where one could do something twice. */
export function retrySafetyProblems(graph: CallGraph, edges: readonly Edge[]): readonly string[] {
  const asking = edges.filter(({ retries }) => retries !== undefined && mayRepeat(retryPolicy(retries)));
  return asking.flatMap((edge) => (edge.operations.length === 0
    ? [`[${edge.caller.path}] calls to ${edge.callee.name} cannot be retried, got retries for a callee without operations; declare the idempotent ones`]
    : edge.operations.flatMap((name) => operationProblem(graph, edge, name) ?? [])));
}

function operationProblem(graph: CallGraph, edge: Edge, name: string): string | undefined {
  const { callee, caller } = edge;
  if (callee.operations[name].streams) return `[${caller.path}] ${callee.name} ${name} streams and cannot be retried, got retries; choose 'none'`;
  const path = harmOfRetry(graph, edge, name);
  return path && `[${caller.path}] ${callee.name} ${name} must not be retried, got retries that repeat ${path.join(' → ')}; ` +
    "choose 'none' or 'beforeSend', or say idempotent: { because } on the operation";
}
