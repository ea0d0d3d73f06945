import { browse } from './checks';
import { Cluster } from './cluster';
import { type Pair, http, judgeIsolation, tcp, undeclaredOf } from './isolation';
import { readManifests } from './manifests';
import { folderOf } from './rendered-systems';

const OBJECTS = readManifests(folderOf('staging', 'mern-shop'));
const CALLEES = {
  'frontend': http('frontend:8080', '/'),
  'backend': http('backend:5000', '/api/products'),
  'mongo-mongodb': tcp('mongo-mongodb:27017'),
  'rabbitmq': tcp('rabbitmq:5672'),
};
const MANAGEMENT = tcp('rabbitmq:15672');
const DECLARED: readonly Pair[] = [{ from: 'backend', to: CALLEES['mongo-mongodb'] }, { from: 'backend', to: CALLEES.rabbitmq }];

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clearAll(OBJECTS);
  await cluster.apply(OBJECTS);
});
afterAll(async () => {
  await cluster.clearAll(OBJECTS);
  cluster.close();
});

judgeIsolation(cluster, {
  objects: OBJECTS,
  namespace: 'mern-shop',
  declared: DECLARED,
  undeclared: [...undeclaredOf(Object.keys(CALLEES), CALLEES, DECLARED), { from: 'frontend', to: MANAGEMENT }],
});

test('the backend reaches AMQP and not the management of the same broker', async () => {
  const [outcome] = await cluster.request({ from: 'backend', ...MANAGEMENT });
  expect([outcome.pod, outcome.error]).toEqual(['', expect.stringMatching(/EOF|reset|refused/)]);
});

describe('a browser', () => {
  const pages = 'http://frontend.sushi';
  const ask = async (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
    (await browse(cluster, { host: 'backend.sushi', protocol: 'http' }, { method, path, headers }))[0];

  test('gets the pages at one host, and the three APIs at the other', async () => {
    const [page] = await browse(cluster, { host: 'frontend.sushi', protocol: 'http' }, { path: '/static/js/main.js' });
    expect(page).toMatchObject({ status: 200, pod: expect.stringMatching(/^frontend/) });
    for (const [method, path] of [['GET', '/api/products'], ['POST', '/api/order'], ['POST', '/api/seed']]) {
      expect(await ask(method, path)).toMatchObject({ status: 200, pod: expect.stringMatching(/^backend/) });
    }
    for (const [method, path] of [['GET', '/'], ['DELETE', '/api/products'], ['GET', '/api/order'], ['GET', '/api/producs']]) {
      expect((await ask(method, path)).status).toBe(404);
    }
  });

  test('is told that pages of the shop may ask, and no others', async () => {
    const preflight = async (origin: string) =>
      ask('OPTIONS', '/api/order', { 'origin': origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' });
    const { status, pod, headers } = await preflight(pages);
    expect([status, pod, headers]).toEqual([200, '', expect.objectContaining({
      'access-control-allow-origin': pages, 'access-control-allow-methods': 'GET,HEAD,POST', 'access-control-allow-headers': 'content-type',
    })]);
    expect((await preflight('http://elsewhere.example')).headers).not.toHaveProperty('access-control-allow-origin');
    expect((await ask('GET', '/api/products', { origin: pages })).headers).toMatchObject({ 'access-control-allow-origin': pages });
  });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
