import { textAt } from '../graph/json';
import { RenderedObject } from './rendered-object';

/** The order in which a person reads a service: who it is, what it needs, what runs, how it is reached, who may call it. */
const KINDS: readonly string[] = [
  'ConstraintTemplate', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding',
  'PriorityClass',
  'Namespace',
  'ResourceQuota', 'LimitRange',
  'ServiceAccount',
  'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding',
  'ConfigMap',
  'Secret', 'ExternalSecret',
  'Issuer', 'Certificate',
  'PersistentVolumeClaim',
  'AnalysisTemplate',
  'Deployment', 'Rollout', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob',
  'Service',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'PeerAuthentication', 'RequestAuthentication', 'AuthorizationPolicy',
  'Sidecar',
  'ServiceEntry',
  'Ingress', 'Gateway',
  'DestinationRule',
  'VirtualService',
  'EnvoyFilter',
  'Telemetry',
  'ServiceMonitor', 'PodMonitor', 'PrometheusRule',
];
const RANKS: ReadonlyMap<string, number> = new Map(KINDS.map((kind, rank) => [kind, rank]));

/**
 * Sorts the objects of one file: by the kinds' order (kinds that it does not know come last, by name), then by
 * API version, namespace, name and construct path. Whatever order the objects were created in, the file is the same.
 */
export function inKindOrder(objects: readonly RenderedObject[]): RenderedObject[] {
  const keyed = objects.map((object) => ({ object, key: orderKey(object.manifest) }));
  return keyed.sort((a, b) => compareKeys(a.key, b.key) || compare(a.object.construct.node.path, b.object.construct.node.path)).map(({ object }) => object);
}

/** What objects are sorted by, the first difference first. */
type OrderKey = readonly [rank: number, kind: string, apiVersion: string, namespace: string, name: string];

function orderKey(manifest: unknown): OrderKey {
  const [kind, apiVersion, namespace, name] = ['kind', 'apiVersion', 'metadata.namespace', 'metadata.name'].map((path) => textAt(manifest, path) ?? '');
  return [RANKS.get(kind) ?? KINDS.length, kind, apiVersion, namespace, name];
}

function compareKeys(a: OrderKey, b: OrderKey): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : compare(a[at], b[at]);
}

/** By code units, since `localeCompare` depends on the machine. */
function compare<T extends string | number>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
