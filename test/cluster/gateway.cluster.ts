import { STAGING, callees } from './boutique';
import { Cluster } from './cluster';
import { accepted, outcomeOf, tally } from './outcomes';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const HOST = 'boutique.staging.example.com';
const SERVED: readonly [string, string][] = [
  ['GET', '/'], ['HEAD', '/'], ['GET', '/cart'], ['GET', '/product/1YMWWN1N4O'], ['GET', '/logout'], ['GET', '/robots.txt'], ['GET', '/static/a.css'],
  ['POST', '/cart'], ['POST', '/cart/empty'], ['POST', '/cart/checkout'], ['POST', '/setCurrency'],
];
const NOT_SERVED: readonly [string, string][] = [
  ['GET', '/_healthz'], ['GET', '/cart/checkout'], ['POST', '/'], ['DELETE', '/cart'], ['GET', '/staticx'], ['GET', '/product/a/b'], ['POST', '/logout'],
];

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(STAGING); });
afterAll(() => cluster.close());

async function browse(options: Partial<CallOptions>): Promise<Outcome[]> {
  const [gateway] = await cluster.pods('istio-ingressgateway');
  return cluster.requestFromOutside({ protocol: 'http', address: HOST, dial: `${gateway.status?.podIP}:80`, ...options });
}

test('the gateway serves the shop\'s pages', async () => {
  const wrong: string[] = [];
  for (const [method, path] of SERVED) {
    const [outcome] = await browse({ method, path });
    if (!accepted(outcome)) wrong.push(`${method} ${path}: ${outcomeOf(outcome)}`);
  }

  expect(wrong).toEqual([]);
  judge({ asked: 'pages served', of: 'gateway', expected: SERVED.length, measured: SERVED.length - wrong.length });
});

test('the gateway serves nothing else of the shop', async () => {
  const wrong: string[] = [];
  for (const [method, path] of NOT_SERVED) {
    const [outcome] = await browse({ method, path, headers: { 'x-case': 'not served' } });
    if (outcome.status !== 404 || outcome.pod) wrong.push(`${method} ${path}: ${outcomeOf(outcome)}`);
  }

  expect(wrong).toEqual([]);
  expect(await cluster.backendCalls('frontend', 'not served')).toEqual([]);
});

test('the gateway serves no other host', async () => {
  const hosts = ['other.example.com', 'frontend.demo-app.svc.cluster.local', 'paymentservice', `x.${HOST}`];
  const outcomes = await Promise.all(hosts.map(async (host) => browse({ host, path: '/' })));

  judge({ asked: '404 for other hosts', of: 'gateway', expected: hosts.length, measured: tally(outcomes.flat())['404'] ?? 0 });
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
