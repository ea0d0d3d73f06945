import { Calls } from './calls';
import { Edge } from './edge';
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
  return [...strangers, ...unaware, ...edges.flatMap((edge) => lostToken(edge) ?? [])];
}

/** A call that takes the token away on its way would be refused for ever. */
function lostToken({ caller, callee, operations, headers }: Edge): string | undefined {
  const { remove = [], set = {} } = headers?.request ?? {};
  const gone = [...remove, ...Object.keys(set)];
  const needed = (operations.length > 0 ? operations : [undefined]).map((name) => tokenNeeded(callee, caller, name)?.headers);
  const lost = needed.find((places) => places?.every((place) => gone.includes(place)));
  return lost && `[${caller.path}] headers must leave the token that ${callee.name} needs where it is, got ${lost.join(', ')} removed or set; leave it out`;
}
