import { at, listAt, textAt, textsAt } from '../graph/json';
import { containersOf, podTemplateOf } from '../graph/pod-template';
import { trustsOtherPaths } from '../security/path-normalization';

/** Something that a cluster must have before an object works. */
export interface Need {
  /** What must be there. */
  readonly what: string;
  /** What of the object needs it. */
  readonly because: string;
  /** Place of its rule among all. */
  readonly rank: number;
}

/** What one object needs, read from its fields. */
type Rule = (object: unknown) => readonly Omit<Need, 'rank'>[];

const need = (what: string, because: string): ReturnType<Rule> => [{ what, because }];
const kindOf = (object: unknown): string => textAt(object, 'kind') ?? '';
const groupOf = (object: unknown): string => (textAt(object, 'apiVersion') ?? '').split('/').slice(0, -1).join('/');
const namespaceOf = (object: unknown): string => textAt(object, 'metadata.namespace') ?? '';

/** Whether Argo CD itself reads it. */
function isOfArgoCd(object: unknown): boolean {
  return groupOf(object) === 'argoproj.io' && ['AppProject', 'Application'].includes(kindOf(object));
}

/** Sources: Kubernetes feature gates PodLifecycleSleepAction (beta 1.30), HPAContainerMetrics (GA 1.30), MatchLabelKeysInPodTopologySpread (beta 1.27). */
const KUBERNETES: Readonly<Record<string, (object: unknown) => boolean>> = {
  '`lifecycle.preStop.sleep`': (object) => containersOf(object).some((each) => at(each, 'lifecycle.preStop.sleep') !== undefined),
  'scaling by `ContainerResource`': (object) => listAt(object, 'spec.metrics').some((each) => at(each, 'type') === 'ContainerResource'),
};

const ISTIO_GROUPS = ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io'];

/** Labels of a namespace that let sidecars in. */
function injectionOf(namespace: unknown): string | undefined {
  const labels = textsAt(namespace, 'metadata.labels');
  const revision = labels.get('istio.io/rev');
  if (revision !== undefined) return `Istio's revision ${revision}`;
  return labels.get('istio-injection') === 'enabled' ? 'Istio\'s default injector' : undefined;
}

const istio: Rule = (object) => (ISTIO_GROUPS.includes(groupOf(object))
  ? need('Istio 1.24 or newer, with its CRDs', `objects of ${groupOf(object)}`) : []);

/** Sources: istio/istio#53472, and the CRD's least `aggression`, which was 1 before. */
const warmup: Rule = (object) => {
  const policies = kindOf(object) === 'DestinationRule' ? [at(object, 'spec'), ...listAt(object, 'spec.subsets')] : [];
  const found = policies.map((each) => at(each, 'trafficPolicy.loadBalancer.warmup')).filter((each) => each !== undefined);
  if (found.some((each) => Number(at(each, 'aggression') ?? 1) < 1)) return need('Istio 1.29 or newer', 'a `warmup` with an `aggression` of less than 1');
  return found.length > 0 ? need('Istio 1.25 or newer', 'the `warmup` of a load balancer') : [];
};

const rollouts: Rule = (object) => {
  if (!['Rollout', 'AnalysisTemplate'].includes(kindOf(object)) || groupOf(object) !== 'argoproj.io') return [];
  const addresses = listAt(object, 'spec.metrics').flatMap((metric) => textAt(metric, 'provider.prometheus.address') ?? []);
  return [
    ...need('Argo Rollouts 1.9 or newer, with its CRDs', 'it releases new versions'),
    ...[...new Set(addresses)].flatMap((address) => need(`Prometheus at ${address}, with Istio's metrics`, 'new versions are measured by it')),
  ];
};

/** Sources: Kubernetes, ValidatingAdmissionPolicy (GA 1.30); Gatekeeper, its CEL engine (stable 3.18). */
const admission: Rule = (object) => [
  ...(kindOf(object) === 'ValidatingAdmissionPolicy' ? need('Kubernetes 1.30 or newer', 'the API server judges pods itself') : []),
  ...(kindOf(object) === 'ConstraintTemplate' ? need('Gatekeeper 3.18 or newer, with its CRDs', 'it judges pods, by its CEL engine') : []),
];

/** Source: Argo CD, the release that may permit a Namespace by its name in an AppProject. */
const argoCd: Rule = (object) => (isOfArgoCd(object) ? need(`Argo CD 3.5 or newer, in namespace ${namespaceOf(object)}`, 'it applies the systems') : []);

const namespaceRule: Rule = (object) => {
  if (kindOf(object) !== 'Namespace') return [];
  const injector = injectionOf(object);
  const enforced = textsAt(object, 'metadata.labels').get('pod-security.kubernetes.io/enforce');
  return [
    ...(injector ? need(injector, 'sidecars are injected') : []),
    ...(injector && enforced && enforced !== 'privileged'
      ? need('Istio\'s CNI plugin', `Pod Security \`${enforced}\` refuses the init container that would intercept traffic`)
      : []),
  ];
};

const autoscaler: Rule = (object) => (kindOf(object) === 'HorizontalPodAutoscaler'
  ? need('metrics-server, or another server of `metrics.k8s.io`', 'scaling by use of CPU or memory') : []);

const networkPolicy: Rule = (object) => (kindOf(object) === 'NetworkPolicy'
  ? need('a network plugin that enforces NetworkPolicies', 'else they allow everything in silence') : []);

const normalizedPaths: Rule = (object) => (trustsOtherPaths(object)
  ? need('`pathNormalization` in the mesh config, as `istiod-values.yaml` has it', 'else a path with `//` passes a policy for the path without') : []);

/** What a reference of an object leads to: in its namespace, or in none. */
function referred(object: unknown, path: string): string {
  const [kind, name] = [textAt(object, `${path}.kind`) ?? '', textAt(object, `${path}.name`) ?? ''];
  return `${kind} ${kind.startsWith('Cluster') ? name : `${namespaceOf(object)}/${name}`}`;
}

const certManager: Rule = (object) => (groupOf(object) === 'cert-manager.io' ? [
  ...need('cert-manager 1.18 or newer, with its CRDs', 'it makes certificates'),
  ...(kindOf(object) === 'Certificate' ? need(referred(object, 'spec.issuerRef'), 'it signs them') : []),
  ...accountsOf(object),
] : []);

/** Credentials of an ACME issuer's solvers, by their references. */
function accountsOf(issuer: unknown): ReturnType<Rule> {
  const providers = listAt(issuer, 'spec.acme.solvers').flatMap((solver) => Object.values(Object(at(solver, 'dns01'))));
  const names = providers.flatMap((provider) => Object.values(Object(provider)).flatMap((each) => (textAt(each, 'key') && textAt(each, 'name')) || []));
  return names.flatMap((name) => need(`Secret ${namespaceOf(issuer)}/${name}`, 'cert-manager writes records with it'));
}

/** Sources: Prometheus Operator, and kube-prometheus-stack, by whose labels rules and monitors are selected. */
const prometheusOperator: Rule = (object) => (groupOf(object) === 'monitoring.coreos.com'
  ? need('the Prometheus Operator 0.93 or newer, with its CRDs, and a Prometheus that selects the labels of monitors and rules', 'it collects metrics') : []);

const externalSecrets: Rule = (object) => (groupOf(object) === 'external-secrets.io' ? [
  ...need('the External Secrets Operator 0.17 or newer, with its CRDs', 'it makes Secrets'),
  ...need(referred(object, 'spec.secretStoreRef'), 'it has what Secrets are made of'),
] : []);

const provider: Rule = (object) => {
  const name = textAt(object, 'spec.provider.name');
  return kindOf(object) !== 'AuthorizationPolicy' || name === undefined ? []
    : need(`extension provider ${name} in the mesh config`, 'else everything is denied; those that are made here are in `istiod-values.yaml`');
};

const tracer: Rule = (object) => (kindOf(object) !== 'Telemetry' ? [] : listAt(object, 'spec.tracing').flatMap((tracing) => listAt(tracing, 'providers'))
  .flatMap((each) => need(`extension provider ${textAt(each, 'name') ?? ''} in the mesh config, as \`istiod-values.yaml\` has it`, 'else no span is sent')));

const keys: Rule = (object) => (kindOf(object) !== 'RequestAuthentication' ? [] : listAt(object, 'spec.jwtRules').flatMap((rule) => {
  const address = textAt(rule, 'jwksUri');
  return address === undefined ? [] : need(`the keys of ${textAt(rule, 'issuer') ?? ''} at ${address}, for istiod`, 'else its tokens are refused');
}));

const envoyFilter: Rule = (object) => (kindOf(object) === 'EnvoyFilter'
  ? need('a mesh that applies EnvoyFilters to proxies; managed ones may not', 'else they change nothing in silence') : []);

const job: Rule = (object) => {
  const isInTheMesh = textsAt(podTemplateOf(object), 'metadata.labels').get('sidecar.istio.io/inject') !== 'false';
  return ['Job', 'CronJob'].includes(kindOf(object)) && isInTheMesh
    ? need('native sidecars (default from Istio 1.30 on, before it `ENABLE_NATIVE_SIDECARS=true`)', 'else the sidecar keeps the pod from ending') : [];
};

const storage: Rule = (object) => {
  const claims = kindOf(object) === 'PersistentVolumeClaim' ? [object] : listAt(object, 'spec.volumeClaimTemplates');
  return claims.flatMap((claim) => {
    const storageClass = textAt(claim, 'spec.storageClassName');
    return need(storageClass === undefined ? 'a default StorageClass' : `StorageClass ${storageClass}`, 'storage that is claimed');
  });
};

const gateway: Rule = (object) => {
  if (kindOf(object) !== 'Gateway' || groupOf(object) !== 'networking.istio.io') return [];
  const labels = [...textsAt(object, 'spec.selector')].map(([key, value]) => `${key}: ${value}`).join(', ');
  const secrets = listAt(object, 'spec.servers').flatMap((server) => textAt(server, 'tls.credentialName') ?? []);
  return [
    ...need(`an ingress gateway whose pods have \`${labels}\``, 'it serves the Gateway'),
    ...[...new Set(secrets)].flatMap((name) => need(`TLS Secret ${name} in the ingress gateway's namespace`, 'certificate of the hosts')),
  ];
};

const ingress: Rule = (object) => {
  if (kindOf(object) !== 'Ingress') return [];
  const controller = `an Ingress controller of class ${textAt(object, 'spec.ingressClassName') ?? ''}`;
  const isInTheMesh = textsAt(object, 'metadata.annotations').has('nginx.ingress.kubernetes.io/service-upstream');
  const secrets = listAt(object, 'spec.tls').flatMap((each) => textAt(each, 'secretName') ?? []);
  return [
    ...need(controller, 'it serves the Ingress'),
    ...(isInTheMesh ? need(`sidecars in the pods of ${controller}`, 'else services refuse it: they take mutual TLS alone') : []),
    ...secrets.flatMap((name) => need(`TLS Secret ${namespaceOf(object)}/${name}`, 'certificate of the hosts')),
  ];
};

/** Secrets and ConfigMaps that a pod refers to. */
const references: Rule = (object) => {
  const here = (kind: string, name: string | undefined): ReturnType<Rule> =>
    (name === undefined ? [] : need(`${kind} ${namespaceOf(object)}/${name}`, 'its pods read it'));
  const fromEnv = containersOf(object).flatMap((container) => [
    ...listAt(container, 'env').flatMap((each) => [
      ...here('Secret', textAt(each, 'valueFrom.secretKeyRef.name')), ...here('ConfigMap', textAt(each, 'valueFrom.configMapKeyRef.name')),
    ]),
    ...listAt(container, 'envFrom').flatMap((each) => [
      ...here('Secret', textAt(each, 'secretRef.name')), ...here('ConfigMap', textAt(each, 'configMapRef.name')),
    ]),
  ]);
  const fromVolumes = listAt(podTemplateOf(object), 'spec.volumes').flatMap((volume) => [
    ...here('Secret', textAt(volume, 'secret.secretName')), ...here('ConfigMap', textAt(volume, 'configMap.name')),
    ...here('PersistentVolumeClaim', textAt(volume, 'persistentVolumeClaim.claimName')),
    ...listAt(volume, 'projected.sources').flatMap((source) => here('Secret', textAt(source, 'secret.name'))),
  ]);
  const priority = textAt(podTemplateOf(object), 'spec.priorityClassName');
  const priorities = priority === undefined || priority.startsWith('system-') ? [] : need(`PriorityClass ${priority}`, 'its pods have it');
  return [...fromEnv, ...fromVolumes, ...priorities];
};

/** Source: Kubernetes, "Logging Architecture": a runtime behind CRI writes there; Docker's own files are elsewhere, and only links lead to them. */
const logsOfNodes: Rule = (object) => (listAt(podTemplateOf(object), 'spec.volumes').some((volume) => textAt(volume, 'hostPath.path') === '/var/log/pods')
  ? need('a container runtime that writes logs to `/var/log/pods`, such as containerd', 'they are read there') : []);

/** Services that are called, by their host. */
const calledServices: Rule = (object) => (kindOf(object) !== 'Sidecar' ? [] : listAt(object, 'spec.egress').flatMap((each) => listAt(each, 'hosts'))
  .flatMap((host) => {
    const [, name, namespace] = /\/([^.]+)\.([^.]+)\.svc\./.exec(String(host)) ?? [];
    const everywhere = name === 'kubernetes' && namespace === 'default';
    return name === undefined || everywhere ? [] : need(`Service ${namespace}/${name}`, 'it is called');
  }));

const namespaceOfObject: Rule = (object) => {
  if (namespaceOf(object) === '' || kindOf(object) === 'Namespace' || isOfArgoCd(object)) return [];
  const runs = containersOf(object).length > 0;
  return need(`Namespace ${namespaceOf(object)}`, runs ? 'pods run in it: its owner lets sidecars in, and pods reach DNS and istiod' : 'objects are in it');
};

const kubernetes: Rule = (object) =>
  Object.entries(KUBERNETES).filter(([, holds]) => holds(object)).flatMap(([field]) => need('Kubernetes 1.30 or newer', field));

const RULES: readonly Rule[] = [
  kubernetes, admission, istio, warmup, rollouts, argoCd, namespaceRule, namespaceOfObject, networkPolicy, normalizedPaths, provider, tracer, keys,
  certManager, externalSecrets, prometheusOperator, envoyFilter, autoscaler, storage, gateway, ingress, job, references, logsOfNodes, calledServices,
];

/** What an object needs; what is rendered beside it may give it. */
export function needsOf(object: unknown): readonly Need[] {
  return RULES.flatMap((rule, rank) => rule(object).map((each) => ({ ...each, rank })));
}

/** What others have by an object, in the words of their needs: itself, and what a controller makes of it. */
export function givenBy(object: unknown): readonly string[] {
  const target = textAt(object, 'spec.target.name') ?? textAt(object, 'metadata.name');
  const made = groupOf(object) === 'external-secrets.io' ? [`Secret ${namespaceOf(object)}/${target}`] : [];
  const secret = groupOf(object) === 'cert-manager.io' ? textAt(object, 'spec.secretName') : undefined;
  const tls = secret === undefined ? [] : [`TLS Secret ${secret} in the ingress gateway's namespace`, `TLS Secret ${namespaceOf(object)}/${secret}`];
  return [nameOf(object), ...made, ...tls];
}

/** An object as others name it. */
export function nameOf(object: unknown): string {
  const [kind, namespace, name] = [kindOf(object), namespaceOf(object), textAt(object, 'metadata.name')];
  return `${kind} ${namespace === '' || kind === 'Namespace' ? name : `${namespace}/${name}`}`;
}
