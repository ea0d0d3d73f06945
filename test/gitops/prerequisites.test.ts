import { EnvValue } from 'cdk8s-plus-28';
import { Environment, GitOpsApp, MeshNamespace, MeshedJob, RedisCache } from '../../src';
import { needsOf } from '../../src/gitops/prerequisites/needs-of';
import { subjectOf } from '../../src/gitops/prerequisites/subject';
import { syncOptions } from '../../src/gitops/sync-options';
import { committedFiles, objectsOf } from '../app/built';
import { client, container, world } from '../mesh/world';

const pod = (spec: object) => ({ spec: { template: { spec } } });
const workload = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', namespace: 'shop' }, ...pod(spec) });
const namespace = (labels: object) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
const autoscaler = (type: string) => (
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec: { metrics: [{ type }] } });
const claim = (storageClassName?: string) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'a' }, spec: { storageClassName } });
const mesh = (kind: string, spec: object) => ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'a' }, spec });
const METRICS = 'metrics-server, or another server of `metrics.k8s.io`';
const ISTIO = 'Istio 1.24 or newer, with its CRDs';

const analysis = { spec: { metrics: [1, 2].map(() => ({ provider: { prometheus: { address: 'http://prometheus:9090' } } })) } };
const argo = (kind: string, rest: object) => ({ apiVersion: 'argoproj.io/v1alpha1', kind, metadata: { name: 'a' }, ...rest });
const ROLLOUTS = 'Argo Rollouts 1.9 or newer, with its CRDs';

test.each<[string, object, string[]]>([
  ['a Rollout', argo('Rollout', {}), [ROLLOUTS]],
  ['an analysis', argo('AnalysisTemplate', analysis), [ROLLOUTS, 'Prometheus at http://prometheus:9090, with Istio\'s metrics']],
  ['an Application', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'shop', namespace: 'gitops' } },
    ['Argo CD 3.5 or newer, in namespace gitops']],
  ['a sleeping hook', workload({ containers: [{ lifecycle: { preStop: { sleep: { seconds: 5 } } } }] }), ['Kubernetes 1.30 or newer', 'Namespace shop']],
  ['a hook that runs a command', workload({ containers: [{ lifecycle: { preStop: { exec: {} } } }] }), ['Namespace shop']],
  ['an autoscaler of one container', autoscaler('ContainerResource'), ['Kubernetes 1.30 or newer', METRICS]],
  ['an autoscaler of the pod', autoscaler('Resource'), [METRICS]],
  ['a namespace with sidecars', namespace({ 'istio-injection': 'enabled' }), ['Istio\'s default injector']],
  ['a namespace with sidecars of a revision', namespace({ 'istio.io/rev': '1-31' }), ['Istio\'s revision 1-31']],
  ['a namespace that refuses init containers with privileges', namespace({ 'istio-injection': 'enabled', 'pod-security.kubernetes.io/enforce': 'restricted' }),
    ['Istio\'s default injector', 'Istio\'s CNI plugin']],
  ['a namespace outside of the mesh', namespace({ 'pod-security.kubernetes.io/enforce': 'restricted' }), []],
  ['a claim', claim(), ['a default StorageClass']],
  ['a claim of a class', claim('fast'), ['StorageClass fast']],
  ['a gateway', mesh('Gateway', { selector: { istio: 'edge' }, servers: [{ tls: { httpsRedirect: true } }, { tls: { credentialName: 'shop-tls' } }] }),
    [ISTIO, 'an ingress gateway whose pods have `istio: edge`', 'TLS Secret shop-tls in the ingress gateway\'s namespace']],
  ['an EnvoyFilter', mesh('EnvoyFilter', {}), [ISTIO, 'a mesh that applies EnvoyFilters to proxies; managed ones may not']],
  ['a Job', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' }, ...pod({}) },
    ['native sidecars (default from Istio 1.30 on, before it `ENABLE_NATIVE_SIDECARS=true`)']],
  ['a variable of a Secret', workload({ containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }] }),
    ['Namespace shop', 'Secret shop/s']],
  ['variables of a ConfigMap', workload({ initContainers: [{ envFrom: [{ configMapRef: { name: 'c' } }] }] }), ['Namespace shop', 'ConfigMap shop/c']],
  ['a volume of a Secret', workload({ volumes: [{ secret: { secretName: 's' } }] }), ['Namespace shop', 'Secret shop/s']],
  ['a volume of the logs of a node', workload({ volumes: [{ hostPath: { path: '/var/log/pods' } }] }),
    ['Namespace shop', 'a container runtime that writes logs to `/var/log/pods`, such as containerd']],
  ['a volume of another folder of a node', workload({ volumes: [{ hostPath: { path: '/etc/cni' } }] }), ['Namespace shop']],
  ['a volume of a claim', workload({ volumes: [{ persistentVolumeClaim: { claimName: 'p' } }] }), ['Namespace shop', 'PersistentVolumeClaim shop/p']],
  ['a called service', mesh('Sidecar', { egress: [{ hosts: ['bank/payment.bank.svc.cluster.local', '~/*', './api.bank.example'] }] }),
    [ISTIO, 'Service bank/payment']],
  ['a load balancer that spares new pods', mesh('DestinationRule', { trafficPolicy: { loadBalancer: { warmup: { duration: '30s' } } } }),
    [ISTIO, 'Istio 1.25 or newer']],
  ['a caller\'s load balancer that spares them shortly', mesh('DestinationRule',
    { subsets: [{ trafficPolicy: { loadBalancer: { warmup: { duration: '30s', aggression: 0.5 } } } }] }), [ISTIO, 'Istio 1.29 or newer']],
  ['what makes pods, has a group and claims storage by one kind', argo('Rollout', { spec: {
    ...pod({ containers: [{ lifecycle: { preStop: { sleep: {} } } }], priorityClassName: 'first' }).spec, volumeClaimTemplates: [claim('fast')],
  } }), ['Kubernetes 1.30 or newer', ROLLOUTS, 'StorageClass fast', 'PriorityClass first']],
  ['a Gateway of another group', { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'a' } }, []],
  ['a kind that nobody knows', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } }, []],
  ['what is no object', {}, []],
  ['the Kubernetes API', mesh('Sidecar', { egress: [{ hosts: ['default/kubernetes.default.svc.cluster.local'] }] }), [ISTIO]],
])('%s needs what it needs', (_, object, needed) => {
  expect(needsOf(subjectOf(object)).map(({ what }) => what)).toEqual(needed);
});

/** Lines of the first table: what is needed. */
function needed(app: GitOpsApp, environment = 'staging'): string[] {
  const page = app.render().get(`${environment}/prerequisites.md`)!;
  return page.split('\n\n')[2].split('\n').slice(2).map((line) => line.split(' | ')[0].slice(2));
}

test('what is rendered is not needed from elsewhere', () => {
  const { app, shop } = world();
  const redis = new RedisCache(shop, 'redis', { resources: container.resources });
  client(shop, 'cart').calls(redis, {});
  expect(needed(app).filter((what) => /^(Service|Namespace)/.test(what))).toEqual([]);
});

test('what others render is needed: a namespace, Secrets', () => {
  const app = new GitOpsApp();
  const joined = MeshNamespace.existing(new Environment(app, 'staging'), 'desk', { name: 'platform' });
  new MeshedJob(joined, 'report', { ...container, env: { KEY: EnvValue.fromSecretValue({ secret: { name: 'keys' } as never, key: 'k' }) } });
  expect(needed(app)).toEqual(expect.arrayContaining(['Namespace platform', 'Secret platform/keys']));
});

test('the CNI plugin is needed where pods are refused, not where a namespace takes any', () => {
  const plugin = (level: 'baseline' | 'privileged'): boolean => {
    const app = new GitOpsApp();
    new MeshNamespace(new Environment(app, 'staging'), 'open', { podSecurity: { level, because: 'its pods read the node' } });
    return needed(app).includes("Istio's CNI plugin");
  };
  expect([plugin('baseline'), plugin('privileged')]).toEqual([true, false]);
});

test('each environment has its own page', () => {
  const files = committedFiles();
  expect(files.get('staging/prerequisites.md')).toContain('# What staging needs');
  expect(files.get('production/prerequisites.md')).toContain('| Secret istio-system/cloudflare | cert-manager writes records with it |');
});

test('each kind that is rendered is one that some rule knows, or one that every cluster takes', () => {
  // jobs that are outside of the mesh, and what the ConstraintTemplate beside it brings
  const everywhere = [
    'K8sRequiredResourceLimits', 'PriorityClass', 'ConfigMap', 'ServiceAccount', 'Service', 'Deployment', 'PodDisruptionBudget', 'StatefulSet', 'Namespace',
    'Job', 'CronJob', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding',
  ];
  const objects = ['staging', 'production'].flatMap((environment) => objectsOf(committedFiles(), environment));
  const unknown = objects.filter((object) => needsOf(subjectOf(object)).every(({ what }) => what.startsWith('Namespace ')));
  expect([...new Set(unknown.map((object) => String(Object(object).kind)))].filter((kind) => !everywhere.includes(kind))).toEqual([]);
});

describe('an Application', () => {
  const options = (objects: readonly object[]): string[] => syncOptions(objects).map(({ option }) => option);

  test('makes no namespace, applies on the server\'s side, and removes last', () => {
    expect(options([namespace({})])).toEqual([
      'CreateNamespace=false', 'ServerSideApply=true', 'PruneLast=true', 'ApplyOutOfSyncOnly=true', 'FailOnSharedResource=true',
      'RespectIgnoreDifferences=true',
    ]);
  });

  test('skips the dry run where a CRD comes with its objects, and nowhere else', () => {
    expect(options([{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }])).toContain('SkipDryRunOnMissingResource=true');
    expect(options([])).not.toContain('SkipDryRunOnMissingResource=true');
  });
});
