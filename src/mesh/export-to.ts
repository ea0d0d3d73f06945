import { Calls } from '../graph/calls';
import { Callee, Caller } from '../graph/party';

/** Namespaces whose proxies may use an object of a callee: its own, and those of callers. */
export function exportTo(graph: Calls, callee: Callee, callers: (caller: Caller) => boolean = () => true): string[] {
  const namespaces = graph.to(callee).filter(({ caller }) => callers(caller)).map(({ caller }) => caller.namespace);
  return [...new Set(['.', ...namespaces.filter((namespace) => namespace !== callee.namespace)])].sort();
}
