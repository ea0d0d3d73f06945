import { ApiObject } from 'cdk8s';
import { invalid } from '../graph/configuration-error';
import { at, listAt, textAt } from '../graph/json';
import { podTemplateOf } from '../graph/pod-template';
import { amountOf } from '../workload/amount';
import { Scale, mostPods, mostReplicas } from '../workload/most-pods';
import { COMPUTE, Usage, podUsage } from '../workload/pod-usage';
import { Environment } from './environment';
import { injectedContainers } from './injected-containers';

/** What a ResourceQuota of ours counts. */
export const COUNTED = [...COMPUTE, 'pods', 'persistentvolumeclaims', 'requests.storage'] as const;

/** Amounts by what is counted: thousandths of a core, bytes, pieces. */
export type Amounts = Readonly<Record<typeof COUNTED[number], number>>;

/** What one workload or claim takes of its namespace at most. */
export interface WorkloadUsage {
  /** Kind and name: `Deployment web`. */
  readonly what: string;
  /** What each of its pods is charged, where it has any. */
  readonly pod?: Usage;
  /** What it takes in all. */
  readonly total: Amounts;
}

/** Kinds that run pods, claim storage, or say how far something scales. */
const KINDS: ReadonlySet<string> = new Set([
  'Pod', 'Deployment', 'Rollout', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'PersistentVolumeClaim', 'HorizontalPodAutoscaler',
]);

/**
 * What everything in a namespace takes at most, by workload, read from the objects as they are written, with the sidecars that they will get.
 * @param nodes how many nodes a DaemonSet has a pod on
 * @throws ConfigurationError with the object's path on a container without an amount, and on work without a greatest number of pods
 */
export function namespaceUsage(environment: Environment, namespace: string, nodes?: number): readonly WorkloadUsage[] {
  const objects = environment.node.findAll().filter((each): each is ApiObject => ApiObject.isApiObject(each) && KINDS.has(each.kind));
  const own = objects.filter(({ metadata }) => metadata.namespace === namespace); // before anything is rendered: other namespaces are not ours to render
  const rendered = own.map((object) => ({ path: object.node.path, json: object.toJson() as unknown }));
  const autoscalers = rendered.filter(({ json }) => textAt(json, 'kind') === 'HorizontalPodAutoscaler');
  const autoscaled = new Map(autoscalers.map(({ json }) => [textAt(json, 'spec.scaleTargetRef.name') ?? '', Number(at(json, 'spec.maxReplicas'))]));
  return rendered.filter((each) => !autoscalers.includes(each)).map(({ path, json }) => usageOf(path, json, { autoscaled, nodes }, environment));
}

function usageOf(path: string, json: unknown, scale: Scale, { facts, proxyResources: resources }: Environment): WorkloadUsage {
  const what = `${textAt(json, 'kind')} ${textAt(json, 'metadata.name')}`;
  const refuse = (problem: string): never => invalid(path, problem);
  const claims = claimsOf(json, scale);
  const storage = { persistentvolumeclaims: claims.length, 'requests.storage': claims.reduce((sum, size) => sum + size, 0) };
  const pods = mostPods(json, scale, refuse);
  if (pods === 0) return { what, total: { ...none, ...storage } };
  const missing = (problem: string): never => refuse(`the namespace's quota counts requests and limits, got ${problem} in ${what}; add it`);
  const pod = podUsage(injectedContainers(podTemplateOf(json), { interception: facts.interception, resources }), missing);
  const compute = Object.fromEntries(COMPUTE.map((key) => [key, pods * pod[key]]));
  return { what, pod, total: { ...none, ...compute, pods, ...storage } };
}

const none: Amounts = {
  'requests.cpu': 0, 'requests.memory': 0, 'limits.cpu': 0, 'limits.memory': 0, pods: 0, persistentvolumeclaims: 0, 'requests.storage': 0,
};

/** Sizes of the claims that an object makes. */
function claimsOf(json: unknown, scale: Scale): readonly number[] {
  const sizeOf = (claim: unknown): number => amountOf('storage', at(claim, 'spec.resources.requests.storage')) ?? 0;
  if (textAt(json, 'kind') === 'PersistentVolumeClaim') return [sizeOf(json)];
  const templates = listAt(json, 'spec.volumeClaimTemplates').map(sizeOf);
  return templates.flatMap((size) => Array<number>(mostReplicas(json, scale)).fill(size));
}

/** What all of them take together. */
export function sumOf(usages: readonly WorkloadUsage[]): Amounts {
  return usages.reduce((sum, { total }) => mapAmounts(sum, (key, amount) => amount + total[key]), none);
}

/** Amounts, each made of its own. */
export function mapAmounts(amounts: Amounts, change: (key: keyof Amounts, amount: number) => number): Amounts {
  return { ...amounts, ...Object.fromEntries(COUNTED.map((key) => [key, change(key, amounts[key])])) };
}

/** Most that one pod of them may have. */
export function largestPodOf(usages: readonly WorkloadUsage[]): { readonly cpu: number; readonly memory: number } {
  const most = (key: 'limits.cpu' | 'limits.memory'): number => Math.max(0, ...usages.map(({ pod }) => pod?.[key] ?? 0));
  return { cpu: most('limits.cpu'), memory: most('limits.memory') };
}
