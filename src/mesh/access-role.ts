import { JsonPatch } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { isKubernetesApi } from '../graph/kubernetes-api';
import { Caller } from '../graph/party';
import { Exception, annotateExceptions } from '../manifest/exception';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName, uniqueId } from '../manifest/names';
import { reject } from '../manifest/reject';
import { AccessRule, accessInWords, accessRuleProblem } from '../security/access-rules';
import { Callable, CallOptions } from './callable';
import { Environment } from './environment';
import { MeshNamespace } from './mesh-namespace';

/** A workload that can call: a `MeshedMicroservice`, a `MeshedJob` or a `MeshedDaemonSet`. */
export interface CallingWorkload extends Construct {
  /** What it is in the call graph. */
  readonly party: Caller;
  /** Declares a call. */
  calls(callee: Callable, options: CallOptions<never, never>): unknown;
}

/** Properties of `AccessRole`. */
export interface AccessRoleProps {
  /** What the workload may do. */
  readonly rules: readonly [AccessRule, ...AccessRule[]];
  /** Why it may do so in all namespaces, and with objects that are in none: a ClusterRole then. @default - in its own namespace alone */
  readonly clusterWide?: { readonly because: string };
  /** The namespace that it may do so in, where that is another than its own. @default - its own */
  readonly namespace?: MeshNamespace;
}

/**
 * What a workload may do with the Kubernetes API: a Role and its binding, and the call itself, without which it had neither a token nor a way there.
 * Its scope is the workload; its id is the end of the Role's name.
 */
export class AccessRole extends Construct {
  /** What may be done. */
  public readonly role: Manifest<k8s.KubeRoleProps> | Manifest<k8s.KubeClusterRoleProps>;
  /** Who may do it. */
  public readonly binding: Manifest<k8s.KubeRoleBindingProps> | Manifest<k8s.KubeClusterRoleBindingProps>;

  /** @throws ConfigurationError on rules that allow nothing, or more than a workload should have without a reason */
  constructor(workload: CallingWorkload, id: string, { rules, clusterWide, namespace }: AccessRoleProps) {
    super(workload, uniqueId(workload, id));
    checkName(this, 'id', id);
    if (rules.length === 0) reject(this, 'rules must have at least one, got none');
    const problem = rules.map(accessRuleProblem).find((each) => each !== undefined);
    if (problem !== undefined) reject(this, problem);
    const { party } = workload;
    const { environment } = MeshNamespace.of(this);
    if (namespace) checkNamespace(this, environment, { clusterWide, namespace });
    const called = environment.graph.from(party).some(({ callee }) => isKubernetesApi(callee));
    if (!called) workload.calls(environment.kubernetesApi, {});

    const name = `${party.name}-${id}`;
    const subjects = [{ kind: 'ServiceAccount', name: party.serviceAccount, namespace: party.namespace }];
    const content = { rules: rules.map(ruleOf) };
    if (clusterWide) {
      const metadata = { name: `${party.namespace}-${name}` };
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
      this.role = new Manifest(this, 'Role', kinds.ClusterRole, metadata, () => content);
      this.binding = new Manifest(this, 'Binding', kinds.ClusterRoleBinding, metadata, () => ({ roleRef, subjects }));
    } else {
      const elsewhere = namespace !== undefined && namespace.name !== party.namespace;
      const metadata = elsewhere ? { name: `${party.namespace}-${name}`, namespace: namespace.name } : { name };
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name };
      this.role = new Manifest(this, 'Role', kinds.Role, metadata, () => content);
      this.binding = new Manifest(this, 'Binding', kinds.RoleBinding, metadata, () => ({ roleRef, subjects }));
    }
    // cdk8s puts every object of a chart into its namespace
    if (clusterWide) for (const object of [this.role, this.binding]) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
    annotateExceptions(this.role, exceptionsOf(rules, clusterWide), 'access');
  }
}

/** Refuses a namespace that is everywhere already, or nowhere near. */
function checkNamespace(
  role: AccessRole, environment: Environment, { clusterWide, namespace }: Pick<AccessRoleProps, 'clusterWide'> & { readonly namespace: MeshNamespace },
): void {
  if (clusterWide) reject(role, `what holds in all namespaces holds in each, got clusterWide beside namespace '${namespace.name}'; remove one`);
  if (namespace.environment !== environment) {
    reject(role, `namespace must be of the workload's own environment, got ${namespace.node.path}; make a role there`);
  }
}

function ruleOf({ apiGroups = [''], resources, resourceNames, verbs }: AccessRule): k8s.PolicyRule {
  return { apiGroups: [...apiGroups], resources: [...resources], resourceNames: resourceNames && [...resourceNames], verbs: [...verbs] };
}

function exceptionsOf(rules: readonly AccessRule[], clusterWide: AccessRoleProps['clusterWide']): readonly Exception[] {
  const each = rules.flatMap((rule) => (rule.because === undefined ? [] : [Exception.access({ what: accessInWords(rule), because: rule.because })]));
  return clusterWide ? [Exception.access({ what: 'all namespaces', because: clusterWide.because }), ...each] : each;
}
