import { Duration } from 'cdk8s';
import {
  CanaryRelease, type CanaryReleaseProps, Environment, GatewayDelegate, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, Text,
} from '../../src';
import { band } from '../../src/gitops/experiments/binomial-band';
import { browse } from './checks';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { synthesized } from './manifests';
import { accepted } from './outcomes';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const HOST = 'store.example.com';
const ORIGIN = 'https://shop.example.com';

/** A store and invoices that share a host; the invoices are routed here, or by a delegate as another repository would render it. */
const storeWith = (release: CanaryReleaseProps, delegated = false): KubeObject[] => synthesized((app) => {
  const environment = new Environment(app, 'test', { interception: 'init' });
  const shop = new MeshNamespace(environment, 'shop');
  const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
  const port = Port.http(80, { targetPort: 8080 });
  const store = new MeshedMicroservice(shop, 'store', { ...pod, port, operations: { pages: Operation.http(['GET', 'HEAD'], '/*') } });
  const invoice = new MeshedMicroservice(new MeshNamespace(shop, 'billing'), 'invoice', {
    ...pod, port, operations: { read: Operation.http('GET', '/api/*'), write: Operation.http('POST', '/api/*') },
  });
  new CanaryRelease(invoice, 'canary', release);

  const gateway = new IngressGateway(shop, 'gateway', { hosts: [HOST] });
  gateway.routes(store, { operations: ['pages'], headers: { request: { set: { 'x-edge': 'shop' } }, response: { remove: ['x-pod'] } } });
  gateway.redirects('/old/*', { to: { path: '/new' }, code: 308 });
  const open = { operations: ['read', 'write'], cors: { allowOrigins: [Text.exact(ORIGIN)], maxAge: Duration.minutes(10) } } as const;
  if (!delegated) return gateway.routes(invoice, { ...open, pathPrefix: '/services/invoice' });
  gateway.delegates('/services/invoice', { to: { name: 'invoice-routes', namespace: 'billing' } });
  const remote = { host: 'invoice.example.com', pathPrefix: '/services/invoice', gatewayNamespace: 'shop' };
  new GatewayDelegate(MeshNamespace.of(invoice), 'invoice-routes', remote).routes(invoice, open);
});

const cluster = new Cluster();
const clear = async (): Promise<void> => { for (const namespace of ['shop', 'billing']) await cluster.clear(namespace); };
beforeAll(clear);
afterAll(async () => {
  await clear();
  cluster.close();
});

const ask = async (path: string, options: Partial<CallOptions> = {}): Promise<Outcome[]> =>
  browse(cluster, { host: HOST, protocol: 'http' }, { path, ...options });
interface Echo { readonly path: string; readonly headers: Readonly<Record<string, string>> }
const echoed = ({ body }: Outcome): Echo => JSON.parse(body);
const of = (outcomes: readonly Outcome[], version: string): number => outcomes.filter((outcome) => outcome.version === version).length;
const preflight = { method: 'OPTIONS', headers: { 'origin': ORIGIN, 'access-control-request-method': 'POST' } };

describe.each([['its own routes', false], ['a delegate of another namespace', true]])('a gateway with %s', (means, delegated) => {
  beforeAll(async () => { await cluster.apply(storeWith({ at: 0 }, delegated)); });

  test('takes the prefix off', async () => {
    const paths: readonly (readonly [asked: string, answered: string])[] = [
      ['/services/invoice/api', '/api'], ['/services/invoice/api/7', '/api/7'],
      ['/services/invoice/api/services/invoice/x', '/api/services/invoice/x'],
    ];
    for (const [asked, answered] of paths) {
      const [outcome] = await ask(asked);
      judge({ asked: `path behind ${asked}, ${means}`, of: 'invoice', expected: answered, measured: echoed(outcome).path });
    }
  });

  test('opens nothing beside what is declared', async () => {
    const paths = ['/services/invoice/admin', '/services/invoice', '/services/invoicex/api'];
    const outcomes = await Promise.all(paths.map(async (path) => (await ask(path))[0]));
    const byInvoice = outcomes.filter(({ pod }) => pod.startsWith('invoice')).length;
    judge({ asked: `3 undeclared paths, ${means}`, of: 'invoice', expected: 0, measured: byInvoice });
  });

  test('answers a browser that asks first, and lets it in', async () => {
    const [asked] = await ask('/services/invoice/api/7', preflight);
    judge({ asked: `methods for ${ORIGIN}, ${means}`, of: 'gateway', expected: 'GET,POST', measured: asked.headers?.['access-control-allow-methods'] ?? '' });
    judge({ asked: `origin that may, ${means}`, of: 'gateway', expected: ORIGIN, measured: asked.headers?.['access-control-allow-origin'] ?? '' });
    const [posted] = await ask('/services/invoice/api/7', { method: 'POST', headers: { origin: ORIGIN } });
    expect([accepted(posted), posted.headers?.['access-control-allow-origin']]).toEqual([true, ORIGIN]);
    const [stranger] = await ask('/services/invoice/api/7', { ...preflight, headers: { ...preflight.headers, origin: 'https://evil.example' } });
    judge({ asked: `origin that may not, ${means}`, of: 'gateway', expected: '', measured: stranger.headers?.['access-control-allow-origin'] ?? '' });
  });
});

describe('a gateway', () => {
  beforeAll(async () => { await cluster.apply(storeWith({ at: 0 })); });

  test('sends on what has moved, and writes and removes headers', async () => {
    const [moved] = await ask('/old/pages');
    judge({ asked: 'where /old/pages is', of: 'gateway', expected: '308 http://store.example.com/new', measured: `${moved.status} ${moved.headers?.location}` });
    const [page] = await ask('/');
    expect(echoed(page).headers['x-edge']).toBe('shop');
    expect(page.headers?.['x-pod']).toBeUndefined();
  });

  test('lets a browser stay with its version through a promotion, and draws new ones', async () => {
    const sticky = { maxAge: Duration.hours(1) };
    await cluster.apply(storeWith({ at: 20, sticky }));
    const first = await ask('/services/invoice/api', { times: 400, concurrency: 4 });
    judge({ asked: 'of 400 new browsers at 20 %', of: 'the canary', expected: band(400, 0.2), measured: of(first, 'canary') });

    const cookies = ['v1', 'canary'].map((version) => first.find((outcome) => outcome.version === version)!.headers!['set-cookie'].split(';')[0]);
    const again = async (cookie: string): Promise<Outcome[]> => ask('/services/invoice/api', { times: 50, headers: { cookie: `a=b; ${cookie}` } });
    for (const at of [20, 50]) {
      await cluster.apply(storeWith({ at, sticky }));
      const [stable, canary] = [await again(cookies[0]), await again(cookies[1])];
      const kept = of(stable, 'v1') + of(canary, 'canary');
      judge({ asked: `of 2 browsers with 50 requests each at ${at} %`, of: 'their own version', expected: 100, measured: kept });
    }
    await cluster.apply(storeWith({ at: 100, sticky }));
    judge({ asked: 'of 50 requests of a stable browser at 100 %', of: 'the canary', expected: 50, measured: of(await again(cookies[0]), 'canary') });
    await cluster.apply(storeWith({ at: 0, sticky }));
    judge({ asked: 'of 50 requests of a canary browser at 0 %', of: 'the stable version', expected: 50, measured: of(await again(cookies[1]), 'v1') });
  });

  test('is taken without a refusal', async () => {
    expect(await cluster.rejects()).toEqual([]);
  });
});
