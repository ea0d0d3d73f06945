import { Duration } from 'cdk8s';
import { IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, type Retries } from '../../src';
import { at, client, container, listAt, objectIn, payment, world } from './world';

const spec = (callee: MeshedMicroservice<string>) => at(objectIn(callee, 'VirtualService'), 'spec');
const routes = (callee: MeshedMicroservice<string>) => listAt(spec(callee), 'http');

function pages(scope: MeshNamespace) {
  return new MeshedMicroservice(scope, 'pages', {
    ...container,
    port: Port.http(80),
    operations: {
      home: Operation.http('GET', '/'),
      product: Operation.http(['GET', 'HEAD'], '/product/{id}'),
      newest: Operation.http('GET', '/product/newest'),
      files: Operation.http('GET', '/static/*'),
      order: Operation.http('POST', '/orders'),
    },
  });
}

test('the last route takes what nobody declared, and never repeats it', () => {
  expect(spec(payment(world().shop))).toEqual({
    exportTo: ['.'],
    hosts: ['payment.shop.svc.cluster.local'],
    http: [{ retries: { attempts: 0 }, route: [{ destination: { host: 'payment.shop.svc.cluster.local', subset: 'v1' } }], timeout: '5s' }],
  });
});

test('a call has a route of its caller, in its namespace, for its operation', () => {
  const { shop } = world();
  const callee = payment(shop);
  client(shop, 'checkout').calls(callee, { operations: ['charge'], timeout: Duration.seconds(3) });
  expect(routes(callee)[0]).toEqual({
    match: [{ sourceLabels: { app: 'checkout' }, sourceNamespace: 'shop', uri: { exact: '/shop.Payment/Charge' } }],
    retries: { attempts: 0 },
    route: [{ destination: { host: 'payment.shop.svc.cluster.local', subset: 'v1' } }],
    timeout: '3s',
  });
});

test('a call that says nothing takes at most 5 seconds', () => {
  const { shop } = world();
  const callee = payment(shop);
  client(shop, 'checkout').calls(callee, { operations: ['charge'] });
  expect(at(routes(callee)[0], 'timeout')).toBe('5s');
});

describe('retries', () => {
  function retriesOf(operation: 'charge' | 'refunds', retries?: Retries): unknown {
    const { shop } = world();
    const callee = payment(shop);
    client(shop, 'checkout').calls(callee, { operations: [operation], retries });
    return at(routes(callee)[0], 'retries');
  }

  test('gives a payment no retries', () => {
    expect(retriesOf('charge')).toEqual({ attempts: 0 });
  });

  test('tries twice more what may be repeated', () => {
    expect(retriesOf('refunds')).toEqual({ attempts: 2, retryOn: 'connect-failure,refused-stream,unavailable' });
  });

  test('tries HTTP again where a gateway failed', () => {
    const { shop } = world();
    const callee = pages(shop);
    client(shop, 'customers').calls(callee, { operations: ['home'] });
    expect(at(routes(callee)[0], 'retries')).toEqual({ attempts: 2, retryOn: 'connect-failure,refused-stream,gateway-error' });
  });

  test('can be none', () => {
    expect(retriesOf('refunds', 'none')).toEqual({ attempts: 0 });
  });

  test('can be of requests that never left, even for a payment', () => {
    expect(retriesOf('charge', 'beforeSend')).toEqual({ attempts: 2, retryOn: 'connect-failure,refused-stream' });
  });

  test('can be a policy', () => {
    const retries: Retries = { attempts: 3, retryOn: ['5xx', 'reset'], perTryTimeout: Duration.millis(500) };
    expect(retriesOf('refunds', retries)).toEqual({ attempts: 3, perTryTimeout: '500ms', retryOn: '5xx,reset' });
  });

  test('are none where the callee goes on to a payment', () => {
    const { shop } = world();
    const callee = pages(shop);
    callee.calls(payment(shop), { operations: ['charge'], during: ['product'] });
    client(shop, 'customers').calls(callee, { operations: ['product', 'home'] });
    const attempts = new Map(routes(callee).slice(0, -1).map((route) => [JSON.stringify(at(route, 'match.0.uri')), at(route, 'retries.attempts')]));
    expect(attempts).toEqual(new Map([['{"exact":"/"}', 2], ['{"regex":"/product/[^/]+"}', 0]]));
  });
});

describe('a stream', () => {
  const feed = (scope: MeshNamespace) => new MeshedMicroservice(scope, 'feed', {
    ...container, port: Port.grpc(80), operations: { watch: Operation.grpc('shop.Feed/Watch', { idempotent: true, streams: true }) },
  });

  test('has neither timeout nor retries', () => {
    const { shop } = world();
    const callee = feed(shop);
    client(shop, 'web').calls(callee, { operations: ['watch'] });
    expect(routes(callee)[0]).toMatchObject({ retries: { attempts: 0 } });
    expect(routes(callee)[0]).not.toHaveProperty('timeout');
  });

  test('is not cut off by the last route either', () => {
    expect(routes(feed(world().shop))[0]).not.toHaveProperty('timeout');
  });
});

describe('matches', () => {
  test('of HTTP have a method and a path', () => {
    const { shop } = world();
    const callee = pages(shop);
    client(shop, 'customers').calls(callee, { operations: ['product', 'files'] });
    const matches = listAt(routes(callee)[0], 'match').map((match) => [at(match, 'method'), at(match, 'uri')]);
    expect(matches).toEqual([
      [{ regex: 'GET|HEAD' }, { regex: '/product/[^/]+' }],
      [{ exact: 'GET' }, { exact: '/static' }],
      [{ exact: 'GET' }, { prefix: '/static/' }],
    ]);
  });

  test('of operations that are treated alike stand in one route', () => {
    const { shop } = world();
    const callee = pages(shop);
    client(shop, 'customers').calls(callee, { operations: ['home', 'newest', 'order'] });
    expect(routes(callee).map((route) => (at(route, 'match') as unknown[] | undefined)?.length)).toEqual([2, 1, undefined]);
  });

  test('put the more specific path first, whatever was declared first', () => {
    const { shop } = world();
    const callee = pages(shop);
    const customers = client(shop, 'customers');
    customers.calls(callee, { operations: ['product'], timeout: Duration.seconds(1) });
    customers.calls(callee, { operations: ['newest'], timeout: Duration.seconds(2) });
    expect(routes(callee).slice(0, 2).map((route) => at(route, 'match.0.uri'))).toEqual([{ exact: '/product/newest' }, { regex: '/product/[^/]+' }]);
  });

  test('of a callee without operations are the caller alone', () => {
    const { shop } = world();
    const callee = new MeshedMicroservice(shop, 'cart', { ...container, port: Port.http(80) });
    client(shop, 'checkout').calls(callee, { timeout: Duration.seconds(1) });
    const match = [{ sourceLabels: { app: 'checkout' }, sourceNamespace: 'shop' }];
    expect(routes(callee)[0]).toMatchObject({ match, timeout: '1s', retries: { attempts: 0 } });
  });

  test('of a service with several ports say which, and go on to it', () => {
    const { shop } = world();
    const callee = new MeshedMicroservice(shop, 'search', {
      ...container,
      port: [Port.http(80, { targetPort: 8080 }), Port.grpc(9090)],
      operations: { find: Operation.http('GET', '/find'), index: Operation.grpc('shop.Search/Index', { port: 'grpc' }) },
    });
    client(shop, 'web').calls(callee, { operations: ['find', 'index'] });
    const ports = routes(callee).map((route) => [at(route, 'match.0.port'), at(route, 'route.0.destination.port.number')]);
    expect(ports).toEqual(expect.arrayContaining([[80, 80], [9090, 9090]]));
    expect(ports.every(([match, destination]) => match === destination && match !== undefined)).toBe(true);
  });
});

test('routes of each caller stand apart', () => {
  const { staging, shop } = world();
  const callee = payment(shop);
  client(shop, 'checkout').calls(callee, { operations: ['refunds'], timeout: Duration.seconds(1) });
  client(new MeshNamespace(staging, 'desk'), 'support').calls(callee, { operations: ['refunds'], timeout: Duration.seconds(9) });
  const said = routes(callee).map((route) => [at(route, 'match.0.sourceNamespace'), at(route, 'timeout')]);
  expect(said).toEqual([['desk', '9s'], ['shop', '1s'], [undefined, '5s']]);
  expect(at(spec(callee), 'exportTo')).toEqual(['.', 'desk']);
});

test('routes of a gateway are not among those of the mesh', () => {
  const { shop } = world();
  const callee = payment(shop);
  new IngressGateway(shop, 'gateway', { hosts: ['*'] }).routes(callee, { operations: ['refunds'] });
  expect([routes(callee).length, at(spec(callee), 'exportTo')]).toEqual([1, ['.']]);
});
