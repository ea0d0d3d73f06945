import { Size } from 'cdk8s';
import { Environment, MeshNamespace, MeshedJob, MeshedMicroservice, NamespaceQuota, Port, RedisCache } from '../../src';
import { injectedContainers } from '../../src/mesh/injected-containers';
import { amountOf } from '../../src/workload/amount';
import { podContainers } from '../../src/graph/pod-template';
import { COMPUTE, type Usage, podUsage } from '../../src/workload/pod-usage';
import { Cluster } from './cluster';
import type { Interception } from './control/istiod';
import type { KubeObject } from './control/kube-client';
import { inject } from './injection';
import type { Pod } from './kubelet/pod';
import { type Workload, ofKind, podOf, readManifests, synthesized, workloads } from './manifests';
import { SYSTEMS, folderOf } from './rendered-systems';
import { until } from './run/until';
import { judge } from './table';
import { limited, podWith, unlimited } from './unlimited';
import { against } from './verdicts';

const cluster = new Cluster();
const SHOP = 'counted-shop';
const BARE = 'counted-bare';
const PROXY_DEFAULTS = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } };
const container = { image: 'registry.example/app:1.2.3', resources: { cpu: ['10m', '200m'], memory: ['16Mi', '128Mi'] } } as const;

type Amounts = Readonly<Record<string, string>>;
interface Quota extends KubeObject { readonly spec: { readonly hard: Amounts }; readonly status?: { readonly hard?: Amounts; readonly used?: Amounts } }

/** A system with one of everything that a quota counts, and no room beyond it. */
const objects = synthesized((app) => {
  const environment = new Environment(app, 'judged', { interception: 'init' });
  const shop = new MeshNamespace(environment, SHOP, { quota: NamespaceQuota.ofWorkloads({ headroomPercent: 0 }) });
  const big = { ...container, resources: { cpu: ['1', '3'], memory: ['16Mi', '2Gi'] } } as const;
  new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80, { targetPort: 8080 }), replicas: 2 });
  const podAnnotations = Object.fromEntries([['CPU', '100m'], ['CPULimit', '2'], ['Memory', '192Mi'], ['MemoryLimit', '1Gi']].map(([name, amount]) =>
    [`sidecar.istio.io/proxy${name}`, amount]));
  new MeshedMicroservice(shop, 'starter', { ...container, initContainers: { fetch: big }, podAnnotations });
  new RedisCache(shop, 'redis', { resources: container.resources, persistence: { size: Size.gibibytes(1) } });
  new MeshedJob(shop, 'report', { ...container, schedule: '0 3 * * *' });
});
const running = objects.filter(({ kind }) => kind !== 'CronJob'); // it has its pod at night

const quota = async (): Promise<Quota> => cluster.client.get(await cluster.client.path('v1', 'ResourceQuota', SHOP, 'workloads'));
const refuse = (missing: string): never => { throw new Error(missing); };
const amounts = (texts: Amounts, keys: readonly string[]): Record<string, number | undefined> =>
  Object.fromEntries(keys.map((key) => [key, amountOf(key, texts[key])]));
/** What we say that a pod of a template takes, and what a pod that is there takes. */
const foretold = (template: unknown, interception: Interception): Usage =>
  podUsage(injectedContainers(template, { interception, resources: PROXY_DEFAULTS }), refuse);
const taken = (pod: unknown): Usage => podUsage(podContainers(pod), refuse);
const tried = async (object: KubeObject): Promise<string> => (await against([object], async (each) => cluster.client.tryCreate(each))).join();
const account = async (name: string) =>
  until(`the account of ${name}`, async () => cluster.client.get(`/api/v1/namespaces/${name}/serviceaccounts/default`));

beforeAll(async () => inject(cluster, 'init'));
afterAll(async () => {
  await cluster.clear(SHOP);
  await cluster.clear(BARE);
  await inject(cluster, 'init');
  cluster.close();
});

describe('a namespace with no room beyond what it declares', () => {
  beforeAll(async () => {
    await cluster.submit(objects.filter(({ kind }) => ['Namespace', 'ResourceQuota', 'LimitRange'].includes(kind)));
    await account(SHOP);
    await until('the quota is counted', async () => (await quota()).status?.used);
    await cluster.apply(running);
  });

  test('is charged by Kubernetes what we say, with the sidecars of the real injector', async () => {
    const made = workloads(running);
    const pods = await cluster.client.list<Pod>('v1', 'Pod', SHOP);
    const sum = (key: keyof Usage): number => made.reduce((all, { spec }) => all + (spec.replicas ?? 1) * foretold(spec.template, 'init')[key], 0);
    const expected = Object.fromEntries(COMPUTE.map((key) => [key, sum(key)]));
    const { used } = await until('every pod is counted', async () => {
      const { status } = await quota();
      return status?.used?.pods === '4' && status;
    });

    expect(pods.filter(({ metadata }) => !metadata.deletionTimestamp)).toHaveLength(4);
    expect(amounts(used!, COMPUTE)).toEqual(expected);
    expect(used).toMatchObject({ persistentvolumeclaims: '1', 'requests.storage': '1Gi' });
    const charged = amountOf('cpu', used!['limits.cpu']) ?? NaN;
    judge({ asked: 'limits of cpu that 4 pods are charged, in m', of: 'ResourceQuota', expected: expected['limits.cpu'], measured: charged });
  });

  test('lets rolling updates through', async () => {
    const restarted = ofKind<Workload>(running, 'Deployment').map((each) => {
      const { template } = each.spec;
      return { ...each, spec: { ...each.spec, template: { ...template, metadata: { ...template.metadata, annotations: { restarted: 'now' } } } } };
    });
    await cluster.apply(restarted);
    const pods = await cluster.client.list<Pod>('v1', 'Pod', SHOP);
    const fresh = pods.filter(({ metadata }) => metadata.annotations?.restarted === 'now');
    expect(fresh).toHaveLength(3);
  });

  test('refuses what nobody declared once it takes more than the rolling updates and the CronJob would', async () => {
    await until('pods of before are gone', async () => (await quota()).status?.used?.pods === '4');
    await cluster.withoutNewPods(async () => {
      const small = { ...limited('server'), resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '200m', memory: '128Mi' } } };
      const byHand = ['a', 'b', 'c', 'd'].map((name) => podWith(SHOP, `by-hand-${name}`, { containers: [small] }));
      const said: string[] = [];
      for (const pod of byHand) said.push((await against([pod], async (each) => cluster.client.apply(each))).join());
      expect(said.slice(0, 3).join()).not.toContain('quota');
      expect(said[3]).toMatch(/exceeded quota: workloads, requested: pods=1,requests.memory=144Mi, used: pods=7,.* limited: pods=7,requests.memory=1136Mi/);
      for (const pod of byHand) await cluster.client.delete(pod, 0);
    });
  });

  test('refuses a claim that nobody declared', async () => {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'by-hand', namespace: SHOP }, spec } as KubeObject;
    expect(await tried(claim)).toMatch(/exceeded quota: workloads, requested: persistentvolumeclaims=1,requests.storage=1Gi/);
  });

  test('refuses a pod that is larger than any that was declared', async () => {
    const huge = podWith(SHOP, 'huge', { containers: [{ ...limited('server'), resources: { limits: { cpu: '4', memory: '64Mi' } } }] });
    expect(await tried(huge)).toMatch(/maximum cpu usage per Pod is 5, but limit is 6/);
  });

  test('refuses a container without limits by name', async () => {
    expect(await tried(podWith(SHOP, 'web', { containers: [unlimited('nginx')] }))).toMatch(/failed quota: workloads: must specify .*nginx/);
  });
});

describe('a LimitRange', () => {
  const range = (type: string): KubeObject & { spec: object } => (
    { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'judged', namespace: BARE }, spec: { limits: [{ type, max: { cpu: '4', memory: '1Gi' } }] } });
  const limitsGiven = async (): Promise<unknown> => {
    const pod = podWith(BARE, 'web', { containers: [limited('server'), unlimited('nginx')] });
    const { object } = await cluster.client.tryCreate(pod);
    return (object as Pod).spec.containers.find(({ name }) => name === 'nginx')!.resources?.limits;
  };
  beforeAll(async () => {
    await cluster.submit([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: BARE } }]);
    await account(BARE);
  });

  test('of pods gives no container limits that its YAML does not say', async () => {
    await cluster.submit([range('Pod')]);
    const tooLarge = podWith(BARE, 'huge', { containers: [{ ...limited('server'), resources: { limits: { cpu: '5', memory: '64Mi' } } }] });
    await until('it holds', async () => (await tried(tooLarge)).includes('maximum cpu usage per Pod'));
    expect(await limitsGiven()).toBeUndefined();
  });

  test('of containers would: its maximum becomes their limit, and no rule of limits could refuse them', async () => {
    await cluster.submit([range('Container')]);
    expect(await until('it holds', limitsGiven)).toEqual({ cpu: '4', memory: '1Gi' });
  });
});

describe.each(SYSTEMS)('$name', ({ name, environment, folder, interception }) => {
  const rendered = readManifests(folder);
  afterAll(async () => cluster.clearAll(rendered));

  test('has pods that take what we say, once the real injector has been there', async () => {
    await inject(cluster, interception);
    const namespaces = ofKind(rendered, 'Namespace');
    await cluster.submit([...readManifests(folderOf(environment, 'priority-classes')), ...namespaces]);
    for (const { metadata } of namespaces) await account(metadata.name);
    await cluster.submit(ofKind(rendered, 'ServiceAccount'));
    const made = workloads(rendered);
    const wrong: object[] = [];
    for (const workload of made) {
      const { object } = await cluster.client.tryCreate(podOf(workload));
      const [ours, theirs] = [foretold(workload.spec.template, interception), taken(object)];
      if (COMPUTE.some((key) => ours[key] !== theirs[key])) wrong.push({ workload: workload.metadata.name, ours, theirs });
    }
    expect(wrong).toEqual([]);
    judge({ asked: `pods of ${name} whose resources are foretold`, of: 'injector', expected: made.length, measured: made.length - wrong.length });
  });
});
