import { join } from 'node:path';
import {
  Environment, IngressGateway, JwtAuthentication, type JwtIssuer, MeshNamespace, MeshedMicroservice, Operation, Port, TokenLocation,
} from '../../src';
import { inSeconds, ofJhipster, signed, signer, type Signer } from '../security/tokens';
import { browse } from './checks';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { synthesized } from './manifests';
import { tally } from './outcomes';
import { admin } from './proxies';
import { NODE_ADDRESS, NODE_NAMESPACE } from './run/namespaces';
import { start, type RunningProcess } from './run/processes';
import { runFolder } from './run/records';
import type { CallOptions, Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';

const SHOP = 'shop';
const HOST = 'jwt.example.com';
const [customers, staff, machines, forger] = [signer('RS256'), signer('ES256'), signer('ES256'), signer('RS256')];
const ISSUERS = { customers: 'https://id.example/customers', staff: 'https://id.example/staff', machines: 'https://machines.example' } as const;
/** Where the keys of machines are for istiod, beside the address with https that the library insists on. */
const KEYS = { uri: 'https://machines.example/keys', served: `http://${NODE_ADDRESS}:18099/keys` };

const issuer = (name: keyof typeof ISSUERS, jwks: JwtIssuer['jwks'], ...from: JwtIssuer['from']): JwtIssuer =>
  ({ issuer: ISSUERS[name], jwks, audiences: ['shop'], claims: ['status', ['realm_access', 'roles']], from });

/** Orders with two issuers and a denial, a mirror of requests that leaves tokens to its program, machines by an address, and a gateway with an office. */
const objects = (): KubeObject[] => synthesized((app) => {
  const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init', pathNormalization: 'MERGE_SLASHES' }), SHOP);
  const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
  const port = Port.http(80, { targetPort: 8080 });
  const orders = new MeshedMicroservice(shop, 'orders', {
    ...pod,
    port: [port, Port.grpc(9090)],
    operations: {
      pages: Operation.http(['GET', 'HEAD'], '/*'),
      read: Operation.http('GET', '/api/*'),
      refund: Operation.http('POST', '/api/refunds'),
      find: Operation.grpc('shop.Orders/Find', { idempotent: true }),
    },
  });
  const header = TokenLocation.header('x-id-token');
  new JwtAuthentication(orders, 'tokens', {
    issuers: {
      customers: issuer('customers', customers.keySet, header, TokenLocation.cookie('id'), TokenLocation.param('id_token')),
      staff: issuer('staff', staff.keySet, header),
    },
    requires: [
      { operations: ['read', 'find'] },
      { operations: ['refund'], of: ['staff'], claims: [{ claim: ['realm_access', 'roles'], values: ['refunds'] }] },
    ],
    applicationTokens: [TokenLocation.header('authorization', { prefix: 'Bearer ' })],
  });
  orders.denies('suspended', { claims: [{ claim: 'status', values: ['suspended'] }] });
  orders.denies('watched', { requests: [Operation.http('GET', '/api/watched')], claims: [{ claim: 'sub', values: ['ann'] }], dryRun: true });

  const devices = new MeshedMicroservice(shop, 'devices', { ...pod, port, operations: { report: Operation.http('POST', '/report') } });
  new JwtAuthentication(devices, 'tokens', { issuers: { machines: issuer('machines', KEYS, header) }, requires: [{}] });
  const desk = new MeshedMicroservice(shop, 'desk', pod);
  desk.calls(orders, { operations: ['pages', 'read', 'refund', 'find'] });
  desk.calls(devices, { operations: ['report'] });

  const gateway = new IngressGateway(shop, 'gateway', { hosts: [HOST] });
  gateway.routes(orders, { operations: ['pages', 'read'] });
  gateway.denies('office', { paths: ['/admin/*'], notRemoteIpBlocks: ['203.0.113.0/24'] });
  gateway.denies('node', { paths: ['/intern/*'], notRemoteIpBlocks: [`${NODE_ADDRESS}/32`] });
});
const withServedKeys = (all: readonly KubeObject[]): KubeObject[] => JSON.parse(JSON.stringify(all).replace(KEYS.uri, KEYS.served));

const cluster = new Cluster();
let keys: RunningProcess;
let applied: KubeObject[];
beforeAll(async () => {
  await cluster.clear(SHOP);
  const served = JSON.stringify(machines.keySet);
  const program = `require('http').createServer((_, answer) => answer.end(${JSON.stringify(served)})).listen(18099, '${NODE_ADDRESS}')`;
  keys = start({ command: [process.execPath, '-e', program], namespace: NODE_NAMESPACE, log: join(runFolder, 'log', 'keys.log') });
  applied = withServedKeys(objects());
  await cluster.apply(applied);
});
afterAll(async () => {
  await cluster.remove(applied.filter(({ metadata }) => metadata.namespace === 'istio-system'));
  await cluster.clear(SHOP);
  await keys.stop();
  cluster.close();
});

const claims = (name: keyof typeof ISSUERS, more: object = {}): object =>
  ({ iss: ISSUERS[name], sub: 'ann', aud: 'shop', iat: inSeconds(-10), exp: inSeconds(600), ...more });
const token = (by: Signer, name: keyof typeof ISSUERS, more: object = {}): Readonly<Record<string, string>> =>
  ({ 'x-id-token': signed(by, claims(name, more)) });
const READ: CallOptions = { protocol: 'http', address: 'orders.shop.svc.cluster.local:80', path: '/api/7', timeoutMs: 5000 };
const REFUND: CallOptions = { ...READ, method: 'POST', path: '/api/refunds' };

const ask = async (options: CallOptions, headers: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
  const [outcome] = await cluster.request({ from: 'desk', ...options, headers });
  return outcome;
};
const inWords = (outcome: Outcome): string => JSON.stringify(tally([outcome]));
const echoed = ({ body }: Outcome): Readonly<Record<string, string>> => JSON.parse(body).headers;

describe('a token', () => {
  test.each<[string, () => Readonly<Record<string, string>>, number]>([
    ['none', () => ({}), 403],
    ['that is right', () => token(customers, 'customers'), 200],
    ['of the other issuer', () => token(staff, 'staff'), 200],
    ['for somebody else', () => token(customers, 'customers', { aud: 'warehouse' }), 403],
    ['of an issuer that is not there', () => token(customers, 'machines'), 401],
    ['that is forged', () => token({ ...forger, kid: customers.kid }, 'customers'), 401],
    ['of one issuer by the key of the other', () => token(staff, 'customers'), 401],
    ['that ended two minutes ago', () => token(customers, 'customers', { exp: inSeconds(-120) }), 401],
    ['that ended half a minute ago, within the skew', () => token(customers, 'customers', { exp: inSeconds(-30) }), 200],
    ['that begins in ten minutes', () => token(customers, 'customers', { nbf: inSeconds(600) }), 401],
    ['without a subject', () => token(customers, 'customers', { sub: undefined }), 403],
    ['that is no token', () => ({ 'x-id-token': 'guess' }), 401],
  ])('%s', async (name, headers, status) => {
    judge({ asked: `a read, with a token ${name}`, of: 'orders', expected: `{"${status}":1}`, measured: inWords(await ask(READ, headers())) });
  });

  test('comes in a header, a cookie or a parameter, and the application gets none of them', async () => {
    const text = signed(customers, claims('customers'));
    const [header, cookie, param] = [
      await ask(READ, { 'x-id-token': text }), await ask(READ, { cookie: `theme=dark; id=${text}` }), await ask({ ...READ, path: `/api/7?id_token=${text}` }),
    ];
    judge({ asked: 'a token in a header', of: 'orders', expected: '{"200":1}', measured: inWords(header) });
    judge({ asked: 'a token in a cookie', of: 'orders', expected: '{"200":1}', measured: inWords(cookie) });
    judge({ asked: 'a token in a parameter', of: 'orders', expected: '{"200":1}', measured: inWords(param) });
    expect(echoed(header)['x-id-token']).toBeUndefined();
  });

  test('of JHipster itself passes untouched, beside the provider\'s or without a need of one', async () => {
    const own = `Bearer ${ofJhipster('made for this run alone', 'ann')}`;
    const both = await ask(READ, { ...token(customers, 'customers'), authorization: own });
    const page = await ask({ ...READ, path: '/index.html' }, { authorization: own });
    judge({ asked: 'a read with both tokens', of: 'orders', expected: '{"200":1}', measured: inWords(both) });
    judge({ asked: 'a page with JHipster\'s token', of: 'orders', expected: '{"200":1}', measured: inWords(page) });
    expect([both, page].map((outcome) => echoed(outcome).authorization)).toEqual([own, own]);
    judge({ asked: 'a read with JHipster\'s token alone', of: 'orders', expected: '{"403":1}', measured: inWords(await ask(READ, { authorization: own })) });
  });

  test('is needed for gRPC too, and a page needs none but no wrong one', async () => {
    const find: CallOptions = { ...READ, protocol: 'grpc', address: 'orders.shop.svc.cluster.local:9090', path: '/shop.Orders/Find' };
    judge({ asked: 'a find without a token', of: 'orders', expected: 7, measured: (await ask(find)).grpc });
    judge({ asked: 'a find with a forged one', of: 'orders', expected: 16, measured: (await ask(find, token({ ...forger, kid: staff.kid }, 'staff'))).grpc });
    judge({ asked: 'a find with a right one', of: 'orders', expected: 0, measured: (await ask(find, token(staff, 'staff'))).grpc });
    judge({ asked: 'a page without a token', of: 'orders', expected: '{"200":1}', measured: inWords(await ask({ ...READ, path: '/about' })) });
    const wrong = await ask({ ...READ, path: '/about' }, { 'x-id-token': 'guess' });
    judge({ asked: 'a page with a wrong token', of: 'orders', expected: '{"401":1}', measured: inWords(wrong) });
  });

  test.each([
    '/%61pi/7', '/./api/7', '/about/../api/7', '/about/%2e%2e/api/7', '/api?x=/about', '/\\api/7', '/.//api/7', '/about/..//api/7',
  ])('is needed for %s too', async (path) => {
    judge({ asked: `a read of ${path} without a token`, of: 'orders', expected: '{"403":1}', measured: inWords(await ask({ ...READ, path })) });
  });

  test('is enough beside another one, right or old', async () => {
    const both = (more: object): Readonly<Record<string, string>> =>
      ({ ...token(staff, 'staff', { realm_access: { roles: ['refunds'] } }), cookie: `id=${signed(customers, claims('customers', more))}` });
    judge({ asked: 'a refund with a token of each', of: 'orders', expected: '{"200":1}', measured: inWords(await ask(REFUND, both({}))) });
    const old = await ask(REFUND, both({ exp: inSeconds(-120) }));
    judge({ asked: 'a refund with an old one beside', of: 'orders', expected: '{"200":1}', measured: inWords(old) });
  });

  test('opens nothing that the call does not', async () => {
    const outcome = await ask({ ...READ, method: 'DELETE' }, token(staff, 'staff', { realm_access: { roles: ['refunds'] } }));
    judge({ asked: 'a DELETE with a right token', of: 'orders', expected: '{"403":1}', measured: inWords(outcome) });
  });
});

describe('a claim', () => {
  const roles = (...names: readonly string[]): object => ({ realm_access: { roles: names } });

  test.each<[string, () => Readonly<Record<string, string>>, number]>([
    ['that is there', () => token(staff, 'staff', roles('pages', 'refunds')), 200],
    ['that is missing', () => token(staff, 'staff'), 403],
    ['of another value', () => token(staff, 'staff', roles('refund')), 403],
    ['at another depth', () => token(staff, 'staff', { roles: ['refunds'] }), 403],
    ['of the other issuer', () => token(customers, 'customers', roles('refunds')), 403],
  ])('%s', async (name, headers, status) => {
    judge({ asked: `a refund, with a claim ${name}`, of: 'orders', expected: `{"${status}":1}`, measured: inWords(await ask(REFUND, headers())) });
  });

  test('denies who is suspended, whatever else holds', async () => {
    const suspended = await ask(READ, token(customers, 'customers', { status: 'suspended' }));
    const active = await ask(READ, token(customers, 'customers', { status: 'active' }));
    judge({ asked: 'a read of somebody suspended', of: 'orders', expected: '{"403":1}', measured: inWords(suspended) });
    judge({ asked: 'a read of somebody active', of: 'orders', expected: '{"200":1}', measured: inWords(active) });
  });
});

test('a dry run lets through and counts', async () => {
  const [pod] = await cluster.pods('orders');
  const counted = async (): Promise<number> => {
    const found = (await admin(pod, '/stats?filter=rbac.*shadow_denied')).split('\n').flatMap((line) => /dry_run.*: (\d+)$/.exec(line) ?? []);
    return found.filter((_, index) => index % 2 === 1).reduce((sum, count) => sum + Number(count), 0);
  };
  const before = await counted();
  const outcome = await ask({ ...READ, path: '/api/watched' }, token(customers, 'customers'));
  judge({ asked: 'a read that a dry run would deny', of: 'orders', expected: '{"200":1}', measured: inWords(outcome) });
  judge({ asked: 'denials that the dry run counted', of: 'orders\' proxy', expected: 1, measured: await counted() - before });
});

test('keys by an address are fetched by istiod, and no pod asks for them', async () => {
  const report: CallOptions = { ...READ, method: 'POST', address: 'devices.shop.svc.cluster.local:80', path: '/report' };
  await until('istiod has the keys', async () => (await ask(report, token(machines, 'machines'))).status === 200, 60);
  judge({ asked: 'a report without a token', of: 'devices', expected: '{"403":1}', measured: inWords(await ask(report)) });
  const forged = await ask(report, token({ ...forger, kid: machines.kid }, 'machines'));
  judge({ asked: 'a report with a forged token', of: 'devices', expected: '{"401":1}', measured: inWords(forged) });
  const [pod] = await cluster.pods('devices');
  expect(await admin(pod, '/clusters')).not.toContain('18099');
});

describe('at the gateway', () => {
  const page = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> =>
    JSON.stringify(tally(await browse(cluster, { host: HOST, protocol: 'http' }, { path, headers })));

  test('an address outside of the range is refused, whatever it says of itself', async () => {
    judge({ asked: 'a page for the office', of: 'the gateway', expected: '{"403":1}', measured: await page('/admin/users') });
    const claimed = await page('/admin/users', { 'x-forwarded-for': '203.0.113.9' });
    judge({ asked: 'the same, with an address of the office in a header', of: 'the gateway', expected: '{"403":1}', measured: claimed });
  });

  test('an address of the range and other paths are let in, and the token is checked behind it', async () => {
    judge({ asked: 'a page for the node', of: 'the gateway', expected: '{"200":1}', measured: await page('/intern/users') });
    judge({ asked: 'a page for all', of: 'the gateway', expected: '{"200":1}', measured: await page('/about') });
    judge({ asked: 'a read without a token', of: 'orders', expected: '{"403":1}', measured: await page('/api/7') });
    judge({ asked: 'a read with a token', of: 'orders', expected: '{"200":1}', measured: await page('/api/7', token(customers, 'customers')) });
  });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
