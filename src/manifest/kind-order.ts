/** One object as it will be written. */
export interface RenderedObject {
  /** Path of the construct that made it. */
  readonly path: string;
  /** What `ApiObject.toJson()` gave. */
  readonly manifest: unknown;
}

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
export function inKindOrder<T extends RenderedObject>(objects: readonly T[]): T[] {
  const keyed = objects.map((object) => ({ object, key: orderKey(object) }));
  return keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ object }) => object);
}

function orderKey({ path, manifest }: RenderedObject): readonly string[] {
  const { kind, apiVersion, metadata } = record(manifest);
  const { namespace, name } = record(metadata);
  const rank = RANKS.get(text(kind)) ?? KINDS.length;
  return [String(rank).padStart(3, '0'), text(kind), text(apiVersion), text(namespace), text(name), path];
}

/** By code units, since `localeCompare` depends on the machine. */
function compareKeys(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  if (at < 0) return 0;
  return a[at] < b[at] ? -1 : 1;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
