import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { Kind } from '../manifest/typed-kind';
import { AdmissionRule } from './required-limits-rule';

/** What happens to an object that breaks a rule: it is refused, or taken with a warning and counted. */
export type AdmissionAction = 'deny' | 'warn';

/** Namespaces that a rule holds in, as a selector of their labels. */
export type NamespaceSelector =
  | { readonly matchLabels: Readonly<Record<string, string>> }
  | { readonly matchExpressions: readonly { readonly key: string; readonly operator: 'In'; readonly values: readonly string[] }[] };

/** A rule, and where and how it holds. */
export interface HeldRule {
  /** Name of the rule: a DNS label, 1-63 characters. */
  readonly name: string;
  /** Kind of the constraint, where an engine makes one of each rule. */
  readonly constraintKind: string;
  /** What holds. */
  readonly rule: AdmissionRule;
  /** What happens to what breaks it. */
  readonly action: AdmissionAction;
  /** Where it holds, known once all namespaces are declared. */
  readonly namespaces: () => NamespaceSelector;
}

/** The two objects of a rule. */
export interface AdmissionObjects {
  /** What holds. */
  readonly policy: ApiObject;
  /** Where it holds, and what happens to what breaks it. */
  readonly binding: ApiObject;
}

/** Who judges objects before the cluster takes them: the makers write one rule in its words. */
export class AdmissionEngine {
  /**
   * The API server itself, from Kubernetes 1.30 on: nothing has to be installed, and nothing else can be down. A rule that cannot be evaluated refuses
   * where it denies.
   */
  public static validatingAdmissionPolicy(): AdmissionEngine {
    return new AdmissionEngine((scope, held) => ({ policy: policyOf(scope, held), binding: bindingOf(scope, held) }));
  }

  /** Gatekeeper 3.18 or newer, by its CEL engine. Whether pods pass while it is down is said where it is installed; by its own default they do. */
  public static gatekeeper(): AdmissionEngine {
    return new AdmissionEngine((scope, held) => ({ policy: templateOf(scope, held), binding: constraintOf(scope, held) }));
  }

  private constructor(
    /** Writes the objects of a rule. @internal */
    public readonly write: (scope: Construct, held: HeldRule) => AdmissionObjects,
  ) {}
}

function policyOf(scope: Construct, { name, rule }: HeldRule): ApiObject {
  return new Manifest(scope, 'Policy', kinds.ValidatingAdmissionPolicy, { name }, () => ({
    spec: {
      matchConstraints: {
        resourceRules: rule.judged.map(({ group, version, operations, kinds: judged }) => (
          { apiGroups: [group], apiVersions: [version], operations: [...operations], resources: Object.keys(judged) })),
      },
      variables: rule.variables.map((each) => ({ ...each })),
      validations: rule.validations.map((each) => ({ ...each })),
    },
  }));
}

function bindingOf(scope: Construct, { name, action, namespaces }: HeldRule): ApiObject {
  return new Manifest(scope, 'Binding', kinds.ValidatingAdmissionPolicyBinding, { name }, () => ({
    spec: {
      policyName: name,
      validationActions: action === 'deny' ? ['Deny'] : ['Warn', 'Audit'],
      matchResources: { namespaceSelector: copied(namespaces()) },
    },
  }));
}

function templateOf(scope: Construct, { constraintKind, rule }: HeldRule): ApiObject {
  const source = { variables: rule.variables, validations: rule.validations };
  return new Manifest(scope, 'Policy', kinds.ConstraintTemplate, { name: constraintKind.toLowerCase() }, () => ({
    spec: {
      crd: { spec: { names: { kind: constraintKind } } },
      targets: [{ target: 'admission.k8s.gatekeeper.sh', code: [{ engine: 'K8sNativeValidation', source }] }],
    },
  }));
}

/** A Constraint, whose kind Gatekeeper makes of the template. Source: Gatekeeper, "Constraints". */
interface ConstraintProps {
  readonly spec: {
    readonly enforcementAction: AdmissionAction;
    readonly match: {
      readonly kinds: readonly { readonly apiGroups: readonly string[]; readonly kinds: readonly string[] }[];
      readonly namespaceSelector: NamespaceSelector;
    };
  };
}

function constraintOf(scope: Construct, { name, constraintKind, rule, action, namespaces }: HeldRule): ApiObject {
  const GVK = { apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: constraintKind };
  const kind: Kind<ConstraintProps> = { GVK, manifest: (props) => ({ ...GVK, ...props }) };
  const annotations = { 'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true' }; // Gatekeeper makes the kind once the template is there
  return new Manifest(scope, 'Binding', kind, { name, annotations }, () => ({
    spec: {
      enforcementAction: action,
      match: {
        kinds: rule.judged.map(({ group, kinds }) => ({ apiGroups: [group], kinds: Object.values(kinds) })),
        namespaceSelector: namespaces(),
      },
    },
  }));
}

function copied(selector: NamespaceSelector): k8s.LabelSelector {
  if ('matchLabels' in selector) return { matchLabels: { ...selector.matchLabels } };
  return { matchExpressions: selector.matchExpressions.map((each) => ({ ...each, values: [...each.values] })) };
}
