import { IngressGateway, MeshNamespace, MeshedMicroservice, Port } from '../../src';
import { at, client, container, objectIn, payment, world } from './world';

function rule(props: { port?: Port } = {}): unknown {
  return at(objectIn(new MeshedMicroservice(world().shop, 'cart', { ...container, port: Port.http(80), ...props }), 'DestinationRule'), 'spec');
}

test('names the host in full and one subset a version', () => {
  expect(rule()).toMatchObject({ host: 'cart.shop.svc.cluster.local', subsets: [{ name: 'v1', labels: { version: 'v1' } }] });
});

test('has no subsets where there are no routes to name them', () => {
  expect(rule({ port: Port.tcp(5432) })).not.toHaveProperty('subsets');
});

describe('exportTo', () => {
  const exported = (service: MeshedMicroservice<string>) => at(objectIn(service, 'DestinationRule'), 'spec.exportTo');

  test('is the own namespace where nobody else calls', () => {
    const { shop } = world();
    const callee = payment(shop);
    client(shop, 'checkout').calls(callee, { operations: ['charge'] });
    expect(exported(callee)).toEqual(['.']);
  });

  test('reaches the namespaces of callers and of the gateway', () => {
    const { staging, shop } = world();
    const callee = payment(shop);
    client(new MeshNamespace(staging, 'desk'), 'support').calls(callee, { operations: ['refunds'] });
    new IngressGateway(shop, 'gateway', { hosts: ['*'] }).routes(callee, { operations: ['refunds'] });
    expect(exported(callee)).toEqual(['.', 'desk', 'istio-system']);
  });
});
