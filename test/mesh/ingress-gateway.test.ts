import { Duration, JsonPatch } from 'cdk8s';
import { ExternalService, IngressGateway, type IngressGatewayProps, MeshNamespace, MeshedMicroservice, Operation, Port, RedisCache } from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, payment, world } from './world';

const HOSTS = { hosts: ['shop.example'] };

function shopWith(props: IngressGatewayProps = HOSTS) {
  const { app, shop } = world();
  const pages = new MeshedMicroservice(shop, 'pages', {
    ...container, port: Port.http(80, { targetPort: 8080 }), operations: { home: Operation.http('GET', '/'), order: Operation.http('POST', '/orders') },
  });
  return { app, shop, pages, gateway: new IngressGateway(shop, 'gateway', props) };
}

const gatewaySpec = (props?: IngressGatewayProps) => at(objectIn(shopWith(props).gateway, 'Gateway'), 'spec');
const HTTP = { hosts: ['shop.example'], port: { name: 'http', number: 80, protocol: 'HTTP' } };

describe('the Gateway', () => {
  test('listens on plain HTTP by default, at the pods of the mesh', () => {
    expect(gatewaySpec()).toEqual({ selector: { istio: 'ingressgateway' }, servers: [HTTP] });
  });

  test('redirects to HTTPS where there is a certificate, by reference', () => {
    expect(at(gatewaySpec({ ...HOSTS, tls: { credentialName: 'shop-tls' } }), 'servers')).toEqual([
      { ...HTTP, tls: { httpsRedirect: true } },
      { hosts: ['shop.example'], port: { name: 'https', number: 443, protocol: 'HTTPS' }, tls: { credentialName: 'shop-tls', mode: 'SIMPLE' } },
    ]);
  });

  test.each(['a..b', 'x-.com', '*.*.example', 'http://a.example', ''])('fails for the host %j', (host) => {
    expectRefusal(() => gatewaySpec({ hosts: [host] }), '[staging/shop/gateway]', 'host must be a DNS name', `'${host}'`);
  });

  test('has hosts of any length that DNS allows', () => {
    const host = `${'a'.repeat(40)}.${'b'.repeat(40)}.example`;
    expect(Object.keys(shopWith({ hosts: [host] }).gateway.virtualServices)).toEqual([host]);
  });

  test('fails for the name of no Secret', () => {
    expectRefusal(() => gatewaySpec({ ...HOSTS, tls: { credentialName: '' } }), '[staging/shop/gateway]', 'tls.credentialName');
  });

  test('fails for the certificate of another gateway, since browsers would ask one for the hosts of both', () => {
    const { shop, staging } = world();
    const tls = { credentialName: 'shop-tls' };
    new IngressGateway(shop, 'gateway', { hosts: ['shop.example'], tls });
    const desk = new MeshNamespace(staging, 'desk');
    expectRefusal(() => new IngressGateway(desk, 'desk', { hosts: ['desk.example'], tls }),
      '[staging/desk/desk]', "'shop-tls' of staging/shop/gateway", 'give one gateway the hosts of both');
    expect(() => new IngressGateway(world().shop, 'gateway', { hosts: ['shop.example'], tls })).not.toThrow();
  });

  test('has its hosts sorted, each once', () => {
    expect(at(gatewaySpec({ hosts: ['b.example', 'a.example', 'b.example'] }), 'servers.0.hosts')).toEqual(['a.example', 'b.example']);
  });

  test('takes patches for fields that the types do not know', () => {
    const { gateway } = shopWith();
    gateway.gateway.addJsonPatch(JsonPatch.add('/spec/servers/0/port/targetPort', 8080));
    expect(at(objectIn(gateway, 'Gateway'), 'spec.servers.0.port.targetPort')).toBe(8080);
  });
});

describe('a route', () => {
  test('is seen by the gateway alone, and opens what it names and nothing else', () => {
    const { gateway, pages } = shopWith();
    gateway.routes(pages, { operations: ['home'] });
    const service = objectIn(gateway, 'VirtualService');
    expect(at(service, 'metadata.name')).toBe('shop-example');
    expect(at(service, 'spec')).toEqual({
      exportTo: ['istio-system'],
      gateways: ['gateway'],
      hosts: ['shop.example'],
      http: [{
        match: [{ method: { exact: 'GET' }, uri: { exact: '/' } }],
        retries: { attempts: 2, retryOn: 'connect-failure,refused-stream,gateway-error' },
        route: [{ destination: { host: 'pages.shop.svc.cluster.local', subset: 'v1' } }],
        timeout: '5s',
      }],
    });
  });

  test('may have another timeout and other retries', () => {
    const { gateway, pages } = shopWith();
    gateway.routes(pages, { operations: ['home'], timeout: Duration.seconds(20), retries: 'none' });
    expect(at(objectIn(gateway, 'VirtualService'), 'spec.http.0')).toMatchObject({ timeout: '20s', retries: { attempts: 0 } });
  });

  test('never repeats what leads to a payment', () => {
    const { gateway, pages, shop } = shopWith();
    pages.calls(payment(shop), { operations: ['charge'], during: ['home'], timeout: Duration.seconds(1) });
    gateway.routes(pages, { operations: ['home'] });
    expect(at(objectIn(gateway, 'VirtualService'), 'spec.http.0.retries')).toEqual({ attempts: 0 });
  });

  test('to a callee without operations takes every request', () => {
    const { gateway, shop } = shopWith();
    gateway.routes(new MeshedMicroservice(shop, 'cart', { ...container, port: Port.http(80) }), {});
    expect(at(objectIn(gateway, 'VirtualService'), 'spec.http.0')).not.toHaveProperty('match');
  });

  test('to a service with several ports goes to the one that it names', () => {
    const { gateway, shop } = shopWith();
    const search = new MeshedMicroservice(shop, 'search', { ...container, port: [Port.http(80), Port.http(81, { name: 'http-admin' })] });
    gateway.routes(search, { port: 'http-admin' });
    expect(at(objectIn(gateway, 'VirtualService'), 'spec.http.0.route.0.destination.port')).toEqual({ number: 81 });
    expect(at(objectIn(gateway, 'VirtualService'), 'spec.http.0')).not.toHaveProperty('match');
  });

  test('is for all hosts unless it names some, and each host has an object', () => {
    const { gateway, pages } = shopWith({ hosts: ['a.example', '*.b.example', '*'] });
    gateway.routes(pages, { operations: ['home'] });
    gateway.routes(pages, { operations: ['order'], hosts: ['a.example'] });
    expect(Object.keys(gateway.virtualServices).sort()).toEqual(['*', '*.b.example', 'a.example']);
    expect(['any', 'any-b-example', 'a-example'].map((name) => listAt(objectIn(gateway, 'VirtualService', name), 'spec.http').length)).toEqual([1, 1, 2]);
  });

  test('of several callees lead to each', () => {
    const { gateway, pages, shop } = shopWith();
    gateway.routes(pages, { operations: ['home'] });
    gateway.routes(payment(shop), { operations: ['refunds'] });
    const hosts = listAt(objectIn(gateway, 'VirtualService'), 'spec.http').map((route) => at(route, 'route.0.destination.host'));
    expect(hosts.sort()).toEqual(['pages.shop.svc.cluster.local', 'payment.shop.svc.cluster.local']);
  });
});

describe('fails', () => {
  test('without a host', () => {
    expectRefusal(() => shopWith({ hosts: [] }), '[staging/shop/gateway]', 'hosts', 'none');
  });

  test.each(['Shop.example', 'shop_example', '*shop.example', 'https://shop.example', '', '-a.example'])('for the host %j', (host) => {
    expectRefusal(() => shopWith({ hosts: [host] }), '[staging/shop/gateway]', 'host', `'${host}'`);
  });

  test('for two hosts whose objects would have one name', () => {
    expectRefusal(() => shopWith({ hosts: ['a-b.example', 'a.b.example'] }), '[staging/shop/gateway]', "'a.b.example'", 'a-b-example');
  });

  test('for a name that is no DNS label', () => {
    expectRefusal(() => new IngressGateway(world().shop, 'Gateway', HOSTS), '[staging/shop/Gateway]', "'Gateway'");
  });

  test('for a host that leads nowhere', () => {
    const { app, gateway, pages } = shopWith({ hosts: ['a.example', 'b.example'] });
    gateway.routes(pages, { operations: ['home'], hosts: ['a.example'] });
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'b.example', 'remove it');
  });

  test('for a route of a host that the gateway does not have', () => {
    const { gateway, pages } = shopWith();
    expectRefusal(() => gateway.routes(pages, { operations: ['home'], hosts: ['other.example'] }), '[staging/shop/gateway]', "'other.example'", 'shop.example');
  });

  test('for a route of no host, which would open nothing', () => {
    const { gateway, pages } = shopWith();
    expectRefusal(() => gateway.routes(pages, { operations: ['home'], hosts: [] }), '[staging/shop/gateway]', 'hosts');
  });

  test('for two routes of one host and match', () => {
    const { gateway, pages } = shopWith();
    gateway.routes(pages, { operations: ['home'] });
    expectRefusal(() => gateway.routes(pages, { operations: ['home'] }), '[staging/shop/gateway]', 'GET shop.example/', 'staging/shop/gateway', 'once');
  });

  test('for a host that another gateway has', () => {
    const { gateway, pages, shop } = shopWith();
    const other = new MeshedMicroservice(shop, 'other', { ...container, port: Port.http(80), operations: { index: Operation.http(['GET', 'POST'], '/') } });
    gateway.routes(pages, { operations: ['home'] });
    expectRefusal(() => new IngressGateway(shop, 'second', HOSTS).routes(other, { operations: ['index'] }), '[staging/shop/second]', "'shop.example'",
      'staging/shop/gateway');
  });

  test('for an operation that the callee does not have', () => {
    const { gateway, pages } = shopWith();
    expectRefusal(() => gateway.routes(pages, { operations: ['hmoe' as 'home'] }), '[staging/shop/gateway]', "'hmoe'", 'home, order');
  });

  test('for a callee without a port', () => {
    const { gateway, shop } = shopWith();
    expectRefusal(() => gateway.routes(client(shop, 'customers'), {}), '[staging/shop/gateway]', 'staging/shop/customers', 'port');
  });

  test('for a host outside of the cluster', () => {
    const { gateway, shop } = shopWith();
    const api = new ExternalService(shop, 'api', { host: 'api.example', port: Port.http(80) });
    expectRefusal(() => gateway.routes(api, {}), '[staging/shop/gateway]', 'api');
  });

  test('for a callee without its operations', () => {
    const { gateway, pages } = shopWith();
    expectRefusal(() => gateway.routes(pages, { operations: [] as never }), '[staging/shop/gateway]', 'pages', 'home, order');
  });

  test('for two routes whose paths differ in the names of parameters only', () => {
    const { gateway, shop } = shopWith();
    const service = (id: string, parameter: string) => new MeshedMicroservice(shop, id, {
      ...container, port: Port.http(80), operations: { one: Operation.http('GET', `/things/{${parameter}}`) },
    });
    gateway.routes(service('a', 'id'), { operations: ['one'] });
    expectRefusal(() => gateway.routes(service('b', 'name'), { operations: ['one'] }), '[staging/shop/gateway]', 'GET shop.example/things/{}', 'once');
  });

  test('for a callee that carries no requests', () => {
    const { gateway, shop } = shopWith();
    const redis = new RedisCache(shop, 'redis', { resources: container.resources });
    expectRefusal(() => gateway.routes(redis, {}), '[staging/shop/gateway]', 'redis');
  });
});
