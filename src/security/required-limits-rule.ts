/** An expression in CEL that others use by its name, as `variables.<name>`. */
export interface CelVariable {
  readonly name: string;
  readonly expression: string;
}

/** What must hold, and what is said where it does not, both in CEL. */
export interface CelValidation {
  readonly expression: string;
  readonly messageExpression: string;
}

/** Kinds of objects that a rule judges, in the words of both engines. */
export interface JudgedKinds {
  /** API group; empty for Kubernetes' own. */
  readonly group: string;
  /** Version of the API. */
  readonly version: string;
  /** Names of the kinds by their plurals. */
  readonly kinds: Readonly<Record<string, string>>;
  /** When they are judged. */
  readonly operations: readonly ('CREATE' | 'UPDATE')[];
}

/** A rule of admission that any engine can hold. */
export interface AdmissionRule {
  readonly judged: readonly JudgedKinds[];
  readonly variables: readonly CelVariable[];
  readonly validations: readonly CelValidation[];
}

/** The object's pod template, and the one before; a Rollout may take that of a Deployment, which is judged itself. */
const TEMPLATES = `([dyn(object)] + (oldObject == null ? [] : [dyn(oldObject)])).map(each,
  each.kind == 'Pod' ? each
  : each.kind == 'CronJob' ? each.spec.jobTemplate.spec.template
  : has(each.spec.template) ? each.spec.template
  : dyn({'spec': {'containers': []}}))`;

const CONTAINERS = `(has(variables.pod.initContainers) ? variables.pod.initContainers : [])
  + variables.pod.containers`;

/** A limit of 0 is none: Kubernetes lets the container have all of the node. */
const UNLIMITED = `variables.containers
  .map(c, [string(c.name), ['cpu', 'memory'].filter(r, !(
    has(c.resources) && has(c.resources.limits) && r in c.resources.limits
    && quantity(string(c.resources.limits[r])).isGreaterThan(quantity('0')))).join(', ')])
  .filter(each, each[1] != '')
  .map(each, each[0] + ' (' + each[1] + ')')`;

const operations = ['CREATE', 'UPDATE'] as const;

/**
 * Every container and init container has limits of cpu and memory, a sidecar that was injected included.
 *
 * Pods are judged when they are made, since their limits can never be taken away. What makes pods is judged when it is made and when its template
 * changes, so that Argo CD says at once what otherwise only the events of a ReplicaSet say. Ephemeral containers are not judged: the API refuses
 * any `resources` of theirs (Kubernetes, "Ephemeral Containers"), so that a rule could only forbid them.
 */
export const requiredLimits: AdmissionRule = {
  judged: [
    { group: '', version: 'v1', kinds: { pods: 'Pod' }, operations: ['CREATE'] },
    { group: 'apps', version: 'v1', kinds: { daemonsets: 'DaemonSet', deployments: 'Deployment', statefulsets: 'StatefulSet' }, operations },
    { group: 'argoproj.io', version: 'v1alpha1', kinds: { rollouts: 'Rollout' }, operations },
    { group: 'batch', version: 'v1', kinds: { cronjobs: 'CronJob', jobs: 'Job' }, operations },
  ],
  variables: [
    { name: 'templates', expression: TEMPLATES },
    { name: 'unchanged', expression: "oldObject != null && (object.kind == 'Pod' || variables.templates[0] == variables.templates[1])" },
    { name: 'pod', expression: 'variables.templates[0].spec' },
    { name: 'containers', expression: CONTAINERS },
    { name: 'unlimited', expression: UNLIMITED },
  ],
  validations: [{
    expression: 'variables.unchanged || variables.unlimited.size() == 0',
    messageExpression: "'every container must have limits of cpu and memory, got none for ' + variables.unlimited.join(', ')",
  }],
};
