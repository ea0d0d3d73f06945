/** How often a property is tried: 20 times as often where `MESHMART_LONG=1`. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: usual * (process.env.MESHMART_LONG === '1' ? 20 : 1) };
}

/** The same for all properties of a file: with this seed they try the same plans, so that each is built once. */
export function sameRuns(usual: number): { readonly numRuns: number; readonly seed: number } {
  return { ...runs(usual), seed };
}
const seed = Date.now() | 0;

/** Plans that are remembered: more than are tried, but in the long run, which needs its memory. */
const REMEMBERED = 200;

/** What a plan gives, worked out once for equal plans. */
export function once<Plan, Result>(workOut: (plan: Plan) => Result): (plan: Plan) => Result {
  const known = new Map<string, Result>();
  return (plan) => {
    const key = JSON.stringify(plan);
    const result = known.get(key) ?? workOut(plan);
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, result);
    return result;
  };
}
