import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import { CrdsUnavailable } from '../../scripts/crds';
import {
  ArgoCdDelivery, Environment, Experiment, FaultInjection, GitOpsApp, IngressGateway, Measurement, MeshNamespace, MeshedMicroservice, Operation, Port,
  Probe, RedisCache, Step,
} from '../../src';
import { objectsIn } from '../../src/checks/rendered';
import { checkTransition } from '../../src/checks/transition';
import { at, listAt } from '../../src/graph/json';
import { startExperiment, stopExperiment } from '../../src/publish';
import { browse } from './checks';
import { Cluster } from './cluster';
import { ARGO_CD_NAMESPACE, ArgoCd, type ApplicationStatus, argoCdMissing } from './control/argo-cd';
import type { KubeObject } from './control/kube-client';
import { ROLLOUTS_NAMESPACE, applyRolloutDefinitions, startRollouts } from './control/rollouts';
import { GitOpsRepository } from './gitops-repository';
import { accepted } from './outcomes';
import type { RunningProcess } from './run/processes';
import { until } from './run/until';
import { judge } from './table';
import { hasTool } from './tools/tools';

const [SHOP, BANK] = ['demo-app', 'bank'];
const FRONT = { host: 'shop.example.com', protocol: 'http' } as const;
const port = Port.http(80, { targetPort: 8080 });
const container = { resources: { cpu: ['10m', '100m'], memory: ['16Mi', '64Mi'] } } as const;

/** What one commit has, beside what all have. */
interface Commit {
  /** Tag of the shop's images. @default '1' */
  readonly tag?: string;
  /** Seconds that the shop's pages may take. @default 5 */
  readonly seconds?: number;
  /** Whether the bank's pods become ready. @default true */
  readonly bankStarts?: boolean;
  /** Tag of the orders, which a controller releases; without one there are none. */
  readonly orders?: string;
  /** Whether requests to the shop are limited, by the only EnvoyFilter there is. @default false */
  readonly limited?: boolean;
  /** Systems that are gone. @default - none */
  readonly without?: readonly ('shop' | 'bank')[];
  /** Namespaces that the project permits still. @default - none */
  readonly formerNamespaces?: readonly string[];
}

const repository = new GitOpsRepository();
const cluster = new Cluster();
const argoCd = new ArgoCd(cluster.client);
const controllers: RunningProcess[] = [];
let missing = argoCdMissing() ?? (hasTool('rollouts-controller') ? undefined : 'the controller of Rollouts is not built: run `npm run test:cluster:tools`');

const image = (name: string, tag: string): string => `registry.example.com/${name}:${tag}`;

function shopOf(environment: Environment, { tag = '1', seconds = 5, orders, limited = false }: Commit) {
  const namespace = new MeshNamespace(environment, 'shop', { name: SHOP });
  const operations = { home: Operation.http('GET', '/'), list: Operation.http('GET', '/list') };
  const rateLimit = limited ? { requests: 1000, per: Duration.minutes(1) } : undefined;
  const web = new MeshedMicroservice(namespace, 'web', { ...container, image: image('web', tag), port, operations, rateLimit });
  const carts = new RedisCache(namespace, 'carts', { ...container, persistence: { size: Size.gibibytes(1) } });
  web.calls(carts, { env: (to) => ({ CARTS: to.hostPort }) });
  const gateway = new IngressGateway(namespace, 'gateway', { hosts: [FRONT.host] });
  gateway.routes(web, { operations: ['home', 'list'], timeout: Duration.seconds(20) });
  if (orders !== undefined) {
    const released = new MeshedMicroservice(namespace, 'orders', {
      ...container, image: image('orders', orders), port, operations: { list: Operation.http('GET', '/orders') },
      rollout: { steps: [Step.setWeight(20), Step.pause()] },
    });
    web.calls(released, { operations: ['list'], timeout: Duration.seconds(seconds) });
  }
  return { namespace, web, gateway };
}

function rendered(commit: Commit = {}): ReadonlyMap<string, string> {
  const { bankStarts = true, without = [], formerNamespaces } = commit;
  const app = new GitOpsApp();
  const staging = new Environment(app, 'staging', { interception: 'init' });
  if (!without.includes('shop')) {
    new Experiment(shopOf(staging, commit).namespace, 'pages-fail', {
      question: 'Who notices that pages fail?',
      build: (environment) => shopOf(environment, commit),
      change: ({ web }) => { new FaultInjection(web, 'failing', { abort: { httpStatus: 503, percentage: 100 }, lifts: ['timeout', 'retries'] }); },
      measure: ({ web, gateway }) => [Measurement.of(web, 'home', { from: gateway, times: 5, expected: [{ answers: { status: 503 }, percent: 100 }] })],
    });
  }
  if (!without.includes('bank')) {
    const readiness = bankStarts ? {} : { readiness: Probe.tcp({ port: 9 }) };
    const bank = new MeshNamespace(staging, 'bank', { name: BANK });
    new MeshedMicroservice(bank, 'payment', { ...container, ...readiness, image: image('payment', bankStarts ? '1' : '2'), port });
  }
  const clusters = [{ name: 'own', server: 'https://kubernetes.default.svc' }] as const;
  new ArgoCdDelivery(staging, 'argocd', { repository: repository.address, clusters, formerNamespaces });
  return app.render();
}

/** Commits, and lets Argo CD see it: first what makes the Applications, then those. */
async function publish(commit: Commit | ReadonlyMap<string, string>): Promise<string> {
  const revision = repository.commit(commit instanceof Map ? commit : rendered(commit as Commit));
  await argoCd.refresh('staging-root');
  return revision;
}

const delivered = (name: string, run: () => Promise<void>): void => test(name, async () => {
  if (missing === undefined) await run();
  else console.warn(`skipped: ${missing}`);
});

beforeAll(async () => {
  for (const namespace of [SHOP, BANK]) await cluster.clear(namespace);
  if (missing !== undefined) return;
  try {
    await applyRolloutDefinitions(cluster.client);
    controllers.push(...startRollouts());
    await argoCd.start();
  } catch (error) {
    if (!(error instanceof CrdsUnavailable) || process.env.CI) throw error;
    missing = error.message;
  }
});
afterAll(async () => {
  if (missing === undefined) await argoCd.stop();
  for (const process of controllers) await process.stop();
  for (const namespace of [SHOP, BANK, ARGO_CD_NAMESPACE, ...(controllers.length > 0 ? [ROLLOUTS_NAMESPACE] : [])]) await cluster.clear(namespace);
  cluster.close();
  repository.remove();
});

const pathOf = async (apiVersion: string, kind: string, name: string, namespace = SHOP): Promise<string> =>
  cluster.client.path(apiVersion, kind, namespace, name);
const exists = async (apiVersion: string, kind: string, name: string, namespace = SHOP): Promise<boolean> =>
  (await cluster.client.raw('GET', await pathOf(apiVersion, kind, name, namespace))).status === 200;
const imageOf = async (name: string, namespace = SHOP): Promise<unknown> =>
  at(await cluster.client.get<KubeObject>(await pathOf('apps/v1', 'Deployment', name, namespace)), 'spec.template.spec.containers.0.image');

delivered('the root Application, applied by hand once, brings everything, in the order of its waves', async () => {
  const files = rendered();
  const revision = repository.commit(files);
  const bootstrap = objectsIn(files).filter(({ file }) => file.startsWith('bootstrap/')).map(({ content }) => content as KubeObject);
  await cluster.submit(bootstrap);
  const all = ['staging-root', 'staging-shop', 'staging-bank'];
  for (const name of all) await until(`Application ${name}`, async () => argoCd.refresh(name).then(() => true), 60);
  for (const name of all) await argoCd.synced(name, revision);

  const order = argoCd.applied();
  const first = (what: string): number => order.findIndex((each) => each.startsWith(what));
  const last = (what: string): number => order.findLastIndex((each) => each.startsWith(what));
  const needed = Math.max(...['NetworkPolicy', 'Sidecar', 'DestinationRule', 'ServiceAccount', 'AuthorizationPolicy/web'].map(last));
  expect(first('Namespace')).toBeGreaterThanOrEqual(0);
  expect(needed).toBeLessThan(first('StatefulSet/carts'));
  expect(last('StatefulSet/carts')).toBeLessThan(Math.min(...['Deployment/web', 'Service/web', 'VirtualService/web'].map(first)));
  await cluster.synchronize();
  const [page] = await browse(cluster, FRONT, { path: '/list' });
  expect(accepted(page)).toBe(true);
});

/** What is written when an object is applied, or when a controller follows: not its status. */
async function generations(): Promise<string[]> {
  const kinds = [['apps/v1', 'Deployment'], ['apps/v1', 'StatefulSet'], ['networking.istio.io/v1', 'VirtualService'], ['networking.istio.io/v1', 'Sidecar'],
    ['networking.istio.io/v1', 'DestinationRule'], ['security.istio.io/v1', 'AuthorizationPolicy'], ['networking.k8s.io/v1', 'NetworkPolicy']];
  const objects = await Promise.all(kinds.map(async ([apiVersion, kind]) => cluster.client.list(apiVersion, kind, SHOP)));
  return objects.flat().map(({ kind, metadata }) => `${kind} ${metadata.name} ${String(at(metadata, 'generation'))}`);
}

delivered('looking again changes nothing', async () => {
  const isSynced = async () => argoCd.is('staging-shop', 'synced', ({ sync }) => sync?.status === 'Synced');
  const operation = async (): Promise<unknown> => at(await isSynced(), 'status.operationState');
  const [before, done] = [await generations(), await operation()];
  for (const kind of ['normal', 'hard', 'normal', 'hard'] as const) await argoCd.refresh('staging-shop', kind);

  expect(await generations()).toEqual(before);
  expect(await operation()).toEqual(done);
});

delivered('git revert rolls back', async () => {
  await argoCd.synced('staging-shop', await publish({ tag: '2' }));
  expect(await imageOf('web')).toBe('registry.example.com/web:2');
  await argoCd.synced('staging-shop', repository.revert());
  expect(await imageOf('web')).toBe('registry.example.com/web:1');
});

delivered('an experiment is started and stopped by commits, and healed by nobody', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'meshmart-dist-'));
  for (const [path, text] of rendered()) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeFileSync(join(dist, path), text);
  }
  await argoCd.synced('staging-shop', await publish({}));
  const page = async (): Promise<number> => (await browse(cluster, FRONT, { path: '/list' }))[0].status;
  const experiment = 'shop/pages-fail';

  startExperiment({ dist, published: repository.tree, experiment });
  await argoCd.synced('staging-shop', repository.commitTree('start'));
  await cluster.apply([]);
  await argoCd.refresh('staging-shop', 'hard');
  judge({ asked: 'page while it runs', of: 'gateway', expected: 503, measured: await page() });
  stopExperiment({ published: repository.tree, experiment });
  await argoCd.synced('staging-shop', repository.commitTree('stop'));
  await cluster.apply([]);
  judge({ asked: 'page after it', of: 'gateway', expected: 200, measured: await page() });
  rmSync(dist, { recursive: true });
});

delivered('a revert lands while another service never becomes ready', async () => {
  const broken = await publish({ tag: '2', bankStarts: false });
  await argoCd.synced('staging-shop', broken);
  await argoCd.synced('staging-bank', broken, { healthy: false });
  await argoCd.is('staging-bank', 'progressing', ({ health }) => health?.status === 'Progressing');
  expect(await imageOf('web')).toBe('registry.example.com/web:2');
  const revision = await publish({ bankStarts: false });
  await argoCd.synced('staging-shop', revision);
  expect(await imageOf('web')).toBe('registry.example.com/web:1');
  await argoCd.synced('staging-bank', await publish({}));
});

delivered('the weights of a controller stay, while a person\'s edit of the same host\'s time in Git is applied', async () => {
  await argoCd.synced('staging-shop', await publish({ orders: '1' }));
  await argoCd.synced('staging-shop', await publish({ orders: '2' }), { healthy: false });
  const weights = async (): Promise<unknown[]> => listAt(await cluster.client.get(await pathOf('networking.istio.io/v1', 'VirtualService', 'orders-weights')),
    'spec.http.0.route').map((each) => at(each, 'weight'));
  await until('the controller to give the new version a fifth', async () => JSON.stringify(await weights()) === '[80,20]', 60);

  await argoCd.synced('staging-shop', await publish({ orders: '2', seconds: 7 }), { healthy: false });
  const routes = await cluster.client.get(await pathOf('networking.istio.io/v1', 'VirtualService', 'orders'));
  judge({ asked: 'time of the route after the edit', of: 'VirtualService orders', expected: '7s', measured: String(at(routes, 'spec.http.0.timeout')) });
  judge({ asked: 'weights after the edit', of: 'VirtualService orders-weights', expected: '80,20', measured: (await weights()).join() });
  await cluster.apply([]); // the name server has to know what others applied
  const address = 'orders.demo-app.svc.cluster.local:80';
  const outcomes = await cluster.request({ from: 'web', protocol: 'http', address, path: '/orders', times: 300, concurrency: 4 });
  expect(outcomes.filter(accepted)).toHaveLength(300);
  const pods = new Set(outcomes.map(({ pod }) => pod));
  expect(pods.size).toBe(2);
});

delivered('what a project does not permit is refused and named, and nothing of its commit is applied', async () => {
  const files = new Map(rendered({ orders: '2', seconds: 7, tag: '3' }));
  files.set('staging/bank/secret.yaml', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: stray\n  namespace: bank\n');
  await publish(files);
  await argoCd.refresh('staging-bank');
  const { status } = await argoCd.is('staging-bank', 'refused', ({ operationState }) => /not permitted/.test(operationState?.message ?? ''));
  expect(status?.operationState?.message).toContain('resource :Secret is not permitted in project staging');
  expect(await exists('v1', 'Secret', 'stray', BANK)).toBe(false);
});

delivered('a file that is removed is pruned, and so is the last object of a kind', async () => {
  await argoCd.synced('staging-shop', await publish({ limited: true }));
  expect(await exists('networking.istio.io/v1alpha3', 'EnvoyFilter', 'web-rate-limit')).toBe(true);
  await argoCd.synced('staging-shop', await publish({}));
  const left = await Promise.all([
    exists('networking.istio.io/v1alpha3', 'EnvoyFilter', 'web-rate-limit'), exists('argoproj.io/v1alpha1', 'Rollout', 'orders'),
    exists('v1', 'Service', 'orders'),
  ]);
  judge({ asked: 'objects left of a removed file and a removed limit', of: 'Argo CD', expected: 0, measured: left.filter(Boolean).length });
});

delivered('a system that is removed keeps its namespace, its stores and their claims', async () => {
  await publish({ without: ['shop'], formerNamespaces: [SHOP] });
  const isShop = ({ metadata }: KubeObject): boolean => metadata.name === 'staging-shop';
  await until('the end of the Application', async () => !(await argoCd.applications()).some(isShop), 90);
  const left = {
    Deployment: await exists('apps/v1', 'Deployment', 'web'),
    Service: await exists('v1', 'Service', 'web'),
    StatefulSet: await exists('apps/v1', 'StatefulSet', 'carts'),
    PersistentVolumeClaim: (await cluster.client.list('v1', 'PersistentVolumeClaim', SHOP)).length > 0,
    Namespace: (await cluster.client.raw('GET', `/api/v1/namespaces/${SHOP}`)).status === 200,
  };
  expect(left).toEqual({ Deployment: false, Service: false, StatefulSet: true, PersistentVolumeClaim: true, Namespace: true });
});

delivered('what a project stops permitting in the commit that removes it goes on running: checkTransition refuses that', async () => {
  const [before, after] = [rendered({ without: ['shop'] }), rendered({ without: ['shop', 'bank'] })];
  expect(checkTransition(before, after).map(({ rule }) => rule)).toContain('permission-removed-at-once');
  const runs = async (): Promise<string> => String(await exists('apps/v1', 'Deployment', 'payment', BANK));

  await publish({ without: ['shop', 'bank'] });
  const isStuck = ({ conditions = [] }: NonNullable<ApplicationStatus['status']>): boolean => conditions.some(({ type }) => type === 'InvalidSpecError');
  const { metadata } = await argoCd.is('staging-bank', 'deleted, and not permitted to be', isStuck);
  expect(metadata.deletionTimestamp).toBeDefined();
  judge({ asked: 'whether it runs, removed and permitted no more', of: 'Deployment payment', expected: 'true', measured: await runs() });
});

delivered('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
