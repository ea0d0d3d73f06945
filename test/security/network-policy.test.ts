import { ExternalService, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, RedisCache } from '../../src';
import { openEgressAnnotation } from '../../src/security/network-policy';
import { at, client, container, listAt, objectIn, payment, world } from '../mesh/world';

const policy = (workload: MeshedMicroservice<string> | RedisCache) => objectIn(workload, 'NetworkPolicy');
const podsOf = (app: string) => ({ podSelector: { matchLabels: { app } } });

test('a workload without calls and callers has no connections', () => {
  expect(at(policy(payment(world().shop)), 'spec')).toEqual({ podSelector: { matchLabels: { app: 'payment' } }, policyTypes: ['Ingress', 'Egress'] });
});

describe('a call', () => {
  test('opens both sides on the port of the container', () => {
    const { shop } = world();
    const callee = new MeshedMicroservice(shop, 'email', { ...container, port: Port.grpc(5000, { targetPort: 8080 }) });
    const checkout = client(shop, 'checkout');
    checkout.calls(callee, {});
    expect(at(policy(checkout), 'spec.egress')).toEqual([{ to: [podsOf('email')], ports: [{ port: 8080 }] }]);
    expect(at(policy(callee), 'spec.ingress')).toEqual([{ from: [podsOf('checkout')], ports: [{ port: 8080 }] }]);
  });

  test('opens nothing the other way', () => {
    const { shop } = world();
    const callee = payment(shop);
    const checkout = client(shop, 'checkout');
    checkout.calls(callee, { operations: ['charge'] });
    expect([at(policy(checkout), 'spec.ingress'), at(policy(callee), 'spec.egress')]).toEqual([undefined, undefined]);
  });

  test('into another namespace names it on both sides', () => {
    const { staging, shop } = world();
    const callee = payment(shop);
    const support = client(new MeshNamespace(staging, 'desk'), 'support');
    support.calls(callee, { operations: ['refunds'] });
    const namespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
    expect(at(policy(support), 'spec.egress.0.to')).toEqual([{ ...namespace('shop'), ...podsOf('payment') }]);
    expect(at(policy(callee), 'spec.ingress.0.from')).toEqual([{ ...namespace('desk'), ...podsOf('support') }]);
  });

  test('to one port of several opens that port', () => {
    const { shop } = world();
    const callee = new MeshedMicroservice(shop, 'search', {
      ...container,
      port: [Port.http(80), Port.grpc(9090)],
      operations: { find: Operation.http('GET', '/find'), index: Operation.grpc('shop.Search/Index', { port: 'grpc' }) },
    });
    const [reader, writer] = [client(shop, 'reader'), client(shop, 'writer')];
    reader.calls(callee, { operations: ['find'] });
    writer.calls(callee, { operations: ['find', 'index'] });
    expect(at(policy(reader), 'spec.egress.0.ports')).toEqual([{ port: 80 }]);
    expect(at(policy(callee), 'spec.ingress')).toEqual([
      { from: [podsOf('reader')], ports: [{ port: 80 }] },
      { from: [podsOf('writer')], ports: [{ port: 80 }, { port: 9090 }] },
    ]);
  });
});

test('callers at one port stand in one rule', () => {
  const { shop } = world();
  const callee = payment(shop);
  for (const id of ['support', 'checkout']) client(shop, id).calls(callee, { operations: ['refunds'] });
  expect(at(policy(callee), 'spec.ingress')).toEqual([{ from: [podsOf('checkout'), podsOf('support')], ports: [{ port: 50051 }] }]);
});

test('several calls to one callee make one rule', () => {
  const { shop } = world();
  const callee = payment(shop);
  const checkout = client(shop, 'checkout');
  checkout.calls(callee, { operations: ['charge'] });
  checkout.calls(callee, { operations: ['refunds'] });
  expect(listAt(policy(checkout), 'spec.egress').length).toBe(1);
});

test('gateways come from the pods of the mesh, named once', () => {
  const { shop } = world({ gateway: { namespace: 'edge', podLabels: { istio: 'edge' } } });
  const callee = payment(shop);
  for (const id of ['a', 'b']) new IngressGateway(shop, id, { hosts: [`${id}.example`] }).routes(callee, { operations: ['refunds'] });
  expect(at(policy(callee), 'spec.ingress.0.from')).toEqual([
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } }, podSelector: { matchLabels: { istio: 'edge' } } },
  ]);
});

describe('a host outside the cluster', () => {
  test('is reached at its address ranges, sorted', () => {
    const { shop } = world();
    const checkout = client(shop, 'checkout');
    checkout.calls(new ExternalService(shop, 'bank', { host: 'bank.example', port: Port.tls(443), cidrs: ['203.0.113.0/24', '198.51.100.0/24'] }), {});
    expect(at(policy(checkout), 'spec.egress')).toEqual([
      { to: [{ ipBlock: { cidr: '198.51.100.0/24' } }, { ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 443 }] },
    ]);
    expect(Object.keys(Object(at(policy(checkout), 'metadata.annotations')))).toEqual(['argocd.argoproj.io/sync-wave']);
  });

  test('without known addresses opens its port to public addresses only, and says why', () => {
    const { shop } = world();
    const checkout = client(shop, 'checkout');
    checkout.calls(new ExternalService(shop, 'bank', { host: 'bank.example', port: Port.tls(443) }), {});
    const [v4, v6] = listAt(policy(checkout), 'spec.egress.0.to');
    expect([at(v4, 'ipBlock.cidr'), at(v6, 'ipBlock.cidr')]).toEqual(['0.0.0.0/0', '::/0']);
    expect(at(v4, 'ipBlock.except')).toEqual(expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']));
    expect(at(v6, 'ipBlock.except')).toEqual(expect.arrayContaining(['fc00::/7', 'fe80::/10']));
    expect(listAt(policy(checkout), 'spec.egress.0.ports')).toEqual([{ port: 443 }]);
    expect(Reflect.get(at(policy(checkout), 'metadata.annotations') as object, openEgressAnnotation)).toContain('bank.example:443');
  });
});
