import { amountText } from '../workload/amount';
import { Bounds } from './namespace-quota';
import { Amounts, COUNTED, WorkloadUsage, sumOf } from './namespace-usage';

/** What of a namespace does not fit into its quota, with who takes how much of it. */
export function quotaProblems(bounds: Bounds, usages: readonly WorkloadUsage[]): string[] {
  return [...inAll(bounds, usages), ...usages.flatMap((usage) => ofOnePod(bounds, usage))];
}

function inAll({ hard }: Bounds, usages: readonly WorkloadUsage[]): string[] {
  const sum = sumOf(usages);
  return COUNTED.filter((key) => sum[key] > hard[key]).map((key) => {
    const parts = usages.filter(({ total }) => total[key] > 0).map((usage) => `${usage.what} ${part(usage, key)}`);
    const got = `got ${key} ${amountText(key, hard[key])} for ${amountText(key, sum[key])}`;
    return `quota must hold what the namespace runs at most, ${got} (${parts.join(', ')}); raise it`;
  });
}

function ofOnePod({ largestPod }: Bounds, { what, pod }: WorkloadUsage): string[] {
  if (!pod || !largestPod) return [];
  return (['cpu', 'memory'] as const).filter((resource) => pod[`limits.${resource}`] > largestPod[resource]).map((resource) => {
    const got = `got ${resource} ${amountText(resource, largestPod[resource])} for ${amountText(resource, pod[`limits.${resource}`])} of ${what}`;
    return `largestPod of the quota must hold every pod with its sidecar, ${got}; raise it`;
  });
}

/** `6 x 2200m` where pods make it up. */
function part({ pod, total }: WorkloadUsage, key: keyof Amounts): string {
  const each = pod && key in pod ? pod[key as keyof typeof pod] : undefined;
  return each === undefined ? amountText(key, total[key]) : `${total.pods} x ${amountText(key, each)}`;
}
