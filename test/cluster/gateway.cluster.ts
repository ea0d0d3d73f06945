import { UNLIMITED, callees } from './boutique';
import { SERVED, STAGING_FRONT, otherHosts, servedTooMuch, unserved } from './checks';
import { Cluster } from './cluster';
import { accepted } from './outcomes';
import { judge } from './table';

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterAll(() => cluster.close());

test('the gateway serves the shop\'s pages', async () => {
  const wrong = await unserved(STAGING_FRONT)(cluster);

  expect(wrong).toEqual([]);
  judge({ asked: 'pages served', of: 'gateway', expected: SERVED.length, measured: SERVED.length - wrong.length });
});

test('the gateway serves nothing else of the shop', async () => {
  expect(await servedTooMuch(STAGING_FRONT)(cluster)).toEqual([]);
  expect(await cluster.backendCalls('frontend', 'not served')).toEqual([]);
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
