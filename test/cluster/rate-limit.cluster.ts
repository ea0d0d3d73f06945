import { Duration } from 'cdk8s';
import { Environment, MeshNamespace, MeshedMicroservice, Operation, Port } from '../../src';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { synthesized } from './manifests';
import { statistics } from './proxies';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const SHOP = 'shop';
const LIMIT = 100;
const ASKED = 150;

/** Pages over HTTP and stock over gRPC, each limited; the desk may ask one thing of each. */
const shopOf = (replicas: number): KubeObject[] => synthesized((app) => {
  const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP);
  const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
  const rateLimit = { requests: LIMIT, per: Duration.minutes(10) };
  const pages = new MeshedMicroservice(shop, 'pages', {
    ...pod, port: Port.http(80, { targetPort: 8080 }), replicas, rateLimit,
    operations: { home: Operation.http('GET', '/'), other: Operation.http('GET', '/other') },
  });
  const stock = new MeshedMicroservice(shop, 'stock', {
    ...pod, port: Port.grpc(50051), rateLimit, operations: { get: Operation.grpc('shop.Stock/Get', { idempotent: true }) },
  });
  const desk = new MeshedMicroservice(shop, 'desk', pod);
  desk.calls(pages, { operations: ['home'], timeout: Duration.seconds(10) });
  desk.calls(stock, { operations: ['get'], timeout: Duration.seconds(10) });
});

const HOME: CallOptions = { protocol: 'http', address: 'pages.shop.svc.cluster.local:80', path: '/', timeoutMs: 20_000 };
const GET: CallOptions = { protocol: 'grpc', address: 'stock.shop.svc.cluster.local:50051', path: '/shop.Stock/Get', timeoutMs: 20_000 };

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(SHOP);
  await cluster.apply(shopOf(1));
});
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

const ask = async (options: CallOptions, times: number): Promise<Outcome[]> => cluster.request({ from: 'desk', ...options, times, concurrency: 4 });
const answered = (outcomes: readonly Outcome[]): number => outcomes.filter(({ pod }) => pod !== '').length;

test('requests beyond the limit are answered with 429; those that authorization refuses use none of it up', async () => {
  const refused = await ask({ ...HOME, path: '/other' }, ASKED);
  judge({ asked: `refused of ${ASKED} that are not allowed`, of: 'pages', expected: ASKED, measured: refused.filter(({ status }) => status === 403).length });

  const outcomes = await ask(HOME, ASKED);
  judge({ asked: `answered of ${ASKED} at a limit of ${LIMIT}`, of: 'pages', expected: LIMIT, measured: answered(outcomes) });
  judge({ asked: `429 of ${ASKED}`, of: 'pages', expected: ASKED - LIMIT, measured: outcomes.filter(({ status }) => status === 429).length });
});

test('gRPC hears RESOURCE_EXHAUSTED, once for each request', async () => {
  const outcomes = await ask(GET, ASKED);
  const RESOURCE_EXHAUSTED = 8;
  judge({ asked: `answered of ${ASKED} at a limit of ${LIMIT}`, of: 'stock', expected: LIMIT, measured: answered(outcomes) });
  const exhausted = outcomes.filter(({ grpc }) => grpc === RESOURCE_EXHAUSTED).length;
  judge({ asked: `RESOURCE_EXHAUSTED of ${ASKED}`, of: 'stock', expected: ASKED - LIMIT, measured: exhausted });
  const [desk] = await cluster.pods('desk');
  const retries = [...(await statistics(desk, 'stock.*upstream_rq_retry$')).values()].reduce((sum, count) => sum + count, 0);
  judge({ asked: 'requests repeated', of: 'desk\'s proxy', expected: 0, measured: retries });
});

test('a pod at its limit stays ready', async () => {
  const [{ status }] = await cluster.pods('pages');
  expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
});

test('each pod has a limit of its own', async () => {
  await cluster.apply(shopOf(2)); // both are new, since two pods are spread over nodes
  judge({ asked: `answered of ${3 * ASKED} by two pods`, of: 'pages', expected: 2 * LIMIT, measured: answered(await ask(HOME, 3 * ASKED)) });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
