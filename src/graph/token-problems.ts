import { Calls } from './calls';
import { Callee } from './party';
import { principal } from './principal';
import { tokenNeeded } from './token';

/** Tokens that are asked of somebody who does not call, or who cannot know. */
export function tokenProblems(graph: Calls, callee: Callee): readonly string[] {
  const requirements = callee.tokens?.() ?? [];
  if (requirements.length === 0) return [];
  const edges = graph.to(callee);
  const strangers = requirements.flatMap(({ path, callers = [] }) => callers
    .filter((caller) => !edges.some((edge) => principal(edge.caller) === principal(caller)))
    .map((caller) => `[${path}] from must name who calls ${callee.name}, got ${caller.path} that does not; declare the call, or leave it out`));
  const unaware = edges.filter(({ caller }) => caller.remote).flatMap(({ caller, operations }) => operations.flatMap((name) => {
    const needed = tokenNeeded(callee, caller, name);
    if (!needed) return [];
    return [`[${needed.path}] a contract does not say that a token is needed, got ${name} of ${callee.name} that ${caller.path} may call; `
      + 'say from whose requests need one'];
  }));
  return [...strangers, ...unaware];
}
