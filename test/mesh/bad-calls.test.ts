import { Duration } from 'cdk8s';
import { Environment, GitOpsApp, MeshNamespace, MeshedMicroservice, Operation, Port, RedisCache, type Retries } from '../../src';
import { client, container, expectRefusal, payment, world } from './world';

const seconds = (amount: number) => ({ timeout: Duration.seconds(amount) });

/** `web` serves `page`, `orders` serves `place`, neither can be repeated. */
function threeServices() {
  const { app, shop } = world();
  const service = <Op extends string>(id: string, op: Op) => {
    const operations = { [op]: Operation.grpc(`shop.S/${op}`) } as Record<Op, Operation>;
    return new MeshedMicroservice(shop, id, { ...container, port: Port.grpc(80), operations });
  };
  return { app, shop, web: service('web', 'page'), orders: service('orders', 'place'), bank: service('bank', 'pay') };
}

describe('fails where it is written', () => {
  test('for an operation that the callee does not have', () => {
    const { shop } = world();
    const checkout = client(shop, 'checkout');
    const call = () => checkout.calls(payment(shop), { operations: ['chrage' as 'charge'] });
    expectRefusal(call, '[staging/shop/checkout]', 'payment', "'chrage'", 'charge, refunds');
  });

  test('for an operation in during that the caller does not have', () => {
    const { web, bank } = threeServices();
    expectRefusal(() => web.calls(bank, { operations: ['pay'], during: ['pgae' as 'page'] }), '[staging/shop/web]', 'during', "'pgae'", 'page');
  });

  test('for a call without operations to a service that has some', () => {
    const { web, bank } = threeServices();
    expectRefusal(() => web.calls(bank, { operations: [] as never }), '[staging/shop/web]', 'bank', 'choose from pay');
  });

  test('for a port that the callee does not have', () => {
    const { shop } = world();
    const redis = new RedisCache(shop, 'redis', { resources: container.resources });
    expectRefusal(() => client(shop, 'web').calls(redis, { port: 'tcp-admin' }), '[staging/shop/web]', "'tcp-admin'", 'tcp-redis');
  });

  test('for a callee without a port', () => {
    const { shop } = world();
    const call = () => client(shop, 'web').calls(client(shop, 'customers'), {});
    expectRefusal(call, '[staging/shop/web]', 'staging/shop/customers', 'without a port', 'give it one');
  });

  test('for a callee of another environment, and names both', () => {
    const { app, shop } = world();
    const elsewhere = payment(new MeshNamespace(new Environment(app, 'production'), 'shop'));
    expectRefusal(() => client(shop, 'web').calls(elsewhere, { operations: ['charge'] }), '[staging/shop/web]', 'payment charge', 'production', 'staging');
  });

  test('for a callee of another app', () => {
    const elsewhere = payment(new MeshNamespace(new Environment(new GitOpsApp(), 'staging'), 'shop'));
    const caller = client(world().shop, 'web');
    expectRefusal(() => caller.calls(elsewhere, { operations: ['charge'] }), '[staging/shop/web]', 'payment charge', 'another app', 'staging');
  });

  test('for one call declared twice', () => {
    const { web, bank } = threeServices();
    web.calls(bank, { operations: ['pay'] });
    expectRefusal(() => web.calls(bank, { operations: ['pay'], ...seconds(1) }), '[staging/shop/web]', 'staging/shop/bank pay', 'declare it once');
  });

  test('for a timeout of 0', () => {
    const { web, bank } = threeServices();
    expectRefusal(() => web.calls(bank, { operations: ['pay'], ...seconds(0) }), '[staging/shop/web]', 'timeout', 'bank pay', '0ms');
  });

  test('for an empty during', () => {
    const { web, bank } = threeServices();
    expectRefusal(() => web.calls(bank, { operations: ['pay'], during: [] }), '[staging/shop/web]', 'during', 'bank', 'background');
  });

  test.each([
    ['timeout', seconds(1)], ['retries', { retries: 'none' }], ['sequential', { sequential: true }],
  ] as const)('for a %s of connections, whose requests the mesh does not see', (word, options) => {
    const { shop } = world();
    const redis = new RedisCache(shop, 'redis', { resources: container.resources });
    expectRefusal(() => client(shop, 'web').calls(redis, options), '[staging/shop/web]', 'redis', 'tcp', word);
  });

  test('for a timeout of a stream', () => {
    const { shop } = world();
    const watch = Operation.grpc('shop.Feed/Watch', { streams: true });
    const feed = new MeshedMicroservice(shop, 'feed', { ...container, port: Port.grpc(80), operations: { watch } });
    expectRefusal(() => client(shop, 'web').calls(feed, { operations: ['watch'], ...seconds(9) }), '[staging/shop/web]', 'feed watch', '9000ms', 'remove');
  });

  test.each<[string, Retries, string]>([
    ['a condition that is none', { attempts: 1, retryOn: ['5xy' as '5xx'] }, "'5xy'"],
    ['a status code that is none', { attempts: 1, retryOn: ['600'] }, "'600'"],
    ['tries of no time', { attempts: 1, retryOn: ['5xx'], perTryTimeout: Duration.seconds(0) }, '0ms'],
    ['a negative number of retries', { attempts: -1, retryOn: ['5xx'] }, '-1'],
    ['too many retries', { attempts: 11, retryOn: ['5xx'] }, '11'],
    ['half a retry', { attempts: 0.5, retryOn: ['5xx'] }, '0.5'],
    ['retries without a condition', { attempts: 1, retryOn: [] }, 'choose none'],
    ['tries that take longer than all together', { attempts: 2, retryOn: ['5xx'], perTryTimeout: Duration.seconds(2) }, '6000ms, more than'],
  ])('for %s', (_, retries, got) => {
    const { web, bank } = threeServices();
    expectRefusal(() => web.calls(bank, { operations: ['pay'], retries }), '[staging/shop/web]', 'bank pay', 'retries', got);
  });
});

describe('fails at synth', () => {
  test('for retries of what must not be repeated', () => {
    const { app, web, bank } = threeServices();
    web.calls(bank, { operations: ['pay'], retries: { attempts: 1, retryOn: ['5xx'] } });
    expectRefusal(() => app.render(), '[staging/shop/web]', 'bank pay', "'none'", 'because');
  });

  test('for retries of what leads to it, and prints the way', () => {
    const { app, shop, orders, bank } = threeServices();
    const list = new MeshedMicroservice(shop, 'list', { ...container, port: Port.http(80), operations: { all: Operation.http('GET', '/') } });
    list.calls(orders, { operations: ['place'], ...seconds(4) });
    orders.calls(bank, { operations: ['pay'], ...seconds(3) });
    client(shop, 'customers').calls(list, { operations: ['all'], retries: { attempts: 1, retryOn: ['5xx'] } });
    expectRefusal(() => app.render(), '[staging/shop/customers]', 'list all → orders place');
  });

  test('for retries of a stream', () => {
    const { app, shop } = world();
    const watch = Operation.grpc('shop.Feed/Watch', { idempotent: true, streams: true });
    const feed = new MeshedMicroservice(shop, 'feed', { ...container, port: Port.grpc(80), operations: { watch } });
    client(shop, 'web').calls(feed, { operations: ['watch'], retries: { attempts: 1, retryOn: ['5xx'] } });
    expectRefusal(() => app.render(), '[staging/shop/web]', 'feed watch', 'streams', "'none'");
  });

  test('for a call that takes longer than those who wait for it, with the path and its numbers', () => {
    const { app, shop, web, orders } = threeServices();
    client(shop, 'customers').calls(web, { operations: ['page'], ...seconds(10) });
    web.calls(orders, { operations: ['place'], ...seconds(12) });
    expectRefusal(() => app.render(), '[staging/shop/web]', 'web page 10s', '<', 'orders place 12s', 'lower', 'raise');
  });

  test('for sequential calls whose sum takes longer', () => {
    const { app, shop, web, orders, bank } = threeServices();
    client(shop, 'customers').calls(web, { operations: ['page'], ...seconds(3) });
    web.calls(orders, { operations: ['place'], ...seconds(2), sequential: true });
    web.calls(bank, { operations: ['pay'], timeout: Duration.millis(1500), sequential: true });
    expectRefusal(() => app.render(), 'staging/shop/', 'web page 3s', 'bank pay 1500ms', 'orders place 2s', 'lower', 'raise');
  });

  test('for calls that wait for each other in a circle, with the path and its numbers', () => {
    const { app, web, orders, bank } = threeServices();
    web.calls(orders, { operations: ['place'] });
    orders.calls(bank, { operations: ['pay'] });
    bank.calls(web, { operations: ['page'] });
    expectRefusal(() => app.render(), '[staging/shop/', 'orders place 5s', 'bank pay 5s', 'web page 5s', ' → ', 'background');
  });

  test('with all that is wrong at once', () => {
    const { app, shop, web, orders, bank } = threeServices();
    client(shop, 'customers').calls(web, { operations: ['page'], ...seconds(1) });
    web.calls(orders, { operations: ['place'] });
    orders.calls(bank, { operations: ['pay'], retries: { attempts: 1, retryOn: ['5xx'] } });
    expectRefusal(() => app.render(), '[staging/shop/web]', 'orders place 5s', '[staging/shop/orders]', 'bank pay');
  });
});

describe('is fine', () => {
  test('for a circle that one call leaves to the background', () => {
    const { app, web, orders } = threeServices();
    web.calls(orders, { operations: ['place'] });
    orders.calls(web, { operations: ['page'], background: true });
    expect(() => app.render()).not.toThrow();
  });

  test.each<Retries>(['none', 'beforeSend'])('for the retries %s of what must not be repeated', (retries) => {
    const { app, web, bank } = threeServices();
    web.calls(bank, { operations: ['pay'], retries });
    expect(() => app.render()).not.toThrow();
  });

  test('for retries of what says why it may be repeated', () => {
    const { app, shop } = world();
    const pay = Operation.grpc('shop.Bank/Pay', { idempotent: { because: 'the order id is an idempotency key' } });
    const bank = new MeshedMicroservice(shop, 'bank', { ...container, port: Port.grpc(80), operations: { pay } });
    client(shop, 'web').calls(bank, { operations: ['pay'], retries: { attempts: 1, retryOn: ['5xx'] } });
    expect(() => app.render()).not.toThrow();
  });
});
