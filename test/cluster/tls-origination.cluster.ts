import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Environment, ExternalService, MeshNamespace, MeshedMicroservice, Operation, Port, type TlsOrigination } from '../../src';
import { certificateSecret } from './certificate';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { plainProgram, synthesized } from './manifests';
import { accepted } from './outcomes';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const OUTSIDE = 'outside-tls';
const HOST = 'api.bank.example';
const OTHER = 'api.thief.example';
const folder = mkdtempSync(join(tmpdir(), 'meshmart-authorities-'));
const authorities = join(folder, 'ca.pem');
const text = (data: string): string => Buffer.from(data, 'base64').toString();

const { data } = certificateSecret(OUTSIDE, 'bank', HOST);
/** The server, as a pod that has never heard of the mesh. */
function server(): KubeObject[] {
  const source = readFileSync(join(__dirname, 'fixtures', 'tls-server.mjs'), 'utf8');
  const files = { 'server.mjs': source, 'tls.crt': text(data['tls.crt']), 'tls.key': text(data['tls.key']) };
  const program = plainProgram(OUTSIDE, 'bank', 8443);
  const [container] = program.spec.template.spec.containers;
  Object.assign(container, {
    image: 'docker.io/library/node:24',
    args: ['/files/server.mjs'],
    env: [{ name: 'PORT', value: '8443' }, { name: 'CERTIFICATES', value: '/files/' }, { name: 'MY_POD_NAME', value: 'bank' }],
    volumeMounts: [{ name: 'files', mountPath: '/files' }],
  });
  Object.assign(program.spec.template.spec, { volumes: [{ name: 'files', configMap: { name: 'files' } }] });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OUTSIDE } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'files', namespace: OUTSIDE }, data: files } as KubeObject,
    program,
  ];
}

const callers = (tls: TlsOrigination) => synthesized((app) => {
  const namespace = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), 'accounts');
  const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
  const client = new MeshedMicroservice(namespace, 'client', { image: 'example.com/client:1', resources });
  const operations = { rates: Operation.http('GET', '/rates'), failing: Operation.http('GET', '/fail'), charge: Operation.http('POST', '/fail') };
  for (const [id, host] of [['bank', HOST], ['thief', OTHER]]) {
    const bank = new ExternalService(namespace, id, { host, port: Port.http(80, { targetPort: 8443 }), operations, tls });
    client.calls(bank, { operations: ['rates', 'failing', 'charge'] });
  }
  new MeshedMicroservice(namespace, 'stranger', { image: 'example.com/client:1', resources });
});
const trusting = callers({ caCertificates: authorities });

const cluster = new Cluster();
const ask = async (path: string, how: Partial<CallOptions> = {}, host = HOST, from = 'client'): Promise<Outcome[]> =>
  cluster.request({ from, protocol: 'http', address: `${host}:80`, path, timeoutMs: 5000, ...how });
beforeAll(async () => {
  writeFileSync(authorities, text(data['tls.crt']), { mode: 0o644 });
  chmodSync(folder, 0o755); // proxies have a user of their own
  await cluster.apply(server());
  const [{ status }] = await cluster.pods('bank');
  for (const host of [HOST, OTHER]) await cluster.nameOutside(host, status!.podIP!);
  await cluster.apply(trusting);
});
afterAll(async () => {
  for (const host of [HOST, OTHER]) await cluster.nameOutside(host);
  await cluster.clear('accounts');
  await cluster.clear(OUTSIDE);
  rmSync(folder, { recursive: true });
  cluster.close();
});

test('a program that speaks plaintext reaches a server that speaks TLS alone, by its own name', async () => {
  const [outcome] = await ask('/rates');
  expect([outcome.status, JSON.parse(outcome.body)]).toEqual([200, { asked: 'GET /rates', servername: HOST, failed: {} }]);
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
