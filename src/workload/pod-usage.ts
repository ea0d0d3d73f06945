import { at, textAt } from '../graph/json';
import { PodContainers } from '../graph/pod-template';
import { amountOf } from './amount';

/** What pods are charged for, in the words of a ResourceQuota. */
export const COMPUTE = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'] as const;

/** What one pod, or several, are charged: thousandths of a core, and bytes. */
export type Usage = Readonly<Record<typeof COMPUTE[number], number>>;

/**
 * What Kubernetes charges for a pod: all that runs at once, or an init container beside the native sidecars before it where that is more.
 * A request that is not said is the limit. Source: Kubernetes, "Init containers" and "Sidecar containers", "Resource sharing within containers".
 * @throws what `refuse` does with what is missing
 */
export function podUsage({ initContainers, containers }: PodContainers, refuse: (missing: string) => never): Usage {
  const charge = (key: typeof COMPUTE[number]): number => {
    const charged = (container: unknown): number => chargeOf(container, key)
      ?? refuse(`container ${textAt(container, 'name') ?? ''} without ${key}`);
    let sidecars = 0;
    let starting = 0;
    for (const each of initContainers) {
      const own = charged(each);
      starting = Math.max(starting, sidecars + own);
      if (textAt(each, 'restartPolicy') === 'Always') sidecars += own;
    }
    return Math.max(starting, sidecars + containers.reduce<number>((sum, each) => sum + charged(each), 0));
  };
  return {
    'requests.cpu': charge('requests.cpu'), 'requests.memory': charge('requests.memory'),
    'limits.cpu': charge('limits.cpu'), 'limits.memory': charge('limits.memory'),
  };
}

function chargeOf(container: unknown, key: string): number | undefined {
  const [list, resource] = key.split('.');
  const [limit, request] = ['limits', 'requests'].map((each) => amountOf(resource, at(container, `resources.${each}.${resource}`)));
  return list === 'limits' ? limit : request ?? limit;
}
