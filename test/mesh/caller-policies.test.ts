import { Duration } from 'cdk8s';
import {
  CanaryRelease, ExternalService, IngressGateway, LoadBalancer, MeshNamespace, MeshedMicroservice, Operation, Port, RedisCache, RemoteCaller,
  type Replicas, type TrafficPolicy,
} from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, world } from './world';

const FEW: TrafficPolicy = { connectionPool: { http2MaxRequests: 10 } };

function cartIn(scope: MeshNamespace, trafficPolicy?: TrafficPolicy, replicas: Replicas = 3) {
  const operations = { read: Operation.http('GET', '/cart'), add: Operation.http('POST', '/cart') };
  return new MeshedMicroservice(scope, 'cart', { ...container, port: Port.http(80), operations, replicas, trafficPolicy, exported: true });
}

/** A cart with a policy, and a desk that reads it with another. */
function called(own: TrafficPolicy, usual?: TrafficPolicy, replicas?: Replicas) {
  const { app, staging, shop } = world();
  const [cart, desk] = [cartIn(shop, usual, replicas), client(shop, 'desk')];
  desk.calls(cart, { operations: ['read'], trafficPolicy: own });
  return { app, staging, shop, cart, desk };
}

const subsetsOf = (service: MeshedMicroservice<string>): readonly unknown[] => listAt(objectIn(service, 'DestinationRule'), 'spec.subsets');
const subset = (service: MeshedMicroservice<string>, name: string): unknown => subsetsOf(service).find((each) => at(each, 'name') === name);
const names = (service: MeshedMicroservice<string>): readonly unknown[] => subsetsOf(service).map((each) => at(each, 'name'));
/** Subsets by the first operation or the caller that their route is for. */
const routes = (service: MeshedMicroservice<string>) => listAt(at(objectIn(service.node.scope!, 'VirtualService', 'cart'), 'spec'), 'http');
const routedTo = (service: MeshedMicroservice<string>) => routes(service).map((route) => listAt(route, 'route').map((each) => at(each, 'destination.subset')));

describe('a caller with a policy of its own', () => {
  test('gets a subset, to which its routes lead, and nobody else\'s', () => {
    const { shop, cart } = called(FEW);
    client(shop, 'other').calls(cart, { operations: ['read'] });
    expect(names(cart)).toEqual(['v1', 'v1-desk']);
    expect(subset(cart, 'v1-desk')).toMatchObject({ labels: { version: 'v1' } });
    expect(routedTo(cart)).toEqual([['v1-desk'], ['v1'], ['v1']]);
  });

  test('has it for all of its calls, also those that say nothing', () => {
    const { cart, desk } = called(FEW);
    desk.calls(cart, { operations: ['add'] });
    expect(routedTo(cart)).toEqual([['v1-desk'], ['v1-desk'], ['v1']]);
  });

  test('says each field as a whole, since Istio joins none with the callee\'s', () => {
    const { cart } = called(FEW, { connectionPool: { maxConnections: 30, http2MaxRequests: 50 } });
    expect(at(subset(cart, 'v1-desk'), 'trafficPolicy')).toEqual({
      connectionPool: { http: { http1MaxPendingRequests: 1024, http2MaxRequests: 10 }, tcp: { connectTimeout: '1s', maxConnections: 30 } },
    });
  });

  test('keeps the places of the callee where it chooses a pod otherwise', () => {
    const { cart } = called({ loadBalancer: LoadBalancer.byHeader('x-user') }, { locality: 'off', loadBalancer: LoadBalancer.random() });
    expect(at(subset(cart, 'v1-desk'), 'trafficPolicy')).toEqual({
      loadBalancer: { consistentHash: { httpHeaderName: 'x-user' }, localityLbSetting: { enabled: false } },
    });
  });

  test('joins its thresholds with the callee\'s', () => {
    const { cart } = called({ outlierDetection: { consecutiveGatewayErrors: 2 } }, { outlierDetection: { interval: Duration.seconds(1) } });
    expect(at(subset(cart, 'v1-desk'), 'trafficPolicy')).toEqual({
      outlierDetection: { consecutive5xxErrors: 0, consecutiveGatewayErrors: 2, interval: '1s', maxEjectionPercent: 67 },
    });
  });

  test.each<[TrafficPolicy['outlierDetection'], TrafficPolicy['outlierDetection'], object]>([
    ['none', { consecutive5xxErrors: 5 }, { consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 }],
    [{ consecutive5xxErrors: 4 }, 'none', { consecutive5xxErrors: 4, consecutiveGatewayErrors: 5, maxEjectionPercent: 67 }],
  ])('may say outlierDetection %j where the callee says %j', (own, usual, expected) => {
    const { cart } = called({ outlierDetection: own }, { outlierDetection: usual });
    expect(at(subset(cart, 'v1-desk'), 'trafficPolicy.outlierDetection')).toEqual(expected);
  });

  test('says nothing that the callee says already', () => {
    const { cart } = called({ connectionPool: { http2MaxRequests: 1024 } });
    expect(subset(cart, 'v1-desk')).toEqual({ name: 'v1-desk', labels: { version: 'v1' } });
  });

  test('is left alone by what a passthrough makes useless', () => {
    const { app, cart } = called({ loadBalancer: LoadBalancer.passthrough() }, { locality: 'off', outlierDetection: { consecutive5xxErrors: 5 } });
    expect(() => app.render()).not.toThrow();
    expect(at(subset(cart, 'v1-desk'), 'trafficPolicy.loadBalancer')).toEqual({ simple: 'PASSTHROUGH' });
  });

  test('goes to the versions of a release in the same shares, copies too', () => {
    const { cart } = called(FEW);
    new CanaryRelease(cart, 'canary', { at: 5, replicas: 1, mirror: 10 });
    expect(names(cart)).toEqual(['v1', 'canary', 'v1-desk', 'canary-desk']);
    expect(routes(cart)[0]).toMatchObject({
      mirror: { subset: 'canary-desk' }, route: [{ destination: { subset: 'v1-desk' }, weight: 95 }, { destination: { subset: 'canary-desk' }, weight: 5 }],
    });
    expect(at(subset(cart, 'canary-desk'), 'trafficPolicy.outlierDetection')).toEqual({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 });
  });

  test('has its namespace in the name where that is another', () => {
    const { staging, cart } = called(FEW);
    client(new MeshNamespace(staging, 'bank'), 'desk').calls(cart, { operations: ['read'], trafficPolicy: FEW });
    expect(names(cart)).toEqual(['v1', 'v1-desk-bank', 'v1-desk']);
  });

  test('may be a gateway', () => {
    const { shop, cart } = called(FEW);
    const gateway = new IngressGateway(shop, 'front', { hosts: ['shop.example'] });
    gateway.routes(cart, { operations: ['read'], trafficPolicy: { loadBalancer: LoadBalancer.byCookie('cart') } });
    expect(names(cart)).toEqual(['v1', 'v1-front-istio-system', 'v1-desk']);
    expect(at(objectIn(gateway, 'VirtualService'), 'spec.http.0.route.0.destination.subset')).toBe('v1-front-istio-system');
  });

  test('may be of another repository', () => {
    const { app, cart } = called(FEW);
    cart.allows(RemoteCaller.of({ namespace: 'bank', serviceAccount: 'teller' }), { operations: ['add'], trafficPolicy: FEW });
    app.render();
    expect(names(cart)).toEqual(['v1', 'v1-teller-bank', 'v1-desk']);
  });

  test('has a subset and no route while its policy stands by', () => {
    const { shop } = world();
    const cart = cartIn(shop);
    client(shop, 'desk').calls(cart, { operations: ['read'], standbyTrafficPolicy: FEW });
    expect(at(subset(cart, 'v1-desk'), 'trafficPolicy.connectionPool.http.http2MaxRequests')).toBe(10);
    expect(routedTo(cart)).toEqual([['v1'], ['v1']]);
  });
});

describe('fails for a caller', () => {
  const refusal = (build: (scene: ReturnType<typeof called>) => unknown, ...parts: readonly string[]): void => {
    const scene = called(FEW);
    expectRefusal(() => { build(scene); scene.app.render(); }, ...parts);
  };

  test('whose calls say two things of their connections', () => {
    refusal(({ cart, desk }) => { desk.calls(cart, { operations: ['add'], trafficPolicy: { connectionPool: { http2MaxRequests: 11 } } }); },
      '[staging/shop/desk] calls to cart share their connections, got two traffic policies that differ', 'holds for all');
  });

  test('whose policy stands by and is used', () => {
    refusal(({ cart, desk }) => { desk.calls(cart, { operations: ['add'], standbyTrafficPolicy: FEW }); },
      '[staging/shop/desk] calls to cart share their connections, got trafficPolicy and standbyTrafficPolicy; give one');
  });

  test('whose policy has no sense, by the name of the option', () => {
    refusal(({ cart, desk }) => { desk.calls(cart, { operations: ['add'], trafficPolicy: {} }); },
      '[staging/shop/desk] trafficPolicy of cart add: it must say something');
    refusal(({ cart, desk }) => { desk.calls(cart, { operations: ['add'], standbyTrafficPolicy: { connectionPool: { maxRetries: 0 } } }); },
      '[staging/shop/desk] standbyTrafficPolicy of cart add: connectionPool.maxRetries must be', 'got 0');
  });

  test('that turns off what the places of the callee need', () => {
    const { app } = called({ outlierDetection: 'none' }, { locality: { failoverPriority: ['zone'] } });
    expectRefusal(() => app.render(), '[staging/shop/desk] in the call to cart: locality failoverPriority', 'got outlierDetection \'none\'');
  });

  test('whose passthrough makes a release do nothing', () => {
    const { app, cart } = called({ loadBalancer: LoadBalancer.passthrough() });
    new CanaryRelease(cart, 'canary', { at: 5 });
    expectRefusal(() => app.render(), '[staging/shop/desk] in the call to cart: loadBalancer passthrough', 'got v1, canary');
  });

  test('whose subset would be another\'s', () => {
    refusal(({ shop, cart }) => {
      client(shop, 'x-desk').calls(cart, { operations: ['read'], trafficPolicy: FEW });
      new CanaryRelease(cart, 'v1-x', { at: 5 });
    }, '[staging/shop/x-desk] its own traffic policy needs a subset of cart that is not taken, got \'v1-x-desk\' as staging/shop/desk, version v1-x has');
    refusal(({ cart }) => new CanaryRelease(cart, 'v1-desk', { at: 5 }), '[staging/shop/desk]', 'got \'v1-desk\' as version v1-desk has; rename one');
  });

  test('whose subset would have no right name', () => {
    refusal(({ shop, cart }) => { client(shop, 'd'.repeat(61)).calls(cart, { operations: ['read'], trafficPolicy: FEW }); },
      'of at most 63 characters, got 64', 'shorten a name');
    refusal(({ cart }) => { cart.allows(RemoteCaller.of({ namespace: 'bank', serviceAccount: 'the.teller' }), { operations: ['read'], trafficPolicy: FEW }); },
      'that is a DNS label, got \'v1-the.teller-bank\'; rename the caller');
  });

  test('of a store, whose connections no route can lead', () => {
    refusal(({ shop, desk }) => { desk.calls(new RedisCache(shop, 'redis', container), { trafficPolicy: FEW }); },
      '[staging/shop/desk] trafficPolicy of redis: no route can lead one caller\'s connections, got a tcp port; give redis itself a trafficPolicy');
  });

  test('of a host outside of the cluster', () => {
    refusal(({ shop, desk }) => { desk.calls(new ExternalService(shop, 'bank', { host: 'bank.example', port: Port.http(80) }), { trafficPolicy: FEW }); },
      '[staging/shop/desk] trafficPolicy of bank: nothing outside of the cluster has versions', 'got bank.example; remove it');
  });

  test('of a namespace that joins, whose requests go to all pods', () => {
    refusal(({ staging, desk }) => {
      const joining = cartIn(new MeshNamespace(staging, 'old', { authorization: 'dry-run', networkPolicies: 'open', mtls: 'permissive', outbound: 'any' }));
      desk.calls(joining, { operations: ['read'], trafficPolicy: FEW });
    }, '[staging/shop/desk] trafficPolicy of cart read: requests of a namespace that joins go to all pods');
  });
});
