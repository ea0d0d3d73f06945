import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Caller } from '../../graph/party';
import { Manifest } from '../../manifest/manifest';

/** What a workload of another namespace may read here. Its name is that of the workload. */
export function readingRole(scope: Construct, reader: Caller, name: string, rules: readonly k8s.PolicyRule[], namespace?: string): void {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const subjects = [{ kind: 'ServiceAccount', name: reader.serviceAccount, namespace: reader.namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  new Manifest(scope, `Role-${name}`, k8s.KubeRole, metadata, () => ({ rules: [...rules] }));
  new Manifest(scope, `RoleBinding-${name}`, k8s.KubeRoleBinding, metadata, () => ({ roleRef, subjects }));
}

/** What Prometheus finds pods by. */
export const podDiscovery: k8s.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] };

/** What kube-state-metrics counts of: nothing that has secrets. */
export const countedState: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
  { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['list', 'watch'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] },
  { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['list', 'watch'] },
];
