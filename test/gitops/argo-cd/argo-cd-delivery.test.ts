import { Duration, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  ArgoCdDelivery, type ArgoCdDeliveryProps, Environment, GitOpsApp, Manifest, MeshNamespace, MeshedMicroservice, Operation, Port, RedisCache, Step,
} from '../../../src';
import { objectsIn } from '../../../src/checks/rendered';
import { at } from '../../../src/graph/json';
import { client, container } from '../../mesh/world';

const usual: ArgoCdDeliveryProps = {
  repository: 'https://git.example.com/shop/gitops.git', clusters: [{ name: 'own', server: 'https://kubernetes.default.svc' }],
};

/** A shop of two namespaces, and a bank. */
function world(props: Partial<ArgoCdDeliveryProps> = {}, more: (shop: MeshNamespace, staging: Environment) => void = () => {}) {
  const app = new GitOpsApp();
  const staging = new Environment(app, 'staging');
  const shop = new MeshNamespace(staging, 'shop', { name: 'demo-app' });
  new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80) });
  new RedisCache(new MeshNamespace(shop, 'data'), 'redis', { resources: container.resources });
  new MeshedMicroservice(new MeshNamespace(staging, 'bank'), 'payment', { ...container, port: Port.grpc(50051) });
  more(shop, staging);
  return { app, staging, delivery: new ArgoCdDelivery(staging, 'argocd', { ...usual, ...props }) };
}

const objectsOf = (built: ReturnType<typeof world>) => objectsIn(built.app.render());
const named = (built: ReturnType<typeof world>, kind: string, name: string): unknown =>
  objectsOf(built).find((each) => each.kind === kind && each.name === name)?.content;

test('each system has an Application, whose finalizer takes its objects along, and the environment a project', () => {
  const built = world();
  const files = [...built.app.render().keys()].filter((path) => path.includes('argocd') || path.includes('bootstrap'));

  expect(files).toEqual(['bootstrap/staging.yaml', 'staging/argocd/bank.yaml', 'staging/argocd/project.yaml', 'staging/argocd/shop.yaml']);
  expect(named(built, 'Application', 'staging-shop')).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'staging-shop',
      namespace: 'argocd',
      annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' },
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: 'staging',
      source: { repoURL: usual.repository, path: 'staging/shop', targetRevision: 'main', directory: { recurse: true } },
      destination: { namespace: 'demo-app', server: 'https://kubernetes.default.svc' },
      syncPolicy: {
        automated: { allowEmpty: false, prune: true, selfHeal: true },
        retry: { backoff: { duration: '5s', factor: 2, maxDuration: '3m' }, limit: 5 },
        syncOptions: [
          'CreateNamespace=false', 'ServerSideApply=true', 'PruneLast=true', 'ApplyOutOfSyncOnly=true', 'FailOnSharedResource=true',
          'RespectIgnoreDifferences=true',
        ],
      },
    },
  });
  expect(at(named(built, 'Application', 'staging-bank'), 'spec.source.directory')).toBeUndefined();
});

test('the project permits one repository, the namespaces that are rendered, and kinds that may come yet', () => {
  const spec = at(named(world({ path: 'clusters/eu' }), 'AppProject', 'staging'), 'spec');

  expect(at(spec, 'sourceRepos')).toEqual([usual.repository]);
  expect(at(spec, 'destinations')).toEqual(['bank', 'data', 'demo-app'].map((namespace) => ({ namespace, server: 'https://kubernetes.default.svc' })));
  expect(at(spec, 'clusterResourceWhitelist')).toEqual(['bank', 'data', 'demo-app'].map((name) => ({ group: '', kind: 'Namespace', name })));
  const kinds = (at(spec, 'namespaceResourceWhitelist') as { group: string; kind: string }[]).map(({ group, kind }) => `${group}/${kind}`);
  expect(kinds).toEqual(expect.arrayContaining(['security.istio.io/RequestAuthentication', 'argoproj.io/Rollout', 'batch/CronJob']));
  expect(kinds).not.toContain('/Secret');
  expect(at(spec, 'orphanedResources.warn')).toBe(true);
  expect(at(spec, 'syncWindows')).toBeUndefined();
});

test('the root Application may make Applications and nothing else, and goes without them', () => {
  const built = world({ path: 'clusters/eu', targetRevision: 'live', namespace: 'gitops' });

  expect(at(named(built, 'AppProject', 'staging-root'), 'spec')).toMatchObject({
    destinations: [{ namespace: 'gitops', server: 'https://kubernetes.default.svc' }],
    namespaceResourceWhitelist: [{ group: 'argoproj.io', kind: 'AppProject' }, { group: 'argoproj.io', kind: 'Application' }],
    sourceRepos: [usual.repository],
  });
  const root = named(built, 'Application', 'staging-root');
  expect(at(root, 'metadata.finalizers')).toBeUndefined();
  expect(at(root, 'spec')).toMatchObject({
    project: 'staging-root', source: { path: 'clusters/eu/staging/argocd', targetRevision: 'live' }, destination: { namespace: 'gitops' },
  });
});

test('a namespace that somebody else owns is one to deliver to, and none to make', () => {
  const built = world({}, (_, staging) => { client(MeshNamespace.existing(staging, 'guest', { name: 'theirs' }), 'visitor'); });
  const spec = at(named(built, 'AppProject', 'staging'), 'spec');
  expect(at(spec, 'destinations')).toContainEqual({ namespace: 'theirs', server: 'https://kubernetes.default.svc' });
  expect(at(spec, 'clusterResourceWhitelist')).toEqual(['bank', 'data', 'demo-app'].map((name) => ({ group: '', kind: 'Namespace', name })));
});

test('two repositories deliver to one environment by projects of their own', () => {
  const built = world({ project: 'team-a' });
  const delivered = objectsOf(built).filter(({ kind }) => ['AppProject', 'Application'].includes(kind)).map(({ kind, name }) => `${kind} ${name}`);
  expect(delivered.sort()).toEqual([
    'AppProject team-a', 'AppProject team-a-root', 'Application team-a-bank', 'Application team-a-root', 'Application team-a-shop',
  ]);
  expect(at(named(built, 'Application', 'team-a-shop'), 'spec')).toMatchObject({ project: 'team-a', source: { path: 'staging/shop' } });
  expect(() => world({ project: 'Team A' })).toThrow('project must be a DNS label');
});

test('an environment of several clusters has an Application for each', () => {
  const clusters = [{ name: 'eu', server: 'https://eu.example' }, { name: 'us', server: 'https://us.example' }] as const;
  const built = world({ clusters });

  expect(Object.keys(built.delivery.applications)).toEqual(['staging-eu-shop', 'staging-us-shop', 'staging-eu-bank', 'staging-us-bank']);
  expect(at(named(built, 'Application', 'staging-us-bank'), 'spec.destination')).toEqual({ namespace: 'bank', server: 'https://us.example' });
  expect(at(named(built, 'AppProject', 'staging'), 'spec.destinations')).toHaveLength(6);
});

test('two environments share a folder of what is applied by hand', () => {
  const built = world();
  const production = new Environment(built.app, 'production');
  new MeshNamespace(production, 'shop');
  new ArgoCdDelivery(production, 'argocd', usual);
  expect([...built.app.render().keys()].filter((path) => path.startsWith('bootstrap/'))).toEqual(['bootstrap/production.yaml', 'bootstrap/staging.yaml']);
});

test('windows say when nothing is synced', () => {
  const window = { kind: 'deny', schedule: '0 16 * * 5', duration: Duration.hours(63), timeZone: 'Europe/Vienna', manualSync: true } as const;
  const built = world({ syncWindows: [window, { kind: 'allow', schedule: '0 4 * * *', duration: Duration.minutes(90) }] });

  expect(at(named(built, 'AppProject', 'staging'), 'spec.syncWindows')).toEqual([
    { ...window, duration: '63h', applications: ['*'] }, { kind: 'allow', schedule: '0 4 * * *', duration: '90m', applications: ['*'] },
  ]);
});

test('a namespace and a kind stay permitted until what was of them is pruned', () => {
  const spec = at(named(world({ formerNamespaces: ['legacy'], kinds: [{ group: 'example.com', kind: 'Widget' }] }), 'AppProject', 'staging'), 'spec');
  expect(at(spec, 'destinations')).toContainEqual({ namespace: 'legacy', server: 'https://kubernetes.default.svc' });
  expect(at(spec, 'namespaceResourceWhitelist')).toContainEqual({ group: 'example.com', kind: 'Widget' });
});

const rolledOut = (shop: MeshNamespace) => new MeshedMicroservice(shop, 'orders', {
  ...container, port: Port.http(80), operations: { list: Operation.http('GET', '/') }, rollout: { steps: [Step.setWeight(20)] },
});

test('what Argo Rollouts writes stays, by name, and nothing else is ignored', () => {
  const built = world({}, rolledOut);
  expect(at(named(built, 'Application', 'staging-shop'), 'spec.ignoreDifferences')).toEqual([
    ...['orders-stable', 'orders-canary'].map((name) => ({
      kind: 'Service',
      name,
      jsonPointers: ['/spec/selector/rollouts-pod-template-hash', '/metadata/annotations/argo-rollouts.argoproj.io~1managed-by-rollouts'],
    })),
    {
      group: 'networking.istio.io', kind: 'VirtualService', name: 'orders-weights',
      jsonPointers: ['/spec/http/0/route/0/weight', '/spec/http/0/route/1/weight'],
    },
  ]);
  expect(at(named(built, 'Application', 'staging-bank'), 'spec.ignoreDifferences')).toBeUndefined();
});

test('a field that Git does not have can be another\'s', () => {
  const field = { system: 'shop', group: '', kind: 'Service', name: 'web', jsonPointers: ['/spec/loadBalancerIP'] } as const;
  expect(at(named(world({ ignoreDifferences: [field] }), 'Application', 'staging-shop'), 'spec.ignoreDifferences')).toEqual([
    { kind: 'Service', name: 'web', jsonPointers: ['/spec/loadBalancerIP'] },
  ]);
});

test.each<[string, Partial<ArgoCdDeliveryProps>, string]>([
  ['no address', { repository: ' ' }, "[staging/argocd] repository must be the address of a GitOps repository, got ''"],
  ['a password', { repository: 'https://ci:hunter2@git.example.com/a.git' }, 'repository must have no credentials in it, got an address with some'],
  ['a token', { repository: 'https://ghp_token@git.example.com/a.git' }, 'repository must have no credentials in it, got an address with some'],
  ['a path outside', { path: '../other' }, "path must be a folder of the repository, got '../other'; leave the slash out"],
  ['no branch', { targetRevision: '' }, "targetRevision must name a branch, got ''"],
  ['no cluster', { clusters: [] as unknown as ArgoCdDeliveryProps['clusters'] }, 'clusters must name at least one that the environment runs in, got none'],
  ['a cluster without an address', { clusters: [{ name: 'own', server: 'kubernetes' }] },
    "server must be the https address of an API server, got 'kubernetes'"],
  ['one cluster twice', { clusters: [{ name: 'a', server: 'https://a' }, { name: 'b', server: 'https://a' }] },
    "clusters must have a server of their own, got 'https://a' twice"],
  ['a window without end', { syncWindows: [{ kind: 'deny', schedule: '0 1 * * *', duration: Duration.seconds(30) }] },
    'duration of a sync window must be whole minutes, 1 or more, got 30s'],
  ['a window that is no cron', { syncWindows: [{ kind: 'deny', schedule: 'friday', duration: Duration.hours(1) }] },
    "schedule of a sync window must have cron's five fields, got 'friday'"],
  ['a window that never opens', { syncWindows: [{ kind: 'allow', schedule: '0 1 30 2 *', duration: Duration.hours(1) }] },
    "schedule of a sync window must come, got '0 1 30 2 *', days that no month has; remove the window"],
  ['a window in no time zone', { syncWindows: [{ kind: 'deny', schedule: '0 1 * * *', duration: Duration.hours(1), timeZone: 'Europe/Wien' }] },
    "timeZone of a sync window must be a name of the IANA database, got 'Europe/Wien'; write for example 'Europe/Vienna'"],
  ['a time zone in lower case', { syncWindows: [{ kind: 'deny', schedule: '0 1 * * *', duration: Duration.hours(1), timeZone: 'europe/vienna' }] },
    "got 'europe/vienna'"],
  ['a namespace that is none', { formerNamespaces: ['No'] }, 'formerNamespaces must be a DNS label'],
])('%s is refused', (_, props, message) => {
  expect(() => world(props)).toThrow(message);
  expect(() => world(props)).not.toThrow(/hunter2|ghp_token/);
});

const field = { system: 'shop', group: '', kind: 'Service', name: 'web' };

test.each<[string, Partial<ArgoCdDeliveryProps>, string]>([
  ['hides what people own', { ignoreDifferences: [{ ...field, jsonPointers: ['/spec/ports'] }] },
    "[staging/argocd] ignoreDifferences of Service web: it would hide a field that people own, got '/spec/ports', which is rendered; remove the rule"],
  ['hides all', { ignoreDifferences: [{ ...field, jsonPointers: ['/spec'] }] }, "it would hide a field that people own, got '/spec'"],
  ['freezes a list', {
    ignoreDifferences: [{ system: 'shop', group: 'networking.istio.io', kind: 'VirtualService', name: 'web', jsonPointers: ['/spec/http/0/mirror'] }],
  }, "ignoreDifferences of VirtualService web: it would freeze a whole list of a custom resource, got '/spec/http/0/mirror'; split the object"],
  ['names no system', { ignoreDifferences: [{ ...field, system: 'stop', jsonPointers: ['/a'] }] }, "must name a system, got 'stop'; it has shop, bank"],
  ['names no object', { ignoreDifferences: [{ ...field, name: 'wep', jsonPointers: ['/a'] }] },
    "ignoreDifferences of Service wep must name an object that is rendered, got none of group '' in shop; remove the rule"],
  ['is no pointer', { ignoreDifferences: [{ ...field, jsonPointers: ['spec'] }] }, "jsonPointers must begin with a slash, got 'spec'"],
])('a rule that %s fails the synth', (_, props, message) => {
  expect(() => world(props).app.render()).toThrow(message);
});

test('what the project does not permit fails the synth', () => {
  const widget = { GVK: { apiVersion: 'example.com/v1', kind: 'Widget' }, manifest: (props: object) => props };
  expect(() => world({}, (shop) => { new Manifest(shop, 'Widget', widget, { name: 'w' }, () => ({})); }).app.render())
    .toThrow("[staging/argocd] kinds must have what the systems render, got Widget of staging/shop/Widget; add { group: 'example.com', kind: 'Widget' }");
  expect(() => world({}, (shop) => { new Manifest(shop, 'Admin', k8s.KubeClusterRole, { name: 'admin' }, () => ({})); }).app.render())
    .toThrow("objects of the cluster are the platform's, got ClusterRole admin of staging/shop/Admin; apply it where the cluster is set up");
});

test('fails in an environment that is called as the folder of the root Applications', () => {
  const environment = new Environment(new GitOpsApp(), 'bootstrap');
  expect(() => new ArgoCdDelivery(environment, 'argocd', usual)).toThrow('[bootstrap/argocd] environment must not have the name of the folder');
});

test('a system that comes after its delivery fails the synth', () => {
  const { app, staging } = world();
  new MeshNamespace(staging, 'late');
  expect(() => app.render()).toThrow('[staging/argocd] a system must be declared before its delivery, got staging/late after it; move argocd below');
});

test('waves: what others need comes first, then stores, then all else, which has no annotation', () => {
  const wave = (content: unknown): unknown => Object(at(content, 'metadata.annotations'))['argocd.argoproj.io/sync-wave'];
  const waves = new Map<unknown, Set<string>>();
  const applied = objectsOf(world({}, rolledOut)).filter(({ file }) => /^staging\/(shop|bank)\//.test(file));
  for (const { file, kind, name, content } of applied) {
    const what = kind === 'Service' && file.includes('redis') ? 'Service of a store' : name === 'deny-all' ? `deny-all ${kind}` : kind;
    waves.set(wave(content), (waves.get(wave(content)) ?? new Set()).add(what));
  }
  expect(Object.fromEntries([...waves].map(([key, kinds]) => [String(key), [...kinds].sort()]))).toEqual({
    '-3': ['AuthorizationPolicy', 'DestinationRule', 'Namespace', 'NetworkPolicy', 'PeerAuthentication', 'ServiceAccount', 'Sidecar', 'deny-all NetworkPolicy'],
    '-2': ['Service of a store', 'StatefulSet'],
    'undefined': ['Deployment', 'Rollout', 'Service', 'VirtualService', 'deny-all AuthorizationPolicy'],
  });
});

test('a patch may move an object to another wave', () => {
  const { app } = world({}, (shop) => {
    const early = new MeshedMicroservice(shop, 'early', { ...container, port: Port.http(80) });
    early.workload.deployment.addJsonPatch(JsonPatch.add('/metadata/annotations', { 'argocd.argoproj.io/sync-wave': '-1' }));
  });
  expect(app.render().get('staging/shop/early.yaml')).toContain('argocd.argoproj.io/sync-wave: "-1"');
});
