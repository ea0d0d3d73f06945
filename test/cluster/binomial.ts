/** Where the central 99.9 % of the binomial distribution lie: a number outside of it is no chance. `share` is above 0 and below 1. */
export function band(requests: number, share: number): readonly [number, number] {
  const tail = 0.0005;
  let logarithm = requests * Math.log(1 - share); // of the probability of no success: itself may be too small for a number
  let sum = 0;
  let lowest = -1;
  for (let successes = 0; successes <= requests; successes++) {
    sum += Math.exp(logarithm);
    if (lowest < 0 && sum >= tail) lowest = successes;
    if (sum >= 1 - tail) return [lowest, successes];
    logarithm += Math.log((requests - successes) / (successes + 1) * share / (1 - share));
  }
  return [lowest, requests];
}
