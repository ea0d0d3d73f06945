import { Duration } from 'cdk8s';
import { type ConnectionPool, IngressGateway, MeshNamespace, MeshedMicroservice, Port, type Replicas } from '../../src';
import { at, client, container, expectRefusal, objectIn, payment, world } from './world';

function rule(props: { port?: Port | Port[]; replicas?: Replicas; connectionPool?: ConnectionPool } = {}): unknown {
  return at(objectIn(new MeshedMicroservice(world().shop, 'cart', { ...container, port: Port.http(80), ...props }), 'DestinationRule'), 'spec');
}

test('names the host in full and one subset a version', () => {
  expect(rule()).toMatchObject({ host: 'cart.shop.svc.cluster.local', subsets: [{ name: 'v1', labels: { version: 'v1' } }] });
});

test('has no subsets where there are no routes to name them', () => {
  expect(rule({ port: Port.tcp(5432) })).not.toHaveProperty('subsets');
});

describe('the connection pool', () => {
  test('gives a connection one second, and 1024 requests at once and waiting', () => {
    expect(at(rule(), 'trafficPolicy.connectionPool')).toEqual({
      http: { http1MaxPendingRequests: 1024, http2MaxRequests: 1024 }, tcp: { connectTimeout: '1s' },
    });
  });

  test('says nothing of HTTP/1.1 where only gRPC is spoken', () => {
    expect(at(rule({ port: Port.grpc(80) }), 'trafficPolicy.connectionPool.http')).toEqual({ http2MaxRequests: 1024 });
  });

  test.each([Port.tcp(80), Port.tls(80)])('says nothing of requests where $protocol is spoken', (port) => {
    expect(at(rule({ port }), 'trafficPolicy.connectionPool')).toEqual({ tcp: { connectTimeout: '1s' } });
  });

  test('may be another', () => {
    const connectionPool = { connectTimeout: Duration.millis(300), maxConnections: 10, http1MaxPendingRequests: 1, http2MaxRequests: 2 };
    expect(at(rule({ connectionPool }), 'trafficPolicy.connectionPool')).toEqual({
      http: { http1MaxPendingRequests: 1, http2MaxRequests: 2 }, tcp: { connectTimeout: '300ms', maxConnections: 10 },
    });
  });
});

test.each<[ConnectionPool, string]>([
  [{ maxConnections: 0 }, 'connectionPool.maxConnections'],
  [{ http2MaxRequests: 1.5 }, 'connectionPool.http2MaxRequests'],
  [{ connectTimeout: Duration.millis(0) }, 'connectionPool.connectTimeout'],
])('fails for the connection pool %j', (connectionPool, what) => {
  expectRefusal(() => rule({ connectionPool }), '[staging/shop/cart]', what);
});

describe('outlier ejection', () => {
  const ejection = (replicas: Replicas) => at(rule({ replicas }), 'trafficPolicy.outlierDetection');

  test('never leaves out a single pod', () => {
    expect([ejection(1), ejection({ min: 1, max: 5, cpuPercent: 70 })]).toEqual([undefined, undefined]);
  });

  test('counts failures of the gateway, not answers of the application', () => {
    expect(ejection(2)).toMatchObject({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 5 });
  });

  test('never leaves out a pod whose requests the mesh does not see', () => {
    expect(at(rule({ port: Port.tcp(5432), replicas: 3 }), 'trafficPolicy.outlierDetection')).toBeUndefined();
  });

  const shares: [Replicas, number][] = [[2, 50], [3, 66], [{ min: 2, max: 10, cpuPercent: 70 }, 50], [10, 90]];
  test.each(shares)('keeps one pod when ejecting from %j', (replicas, percent) => {
    expect(ejection(replicas)).toMatchObject({ maxEjectionPercent: percent });
  });
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
