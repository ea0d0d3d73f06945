import { ApiObject } from 'cdk8s';
import { textAt } from '../../graph/json';

/** A kind of object by its API group, which is empty for Kubernetes' own. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  '': ['ConfigMap', 'LimitRange', 'PersistentVolumeClaim', 'ResourceQuota', 'Service', 'ServiceAccount'],
  'apps': ['DaemonSet', 'Deployment', 'StatefulSet'],
  'argoproj.io': ['AnalysisTemplate', 'Rollout'],
  'autoscaling': ['HorizontalPodAutoscaler'],
  'cert-manager.io': ['Certificate', 'Issuer'],
  'external-secrets.io': ['ExternalSecret'],
  'batch': ['CronJob', 'Job'],
  'monitoring.coreos.com': ['PodMonitor', 'PrometheusRule', 'ServiceMonitor'],
  'networking.istio.io': ['DestinationRule', 'EnvoyFilter', 'Gateway', 'ServiceEntry', 'Sidecar', 'VirtualService'],
  'networking.k8s.io': ['Ingress', 'NetworkPolicy'],
  'policy': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io': ['Role', 'RoleBinding'],
  'security.istio.io': ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'],
  'telemetry.istio.io': ['Telemetry'],
};

/**
 * Kinds of namespaced objects that an AppProject permits: all that this library can render, not only those of today. Argo CD does not compare
 * live objects of kinds that it does not permit, so that the last one of a kind, removed together with the permission, would stay and be unseen.
 * A Secret is never rendered.
 */
export const permittedKinds: readonly GroupKind[] = Object.entries(KINDS).flatMap(([group, kinds]) => kinds.map((kind) => ({ group, kind })));

/** The kind of an object. */
export function groupKindOf({ apiVersion, kind }: Pick<ApiObject, 'apiVersion' | 'kind'>): GroupKind {
  const [group, version] = apiVersion.split('/');
  return { group: version === undefined ? '' : group, kind };
}

/** Objects of the cluster, which have no namespace. */
export function isOfCluster({ group, kind }: GroupKind): boolean {
  if (['templates.gatekeeper.sh', 'constraints.gatekeeper.sh'].includes(group)) return true;
  return ['Namespace', 'PriorityClass', 'CustomResourceDefinition'].includes(kind) || kind.startsWith('Cluster') || kind.startsWith('ValidatingAdmission');
}

/** The namespace of an object, whatever its patches do. */
export function namespaceOf(object: ApiObject): string | undefined {
  return isOfCluster(groupKindOf(object)) ? undefined : object.metadata.namespace ?? textAt(object.toJson(), 'metadata.namespace');
}
