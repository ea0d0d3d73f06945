import { UNLIMITED, callees, requestOf } from './boutique';
import { STAGING_FRONT, UNAVAILABLE, attempts, attemptsOf, browse } from './checks';
import { Cluster } from './cluster';
import { accepted, outcomeOf, tally } from './outcomes';
import { judge } from './table';

const CHARGE = { from: 'checkoutservice', to: 'paymentservice', path: '/hipstershop.PaymentService/Charge' };
const GET_CART = { from: 'frontend', to: 'cartservice', path: '/hipstershop.CartService/GetCart' };
const ADD_ITEM = { ...GET_CART, path: '/hipstershop.CartService/AddItem' };
const GET_ADS = { from: 'frontend', to: 'adservice', path: '/hipstershop.AdService/GetAds' };

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterEach(async () => { for (const app of Object.keys(callees)) await cluster.behave(app); });
afterAll(() => cluster.close());

test.each([
  ['gRPC UNAVAILABLE', { grpc: UNAVAILABLE }],
  ['HTTP 503', { status: 503 }],
  ['a reset connection', { close: true }],
])('a payment that fails with %s is tried once', async (failure, behaviour) => {
  const measured = await attemptsOf(cluster, CHARGE, 20, behaviour);
  judge({ asked: `attempts of 20 payments, ${failure}`, of: 'paymentservice', expected: 20, measured });
});

test('an order is tried once, from the gateway and from the frontend', async () => {
  const name = 'order fails';
  await cluster.behave('checkoutservice', { case: name, grpc: UNAVAILABLE });
  await cluster.behave('frontend', { case: name, status: 503 });
  const placeOrder = { from: 'frontend', to: 'checkoutservice', path: '/hipstershop.CheckoutService/PlaceOrder' };
  const headers = { 'x-case': name };

  await cluster.request({ ...requestOf(placeOrder), headers, times: 10 });
  await browse(cluster, STAGING_FRONT, { method: 'POST', path: '/cart/checkout', headers, times: 10 });

  judge({ asked: 'attempts of 10 orders', of: 'checkoutservice', expected: 10, measured: attempts(await cluster.backendCalls('checkoutservice', name)) });
  judge({ asked: 'attempts of 10 checkouts', of: 'frontend', expected: 10, measured: attempts(await cluster.backendCalls('frontend', name)) });
});

test('a page that fails is asked for three times by the gateway', async () => {
  const name = 'page fails';
  await cluster.behave('frontend', { case: name, status: 503 });

  await browse(cluster, STAGING_FRONT, { path: '/', headers: { 'x-case': name }, times: 10 });

  judge({ asked: 'attempts of 10 pages', of: 'frontend', expected: 30, measured: attempts(await cluster.backendCalls('frontend', name)) });
});

test('a call that may be repeated is repeated twice, one that may not is not', async () => {
  judge({ asked: 'attempts of 10 GetCart', of: 'cartservice', expected: 30, measured: await attemptsOf(cluster, GET_CART, 10) });
  judge({ asked: 'attempts of 10 AddItem', of: 'cartservice', expected: 10, measured: await attemptsOf(cluster, ADD_ITEM, 10) });
});

test('a call that fails once and may be repeated succeeds', async () => {
  await cluster.behave('cartservice', { case: 'cart fails once', grpc: UNAVAILABLE, times: 1 });

  const [outcome] = await cluster.request({ ...requestOf(GET_CART), headers: { 'x-case': 'cart fails once' } });

  expect(outcomeOf(outcome)).toMatch(/^HTTP 200, gRPC 0, from cartservice/);
});

test('a slow callee ends in the caller\'s timeout', async () => {
  await cluster.behave('paymentservice', { case: 'slow', milliseconds: 8000 });
  await cluster.behave('adservice', { case: 'slow', milliseconds: 3000 });

  const headers = { 'x-case': 'slow' };
  const [payment] = await cluster.request({ ...requestOf(CHARGE), headers, timeoutMs: 20_000 });
  const [ads] = await cluster.request({ ...requestOf(GET_ADS), headers, timeoutMs: 20_000 });

  expect([accepted(payment), accepted(ads)]).toEqual([false, false]);
  judge({ asked: 'ms until a slow payment is given up', of: 'checkoutservice', expected: [4995, 5500], measured: Math.round(payment.milliseconds) });
  judge({ asked: 'ms until slow ads are given up', of: 'frontend', expected: [995, 1500], measured: Math.round(ads.milliseconds) });
});

test('without ads the frontend\'s other calls are answered', async () => {
  await cluster.behave('adservice', { close: true });
  const home = [
    { from: 'frontend', to: 'productcatalogservice', path: '/hipstershop.ProductCatalogService/ListProducts' },
    { from: 'frontend', to: 'currencyservice', path: '/hipstershop.CurrencyService/GetSupportedCurrencies' },
    GET_CART,
  ];
  const outcomes = await Promise.all(home.map(async (call) => cluster.request({ ...requestOf(call), times: 20 })));
  const [ads] = await cluster.request(requestOf(GET_ADS));

  expect(accepted(ads)).toBe(false);
  judge({ asked: 'answers while ads are down', of: '3 calls of the page', expected: '{"gRPC 0":60}', measured: JSON.stringify(tally(outcomes.flat())) });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
