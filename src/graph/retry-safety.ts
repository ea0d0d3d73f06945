import { Calls } from './calls';
import { Edge, happensDuring, portsOf } from './edge';
import { isOpenThere } from './exposure';
import { Callee, portOf } from './party';
import { mayRepeat, retryPolicy } from './retries';

/** Operations on the way of one question. */
interface Search {
  /** Those that were looked at. */
  readonly seen: Set<string>;
  /** Whether they may be done twice, where that is known: then nobody asks again how they lead to harm. */
  readonly known: Map<string, boolean>;
}

/**
 * How an operation leads to one that must not be done twice: itself first, that one last.
 * @returns undefined where nothing on the way is harmed by a retry
 */
function harmfulPath(graph: Calls, callee: Callee, name: string, search: Search): readonly string[] | undefined {
  const step = `${callee.name} ${name}`;
  const operation = callee.operations[name];
  const visited = `${callee.path} ${name}`;
  const { seen, known } = search;
  if (operation.because !== undefined || seen.has(visited) || known.get(visited) === true) return undefined;
  if (!operation.idempotent || known.get(visited) === false) return [step];
  seen.add(visited);
  for (const edge of graph.from(callee).filter((each) => happensDuring(each, name) && !isWay(graph, each))) {
    const rest = harmOfEdge(graph, edge, search);
    if (!rest) continue;
    known.set(visited, false);
    return [step, ...rest];
  }
  return undefined;
}

/** Whether a call is but the way to another one, through an egress gateway, which has no operations. */
function isWay(graph: Calls, { caller, callee, operations }: Edge): boolean {
  return operations.length === 0 && graph.from(caller).some(({ callee: behind }) => behind.through?.gateway === callee);
}

/** Whether an operation may be done twice, all that it leads to included. */
export function mayBeRepeated(graph: Calls, callee: Callee, operation: string): boolean {
  const [seen, known] = [new Set<string>(), graph.repeatable];
  if (harmfulPath(graph, callee, operation, { seen, known })) return false;
  for (const each of seen) known.set(each, true); // only now: a circle may have hidden what one of them leads to
  return true;
}

/** Whether each request of a call for an operation may be done twice, whatever it turns out to be. */
export function mayBeRetried(graph: Calls, edge: Edge, name: string): boolean {
  return meant(graph, edge, name).every((each) => mayBeRepeated(graph, edge.callee, each));
}

function harmOfEdge(graph: Calls, edge: Edge, search: Search): readonly string[] | undefined {
  const { callee, operations } = edge;
  // bytes inside the cluster go to a store; all else may be a request that nobody told us about
  const store = callee.external === undefined && portsOf(edge).every(({ protocol }) => protocol === 'tcp');
  const blind = operations.length === 0 && !store;
  if (blind) return [`${callee.name} (whose operations are not told apart)`];
  for (const name of operations.flatMap((each) => meant(graph, edge, each))) {
    const path = harmfulPath(graph, callee, name, search);
    if (path) return path;
  }
  return undefined;
}

/** How a retry of this call could do something twice. */
export function harmOfRetry(graph: Calls, edge: Edge, name: string): readonly string[] | undefined {
  for (const each of meant(graph, edge, name)) {
    const path = harmfulPath(graph, edge.callee, each, { seen: new Set(), known: new Map() });
    if (path) return path;
  }
  return undefined;
}

/**
 * What a request for an operation can turn out to be: `/orders/{id}` takes a request for `/orders/latest` too, unless the
 * caller asks for that by name, so that its own route comes first.
 */
function meant(graph: Calls, { callee, caller, exposure }: Edge, name: string): readonly string[] {
  const operation = callee.operations[name];
  const { path } = operation;
  const isNamed = (other: string): boolean => graph.from(caller)
    .some((edge) => edge.callee === callee && isOpenThere(edge.exposure, exposure) && edge.operations.includes(other));
  const others = Object.keys(callee.operations).filter((other) => {
    const each = callee.operations[other];
    return other !== name
      && portOf(callee, each) === portOf(callee, operation)
      && each.overlaps(operation)
      && !each.path.covers(path)
      && !(each.path.compare(path) < 0 && isNamed(other));
  });
  return [name, ...others.sort()];
}

/** Calls that ask for retries where one could do something twice. */
export function retrySafetyProblems(graph: Calls, edges: readonly Edge[]): readonly string[] {
  const asking = edges.filter(({ retries }) => retries !== undefined && mayRepeat(retryPolicy(retries)));
  return asking.flatMap((edge) => (edge.operations.length === 0
    ? [`[${edge.caller.path}] calls to ${edge.callee.name} cannot be retried, got retries for a callee without operations; declare the idempotent ones`]
    : edge.operations.flatMap((name) => operationProblem(graph, edge, name) ?? [])));
}

function operationProblem(graph: Calls, edge: Edge, name: string): string | undefined {
  const { callee, caller } = edge;
  if (callee.operations[name].streams) return `[${caller.path}] ${callee.name} ${name} streams and cannot be retried, got retries; choose 'none'`;
  const path = mayBeRetried(graph, edge, name) ? undefined : harmOfRetry(graph, edge, name);
  return path && `[${caller.path}] ${callee.name} ${name} must not be retried, got retries that repeat ${path.join(' → ')}; ` +
    "choose 'none' or 'beforeSend', or say idempotent: { because } on the operation";
}
