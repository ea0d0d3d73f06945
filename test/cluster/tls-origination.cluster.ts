import { Environment, ExternalService, MeshNamespace, MeshedMicroservice, Operation, Port, type TlsOrigination } from '../../src';
import { Cluster } from './cluster';
import { synthesized } from './manifests';
import { accepted } from './outcomes';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';
import { TLS_PORT, TlsServer } from './tls-server';

const HOST = 'api.bank.example';
const OTHER = 'api.thief.example';

const callers = (tls: TlsOrigination) => synthesized((app) => {
  const namespace = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), 'accounts');
  const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
  const client = new MeshedMicroservice(namespace, 'client', { image: 'example.com/client:1', resources });
  const operations = { rates: Operation.http('GET', '/rates'), failing: Operation.http('GET', '/fail'), charge: Operation.http('POST', '/fail') };
  for (const [id, host] of [['bank', HOST], ['thief', OTHER]]) {
    const bank = new ExternalService(namespace, id, { host, port: Port.http(80, { targetPort: TLS_PORT }), operations, tls });
    client.calls(bank, { operations: ['rates', 'failing', 'charge'] });
  }
  new MeshedMicroservice(namespace, 'stranger', { image: 'example.com/client:1', resources });
});
const cluster = new Cluster();
const server = new TlsServer(cluster, 'outside-tls', HOST, [OTHER]);
const ask = async (path: string, how: Partial<CallOptions> = {}, host = HOST, from = 'client'): Promise<Outcome[]> =>
  cluster.request({ from, protocol: 'http', address: `${host}:80`, path, timeoutMs: 5000, ...how });
beforeAll(async () => {
  await server.start();
  await cluster.apply(callers({ caCertificates: server.authorities }));
});
afterAll(async () => {
  await server.stop();
  await cluster.clear('accounts');
  cluster.close();
});

test('a program that speaks plaintext reaches a server that speaks TLS alone, by its own name', async () => {
  const [outcome] = await ask('/rates');
  expect([outcome.status, JSON.parse(outcome.body)]).toEqual([200, { asked: 'GET /rates', from: expect.any(String), servername: HOST, failed: {} }]);
});

test('requests are repeated as on any other edge: what may be done twice, and nothing else', async () => {
  for (const [method, times] of [['GET', 3], ['POST', 1]] as const) {
    await ask('/fail', { method, times: 10, headers: { 'x-case': method } });
    const { failed } = JSON.parse((await ask('/rates'))[0].body) as { failed: Record<string, number> };
    judge({ asked: `attempts of 10 ${method} that fail`, of: 'a server outside, by TLS', expected: 10 * times, measured: failed[method] });
  }
});

// what differs from the first test is the name, and below the authorities; Envoy tells programs no more than this
test('a server whose certificate is of another name is not asked', async () => {
  const [outcome] = await ask('/rates', {}, OTHER);
  expect([outcome.status, outcome.body]).toEqual([503, expect.stringContaining('connection failure')]);
});

test('who does not call it does not reach it', async () => {
  const [outcome] = await ask('/rates', {}, HOST, 'stranger');
  expect(accepted(outcome)).toBe(false);
});

test('a server whose certificate nobody known has signed is not asked', async () => {
  await cluster.apply(callers({}));
  const [outcome] = await ask('/rates');
  expect([outcome.status, outcome.body]).toEqual([503, expect.stringContaining('connection failure')]);
  expect(await cluster.rejects()).toEqual([]);
});
