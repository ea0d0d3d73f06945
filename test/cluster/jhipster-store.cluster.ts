import { band } from '../../src/gitops/experiments/binomial-band';
import { attempts, browse } from './checks';
import { Cluster } from './cluster';
import { token } from './customers';
import { WHOLE_STORE } from './jhipster-store';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';
import { ofJhipster } from '../security/tokens';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
const INVOICES = '/services/invoice/api/invoices';

const ISSUER = 'https://id.staging.example.com/realms/jhipster-store';

/** What the login hands on: here its proxy is a stand-in that lets everybody in, and login.cluster.ts judges the real one. */
const tokenOf = (...roles: readonly string[]): Readonly<Record<string, string>> =>
  ({ 'x-auth-request-access-token': token(ISSUER, 'jhipster-store', { realm_access: { roles } }) });

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clearAll(WHOLE_STORE);
  await cluster.apply(WHOLE_STORE);
});
afterAll(async () => {
  await cluster.clearAll(WHOLE_STORE);
  cluster.close();
});

const ask = async (path: string, options: Partial<CallOptions> = {}): Promise<Outcome[]> =>
  browse(cluster, { host: 'store.staging.example.com', protocol: 'https', headers: tokenOf('billing') }, { path, timeoutMs: 12_000, ...options });
const of = (outcomes: readonly Outcome[], app: string, version: string): number =>
  outcomes.filter((outcome) => outcome.pod.startsWith(app) && outcome.version === version).length;

test('a fifth of the invoices come from the second version', async () => {
  const outcomes = await ask(INVOICES, { times: 1000, concurrency: 4 });
  judge({ asked: 'of 1000 requests at 20 %', of: 'invoice v2', expected: band(1000, 0.2), measured: of(outcomes, 'invoice', 'v2') });
  judge({ asked: 'answered of 1000 requests', of: 'invoice', expected: 1000, measured: of(outcomes, 'invoice', 'v1') + of(outcomes, 'invoice', 'v2') });
});

test.each([['Chrome', CHROME, 'v2'], ['Firefox', FIREFOX, 'v1']])('%s sees one version of the store, always', async (browser, agent, version) => {
  const pages = await Promise.all(['/', '/api/account', '/shop'].map(async (path) => ask(path, { times: 20, headers: { 'user-agent': agent } })));
  judge({ asked: `of 60 requests of ${browser}`, of: `store ${version}`, expected: 60, measured: of(pages.flat(), 'store', version) });
});

test('each service answers below its prefix, and sees its own paths alone', async () => {
  for (const app of ['invoice', 'product', 'notification']) {
    const [outcome] = await ask(`/services/${app}/api/things/7`);
    judge({ asked: 'path behind its prefix', of: app, expected: '/api/things/7', measured: JSON.parse(outcome.body).path });
    const [hidden] = await ask(`/services/${app}/management/env`);
    expect(hidden.pod.startsWith(app)).toBe(false); // a page of the store, which has none of that name
  }
});

test('who has no token, or lacks the role, may not', async () => {
  const front = { host: 'store.staging.example.com', protocol: 'https' } as const;
  const asks = async (asked: string, method: string, path: string, headers: Readonly<Record<string, string>>, expected: number): Promise<void> => {
    const [{ status }] = await browse(cluster, front, { method, path, headers });
    judge({ asked, of: path.split('/')[2] ?? 'store', expected, measured: status });
  };
  await asks('a page without a token', 'GET', '/', {}, 200);
  await asks('an account without a token', 'GET', '/api/account', {}, 403);
  await asks('the same with slashes beside', 'GET', '/.//api/account', {}, 403);
  await asks('products without a token', 'GET', '/services/product/api/products', {}, 403);
  await asks('products with one', 'GET', '/services/product/api/products', tokenOf(), 200);
  await asks('invoices with one', 'GET', INVOICES, tokenOf(), 200);
  await asks('a new invoice with one', 'POST', INVOICES, tokenOf('support'), 403);
  await asks('a new invoice by billing', 'POST', INVOICES, tokenOf('billing'), 200);
  const own = { authorization: `Bearer ${ofJhipster('made for this run alone', 'ann')}` };
  await asks('an account with JHipster\'s token beside', 'GET', '/api/account', { ...tokenOf(), ...own }, 200);
  await asks('an account with JHipster\'s token alone', 'GET', '/api/account', own, 403);
});

test('what may be done twice is tried three times more when it fails, what may not is not', async () => {
  await cluster.behave('invoice', { status: 503 });
  for (const [method, tries] of [['GET', 4], ['PUT', 4], ['POST', 1], ['PATCH', 1]] as const) {
    const name = `${method} fails`;
    await ask(INVOICES, { method, times: 5, headers: { 'x-case': name } });
    const measured = attempts(await cluster.backendCalls('invoice', name));
    judge({ asked: `attempts of 5 ${method}`, of: 'invoice, both versions', expected: 5 * tries, measured });
  }
  await cluster.behave('invoice');
});

test('the gateway opens no more than 30 connections to a service, and refuses what would wait behind them', async () => {
  const many = { 'x-case': 'many at a time' };
  await cluster.behave('product', { milliseconds: 4000 });
  const outcomes = await ask('/services/product/api/things', { method: 'POST', times: 60, concurrency: 60, headers: many });
  await cluster.behave('product');
  const refused = outcomes.filter(({ status }) => status === 503);
  const most = Math.max(...(await cluster.backendCalls('product', many['x-case'])).map((arrival) => arrival.most));
  judge({ asked: 'at most, of 60 at a time', of: 'product', expected: [1, 30], measured: most });
  // 30 connections and 10 that wait are room for 40; while connections are being opened, all that comes waits for one, and none may take over 100 ms
  judge({ asked: 'refused, of 60 at a time', of: 'gateway', expected: [20, 59], measured: refused.length });
  const reasons = refused.map(({ body }) => /reset reason: (.*)$/.exec(body.trim())?.[1]);
  expect(reasons.filter((reason) => reason !== 'overflow' && reason !== 'connection timeout')).toEqual([]);
  expect(reasons).toContain('overflow');
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
