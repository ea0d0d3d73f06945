import { at, textAt } from '../graph/json';

/** What of a namespace says how many pods a workload has. */
export interface Scale {
  /** Most pods of the workload of a name that an autoscaler runs. */
  readonly autoscaled: ReadonlyMap<string, number>;
  /** Nodes that a DaemonSet has a pod on. */
  readonly nodes?: number;
}

/**
 * Most pods that a workload has at a time: scaled as far as its autoscaler lets it, and in the middle of a rolling update. Pods of before that
 * still end are not among them.
 * @throws what `refuse` does where nobody says it
 */
export function mostPods(object: unknown, scale: Scale, refuse: (problem: string) => never): number {
  const kind = textAt(object, 'kind') ?? '';
  const count = COUNTS[kind];
  return count === undefined ? 0 : count(object, scale, refuse);
}

/** Pods that a workload runs when nothing changes. */
export function mostReplicas(object: unknown, { autoscaled }: Scale): number {
  return autoscaled.get(textAt(object, 'metadata.name') ?? '') ?? Number(at(object, 'spec.replicas') ?? 1);
}

type Count = (object: unknown, scale: Scale, refuse: (problem: string) => never) => number;

const jobPods = (spec: unknown): number => Math.min(Number(at(spec, 'parallelism') ?? 1), Number(at(spec, 'completions') ?? Infinity));

const COUNTS: Readonly<Record<string, Count>> = {
  Pod: () => 1,
  Deployment: (object, scale) => {
    const replicas = mostReplicas(object, scale);
    if (textAt(object, 'spec.strategy.type') === 'Recreate') return replicas;
    return replicas + surge(at(object, 'spec.strategy.rollingUpdate.maxSurge') ?? '25%', replicas);
  },
  Rollout: (object, scale) => 2 * mostReplicas(object, scale), // with weights in a route, the stable version stays whole until the end
  ReplicaSet: mostReplicas,
  StatefulSet: mostReplicas, // a new pod comes after the one of its name is gone
  DaemonSet: (object, { nodes }, refuse) => {
    const each = nodes ?? refuse('a DaemonSet has a pod on every node, got no number of nodes; say nodes');
    return each + surge(at(object, 'spec.updateStrategy.rollingUpdate.maxSurge') ?? 0, each);
  },
  Job: (object) => jobPods(at(object, 'spec')),
  CronJob: (object, _, refuse) => {
    const policy = textAt(object, 'spec.concurrencyPolicy') ?? 'Allow';
    if (policy === 'Allow') return refuse("runs of a CronJob may be any number at once, got concurrencyPolicy 'Allow'; say 'Forbid'");
    return jobPods(at(object, 'spec.jobTemplate.spec')) * (policy === 'Replace' ? 2 : 1); // the one that is replaced still ends
  },
};

/** Pods that come before others go. Source: Kubernetes, `maxSurge`: a number, or percent rounded up. */
function surge(value: unknown, replicas: number): number {
  const [, percent] = /^(\d+)%$/.exec(String(value)) ?? [];
  return percent === undefined ? Number(value) : Math.ceil((replicas * Number(percent)) / 100);
}
