import { EgressGateway, Environment, ExternalService, MeshNamespace, MeshedMicroservice, Operation, Port } from '../../src';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { plainProgram, synthesized } from './manifests';
import { accepted } from './outcomes';
import type { Outcome } from './run/steering';
import { judge } from './table';
import { TLS_PORT, TlsServer } from './tls-server';

const BANK = 'api.bank.example';
const LEDGER = 'ledger.bank.example';
const VAULT = 'vault.bank.example';
const QUOTES = 'quotes.bank.example';
const OUTSIDE = 'outside-quotes';
const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
const cluster = new Cluster();
const server = new TlsServer(cluster, 'outside-egress', BANK, [LEDGER, VAULT]);

/** A client that may charge, and one that may read the ledger: by one gateway. */
const render = (address: string): KubeObject[] => synthesized((app) => {
  const environment = new Environment(app, 'test', { interception: 'init' });
  const gateway = new EgressGateway(new MeshNamespace(environment, 'edge'), 'egress', { resources, replicas: 1 });
  const shop = new MeshNamespace(environment, 'purse');
  const bank = new ExternalService(shop, 'bank', {
    host: BANK, port: Port.http(80, { targetPort: TLS_PORT }), tls: { caCertificates: server.authorities }, through: { gateway, port: 9443 },
    operations: { rates: Operation.http('GET', '/rates'), failing: Operation.http('GET', '/fail'), charge: Operation.http('POST', '/fail') },
  });
  const ledger = new ExternalService(shop, 'ledger', {
    host: LEDGER, port: Port.tcp(TLS_PORT), cidrs: [`${address}/32`], through: { gateway, port: 9444 },
  });
  const vault = new ExternalService(shop, 'vault', { host: VAULT, port: Port.tls(443, { targetPort: TLS_PORT }), through: { gateway, port: 9445 } });
  new MeshedMicroservice(shop, 'payer', { image: 'example.com/payer:1', resources }).calls(bank, { operations: ['rates', 'failing', 'charge'] });
  const reader = new MeshedMicroservice(shop, 'reader', { image: 'example.com/reader:1', resources });
  reader.calls(ledger, {});
  reader.calls(vault, {});
  const quotes = new ExternalService(shop, 'quotes', {
    host: QUOTES, port: Port.grpc(8080), through: { gateway, port: 9446 }, operations: { quote: Operation.grpc('bank.Quotes/Get') },
  });
  reader.calls(quotes, { operations: ['quote'] });
});

const ask = async (from: string, address: string, protocol: 'http' | 'tcp' | 'https' = 'http', path = '/rates'): Promise<Outcome> =>
  (await cluster.request({ from, protocol, address, path, timeoutMs: 5000 }))[0];
let addressOfGateway: string | undefined;
beforeAll(async () => {
  await server.start();
  await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OUTSIDE } }, plainProgram(OUTSIDE, 'quotes', 8080)]);
  await cluster.nameOutside(QUOTES, (await cluster.pods('quotes'))[0].status!.podIP!);
  const [bank] = await cluster.pods('bank');
  await cluster.apply(render(bank.status!.podIP!));
  addressOfGateway = (await cluster.pods('egress'))[0].status?.podIP;
});
afterAll(async () => {
  await server.stop();
  await cluster.nameOutside(QUOTES);
  await cluster.clear(OUTSIDE);
  await cluster.clear('purse');
  await cluster.clear('edge');
  cluster.close();
});

test('who calls a host reaches it, and the host sees the gateway alone', async () => {
  const outcome = await ask('payer', `${BANK}:80`);
  expect({ status: outcome.status, ...JSON.parse(outcome.body || '{}') }).toMatchObject({ status: 200, from: addressOfGateway, servername: BANK });
});

test('timeouts and retries are those of the caller\'s proxy: a charge is sent once', async () => {
  for (const [method, times] of [['GET', 3], ['POST', 1]] as const) {
    await cluster.request({
      from: 'payer', protocol: 'http', address: `${BANK}:80`, path: '/fail', method, times: 5, headers: { 'x-case': method }, timeoutMs: 5000,
    });
    const { failed } = JSON.parse((await ask('payer', `${BANK}:80`)).body) as { failed: Record<string, number> };
    judge({ asked: `attempts of 5 ${method} that fail`, of: 'a host behind the egress gateway', expected: 5 * times, measured: failed[method] });
  }
});

test.each([
  ['TLS that the program speaks', `${VAULT}:443`, VAULT], ['bytes of any kind', `${LEDGER}:${TLS_PORT}`, LEDGER],
])('%s goes through it too, unread', async (_, address, servername) => {
  const outcome = await ask('reader', address, 'https');
  expect({ status: outcome.status, ...JSON.parse(outcome.body || '{}') }).toMatchObject({ status: 200, from: addressOfGateway, servername });
});

test('gRPC goes through it as HTTP/2', async () => {
  const [outcome] = await cluster.request({ from: 'reader', protocol: 'grpc', address: `${QUOTES}:8080`, path: '/bank.Quotes/Get', timeoutMs: 5000 });
  expect(outcome).toMatchObject({ status: 200, grpc: 0, pod: expect.stringMatching(/^quotes-/) });
});

test.each([
  ['reader', 9443, 'the port of a host that it does not call'], ['payer', 9444, 'the port of a host that it does not call'],
])('%s does not get in at %i, %s', async (from, port) => {
  const outcome = await ask(from, `egress.edge.svc.cluster.local:${port}`, 'tcp');
  expect(accepted(outcome)).toBe(false);
});

test('who calls nothing behind it knows none of it', async () => {
  expect(accepted(await ask('reader', `${BANK}:80`))).toBe(false);
  expect(accepted(await ask('payer', `${LEDGER}:${TLS_PORT}`, 'https'))).toBe(false);
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
