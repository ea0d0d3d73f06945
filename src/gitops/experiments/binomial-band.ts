/** Lowest and highest share, in percent. */
export type Band = readonly [lowest: number, highest: number];

/** What lies outside by chance: one of a thousand. */
const TAILS = 0.001;

/** Where the central 99.9 % of the binomial distribution lie: a number of successes outside is no chance. `share` is 0-1. */
export function band(requests: number, share: number): Band {
  if (share <= 0 || share >= 1) return [share * requests, share * requests];
  let logarithm = requests * Math.log(1 - share); // of the probability of no success: itself may be too small for a number
  let sum = 0;
  let lowest = -1;
  for (let successes = 0; successes <= requests; successes++) {
    sum += Math.exp(logarithm);
    if (lowest < 0 && sum >= TAILS / 2) lowest = successes;
    if (sum >= 1 - TAILS / 2) return [lowest, successes];
    logarithm += Math.log((requests - successes) / (successes + 1) * share / (1 - share));
  }
  return [lowest, requests];
}

/** The same in percent of the requests. `percent` is 0-100. */
export function bandInPercent(requests: number, percent: number): Band {
  const [lowest, highest] = band(requests, percent / 100);
  return [100 * lowest / requests, 100 * highest / requests];
}
