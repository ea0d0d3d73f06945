import {
  EgressGateway, type EgressGatewayProps, ExternalService, type ExternalServiceProps, MeshNamespace, MeshedMicroservice, Operation, Port,
} from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, objectsIn, world } from './world';

function shopWith(external: Partial<ExternalServiceProps<string>> = {}, props: Partial<EgressGatewayProps> = {}) {
  const { app, staging, shop } = world();
  const gateway = new EgressGateway(new MeshNamespace(staging, 'edge'), 'egress', { resources: container.resources, ...props });
  const bank = new ExternalService(shop, 'bank', {
    host: 'api.bank.example', port: Port.tls(443), cidrs: ['203.0.113.0/24'], through: { gateway, port: 9443 }, ...external,
  });
  return { app, shop, gateway, bank };
}
const EGRESS = { host: 'egress.edge.svc.cluster.local', port: { number: 9443 } };

describe('a caller of a host behind an egress gateway', () => {
  const { shop, gateway, bank } = shopWith();
  const checkout = client(shop, 'checkout');
  const address = checkout.calls(bank, { port: 'tls' });

  test('calls it by its own name, and knows it and the gateway', () => {
    expect(address.url()).toBe('https://api.bank.example:443');
    expect(at(objectIn(checkout, 'Sidecar'), 'spec.egress.0.hosts')).toEqual(['./api.bank.example', 'edge/egress.edge.svc.cluster.local']);
  });

  test('leaves by the network for the gateway alone, which alone leaves the cluster', () => {
    expect(at(objectIn(checkout, 'NetworkPolicy'), 'spec.egress')).toEqual([{
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } }, podSelector: { matchLabels: { app: 'egress' } } }],
      ports: [{ port: 9443 }],
    }]);
    expect(at(objectIn(gateway, 'NetworkPolicy'), 'spec.egress')).toEqual([{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 443 }] }]);
  });

  test('is let in at the port of that host, by its identity', () => {
    expect(at(objectIn(gateway, 'AuthorizationPolicy'), 'spec.rules')).toEqual([
      { from: [{ source: { principals: ['cluster.local/ns/shop/sa/checkout'] } }], to: [{ operation: { ports: ['9443'] } }] },
    ]);
    expect(at(objectIn(gateway, 'Gateway'), 'spec.servers')).toEqual([
      { hosts: ['*'], port: { name: 'tcp-9443', number: 9443, protocol: 'TLS' }, tls: { mode: 'ISTIO_MUTUAL' } },
    ]);
    expect(at(objectIn(gateway, 'DestinationRule'), 'spec')).toEqual({
      exportTo: ['.', 'shop'], host: EGRESS.host, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
    });
  });

  test('has its TLS led there by the name of the server, and from there on', () => {
    expect(at(objectIn(bank, 'VirtualService'), 'spec')).toEqual({
      exportTo: ['.'], hosts: ['api.bank.example'], tls: [{ match: [{ port: 443, sniHosts: ['api.bank.example'] }], route: [{ destination: EGRESS }] }],
    });
    expect(at(objectIn(gateway, 'VirtualService'), 'spec')).toEqual({
      exportTo: ['.'], gateways: ['egress'], hosts: ['api.bank.example'],
      tcp: [{ match: [{ port: 9443 }], route: [{ destination: { host: 'api.bank.example', port: { number: 443 } } }] }],
    });
    expect(at(objectIn(bank, 'ServiceEntry'), 'spec.exportTo')).toEqual(['.', 'edge']);
  });
});

test('requests are routed by the caller\'s proxy, as everywhere, and TLS begins at the gateway', () => {
  const operations = { rates: Operation.http('GET', '/rates'), charge: Operation.http('POST', '/charges') };
  const { shop, bank } = shopWith({ port: Port.http(80, { targetPort: 443 }), tls: {}, operations });
  client(shop, 'checkout').calls(bank, { operations: ['rates', 'charge'] });
  const routes = listAt(objectIn(bank, 'VirtualService'), 'spec.http');
  expect(routes.map((route) => [at(route, 'route.0.destination'), at(route, 'retries.attempts')])).toEqual([[EGRESS, 0], [EGRESS, 2], [EGRESS, 0]]);
  expect(JSON.stringify(routes)).not.toContain('"app":"egress"'); // which is no caller that needs routes
  expect(at(objectIn(bank, 'DestinationRule'), 'spec.exportTo')).toEqual(['.', 'edge']);
});

test('a TCP host is known to callers by its address, and to the gateway by its name', () => {
  const { shop, gateway, bank } = shopWith({ port: Port.tcp(5432) });
  client(shop, 'checkout').calls(bank, { port: 'tcp' });
  expect(at(objectIn(bank, 'ServiceEntry'), 'spec')).toMatchObject({ exportTo: ['.'], resolution: 'NONE', addresses: ['203.0.113.0/24'] });
  expect(at(objectIn(gateway, 'ServiceEntry'), 'spec')).toMatchObject({ exportTo: ['.'], resolution: 'DNS', hosts: ['api.bank.example'] });
  expect(at(objectIn(bank, 'VirtualService'), 'spec.tcp')).toEqual([{ match: [{ port: 5432 }], route: [{ destination: EGRESS }] }]);
});

test('its pods are Istio\'s own, with limits, two of them, one of which stays', () => {
  const { gateway } = shopWith();
  const pod = at(objectIn(gateway, 'Deployment'), 'spec.template');
  expect(at(pod, 'metadata')).toMatchObject({ annotations: { 'inject.istio.io/templates': 'gateway' }, labels: { 'sidecar.istio.io/inject': 'true' } });
  expect(at(pod, 'spec.containers')).toEqual([{
    name: 'istio-proxy', image: 'auto', ports: [{ name: 'tcp-9443', containerPort: 9443 }],
    resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
  }]);
  expect(objectsIn(gateway).map((object) => at(object, 'kind'))).toContain('PodDisruptionBudget');
  expect(objectsIn(shopWith({}, { replicas: 1 }).gateway).map((object) => at(object, 'kind'))).not.toContain('PodDisruptionBudget');
});

test('gRPC is HTTP/2 on its way to the gateway, which the name of the port says', () => {
  const operations = { quote: Operation.grpc('bank.Quotes/Get') };
  const { gateway } = shopWith({ port: Port.grpc(50051), operations });
  expect(at(objectIn(gateway, 'Service'), 'spec.ports')).toMatchObject([{ name: 'grpc-9443', port: 9443, appProtocol: 'grpc' }]);
  expect(at(objectIn(gateway, 'Gateway'), 'spec.servers.0.port')).toEqual({ name: 'grpc-9443', number: 9443, protocol: 'TLS' });
});

test('the way itself is no call that a retry could repeat: what is behind it is', () => {
  const { shop, bank } = shopWith({
    port: Port.grpc(50051), operations: { rate: Operation.grpc('bank.Rates/Get', { idempotent: true }), charge: Operation.grpc('bank.Payments/Charge') },
  });
  const web = new MeshedMicroservice(shop, 'web', {
    ...container, port: Port.http(80),
    operations: { show: Operation.http('GET', '/', { idempotent: true }), pay: Operation.http('GET', '/pay', { idempotent: true }) },
  });
  web.calls(bank, { operations: ['rate'], during: ['show'] });
  web.calls(bank, { operations: ['charge'], during: ['pay'] });
  client(shop, 'browser').calls(web, { operations: ['show', 'pay'] });
  const retries = listAt(objectIn(web, 'VirtualService'), 'spec.http').map((route) => [at(route, 'match.0.uri.exact'), at(route, 'retries.attempts')]);
  expect(retries).toEqual([['/', 2], ['/pay', 0], [undefined, 0]]);
});

describe('fails', () => {
  test('for a port that another host has', () => {
    const { shop, gateway } = shopWith();
    const second = () => new ExternalService(shop, 'mail', { host: 'mail.example', port: Port.tls(465), through: { gateway, port: 9443 } });
    expectRefusal(second, '[staging/shop/mail]', '9443', 'staging/shop/bank', 'choose another');
  });

  test.each([[0], [70_000], [1.5], [15_021]])('for the port %d', (port) => {
    const { shop, gateway } = shopWith();
    const mail = () => new ExternalService(shop, 'mail', { host: 'mail.example', port: Port.tls(465), through: { gateway, port } });
    expectRefusal(mail, 'through.port', String(port));
  });

  test('for several ports of one host', () => {
    expectRefusal(() => shopWith({ port: [Port.tls(443), Port.tcp(465)] }), '[staging/shop/bank]', 'one port', 'declare one a port');
  });

  test('for no pods, and for a gateway that leads nowhere', () => {
    expectRefusal(() => shopWith({}, { replicas: 0 }), '[staging/edge/egress]', 'got 0');
    const { app, staging } = world();
    new EgressGateway(new MeshNamespace(staging, 'edge'), 'egress', { resources: container.resources });
    expectRefusal(() => app.render(), '[staging/edge/egress]', 'leads somewhere', 'remove it');
  });
});
