import { IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, RedisCache } from '../../src';
import { at, client, container, listAt, objectIn, payment, world } from '../mesh/world';

const CHECKOUT = 'cluster.local/ns/shop/sa/checkout';

function pages(scope: MeshNamespace) {
  return new MeshedMicroservice(scope, 'pages', {
    ...container,
    port: Port.http(80, { targetPort: 8080 }),
    operations: {
      home: Operation.http('GET', '/'),
      product: Operation.http(['HEAD', 'GET'], '/product/{id}'),
      order: Operation.http('POST', '/orders'),
      files: Operation.http('GET', '/static/*'),
    },
  });
}

const spec = (callee: MeshedMicroservice<string> | RedisCache) => at(objectIn(callee, 'AuthorizationPolicy'), 'spec');

test('nobody may anything where nobody calls', () => {
  expect(spec(payment(world().shop))).toEqual({ selector: { matchLabels: { app: 'payment' } } });
});

test('a caller may do exactly the operations that it declared, by its identity', () => {
  const { shop } = world();
  const callee = payment(shop);
  client(shop, 'checkout').calls(callee, { operations: ['charge'] });
  expect(at(spec(callee), 'rules')).toEqual([
    { from: [{ source: { principals: [CHECKOUT] } }], to: [{ operation: { methods: ['POST'], paths: ['/shop.Payment/Charge'] } }] },
  ]);
});

test('each caller has a rule of its own, sorted by name', () => {
  const { shop } = world();
  const callee = payment(shop);
  client(shop, 'support').calls(callee, { operations: ['refunds'] });
  client(shop, 'checkout').calls(callee, { operations: ['charge'] });
  const principals = listAt(spec(callee), 'rules').map((rule) => at(rule, 'from.0.source.principals.0'));
  expect(principals).toEqual([CHECKOUT, 'cluster.local/ns/shop/sa/support']);
});

test('several calls of one caller make one rule', () => {
  const { shop } = world();
  const callee = payment(shop);
  const checkout = client(shop, 'checkout');
  checkout.calls(callee, { operations: ['charge'] });
  checkout.calls(callee, { operations: ['refunds'] });
  expect(listAt(spec(callee), 'rules').length).toBe(1);
  expect(at(spec(callee), 'rules.0.to.0.operation.paths')).toEqual(['/shop.Payment/Charge', '/shop.Payment/Refunds']);
});

test('methods stay with their paths', () => {
  const { shop } = world();
  const callee = pages(shop);
  client(shop, 'checkout').calls(callee, { operations: ['home', 'product', 'order', 'files'] });
  expect(at(spec(callee), 'rules.0.to')).toEqual([
    { operation: { methods: ['GET'], paths: ['/', '/static', '/static/*'] } },
    { operation: { methods: ['GET', 'HEAD'], paths: ['/product/{*}'] } },
    { operation: { methods: ['POST'], paths: ['/orders'] } },
  ]);
});

test('a callee without operations is allowed by the port of its container', () => {
  const { shop } = world();
  const callee = new MeshedMicroservice(shop, 'pages', { ...container, port: Port.http(80, { targetPort: 8080 }) });
  client(shop, 'checkout').calls(callee, {});
  expect(at(spec(callee), 'rules.0.to')).toEqual([{ operation: { ports: ['8080'] } }]);
});

test('a store is allowed by its port', () => {
  const { shop } = world();
  const redis = new RedisCache(shop, 'redis', { resources: container.resources });
  client(shop, 'checkout').calls(redis, {});
  expect(at(spec(redis), 'rules.0.to')).toEqual([{ operation: { ports: ['6379'] } }]);
});

test('operations at several ports are each allowed at their own', () => {
  const { shop } = world();
  const callee = new MeshedMicroservice(shop, 'search', {
    ...container,
    port: [Port.http(80, { targetPort: 8080 }), Port.grpc(9090)],
    operations: { find: Operation.http('GET', '/find'), index: Operation.grpc('shop.Search/Index', { port: 'grpc' }) },
  });
  client(shop, 'checkout').calls(callee, { operations: ['find', 'index'] });
  expect(at(spec(callee), 'rules.0.to')).toEqual([
    { operation: { methods: ['GET'], paths: ['/find'], ports: ['8080'] } },
    { operation: { methods: ['POST'], paths: ['/shop.Search/Index'], ports: ['9090'] } },
  ]);
});

test('a caller of another namespace is known by that namespace, in the trust domain of the mesh', () => {
  const { staging, shop } = world({ trustDomain: 'mesh.example' });
  const callee = payment(shop);
  client(new MeshNamespace(staging, 'desk'), 'support').calls(callee, { operations: ['refunds'] });
  expect(at(spec(callee), 'rules.0.from.0.source.principals')).toEqual(['mesh.example/ns/desk/sa/support']);
});

test('a gateway is allowed by its identity, once for all its hosts', () => {
  const { shop } = world();
  const callee = pages(shop);
  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['a.example', 'b.example'] });
  gateway.routes(callee, { operations: ['home'], hosts: ['a.example'] });
  gateway.routes(callee, { operations: ['order'], hosts: ['b.example'] });
  expect(listAt(spec(callee), 'rules').map((rule) => at(rule, 'from.0.source.principals'))).toEqual([
    ['cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account'],
  ]);
});

test('two gateways of one identity make one rule', () => {
  const { shop } = world();
  const callee = pages(shop);
  new IngressGateway(shop, 'one', { hosts: ['a.example'] }).routes(callee, { operations: ['home'] });
  new IngressGateway(shop, 'two', { hosts: ['b.example'] }).routes(callee, { operations: ['home'] });
  expect(listAt(spec(callee), 'rules').length).toBe(1);
});

test('a client has no policy: nobody can call it', () => {
  expect(client(world().shop, 'customers').authorizationPolicy).toBeUndefined();
});
