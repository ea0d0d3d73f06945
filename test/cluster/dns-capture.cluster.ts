import { Environment, ExternalService, MeshNamespace, MeshedMicroservice, Port } from '../../src';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { ofKind, plainProgram, synthesized } from './manifests';
import { changed, set } from './mutations/change';
import { accepted, outcomeOf } from './outcomes';
import type { Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';

interface Entry extends KubeObject { readonly status?: { readonly addresses?: readonly object[] } }

const OUTSIDE = 'outside';
const PORT = 5432;
const HOSTS = ['ledger', 'archive'];
const hostOf = (name: string): string => `${name}.bank.example`;

const books = synthesized((app) => {
  const namespace = new MeshNamespace(new Environment(app, 'test', { dnsCapture: true, interception: 'init' }), 'books');
  const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
  const keeper = new MeshedMicroservice(namespace, 'keeper', { image: 'example.com/keeper:1', resources });
  for (const name of HOSTS) keeper.calls(new ExternalService(namespace, name, { host: hostOf(name), port: Port.tcp(PORT) }), {});
});
/** What a mesh with DNS capture says to all its proxies, said to these alone. */
const config = { 'proxy.istio.io/config': JSON.stringify({ proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } }) };
const captured = changed(books, [set('Deployment', 'keeper', 'spec/template/metadata/annotations', config)]);

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OUTSIDE } }, ...HOSTS.map((name) => plainProgram(OUTSIDE, name, PORT))]);
  for (const name of HOSTS) {
    const [pod] = await cluster.pods(name);
    await cluster.nameOutside(hostOf(name), pod.status!.podIP!);
  }
  await cluster.apply(captured);
  await until('istiod gives both hosts an address', async () => {
    const entries = await cluster.client.list<Entry>('networking.istio.io/v1', 'ServiceEntry', 'books');
    return entries.length === HOSTS.length && entries.every(({ status }) => status?.addresses?.length);
  });
  await cluster.synchronize();
});
afterAll(async () => {
  for (const name of HOSTS) await cluster.nameOutside(hostOf(name));
  await cluster.clear('books');
  await cluster.clear(OUTSIDE);
  cluster.close();
});

const connect = async (name: string, times = 1): Promise<Outcome[]> =>
  cluster.request({ from: 'keeper', protocol: 'tcp', address: `${hostOf(name)}:${PORT}`, timeoutMs: 5000, times });

test('two TCP hosts on one port, of no fixed addresses, are told apart by their names', async () => {
  expect(ofKind(captured, 'ServiceEntry')).toHaveLength(HOSTS.length);
  for (const name of HOSTS) {
    await until(`the proxy's names include ${hostOf(name)}`, async () => (await connect(name)).every(accepted)); // they come after all else
    const outcomes = await connect(name, 10);

    expect(outcomes.map(outcomeOf).filter((outcome) => !outcome.startsWith(`from ${name}-`))).toEqual([]);
    judge({ asked: `10 connections to ${hostOf(name)}`, of: name, expected: 10, measured: outcomes.filter(({ pod }) => pod.startsWith(name)).length });
  }
});

test('a name that is not declared is not found', async () => {
  const [outcome] = await connect('vault');

  expect(outcome.error).toMatch(/no such host/);
});
