import { PRODUCTION_OBJECTS, declaredCalls, undeclaredPairs } from './boutique';
import { certificateSecret } from './certificate';
import {
  SERVED, type Front, between, browse, notRedirected, openMethods, openToPlaintext, otherHosts, requestEdges, servedTooMuch, unanswered, unserved,
} from './checks';
import { Cluster } from './cluster';
import { customerOf } from './customers';
import { inject } from './injection';
import { drop } from './mutations/change';
import { mutated } from './mutations/mutated';
import { accepted } from './outcomes';
import { judge } from './table';

const NAMESPACE = 'demo-app';
const HOST = 'boutique.example.com';
const FRONT: Front = { host: HOST, protocol: 'https', headers: customerOf('https://id.example.com/realms/boutique') };
const objects = PRODUCTION_OBJECTS;
const certificate = certificateSecret('istio-system', 'boutique-tls', HOST);

/** No customers are simulated in production. */
const fromServices = <T extends { readonly from: string }>(calls: readonly T[]): T[] => calls.filter(({ from }) => from !== 'loadgenerator');

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(NAMESPACE);
  await inject(cluster, 'cni');
  await cluster.apply([certificate, ...objects]); // autoscalers do not run here: one pod of each
});
afterAll(async () => {
  await cluster.clearAll([certificate, ...objects]);
  await inject(cluster, 'init');
  cluster.close();
});

test('the gateway serves the shop\'s pages over TLS', async () => {
  const wrong = await unserved(FRONT)(cluster);

  expect(wrong).toEqual([]);
  judge({ asked: 'pages served over TLS', of: 'gateway', expected: SERVED.length, measured: SERVED.length - wrong.length });
});

test('the gateway serves nothing else over TLS, and no other host', async () => {
  expect(await servedTooMuch(FRONT)(cluster)).toEqual([]);
  expect(await otherHosts(FRONT)(cluster)).toEqual([]);
  const [stranger] = await browse(cluster, { ...FRONT, host: 'other.example.com' }, { path: '/' });
  expect(stranger).toMatchObject({ status: -1, error: expect.stringMatching(/EOF|reset/) }); // there is no certificate for it
});

test('the gateway redirects HTTP, and without the redirect that would be seen', async () => {
  const wrong = await notRedirected(HOST)(cluster);
  expect(wrong).toEqual([]);
  judge({ asked: 'redirects to HTTPS', of: 'gateway', expected: SERVED.length, measured: SERVED.length - wrong.length });

  await mutated(cluster, objects, [drop('Gateway', 'gateway', 'spec/servers/0/tls')], async () => {
    expect((await notRedirected(HOST)(cluster)).join('\n')).toMatch(/GET \/: HTTP 200/);
  });
});

test('declared calls are answered, nothing else is', async () => {
  const calls = fromServices(declaredCalls);
  const wrong = await unanswered(calls)(cluster);
  expect(wrong).toEqual([]);
  judge({ asked: 'declared calls answered in production', of: '11 services', expected: calls.length, measured: calls.length - wrong.length });

  expect(await between('undeclared pair', (outcome) => !accepted(outcome), fromServices(undeclaredPairs))(cluster)).toEqual([]);
  expect(await openMethods(fromServices(requestEdges))(cluster)).toEqual([]);
  expect(await openToPlaintext()(cluster)).toEqual([]);
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
