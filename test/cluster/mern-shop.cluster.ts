import { Cluster } from './cluster';
import { type Pair, http, judgeIsolation, tcp, undeclaredOf } from './isolation';
import { ownManifests } from './manifests';
import { controllerObjects, throughNginx } from './nginx';
import { folderOf } from './rendered-systems';

const OBJECTS = ownManifests(folderOf('staging', 'mern-shop'));
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
  await cluster.apply([...controllerObjects('with sidecar'), ...OBJECTS]);
});
afterAll(async () => {
  await cluster.clearAll(OBJECTS);
  await cluster.clear('ingress-nginx');
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

test('a browser gets the pages at one host, and the three APIs at the other, through nginx with a sidecar', async () => {
  const ask = async (host: string, method: string, path: string) => throughNginx(cluster, OBJECTS, host, { method, path });
  expect(await ask('frontend.sushi', 'GET', '/static/js/main.js')).toMatchObject({ status: 200, pod: expect.stringMatching(/^frontend/) });
  for (const [method, path] of [['GET', '/api/products'], ['POST', '/api/order'], ['POST', '/api/seed']]) {
    expect(await ask('backend.sushi', method, path)).toMatchObject({ status: 200, pod: expect.stringMatching(/^backend/) });
  }
  for (const [method, path] of [['DELETE', '/api/products'], ['GET', '/api/order']]) {
    expect(await ask('backend.sushi', method, path)).toMatchObject({ status: 403 });
  }
  for (const path of ['/', '/api/producs']) expect(await ask('backend.sushi', 'GET', path)).toBe('no Ingress');
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
