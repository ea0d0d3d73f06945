import { JsonPatch } from 'cdk8s';
import { MeshedMicroservice, type MeshedMicroserviceProps, Operation, Port } from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, objectsIn, payment, world } from './world';

const PORT = Port.http(80, { targetPort: 8080 });

function cart(props: Partial<MeshedMicroserviceProps<string>> = {}): MeshedMicroservice<string> {
  return new MeshedMicroservice(world().shop, 'cart', { ...container, port: PORT, ...props });
}

const kinds = (service: MeshedMicroservice<string>) => objectsIn(service).map((object) => at(object, 'kind')).sort();

describe('a service', () => {
  test('has one object for everything that follows from a call', () => {
    expect(kinds(cart())).toEqual([
      'AuthorizationPolicy', 'Deployment', 'DestinationRule', 'NetworkPolicy', 'Service', 'ServiceAccount', 'Sidecar', 'VirtualService',
    ]);
  });

  test('gives all its objects its own name', () => {
    expect(new Set(objectsIn(cart()).map((object) => at(object, 'metadata.name')))).toEqual(new Set(['cart']));
  });

  test('runs as an identity of its own, without a token for the Kubernetes API', () => {
    const service = cart();
    expect(objectIn(service, 'ServiceAccount')).toMatchObject({ metadata: { name: 'cart' }, automountServiceAccountToken: false });
    expect(at(objectIn(service, 'Deployment'), 'spec.template.spec.serviceAccountName')).toBe('cart');
  });

  test('has pods with the labels app, version and part-of', () => {
    const deployment = objectIn(cart(), 'Deployment');
    expect(at(deployment, 'spec.selector.matchLabels')).toEqual({ app: 'cart', version: 'v1' });
    expect(at(deployment, 'spec.template.metadata.labels')).toEqual({ app: 'cart', version: 'v1', 'app.kubernetes.io/part-of': 'shop' });
  });

  test('may be called another version', () => {
    const service = cart({ version: 'stable' });
    expect(at(objectIn(service, 'Deployment'), 'spec.selector.matchLabels')).toEqual({ app: 'cart', version: 'stable' });
    expect(at(objectIn(service, 'DestinationRule'), 'spec.subsets')).toEqual([{ name: 'stable', labels: { version: 'stable' } }]);
    expect(at(objectIn(service, 'VirtualService'), 'spec.http.0.route.0.destination.subset')).toBe('stable');
  });

  test('exposes its parts', () => {
    const { workload, service, networkPolicy, authorizationPolicy, sidecar, destinationRule, virtualService, serviceAccount } = cart();
    const parts = [workload.deployment, service, networkPolicy, authorizationPolicy, sidecar, destinationRule, virtualService, serviceAccount];
    expect(parts.map((part) => part?.kind)).toEqual([
      'Deployment', 'Service', 'NetworkPolicy', 'AuthorizationPolicy', 'Sidecar', 'DestinationRule', 'VirtualService', 'ServiceAccount',
    ]);
  });

  test('takes patches on its parts for fields that the types do not know', () => {
    const service = cart();
    service.service?.addJsonPatch(JsonPatch.add('/spec/trafficDistribution', 'PreferSameZone'));
    service.destinationRule?.addJsonPatch(JsonPatch.add('/spec/trafficPolicy/retryBudget', { percent: { value: 20 } }));
    expect(at(objectIn(service, 'Service'), 'spec.trafficDistribution')).toBe('PreferSameZone');
    expect(at(objectIn(service, 'DestinationRule'), 'spec.trafficPolicy.retryBudget')).toEqual({ percent: { value: 20 } });
  });
});

describe('the Service', () => {
  test('has a port named for what it speaks, and the port of the container where it differs', () => {
    expect(at(objectIn(cart(), 'Service'), 'spec')).toEqual({
      ports: [{ appProtocol: 'http', name: 'http', port: 80, targetPort: 8080 }], selector: { app: 'cart' },
    });
  });

  test('does not repeat a port that is the same', () => {
    expect(at(objectIn(cart({ port: Port.grpc(50051) }), 'Service'), 'spec.ports')).toEqual([{ appProtocol: 'grpc', name: 'grpc', port: 50051 }]);
  });

  test('says tls where the application speaks TLS itself', () => {
    expect(at(objectIn(cart({ port: Port.tls(8443) }), 'Service'), 'spec.ports')).toEqual([{ appProtocol: 'tls', name: 'tls', port: 8443 }]);
  });

  test('has all ports of a service with several', () => {
    const service = cart({ port: [PORT, Port.grpc(9090), Port.tcp(9000, { name: 'tcp-admin' })] });
    expect(listAt(objectIn(service, 'Service'), 'spec.ports').map((port) => at(port, 'name'))).toEqual(['http', 'grpc', 'tcp-admin']);
    expect(listAt(objectIn(service, 'Deployment'), 'spec.template.spec.containers.0.ports').length).toBe(3);
  });
});

describe('a client', () => {
  test('has no Service and nothing of what callers need', () => {
    const { shop } = world();
    const customers = client(shop, 'customers');
    expect(kinds(customers)).toEqual(['Deployment', 'NetworkPolicy', 'ServiceAccount', 'Sidecar']);
    expect([customers.service, customers.authorizationPolicy, customers.destinationRule, customers.virtualService]).toEqual(Array(4).fill(undefined));
  });

  test('stops at once: nobody has to learn that it is gone', () => {
    expect(at(objectIn(client(world().shop, 'customers'), 'Deployment'), 'spec.template.spec.containers.0')).not.toHaveProperty('lifecycle');
  });
});

test('a service of TCP has no VirtualService: there are no requests to route', () => {
  const service = cart({ port: Port.tcp(5432) });
  expect(service.virtualService).toBeUndefined();
  expect(kinds(service)).toContain('DestinationRule');
});

describe('the Sidecar', () => {
  test('knows no host where nothing is called, and none that is not registered', () => {
    expect(at(objectIn(cart(), 'Sidecar'), 'spec')).toEqual({
      egress: [{ hosts: ['~/*'] }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, workloadSelector: { labels: { app: 'cart' } },
    });
  });

  test('knows exactly the hosts that are called, each once', () => {
    const { shop } = world();
    const checkout = client(shop, 'checkout');
    const callee = payment(shop);
    checkout.calls(payment(shop, 'bank'), { operations: ['charge'] });
    checkout.calls(callee, { operations: ['charge'] });
    checkout.calls(callee, { operations: ['refunds'] });
    expect(at(objectIn(checkout, 'Sidecar'), 'spec.egress')).toEqual([{ hosts: ['./bank.shop.svc.cluster.local', './payment.shop.svc.cluster.local'] }]);
  });
});

describe('fails', () => {
  test('for a name that begins with a digit, which no Service can have', () => {
    expectRefusal(() => client(world().shop, '2cart'), '[staging/shop/2cart]', "'2cart'", 'letter');
  });

  test.each(['Cart', 'a'.repeat(64), 'cart_2'])('for the name %s', (id) => {
    expectRefusal(() => client(world().shop, id), `[staging/shop/${id}]`, 'name', `'${id}'`);
  });

  test('for the name of the ServiceAccount of pods that name none', () => {
    expectRefusal(() => client(world().shop, 'default'), '[staging/shop/default]', "'default'", 'rename it');
  });

  test('for a version that is no DNS label', () => {
    expectRefusal(() => cart({ version: '1.2.3' }), '[staging/shop/cart]', 'version', "'1.2.3'");
  });

  test.each([
    ['sidecar.istio.io/inject', 'false'], ['sidecar.istio.io/rewriteAppHTTPProbers', 'false'], ['traffic.sidecar.istio.io/includeInboundPorts', ''],
  ])('for the annotation %s, which takes its pods out of the mesh', (name, value) => {
    expectRefusal(() => cart({ podAnnotations: { [name]: value } }), '[staging/shop/cart]', `${name}: '${value}'`, 'remove it', 'Exception.port');
  });

  test('for operations without a port', () => {
    expectRefusal(() => cart({ port: undefined, operations: { home: Operation.http('GET', '/') } }), '[staging/shop/cart]', 'home', 'give it one');
  });

  test.each([0, 65_536, 80.5, -1, NaN])('for port %d', (port) => {
    expectRefusal(() => cart({ port: Port.http(port) }), '[staging/shop/cart]', 'port', `got ${port}`, '65535');
  });

  test('for a container port out of range', () => {
    expectRefusal(() => cart({ port: Port.http(80, { targetPort: 70_000 }) }), '[staging/shop/cart]', 'targetPort', '70000', '65535');
  });

  test.each(['web', 'HTTP', 'http-with-a-long-name', 'http-'])('for the port name %s', (name) => {
    expectRefusal(() => cart({ port: Port.http(80, { name }) }), '[staging/shop/cart]', `'${name}'`, "'http-<word>'");
  });

  test('for two ports of one name', () => {
    expectRefusal(() => cart({ port: [Port.http(80), Port.http(81)] }), '[staging/shop/cart]', 'http');
  });

  test('for one port number twice', () => {
    expectRefusal(() => cart({ port: [Port.http(80), Port.tcp(80)] }), '[staging/shop/cart]', '80');
    expectRefusal(() => cart({ port: [Port.http(80, { targetPort: 90 }), Port.tcp(90)] }), '[staging/shop/cart]', '90');
  });

  test('for an operation at a port that it does not have', () => {
    const operations = { home: Operation.http('GET', '/', { port: 'http-admin' }) };
    expectRefusal(() => cart({ operations }), '[staging/shop/cart]', 'home', "'http-admin'", 'one of http');
  });

  test('for an operation at a port that speaks something else', () => {
    expectRefusal(() => cart({ operations: { get: Operation.grpc('shop.Cart/Get') } }), '[staging/shop/cart]', 'get', 'grpc', 'http');
  });

  test('for an operation at a port that carries no requests', () => {
    expectRefusal(() => cart({ port: Port.tcp(80), operations: { home: Operation.http('GET', '/') } }), '[staging/shop/cart]', 'home');
  });

  test.each([
    ['a path without a slash', Operation.http('GET', 'home'), "'home'"],
    ['a gRPC method without a service', Operation.grpc('Charge'), "'Charge'"],
    ['an HTTP method that is none', Operation.http('FETCH' as 'GET', '/'), "'FETCH'"],
    ['no method', Operation.http([], '/'), "'/'"],
    ['an empty reason', Operation.grpc('shop.Cart/Get', { idempotent: { because: ' ' } }), 'reason'],
  ])('for an operation with %s', (_, operation, got) => {
    expectRefusal(() => cart({ operations: { home: operation } }), '[staging/shop/cart]', 'home', got);
  });

  test('for two operations that answer one request', () => {
    const operations = { home: Operation.http(['GET', 'HEAD'], '/'), index: Operation.http('GET', '/') };
    expectRefusal(() => cart({ operations }), '[staging/shop/cart]', 'GET /', 'home', 'index');
  });

  test('for a bad container', () => {
    expectRefusal(() => cart({ image: 'cart' }), '[staging/shop/cart', "'cart'", 'pin it');
  });

  test('for replicas that cannot be', () => {
    expectRefusal(() => cart({ replicas: 0 }), '[staging/shop/cart', 'replicas', 'got 0');
  });
});
