import { UNLIMITED, callees, requestOf } from './boutique';
import { band } from '../../src/gitops/experiments/binomial-band';
import { SERVED, STAGING_FRONT, browse, otherHosts, servedTooMuch, unserved } from './checks';
import { Cluster } from './cluster';
import { customerOf } from './customers';
import { accepted } from './outcomes';
import type { Outcome } from './run/steering';
import { judge } from './table';
import { inSeconds } from '../security/tokens';

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterAll(() => cluster.close());

test('the gateway serves the shop\'s pages', async () => {
  const wrong = await unserved(STAGING_FRONT)(cluster);

  expect(wrong).toEqual([]);
  judge({ asked: 'pages served', of: 'gateway', expected: SERVED.length, measured: SERVED.length - wrong.length });
});

test('the second versions of the frontend and the catalogue get their shares', async () => {
  const share = (asked: string, percent: number, outcomes: readonly Outcome[]): void => {
    const measured = outcomes.filter(({ version }) => version === 'canary').length;
    judge({ asked: `of 1000 ${asked} at ${percent} %`, of: 'the second version', expected: band(1000, percent / 100), measured });
  };
  const many = { times: 1000, concurrency: 4 };
  share('pages', 20, await browse(cluster, STAGING_FRONT, { path: '/', ...many }));
  const getProduct = { from: 'frontend', to: 'productcatalogservice', path: '/hipstershop.ProductCatalogService/GetProduct' };
  share('products', 25, await cluster.request({ ...requestOf(getProduct), ...many }));
});

test('the gateway serves nothing else of the shop', async () => {
  expect(await servedTooMuch(STAGING_FRONT)(cluster)).toEqual([]);
  expect(await cluster.backendCalls('frontend', 'not served')).toEqual([]);
});

test('who buys says who it is, who looks need not', async () => {
  const buys = async (asked: string, headers: Readonly<Record<string, string>>, expected: number): Promise<void> => {
    const [{ status }] = await browse(cluster, { ...STAGING_FRONT, headers }, { method: 'POST', path: '/cart/checkout' });
    judge({ asked: `a checkout with ${asked}`, of: 'frontend', expected, measured: status });
  };
  const issuer = 'https://id.staging.example.com/realms/boutique';
  const [page] = await browse(cluster, { ...STAGING_FRONT, headers: {} }, { path: '/cart' });
  judge({ asked: 'a page without a token', of: 'frontend', expected: 200, measured: page.status });
  await buys('a token', customerOf(issuer), 200);
  await buys('none', {}, 403);
  await buys('one for another shop', customerOf(issuer, 'warehouse'), 403);
  await buys('one of production', customerOf('https://id.example.com/realms/boutique'), 401);
  await buys('one that has ended', customerOf(issuer, 'boutique', { exp: inSeconds(-120) }), 401);
});

test('the gateway serves no other host', async () => {
  expect(await otherHosts(STAGING_FRONT)(cluster)).toEqual([]);
});

test('the gateway\'s identity may call no service behind the frontend', async () => {
  const [gateway] = await cluster.pods('istio-ingressgateway');
  const behind = Object.entries(callees).filter(([app]) => app !== 'frontend');
  const answered: string[] = [];
  for (const [app, callee] of behind) {
    const [outcome] = await cluster.steering(gateway).call({ ...callee, path: '/', timeoutMs: 2000 });
    if (accepted(outcome)) answered.push(app);
  }

  expect(answered).toEqual([]);
});
