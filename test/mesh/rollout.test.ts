import { Duration } from 'cdk8s';
import {
  CanaryRelease, type EnvironmentProps, GatewayDelegate, IngressGateway, LoadBalancer, MeshNamespace, MeshedMicroservice,
  type MeshedMicroserviceProps, Operation, Port, type RolloutOptions, Step, Volume,
} from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, objectsIn, world } from './world';

const operations = { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') };
const steps: RolloutOptions['steps'] = [Step.setWeight(5), Step.pause(Duration.minutes(10)), Step.setWeight(50), Step.pause()];

/** Orders that a controller releases, called by the desk. */
function shopWith(rollout: Partial<RolloutOptions> = {}, props: Partial<MeshedMicroserviceProps<'list' | 'place'>> = {}, environment: EnvironmentProps = {}) {
  const { app, staging, shop } = world(environment);
  const orders = new MeshedMicroservice(shop, 'orders', {
    ...container, port: Port.http(80, { targetPort: 8080 }), replicas: 2, operations, rollout: { steps, ...rollout }, ...props,
  });
  const desk = client(shop, 'desk');
  desk.calls(orders, { operations: ['list', 'place'], timeout: Duration.seconds(3) });
  return { app, staging, shop, orders, desk };
}

const several = [Port.http(80, { targetPort: 8080 }), Port.grpc(9090), Port.tcp(7000)];
const named = (objects: readonly unknown[], kind: string): readonly unknown[] =>
  objects.filter((object) => at(object, 'kind') === kind).map((object) => at(object, 'metadata.name'));

describe('a service with a rollout', () => {
  test('has a Rollout in the Deployment\'s place, which runs the same pods', () => {
    const [{ orders }, { orders: before }] = [shopWith(), shopWith({}, { rollout: undefined })];
    expect(named(objectsIn(orders), 'Deployment')).toEqual([]);
    const [rollout, deployment] = [objectIn(orders, 'Rollout'), objectIn(before, 'Deployment')];
    expect(at(rollout, 'apiVersion')).toBe('argoproj.io/v1alpha1');
    const same = ['metadata', 'spec.selector', 'spec.replicas', 'spec.template.metadata', 'spec.template.spec.containers'];
    for (const path of same) expect(at(rollout, path)).toEqual(at(deployment, path));
  });

  test('spreads the pods of each of its versions by themselves', () => {
    const [constraint] = listAt(objectIn(shopWith().orders, 'Rollout'), 'spec.template.spec.topologySpreadConstraints');
    expect(at(constraint, 'matchLabelKeys')).toEqual(['rollouts-pod-template-hash']);
  });

  test('names its two Services, the delegate and its route', () => {
    expect(at(objectIn(shopWith().orders, 'Rollout'), 'spec.strategy')).toEqual({
      canary: {
        canaryService: 'orders-canary',
        stableService: 'orders-stable',
        steps: [{ setWeight: 5 }, { pause: { duration: '10m' } }, { setWeight: 50 }, { pause: {} }],
        trafficRouting: { istio: { virtualService: { name: 'orders-weights', routes: ['release'] } } },
      },
    });
  });

  test('has two more Services that select all its pods, until the controller tells them apart', () => {
    const services = ['orders', 'orders-stable', 'orders-canary'].map((name) => at(objectIn(shopWith().orders, 'Service', name), 'spec'));
    expect(new Set(services.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  test('has one DestinationRule a host, and never leaves out the few pods of a canary', () => {
    const names = ['orders', 'orders-stable', 'orders-canary'];
    const [own, stable, canary] = names.map((name) => at(objectIn(shopWith().orders, 'DestinationRule', name), 'spec'));
    expect([own, stable, canary].map((spec) => at(spec, 'host'))).toEqual(names.map((each) => `${each}.shop.svc.cluster.local`));
    expect(at(stable, 'trafficPolicy')).toEqual(at(own, 'trafficPolicy'));
    expect(at(canary, 'trafficPolicy')).toEqual({ ...Object(at(own, 'trafficPolicy')), outlierDetection: undefined });
  });

  test('keeps the subset of its version, so that proxies with the routes of before find it', () => {
    expect(at(objectIn(shopWith().orders, 'DestinationRule', 'orders'), 'spec.subsets')).toEqual([{ labels: { version: 'v1' }, name: 'v1' }]);
  });

  test('delegates each route, with its own match, timeout and retries, and nothing else', () => {
    const [{ orders }, { orders: before }] = [shopWith(), shopWith({}, { rollout: undefined })];
    const [has, had] = [orders, before].map((each) => listAt(objectIn(each, 'VirtualService', 'orders'), 'spec.http'));
    const policies = (routes: readonly unknown[]) => routes.map((each) => ({ ...Object(each), route: undefined, delegate: undefined }));
    expect(policies(has)).toEqual(policies(had));
    expect(has.map((each) => [at(each, 'delegate'), at(each, 'route')])).toEqual(has.map(() => [{ name: 'orders-weights' }, undefined]));
  });

  test('has nothing but destinations in the delegate, since that would win over what callers\' routes say', () => {
    expect(at(objectIn(shopWith().orders, 'VirtualService', 'orders-weights'), 'spec')).toEqual({
      exportTo: ['.'],
      http: [{
        name: 'release',
        route: [
          { destination: { host: 'orders-stable.shop.svc.cluster.local' }, weight: 100 },
          { destination: { host: 'orders-canary.shop.svc.cluster.local' }, weight: 0 },
        ],
      }],
    });
  });

  test('is scaled and protected as a Deployment would be', () => {
    const { orders } = shopWith({}, { replicas: { min: 2, max: 5, cpuPercent: 70 } });
    const scaled = at(objectIn(orders, 'HorizontalPodAutoscaler'), 'spec.scaleTargetRef');
    expect(scaled).toEqual({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'orders' });
    expect(at(objectIn(orders, 'Rollout'), 'spec.replicas')).toBeUndefined();
    expect(at(objectIn(orders, 'PodDisruptionBudget'), 'spec.selector.matchLabels')).toEqual({ app: 'orders', version: 'v1' });
  });

  test('leaves its callers\' objects as they are', () => {
    const [{ desk }, { desk: before }] = [shopWith(), shopWith({}, { rollout: undefined })];
    expect(objectsIn(desk)).toEqual(objectsIn(before));
  });

  test('takes the same patches as with a Deployment', () => {
    const { orders } = shopWith();
    expect(at(orders.workload.deployment.toJson(), 'spec.template.spec.containers.0.lifecycle.preStop.sleep.seconds')).toBe(5);
  });
});

describe('a gateway', () => {
  test('delegates to the same weights, from wherever its routes are', () => {
    const { staging, orders } = shopWith();
    const edge = new MeshNamespace(staging, 'edge');
    new IngressGateway(edge, 'web', { hosts: ['orders.example.com'] }).routes(orders, { operations: ['list'], timeout: Duration.seconds(2) });
    const [route] = listAt(objectIn(edge, 'VirtualService'), 'spec.http');
    expect(at(route, 'delegate')).toEqual({ name: 'orders-weights', namespace: 'shop' });
    expect(at(route, 'timeout')).toBe('2s');
    expect(at(objectIn(orders, 'VirtualService', 'orders-weights'), 'spec.exportTo')).toEqual(['.', 'edge']);
  });

  test('in the callee\'s own namespace needs to name none', () => {
    const { shop, orders } = shopWith();
    new IngressGateway(shop, 'web', { hosts: ['orders.example.com'] }).routes(orders, { operations: ['list'] });
    expect(at(objectIn(shop, 'VirtualService', 'orders-example-com'), 'spec.http.0.delegate')).toEqual({ name: 'orders-weights' });
    expect(at(objectIn(orders, 'VirtualService', 'orders-weights'), 'spec.exportTo')).toEqual(['.']);
  });
});

describe('several ports', () => {
  test('have weights of their own where they carry requests, since a destination has to name its port', () => {
    const { orders } = shopWith({}, { port: several });
    expect(at(objectIn(orders, 'Rollout'), 'spec.strategy.canary.trafficRouting.istio.virtualServices'))
      .toEqual(['http', 'grpc'].map((port) => ({ name: `orders-weights-${port}`, routes: ['release'] })));
    const ports = ['http', 'grpc'].map((port) => listAt(objectIn(orders, 'VirtualService', `orders-weights-${port}`), 'spec.http.0.route')
      .map((each) => at(each, 'destination.port.number')));
    expect(ports).toEqual([[80, 80], [9090, 9090]]);
    const delegates = listAt(objectIn(orders, 'VirtualService', 'orders'), 'spec.http').map((each) => [at(each, 'match.0.port'), at(each, 'delegate.name')]);
    expect(delegates).toEqual([[80, 'orders-weights-http'], [80, 'orders-weights-http'], [80, 'orders-weights-http'], [9090, 'orders-weights-grpc']]);
  });
});

describe('while a Deployment runs beside it', () => {
  test('both have the same pods, which get the requests, and proxies learn of the hosts with weight 0', () => {
    const { orders } = shopWith({ deployment: 'leaving' });
    expect(at(objectIn(orders, 'Deployment'), 'spec.selector')).toEqual(at(objectIn(orders, 'Rollout'), 'spec.selector'));
    expect(at(objectIn(orders, 'Deployment'), 'metadata.name')).toBe('orders');
    for (const route of listAt(objectIn(orders, 'VirtualService', 'orders'), 'spec.http')) {
      expect(listAt(route, 'route').map((each) => [at(each, 'destination.host'), at(each, 'destination.subset'), at(each, 'weight')])).toEqual([
        ['orders.shop.svc.cluster.local', 'v1', 100],
        ['orders-stable.shop.svc.cluster.local', undefined, 0],
        ['orders-canary.shop.svc.cluster.local', undefined, 0],
      ]);
    }
  });

  test.each([['leaving', 'Rollout'], ['arriving', 'Deployment']] as const)('the one that stays follows the load: %s', (deployment, kind) => {
    const { orders } = shopWith({ deployment }, { replicas: { min: 2, max: 5, cpuPercent: 70 } });
    expect(at(objectIn(orders, 'HorizontalPodAutoscaler'), 'spec.scaleTargetRef.kind')).toBe(kind);
    expect([objectIn(orders, 'Deployment'), objectIn(orders, 'Rollout')].map((each) => at(each, 'spec.replicas'))).toEqual([undefined, undefined]);
  });

  test('its Deployment is what it would be without a rollout', () => {
    const [{ orders }, { orders: before }] = [shopWith({ deployment: 'arriving' }), shopWith({}, { rollout: undefined })];
    expect(objectIn(orders, 'Deployment')).toEqual(objectIn(before, 'Deployment'));
  });
});

describe('what the controller writes', () => {
  test('is said by object and field, and each field is in what is rendered', () => {
    const { shop, orders } = shopWith({}, { port: several });
    const edits = orders.rollout?.controllerEdits ?? [];
    expect(edits.map(({ group, kind, name }) => [group, kind, name])).toEqual([
      ['', 'Service', 'orders-stable'], ['', 'Service', 'orders-canary'],
      ['networking.istio.io', 'VirtualService', 'orders-weights-http'], ['networking.istio.io', 'VirtualService', 'orders-weights-grpc'],
    ]);
    for (const { kind, name, jsonPointers } of edits.filter((each) => each.kind === 'VirtualService')) {
      expect(jsonPointers.map((pointer) => at(objectIn(shop, kind, name), pointer.slice(1).replaceAll('/', '.')))).toEqual([100, 0]);
    }
    const annotation = '/metadata/annotations/argo-rollouts.argoproj.io~1managed-by-rollouts';
    expect(edits[0].jsonPointers).toEqual(['/spec/selector/rollouts-pod-template-hash', annotation]);
  });

  test('stands in no object that says anything of callers', () => {
    const { shop, orders } = shopWith();
    const edited = new Set(orders.rollout?.controllerEdits.map(({ kind, name }) => `${kind} ${name}`));
    const ofCallers = objectsIn(shop).filter((object) => /timeout|retries|match"|sourceLabels/.test(JSON.stringify(at(object, 'spec') ?? null))
      && at(object, 'kind') === 'VirtualService');
    expect(ofCallers.map((object) => `${String(at(object, 'kind'))} ${String(at(object, 'metadata.name'))}`).filter((each) => edited.has(each))).toEqual([]);
  });
});

describe('fails', () => {
  test.each([
    ['that fall', [Step.setWeight(50), Step.setWeight(5)], '[50, 5]'],
    ['that stay', [Step.setWeight(50), Step.setWeight(50)], '[50, 50]'],
    ['of 0', [Step.setWeight(0)], '[0]'],
    ['of more than 100', [Step.setWeight(101)], '[101]'],
    ['that are not whole', [Step.setWeight(2.5)], '[2.5]'],
  ] as const)('weights %s', (_, wrong, got) => {
    expectRefusal(() => shopWith({ steps: [...wrong] }), 'rise from 1 to 100', got);
  });

  test('steps that begin with a pause', () => {
    expectRefusal(() => shopWith({ steps: [Step.pause(), Step.setWeight(5)] }), 'must begin with a weight', 'Step.setWeight first');
  });

  test('a pause that is no whole second', () => {
    expectRefusal(() => shopWith({ steps: [Step.setWeight(5), Step.pause(Duration.millis(1500))] }), 'a pause must be whole seconds', '1500ms');
  });

  test('a traffic policy of one caller, which needs subsets', () => {
    const { app, orders, shop } = shopWith();
    client(shop, 'office').calls(orders, { operations: ['list'], trafficPolicy: { connectionPool: { http2MaxRequests: 5 } } });
    expectRefusal(() => app.render(), '[staging/shop/office]', 'orders', 'by hosts');
  });

  test('connections that are passed through, past the weights', () => {
    const { app } = shopWith({}, { trafficPolicy: { loadBalancer: LoadBalancer.passthrough() } });
    expectRefusal(() => app.render(), '[staging/shop/orders]', 'passthrough', 'no effect');
  });

  test('a delegate of another repository\'s gateway, which cannot delegate again', () => {
    const { app, orders, shop } = shopWith();
    const props = { host: 'shop.example', pathPrefix: '/orders', gatewayNamespace: 'edge' };
    new GatewayDelegate(shop, 'orders-routes', props).routes(orders, { operations: ['list'] });
    expectRefusal(() => app.render(), '[staging/shop/orders-routes]', 'delegate again', 'orders');
  });

  test('a CanaryRelease beside it', () => {
    expectRefusal(() => new CanaryRelease(shopWith().orders, 'canary', { at: 0 }), 'one way of releasing', 'a second version beside a rollout');
  });

  test('a service of TCP, and one without a port', () => {
    expectRefusal(() => shopWith({}, { port: Port.tcp(80), operations: undefined }), 'needs requests that can be routed', 'TCP');
    expectRefusal(() => client(world().shop, 'worker', { rollout: { steps } }), 'needs requests that can be routed', 'no port');
  });

  test('a Deployment that was taken over', () => {
    expectRefusal(() => shopWith({}, { existing: { selector: { run: 'orders' } } }), 'taken over', '{"run":"orders"}');
  });

  test('a namespace whose authorization is in dry run', () => {
    const shop = new MeshNamespace(world().staging, 'joining', { authorization: 'dry-run', networkPolicies: 'open' });
    const props = { ...container, port: Port.http(80), rollout: { steps } };
    expectRefusal(() => new MeshedMicroservice(shop, 'orders', props), "authorization 'dry-run' with a rollout", 'once it is enforced');
  });

  test('storage that only one node can have', () => {
    const volumes = { '/data': Volume.persistentVolumeClaim('orders') };
    expectRefusal(() => shopWith({}, { replicas: 1, volumes }), 'two versions cannot share the claim', '/data');
  });

  test('a name that leaves no room for those of its two Services', () => {
    const { shop } = world();
    expectRefusal(() => new MeshedMicroservice(shop, 'o'.repeat(60), { ...container, port: Port.http(80), rollout: { steps } }), 'name must', 'o'.repeat(60));
  });

  test('another service of the name of one of the two', () => {
    const { app, shop } = shopWith();
    client(shop, 'orders-stable', { port: Port.http(80) });
    expect(() => app.render()).toThrow("got 'orders-stable'");
  });
});
