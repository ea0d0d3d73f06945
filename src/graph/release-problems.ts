import { Callee, Release } from './party';

/** Releases that lead nowhere, or whose shares do not add up. */
export function releaseProblems(callee: Callee): readonly string[] {
  const subsets = callee.versions().map(({ name }) => name);
  const releases = callee.releases();
  const last = releases.at(-1);
  const ends = last?.match === undefined ? [] : [`[${callee.path}] the last release must take every request, got a match; add one without`];
  return [...ends, ...releases.flatMap((release) => problemsOf(release, subsets).map((problem) => `[${callee.path}] ${problem}`))];
}

function problemsOf({ destinations }: Release, subsets: readonly string[]): readonly string[] {
  const unknown = destinations.filter(({ subset }) => subset !== undefined && !subsets.includes(subset))
    .map(({ subset }) => `unknown subset, got '${subset}'; it has ${subsets.join(', ')}`);
  const weights = destinations.map(({ weight }) => weight ?? (destinations.length === 1 ? 100 : NaN));
  const wrong = weights.some((weight) => !Number.isInteger(weight) || weight < 0) || weights.reduce((sum, weight) => sum + weight, 0) !== 100;
  return wrong ? [...unknown, `weights must be whole numbers of 0 or more that sum to 100, got ${weights.join(' + ')}`] : unknown;
}
