import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { checkName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { AdmissionAction, AdmissionEngine, NamespaceSelector } from '../security/admission-engine';
import { requiredLimits } from '../security/required-limits-rule';
import { Environment } from './environment';
import { isMeshNamespace } from './mesh-namespace';

/** Properties of `RequiredLimits`. */
export interface RequiredLimitsProps {
  /** Who judges. */
  readonly engine: AdmissionEngine;
  /** What happens to what has no limits; `warn` while not all that runs there has them. @default 'deny' */
  readonly action?: AdmissionAction;
  /**
   * Labels of the namespaces that it holds in, for example `istio-injection: enabled`.
   * @default - by their names, those of the environment that this app knows
   */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** Name of the rule in the cluster: a DNS label, 1-63 characters; another one for each repository that has it. @default 'require-resource-limits' */
  readonly name?: string;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - nobody says */
  readonly owner?: string;
}

/**
 * The cluster takes no pod of the mesh without limits of cpu and memory on each of its containers, init containers and injected sidecars included,
 * and nothing that would make such pods; the message names the containers.
 *
 * Its objects are of the cluster, not of a system: whoever sets the cluster up applies the file `<environment>/<id>/required-limits.yaml`.
 */
export class RequiredLimits extends Chart {
  /** What holds: a ValidatingAdmissionPolicy or a ConstraintTemplate. */
  public readonly policy: ApiObject;
  /** Where it holds: a ValidatingAdmissionPolicyBinding or a Constraint. */
  public readonly binding: ApiObject;

  /** @throws ConfigurationError on a name that no object can have */
  constructor(scope: Environment, id: string, props: RequiredLimitsProps) {
    super(scope, uniqueId(scope, id), { disableResourceNameHashes: true });
    const { engine, action = 'deny', name = 'require-resource-limits', namespaceLabels } = props;
    checkName(this, 'name', name);
    declareOwner(this, props.owner);
    if (namespaceLabels && Object.keys(namespaceLabels).length === 0) {
      reject(this, 'namespaceLabels must name one or more, got none, which is every namespace of the cluster; leave it out for those of the environment');
    }

    const { policy, binding } = engine.write(new Construct(this, 'required-limits'), {
      name,
      constraintKind: 'K8sRequiredResourceLimits',
      rule: requiredLimits,
      action,
      namespaces: () => (namespaceLabels ? { matchLabels: namespaceLabels } : this.ownNamespaces(scope)),
    });
    this.policy = policy;
    this.binding = binding;
  }

  /** By the label that the API server writes itself, so that nobody takes a namespace out. */
  private ownNamespaces(environment: Environment): NamespaceSelector {
    const values = [...new Set(environment.node.findAll().filter(isMeshNamespace).filter(({ hasPods }) => hasPods).map(({ name }) => name))].sort();
    if (values.length === 0) reject(this, `an environment without namespaces has no pods to judge, got ${environment.node.path}; say namespaceLabels`);
    return { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] };
  }
}
