import { attempts, browse } from './checks';
import { Cluster } from './cluster';
import { type Pair, http, judgeIsolation, tcp, undeclaredOf } from './isolation';
import { ownManifests } from './manifests';
import { folderOf } from './rendered-systems';
import type { CallOptions } from './run/steering';
import { judge } from './table';

const OBJECTS = ownManifests(folderOf('staging', 'addis-pay'));
const FRONT = { host: 'shop.staging.addispay.example', protocol: 'http' } as const;

const POSTGRES = tcp('postgresql:5432');
const MONGO = tcp('mongodb:27017');
const of = (service: string, path: string, method?: string) => http(`${service}-service:8080`, `/api/${path}`, method);
const PRODUCT = of('product', 'products/1');
/** What each of them is asked for by somebody. */
const CALLEES = {
  'cart-service': of('cart', 'cart/7'),
  'notification-service': of('notification', 'notifications', 'POST'),
  'order-service': of('order', 'orders'),
  'payment-service': of('payment', 'payments', 'POST'),
  'product-service': PRODUCT,
  'recommendation-service': of('recommendation', 'recommendations/7'),
  'review-service': of('review', 'reviews'),
  'search-service': of('search', 'search'),
  'user-service': of('user', 'users/7'),
  'postgresql': POSTGRES,
  'mongodb': MONGO,
};
const CALLERS = Object.keys(CALLEES).filter((name) => name.endsWith('-service'));
/** The 20 calls inside of the cluster; some are more than one operation. */
const DECLARED: readonly Pair[] = [
  ...['user', 'product', 'order', 'payment'].map((from) => ({ from: `${from}-service`, to: POSTGRES })),
  ...['cart', 'notification', 'recommendation', 'review'].map((from) => ({ from: `${from}-service`, to: MONGO })),
  { from: 'cart-service', to: PRODUCT },
  { from: 'order-service', to: CALLEES['cart-service'] },
  { from: 'order-service', to: of('cart', 'cart/7', 'DELETE') },
  { from: 'order-service', to: of('product', 'products/1/reservations', 'POST') },
  { from: 'order-service', to: CALLEES['user-service'] },
  { from: 'order-service', to: CALLEES['payment-service'] },
  { from: 'order-service', to: CALLEES['notification-service'] },
  { from: 'search-service', to: of('product', 'products') },
  { from: 'recommendation-service', to: of('product', 'products') },
  { from: 'recommendation-service', to: CALLEES['order-service'] },
  { from: 'review-service', to: PRODUCT },
  { from: 'review-service', to: CALLEES['user-service'] },
  { from: 'notification-service', to: CALLEES['user-service'] },
];

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clearAll(OBJECTS);
  await cluster.submit(ownManifests(folderOf('staging', 'priority-classes')));
  await cluster.apply(OBJECTS);
});
afterAll(async () => {
  await cluster.clearAll(OBJECTS);
  cluster.close();
});

judgeIsolation(cluster, { objects: OBJECTS, namespace: 'addis-pay', declared: DECLARED, undeclared: undeclaredOf(CALLERS, CALLEES, DECLARED) });

test.each([
  ['GET', 'products/1', 200], ['POST', 'orders', 200], ['POST', 'payments/callback', 200], ['DELETE', 'cart/7', 200],
  ['POST', 'payments', 404], ['POST', 'notifications', 404], ['POST', 'products/1/reservations', 404], ['DELETE', 'users/7', 404],
])('the gateway answers %s /api/%s with %i', async (method, path, status) => {
  const [outcome] = await browse(cluster, FRONT, { method, path: `/api/${path}` });
  expect(outcome.status).toBe(status);
});

type How = Partial<CallOptions>;
test.each([
  ['a charge', 'payment-service', 1, async (how: How) => cluster.request({ from: 'order-service', ...CALLEES['payment-service'], ...how })],
  ['an order', 'order-service', 1, async (how: How) => browse(cluster, FRONT, { method: 'POST', path: '/api/orders', ...how })],
  ['a history', 'order-service', 3, async (how: How) => browse(cluster, FRONT, { path: '/api/orders', ...how })],
])('%s that fails is asked of %s as often as it may: %i', async (what, app, times, ask) => {
  await cluster.behave(app, { case: what, status: 503 });
  await ask({ times: 20, headers: { 'x-case': what } });
  await cluster.behave(app);
  judge({ asked: `attempts of 20 times ${what} that fails`, of: app, expected: 20 * times, measured: attempts(await cluster.backendCalls(app, what)) });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
