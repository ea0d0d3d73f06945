import { Edge, inBrief } from './edge';

/** Proxies do not tell operations apart in what they count, so that there can be one objective between two parties. */
export function objectiveProblems(edges: readonly Edge[]): readonly string[] {
  const promised = edges.filter(({ slo }) => slo !== undefined);
  return promised.flatMap((edge, index) => {
    const earlier = promised.slice(0, index).find(({ caller, callee }) => caller === edge.caller && callee === edge.callee);
    return earlier ? [`[${edge.caller.path}] slo is measured over all calls of a caller to a callee, got one for ${inBrief(edge)} beside that for ${
      inBrief(earlier)}; say it once`] : [];
  });
}
