import { Chart } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Caller } from '../../graph/party';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { MeshNamespace } from '../../mesh/mesh-namespace';

/** What a workload may do, in some namespaces or in all, by its identity. */
export interface Grant {
  /** Who. */
  readonly to: Caller;
  /** Namespaces. @default - all, and what is in none */
  readonly namespaces?: readonly string[];
  /** What. */
  readonly rules: readonly k8s.PolicyRule[];
}

/** What only who sets the cluster up can grant to a stack: `<environment>/<id>-access/access.yaml`, which no Application has. */
export function platformAccess(stack: MeshNamespace, grants: readonly Grant[]): void {
  const { environment, node: { id } } = stack;
  const chart = new Chart(environment, `${id}-access`, { disableResourceNameHashes: true });
  const component = new Construct(chart, 'access');
  for (const { to, namespaces, rules } of grants) {
    const name = `${id}-${to.name}`;
    const subjects = [{ kind: 'ServiceAccount', name: to.serviceAccount, namespace: to.namespace }];
    const roleRef = (kind: 'Role' | 'ClusterRole') => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
    for (const namespace of [...new Set(namespaces)].sort()) {
      new Manifest(component, `Role-${to.name}-${namespace}`, kinds.Role, { name, namespace }, () => ({ rules: [...rules] }));
      new Manifest(component, `RoleBinding-${to.name}-${namespace}`, kinds.RoleBinding, { name, namespace }, () => ({ roleRef: roleRef('Role'), subjects }));
    }
    if (namespaces) continue;
    new Manifest(component, `ClusterRole-${to.name}`, kinds.ClusterRole, { name }, () => ({ rules: [...rules] }));
    new Manifest(component, `ClusterRoleBinding-${to.name}`, kinds.ClusterRoleBinding, { name }, () => ({ roleRef: roleRef('ClusterRole'), subjects }));
  }
}
