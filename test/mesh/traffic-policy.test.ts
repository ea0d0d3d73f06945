import { Duration } from 'cdk8s';
import {
  CanaryRelease, type EnvironmentProps, IngressGateway, LoadBalancer, type Locality, MeshedMicroservice, type MeshedMicroserviceProps, Port, type Replicas,
  type TrafficPolicy,
} from '../../src';
import { at, container, expectRefusal, objectIn, world } from './world';

/** The policy of a service as its DestinationRule has it. */
function policy(trafficPolicy?: TrafficPolicy, props: Partial<MeshedMicroserviceProps> = {}, environment: EnvironmentProps = {}): unknown {
  const service = new MeshedMicroservice(world(environment).shop, 'cart', { ...container, port: Port.http(80), trafficPolicy, ...props });
  return at(objectIn(service, 'DestinationRule'), 'spec.trafficPolicy');
}

const [HTTP, GRPC, TCP] = [Port.http(80), Port.grpc(80), Port.tcp(80)];

describe('the connection pool', () => {
  const pool = (connectionPool: TrafficPolicy['connectionPool'], ...port: Port[]) =>
    at(policy(connectionPool && { connectionPool }, port.length > 0 ? { port } : {}), 'connectionPool');

  test('gives a connection one second, and 1024 requests at once and waiting', () => {
    expect(pool(undefined)).toEqual({ http: { http1MaxPendingRequests: 1024, http2MaxRequests: 1024 }, tcp: { connectTimeout: '1s' } });
  });

  test('says nothing of HTTP/1.1 where only gRPC is spoken', () => {
    expect(pool(undefined, GRPC)).toEqual({ http: { http2MaxRequests: 1024 }, tcp: { connectTimeout: '1s' } });
  });

  test.each([TCP, Port.tls(80)])('says nothing of requests where $protocol is spoken', (port) => {
    expect(pool(undefined, port)).toEqual({ tcp: { connectTimeout: '1s' } });
  });

  test('may be another', () => {
    const http = { http1MaxPendingRequests: 1, http2MaxRequests: 2, maxRequestsPerConnection: 3, maxRetries: 4 };
    expect(pool({ ...http, connectTimeout: Duration.millis(300), maxConnections: 10 })).toEqual({ http, tcp: { connectTimeout: '300ms', maxConnections: 10 } });
  });

  test.each<[string, Port[], object]>([
    ['of requests', [HTTP], { http: { http1MaxPendingRequests: 1024, http2MaxRequests: 1024, idleTimeout: '60s' }, tcp: { connectTimeout: '1s' } }],
    ['of bytes', [TCP], { tcp: { connectTimeout: '1s', idleTimeout: '60s' } }],
    ['of both', [GRPC, Port.tcp(81)], { http: { http2MaxRequests: 1024, idleTimeout: '60s' }, tcp: { connectTimeout: '1s', idleTimeout: '60s' } }],
  ])('closes idle connections %s', (_, ports, expected) => {
    expect(pool({ idleTimeout: Duration.minutes(1) }, ...ports)).toEqual(expected);
  });
});

describe('the load balancer', () => {
  const balancer = (loadBalancer?: LoadBalancer, port = HTTP) => at(policy(loadBalancer && { loadBalancer }, { port }), 'loadBalancer');

  test('is Istio\'s own where nothing is said', () => {
    expect(balancer()).toBeUndefined();
  });

  test.each<[string, LoadBalancer, object]>([
    ['round robin', LoadBalancer.roundRobin(), { simple: 'ROUND_ROBIN' }],
    ['least requests', LoadBalancer.leastRequest(), { simple: 'LEAST_REQUEST' }],
    ['random', LoadBalancer.random(), { simple: 'RANDOM' }],
    ['passthrough', LoadBalancer.passthrough(), { simple: 'PASSTHROUGH' }],
    ['a header', LoadBalancer.byHeader('x-user'), { consistentHash: { httpHeaderName: 'x-user' } }],
    ['a cookie', LoadBalancer.byCookie('cart'), { consistentHash: { httpCookie: { name: 'cart' } } }],
    ['a cookie that is set', LoadBalancer.byCookie('cart', { ttl: Duration.hours(1), path: '/' }),
      { consistentHash: { httpCookie: { name: 'cart', path: '/', ttl: '3600s' } } }],
    ['a cookie of the session', LoadBalancer.byCookie('cart', { ttl: Duration.seconds(0) }), { consistentHash: { httpCookie: { name: 'cart', ttl: '0s' } } }],
    ['the caller\'s address', LoadBalancer.bySourceIp(), { consistentHash: { useSourceIp: true } }],
    ['a query parameter', LoadBalancer.byQueryParameter('user'), { consistentHash: { httpQueryParameterName: 'user' } }],
    ['round robin after a while', LoadBalancer.roundRobin({ warmup: Duration.seconds(30) }), { simple: 'ROUND_ROBIN', warmup: { duration: '30s' } }],
    ['least requests after a while', LoadBalancer.leastRequest({ warmup: { duration: Duration.seconds(30), aggression: 2, minimumPercent: 5 } }),
      { simple: 'LEAST_REQUEST', warmup: { duration: '30s', aggression: 2, minimumPercent: 5 } }],
  ])('may go by %s', (_, given, expected) => {
    expect(balancer(given)).toEqual(expected);
  });

  test('may go by the caller\'s address where bytes are passed on', () => {
    expect(balancer(LoadBalancer.bySourceIp(), TCP)).toEqual({ consistentHash: { useSourceIp: true } });
  });
});

describe('outlier ejection', () => {
  const ejection = (replicas: Replicas, outlierDetection?: TrafficPolicy['outlierDetection'], port = HTTP) =>
    at(policy(outlierDetection && { outlierDetection }, { replicas, port }), 'outlierDetection');

  test('never leaves out a single pod', () => {
    expect([ejection(1), ejection({ min: 1, max: 5, cpuPercent: 70 }), ejection(1, { consecutive5xxErrors: 5 })]).toEqual([undefined, undefined, undefined]);
  });

  test('counts failures of the gateway, not answers of the application', () => {
    expect(ejection(2)).toEqual({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 5, maxEjectionPercent: 50 });
  });

  test('never leaves out a pod whose requests the mesh does not see', () => {
    expect(ejection(3, undefined, TCP)).toBeUndefined();
  });

  test.each<[Replicas, number]>([
    [2, 50], [3, 67], [{ min: 2, max: 10, cpuPercent: 70 }, 50], [10, 90], [300, 99],
  ])('keeps one pod, and no more, when ejecting from %j', (replicas, percent) => {
    expect(ejection(replicas)).toMatchObject({ maxEjectionPercent: percent });
  });

  test('may have other thresholds', () => {
    const thresholds = { consecutive5xxErrors: 7, consecutiveGatewayErrors: 3, maxEjectionPercent: 20 };
    const times = { interval: Duration.seconds(30), baseEjectionTime: Duration.seconds(60) };
    expect(ejection(10, { ...thresholds, ...times })).toEqual({ ...thresholds, interval: '30s', baseEjectionTime: '60s' });
  });

  test.each([1, 3])('is said to be off for %i pods, so that no rule of the whole mesh applies', (replicas) => {
    expect(ejection(replicas, 'none')).toEqual({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 });
  });
});

describe('the locality', () => {
  const [from, to] = ['eu-west-1', 'eu-central-1'];
  const setting = (locality: Locality, props?: Partial<MeshedMicroserviceProps>, environment: EnvironmentProps = { replicas: 2 }) =>
    at(policy({ locality }, props, environment), 'loadBalancer.localityLbSetting');

  test.each<[string, Locality, object]>([
    ['all places alike', 'off', { enabled: false }],
    ['another region', { failover: [Object.assign({ from, to }, { because: 'Istio knows no reasons' })] }, { failover: [{ from, to }] }],
    ['pods with the same labels', { failoverPriority: ['topology.kubernetes.io/zone'] }, { failoverPriority: ['topology.kubernetes.io/zone'] }],
    ['places by shares', { distribute: [{ from: 'a/*', to: { 'a/*': 80, 'b/*': 20 } }] }, { distribute: [{ from: 'a/*', to: { 'a/*': 80, 'b/*': 20 } }] }],
  ])('may be %s', (_, given, expected) => {
    expect(setting(given)).toEqual(expected);
  });

  test('leads nowhere else in an environment that runs one pod, and by shares in all', () => {
    expect(setting({ failover: [{ from, to }] }, {}, { replicas: 1 })).toBeUndefined();
    expect(setting({ distribute: [{ from: '*', to: { '*': 100 } }] }, {}, { replicas: 1 })).toBeDefined();
  });

  test('stands beside how a pod is chosen', () => {
    const both = policy({ locality: 'off', loadBalancer: LoadBalancer.random() });
    expect(at(both, 'loadBalancer')).toEqual({ simple: 'RANDOM', localityLbSetting: { enabled: false } });
  });

  test('fails where the service itself runs one pod', () => {
    expectRefusal(() => setting({ failover: [{ from, to }] }, { replicas: 1 }), '[staging/shop/cart]', 'got replicas of 1', 'let the environment say replicas');
  });
});

const warmup = { duration: Duration.seconds(1) };
test.each<[string, TrafficPolicy, string, Port[]?]>([
  ['nothing', {}, 'it must say something'],
  ['an empty pool', { connectionPool: {} }, 'it must say something'],
  ['no connections', { connectionPool: { maxConnections: 0 } }, 'connectionPool.maxConnections must be a whole number from 1 to 2147483647, got 0'],
  ['part of a request', { connectionPool: { http2MaxRequests: 1.5 } }, 'connectionPool.http2MaxRequests must be a whole number'],
  ['too many retries', { connectionPool: { maxRetries: 2 ** 31 } }, 'connectionPool.maxRetries must be a whole number'],
  ['no time to connect', { connectionPool: { connectTimeout: Duration.millis(0) } }, 'connectTimeout must be whole milliseconds, 1 or more, got 0ms'],
  ['no idle time', { connectionPool: { idleTimeout: Duration.millis(0) } }, 'connectionPool.idleTimeout'],
  ['waiting requests of gRPC', { connectionPool: { http1MaxPendingRequests: 1 } }, 'needs a port that speaks HTTP, got 1 for gRPC alone', [GRPC]],
  ['requests of a store', { connectionPool: { http2MaxRequests: 7 } }, 'http2MaxRequests limits requests, which the mesh does not see here, got 7', [TCP]],
  ['retries of a store', { connectionPool: { maxRetries: 7 } }, 'use maxConnections', [TCP]],
  ['a header that is none', { loadBalancer: LoadBalancer.byHeader('x user') }, 'loadBalancer must have the name of a header, got \'x user\''],
  ['a cookie without a name', { loadBalancer: LoadBalancer.byCookie('') }, 'the name of a cookie, got \'\''],
  ['a cookie of half a second', { loadBalancer: LoadBalancer.byCookie('a', { ttl: Duration.millis(500) }) }, 'ttl must be whole seconds, 0 or more, got 500ms'],
  ['a cookie of no path', { loadBalancer: LoadBalancer.byCookie('a', { ttl: Duration.hours(1), path: 'cart' }) }, 'path must begin with /, got \'cart\''],
  ['a query parameter without a name', { loadBalancer: LoadBalancer.byQueryParameter('') }, 'the name of a query parameter, got \'\''],
  ['a header of a store', { loadBalancer: LoadBalancer.byHeader('x-user') }, 'use LoadBalancer.bySourceIp()', [TCP]],
  ['a query of gRPC', { loadBalancer: LoadBalancer.byQueryParameter('user') }, 'needs HTTP, got \'user\' for gRPC alone', [GRPC]],
  ['a warm-up of no time', { loadBalancer: LoadBalancer.roundRobin({ warmup: Duration.seconds(0) }) }, 'warmup.duration must be whole milliseconds, 1 or more'],
  ['a warm-up that never ends', { loadBalancer: LoadBalancer.roundRobin({ warmup: { ...warmup, aggression: 0 } }) }, 'aggression must be more than 0, got 0'],
  ['a warm-up from too much', { loadBalancer: LoadBalancer.roundRobin({ warmup: { ...warmup, minimumPercent: 101 } }) }, 'from 0 to 100, got 101'],
  ['ejection of nothing', { outlierDetection: { consecutiveGatewayErrors: 0 } }, 'outlierDetection must count something, got 0 for both errors; say \'none\''],
  ['errors below none', { outlierDetection: { consecutive5xxErrors: -1 } }, 'consecutive5xxErrors must be a whole number from 0 to 4294967295, got -1'],
  ['ejection of all', { outlierDetection: { maxEjectionPercent: 100 } }, 'got 100, which would leave out every pod of a version; leave it out'],
  ['ejection of none', { outlierDetection: { maxEjectionPercent: 0 } }, 'must be a whole number from 1 to 99, got 0'],
  ['no interval', { outlierDetection: { interval: Duration.millis(0) } }, 'outlierDetection.interval'],
  ['ejection for no time', { outlierDetection: { baseEjectionTime: Duration.millis(0) } }, 'outlierDetection.baseEjectionTime'],
  ['ejection from a store', { outlierDetection: { interval: Duration.seconds(1) } }, 'counts answers, which the mesh does not see here, got interval', [TCP]],
  ['no ejection from a store', { outlierDetection: 'none' }, 'got \'none\'; remove it', [TCP]],
  ['failover of a store', { locality: { failoverPriority: ['zone'] } }, 'leads away from pods that fail, which needs requests', [TCP]],
  ['failover without ejection', { outlierDetection: 'none', locality: { failoverPriority: ['zone'] } }, '\'none\'; say locality \'off\''],
  ['no failover', { locality: { failover: [] } }, 'locality.failover must name regions, got none'],
  ['failover of a zone', { locality: { failover: [{ from: 'a/1', to: 'b' }] } }, 'locality.failover is between regions, got \'a/1\''],
  ['failover to all regions', { locality: { failover: [{ from: 'a', to: '*' }] } }, 'got \'*\''],
  ['failover to itself', { locality: { failover: [{ from: 'a', to: 'a' }] } }, 'must lead to another region, got \'a\' to itself'],
  ['two failovers', { locality: { failover: [{ from: 'a', to: 'b' }, { from: 'a', to: 'c' }] } }, 'must name each region once, got from \'a\' twice'],
  ['no labels', { locality: { failoverPriority: [] } }, 'must name labels, got none'],
  ['a label twice', { locality: { failoverPriority: ['zone', 'zone'] } }, 'must be different labels, got \'zone\''],
  ['no places', { locality: { distribute: [] } }, 'must name places, got none'],
  ['shares of 90', { locality: { distribute: [{ from: 'a', to: { a: 60, b: 30 } }] } }, 'that sum to 100, got 60 + 30 from \'a\''],
  ['a share of nothing', { locality: { distribute: [{ from: 'a', to: { a: 100, b: 0 } }] } }, 'got 100 + 0 from \'a\''],
  ['an odd place', { locality: { distribute: [{ from: '*/a', to: { a: 100 } }] } }, 'region/zone/subzone, a * last for all, got \'*/a\''],
  ['a place in another', { locality: { distribute: [{ from: '*', to: { 'a/*': 50, 'a/1': 50 } }] } }, 'got \'a/1\' which another covers'],
  ['ejection where no pod is chosen', { loadBalancer: LoadBalancer.passthrough(), outlierDetection: 'none' }, 'got outlierDetection; remove one'],
  ['places where no pod is chosen', { loadBalancer: LoadBalancer.passthrough(), locality: 'off' }, 'loadBalancer passthrough chooses no pod'],
])('fails for %s', (_, trafficPolicy, problem, port = [HTTP]) => {
  expectRefusal(() => policy(trafficPolicy, { port }, { replicas: 3 }), '[staging/shop/cart] trafficPolicy: ', problem);
});

test('fails for a workload without a port', () => {
  expectRefusal(() => policy({ loadBalancer: LoadBalancer.random() }, { port: undefined }), '[staging/shop/cart]', 'got a workload without a port');
});

describe('beside all that is known', () => {
  const cart = (trafficPolicy: TrafficPolicy, replicas: Replicas = 3) => {
    const { app, shop } = world();
    return { app, shop, service: new MeshedMicroservice(shop, 'cart', { ...container, port: HTTP, replicas, trafficPolicy }) };
  };

  test('fails for a passthrough that makes a release do nothing', () => {
    const { app, service } = cart({ loadBalancer: LoadBalancer.passthrough() });
    new CanaryRelease(service, 'canary', { at: 5 });
    expectRefusal(() => app.render(), '[staging/shop/cart] trafficPolicy: loadBalancer passthrough', 'got v1, canary; choose another, or finish the release');
  });

  test('fails for a passthrough that brings requests back to the gateway', () => {
    const { app, shop, service } = cart({ loadBalancer: LoadBalancer.passthrough() });
    new IngressGateway(shop, 'gateway', { hosts: ['*'] }).routes(service, {});
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'got loadBalancer passthrough of cart', 'give the route a trafficPolicy with another');
  });

  test('fails for a share in which no pod fits, and not where that many may come', () => {
    const detection = { outlierDetection: { maxEjectionPercent: 20 } };
    expectRefusal(() => cart(detection).app.render(), 'must let one of 3 pods of v1 be left out, got 20; raise it to 34, or leave it out');
    expect(() => cart(detection, { min: 2, max: 5, cpuPercent: 70 }).app.render()).not.toThrow();
    expect(() => cart(detection, 1).app.render()).not.toThrow();
  });
});
