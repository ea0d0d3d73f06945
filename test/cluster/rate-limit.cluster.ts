import { Duration } from 'cdk8s';
import { Environment, MeshNamespace, MeshedMicroservice, Operation, Port, Probe } from '../../src';
import { attempts } from './checks';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { ofKind, synthesized } from './manifests';
import { tally } from './outcomes';
import { statistics } from './proxies';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const SHOP = 'shop';
const LIST: CallOptions = { protocol: 'http', address: 'orders.shop.svc.cluster.local:80', path: '/orders', concurrency: 8, timeoutMs: 5000 };
const FIND: CallOptions = { ...LIST, protocol: 'grpc', address: 'orders.shop.svc.cluster.local:9090', path: '/shop.Orders/Find' };
const LOGIN: CallOptions = { ...LIST, address: 'users.shop.svc.cluster.local:80', method: 'POST', path: '/login?next=/orders' };

/** Orders that let through 100 requests in so many hours: no token comes back while a test asks. What is asked may be repeated. */
const shopWith = (replicas: number, hours: number): KubeObject[] => synthesized((app) => {
  const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP);
  const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
  const http = Port.http(80, { targetPort: 8080 });
  const orders = new MeshedMicroservice(shop, 'orders', {
    ...pod,
    port: [http, Port.grpc(9090)],
    replicas,
    readiness: Probe.httpGet('/orders'),
    operations: { list: Operation.http('GET', '/orders'), find: Operation.grpc('shop.Orders/Find', { idempotent: true }) },
    rateLimit: { requests: 100, per: Duration.hours(hours) },
  });
  const users = new MeshedMicroservice(shop, 'users', {
    ...pod,
    port: http,
    operations: { login: Operation.http('POST', '/login'), profile: Operation.http('GET', '/users/{id}') },
    rateLimit: { requests: 10, per: Duration.hours(hours), operations: ['login'] },
  });
  const desk = new MeshedMicroservice(shop, 'desk', pod);
  desk.calls(orders, { operations: ['list', 'find'] });
  desk.calls(users, { operations: ['login', 'profile'] });
});

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(SHOP);
  await cluster.apply(shopWith(1, 1));
});
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

const ask = async (request: CallOptions, times: number, name: string): Promise<Outcome[]> =>
  cluster.request({ from: 'desk', ...request, times, headers: { 'x-case': name } });
const inWords = (outcomes: readonly Outcome[]): string => JSON.stringify(tally(outcomes));
const arrived = async (name: string): Promise<number> => attempts(await cluster.backendCalls('orders', name));

/** A sum of what the proxy of desk counts about its calls of orders. */
async function ofCalls(counter: string): Promise<number> {
  const [desk] = await cluster.pods('desk');
  const counts = await statistics(desk, `^cluster.outbound.*orders.*${counter}$`);
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

test('requests that are refused take no tokens; then 100 of 150 are answered, once, and the others hear when to come back', async () => {
  const refused = await ask({ ...LIST, method: 'POST' }, 300, 'refused');
  const outcomes = await ask(LIST, 150, 'list');
  const waits = outcomes.filter(({ status }) => status === 429).map(({ headers }) => headers?.['retry-after']);

  judge({ asked: '300 requests that are not allowed', of: 'orders', expected: '{"403":300}', measured: inWords(refused) });
  judge({ asked: '150 requests at 100 an hour', of: 'orders', expected: '{"200":100,"429":50}', measured: inWords(outcomes) });
  judge({ asked: 'of them arrived', of: 'orders', expected: 100, measured: await arrived('list') });
  judge({ asked: 'of them repeated', of: 'desk\'s proxy', expected: 0, measured: await ofCalls('upstream_rq_retry') });
  judge({ asked: 'seconds until the next token', of: 'orders', expected: '36', measured: [...new Set(waits)].join(', ') });
});

test('each port has a bucket of its own, and gRPC calls beyond it are RESOURCE_EXHAUSTED and not repeated', async () => {
  const outcomes = await ask(FIND, 150, 'find');

  judge({ asked: '150 calls at 100 an hour', of: 'orders', expected: '{"gRPC 0":100,"gRPC 8":50}', measured: inWords(outcomes) });
  judge({ asked: 'of them arrived', of: 'orders', expected: 100, measured: await arrived('find') });
  judge({ asked: 'of them repeated', of: 'desk\'s proxy', expected: 0, measured: await ofCalls('upstream_rq_retry') });
});

test('one operation is limited, whatever its query, and the others are not', async () => {
  const logins = await ask(LOGIN, 50, 'login');
  const profiles = await ask({ ...LOGIN, method: 'GET', path: '/users/7?next=/login' }, 50, 'profile');

  judge({ asked: '50 logins at 10 an hour', of: 'users', expected: '{"200":10,"429":40}', measured: inWords(logins) });
  judge({ asked: '50 profiles without a limit', of: 'users', expected: '{"200":50}', measured: inWords(profiles) });
});

test('a pod without tokens stays ready: probes do not pass the filter', async () => {
  const [{ metadata, status }] = await cluster.pods('orders');
  const probe: CallOptions = { protocol: 'http', address: `${status?.podIP}:15020`, path: '/app-health/server/readyz', times: 20 };
  const isReady = status?.conditions?.find(({ type }) => type === 'Ready')?.status;

  const probes = inWords(await cluster.requestFromOutside(probe));

  judge({ asked: '20 probes of a limited pod', of: metadata.name, expected: '{"200":20}', measured: probes });
  judge({ asked: 'whether a limited pod is ready', of: metadata.name, expected: 'True', measured: isReady ?? 'unknown' });
});

describe('two pods', () => {
  beforeAll(async () => { await cluster.apply(shopWith(2, 2)); });

  test('let through twice as many, a changed limit starts full, and none is left out for what it limits', async () => {
    const [lists, finds] = [await ask(LIST, 600, 'two'), await ask(FIND, 600, 'two')];

    judge({ asked: '600 requests at 100 a pod', of: 'two orders', expected: '{"200":200,"429":400}', measured: inWords(lists) });
    judge({ asked: '600 calls at 100 a pod', of: 'two orders', expected: '{"gRPC 0":200,"gRPC 8":400}', measured: inWords(finds) });
    judge({ asked: 'times that a pod was left out', of: 'desk\'s proxy', expected: 0, measured: await ofCalls('ejections_enforced_total') });
  });

  test('would be asked again, and left out, if they answered as Envoy does by itself', async () => {
    const [filter] = ofKind(shopWith(2, 2), 'EnvoyFilter').map((each) => JSON.stringify(each));
    await cluster.apply([JSON.parse(filter.replace('"rate_limited_as_resource_exhausted":true,', ''))]);

    const finds = await ask(FIND, 600, 'unavailable');

    judge({ asked: '600 calls, with UNAVAILABLE', of: 'two orders', expected: '{"gRPC 0":200,"gRPC 14":400}', measured: inWords(finds) });
    judge({ asked: 'times that they were asked again', of: 'desk\'s proxy', expected: [800, 1200], measured: await ofCalls('upstream_rq_retry') });
    judge({ asked: 'times that a pod was left out', of: 'desk\'s proxy', expected: [1, 10], measured: await ofCalls('ejections_enforced_total') });
  });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
