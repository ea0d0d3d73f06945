import {
  type CanaryMatch, CanaryRelease, type CanaryReleaseProps, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port,
  RemoteCaller, Text,
} from '../../src';
import { checkTransition, readFolder, type RenderedFiles } from '../../src/checks';
import { type Shop, routes, shares, shopWith } from './released';
import { at, client, container, expectRefusal, listAt, objectIn, objectsIn, payment, world } from './world';

const host = 'orders.shop.svc.cluster.local';

describe('a second version', () => {
  test('is the stable one but for what is given', () => {
    const { shop, orders } = shopWith({ image: 'registry.example/app:2.0.0', env: { BANNER: 'blue' } });
    const [stable, canary] = ['orders', 'orders-canary'].map((name) => at(objectIn(orders, 'Deployment', name), 'spec'));
    expect(at(canary, 'selector.matchLabels')).toEqual({ app: 'orders', version: 'canary' });
    expect(at(canary, 'template.metadata.labels')).toEqual({ 'app': 'orders', 'version': 'canary', 'app.kubernetes.io/part-of': 'shop' });
    expect(at(canary, 'template.spec.serviceAccountName')).toBe('orders');
    expect(at(canary, 'template.spec.containers.0.image')).toBe('registry.example/app:2.0.0');
    expect(listAt(canary, 'template.spec.containers.0.env')).toEqual([{ name: 'LEVEL', value: 'info' }, { name: 'BANNER', value: 'blue' }]);
    const same = ['replicas', 'template.spec.containers.0.resources', 'template.spec.containers.0.ports'];
    for (const path of same) expect(at(canary, path)).toEqual(at(stable, path));
    const identities = objectsIn(shop).filter((object) => at(object, 'kind') === 'ServiceAccount');
    expect(identities.map((object) => at(object, 'metadata.name'))).toEqual(['orders', 'desk']);
  });

  test('makes the calls of the service', () => {
    const { shop } = world();
    const operations = { place: Operation.http('POST', '/orders') };
    const orders = new MeshedMicroservice(shop, 'orders', { ...container, port: Port.http(80), operations });
    new CanaryRelease(orders, 'canary', { at: 0 });
    orders.calls(payment(shop), { operations: ['charge'], env: (to) => ({ PAYMENT: to.hostPort }) });
    const env = listAt(objectIn(orders, 'Deployment', 'orders-canary'), 'spec.template.spec.containers.0.env');
    expect(env).toEqual([{ name: 'PAYMENT', value: 'payment:50051' }]);
  });

  test('scales by itself', () => {
    const { orders } = shopWith({ replicas: { min: 2, max: 4, cpuPercent: 60 } });
    expect(at(objectIn(orders, 'HorizontalPodAutoscaler'), 'spec.scaleTargetRef.name')).toBe('orders-canary');
    expect(at(objectIn(orders, 'PodDisruptionBudget', 'orders-canary'), 'spec.selector.matchLabels.version')).toBe('canary');
  });

  test('has a subset, and is ejected by its own number of pods', () => {
    const none = { consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 };
    const subsets = (props: Partial<CanaryReleaseProps>) => listAt(objectIn(shopWith(props).orders, 'DestinationRule'), 'spec.subsets');
    expect(subsets({})).toEqual([{ name: 'v1', labels: { version: 'v1' } }, { name: 'canary', labels: { version: 'canary' } }]);
    expect(subsets({ replicas: 1 })[1]).toMatchObject({ trafficPolicy: { outlierDetection: none } });
    expect(subsets({ replicas: 4 })[1]).toMatchObject({ trafficPolicy: { outlierDetection: { maxEjectionPercent: 75 } } });
  });
});

describe('requests', () => {
  test('are shared on every route, each with its own policy', () => {
    const plain = shopWith({ at: 0, plan: [20] });
    const released = shopWith();
    for (const route of routes(released)) expect(shares(route)).toEqual({ v1: 80, canary: 20 });
    const policies = (shop: Shop) => routes(shop).map((route) => ({ ...Object(route), route: undefined }));
    expect(policies(released)).toEqual(policies(plain));
    expect(routes(plain).map(shares)).toEqual(routes(plain).map(() => ({ v1: 100, canary: 0 })));
  });

  test('that match are shared, the others stay', () => {
    const match: CanaryMatch = {
      headers: { 'x-group': Text.exact('beta') },
      userAgent: Text.contains('Chrome'),
      cookie: { name: 'try', value: 'new' },
      queryParams: { try: Text.exact('1') },
    };
    const shop = shopWith({ match, at: 100 });
    const [matched, rest] = [{ v1: 0, canary: 100 }, { v1: undefined }];
    expect(routes(shop).map(shares)).toEqual([matched, rest, matched, rest, matched, rest]);
    const [first, second] = routes(shop);
    expect(at(first, 'match.0')).toEqual({
      ...Object(at(second, 'match.0')),
      headers: { 'x-group': { exact: 'beta' }, 'cookie': { regex: '(.*; *)?try=new(;.*)?' }, 'user-agent': { regex: '.*Chrome.*' } },
      queryParams: { try: { exact: '1' } },
    });
    for (const field of ['timeout', 'retries']) expect(at(first, field)).toEqual(at(second, field));
  });

  test('of some callers are shared, those of others stay', () => {
    const { shop } = world();
    const [called, one, two] = [payment(shop), client(shop, 'one'), client(shop, 'two')];
    for (const caller of [one, two]) caller.calls(called, { operations: ['refunds'] });
    new CanaryRelease(called, 'canary', { at: 50, match: { callers: [one] } });
    const found = listAt(objectIn(called, 'VirtualService'), 'spec.http').map((route) => [at(route, 'match.0.sourceLabels.app'), shares(route)]);
    expect(found).toEqual([['one', { v1: 50, canary: 50 }], ['two', { v1: undefined }], [undefined, { v1: undefined }]]);
  });

  test('are copied where they may be done twice, and nowhere else', () => {
    const shop = shopWith({ at: 0, mirror: 10 });
    const copied = routes(shop).map((route) => [at(route, 'match.0.method.exact'), at(route, 'mirror'), at(route, 'mirrorPercentage')]);
    expect(copied).toEqual([['GET', { host, subset: 'canary' }, { value: 10 }], ['POST', undefined, undefined], [undefined, undefined, undefined]]);
  });

  test('from outside and from other repositories are shared alike', () => {
    const shop = shopWith({}, { exported: true });
    new IngressGateway(shop.shop, 'gateway', { hosts: ['shop.example'] }).routes(shop.orders, { operations: ['list'] });
    shop.orders.allows(RemoteCaller.of({ namespace: 'desk', serviceAccount: 'other' }), { operations: ['list'] });
    expect(listAt(objectsIn(shop.shop).find((object) => at(object, 'spec.gateways') !== undefined), 'spec.http').map(shares)).toEqual([{ v1: 80, canary: 20 }]);
    expect(routes(shop)).toHaveLength(4);
    for (const route of routes(shop)) expect(shares(route)).toEqual({ v1: 80, canary: 20 });
  });

  test('of a caller\'s second version reach this one\'s, in a lane', () => {
    const { shop } = world();
    const [web, orders] = ['web', 'orders'].map((name) => new MeshedMicroservice(shop, name, {
      ...container, port: Port.http(80), operations: { list: Operation.http('GET', '/') },
    }));
    web.calls(orders, { operations: ['list'] });
    client(shop, 'desk').calls(orders, { operations: ['list'] });
    new CanaryRelease(web, 'next', { at: 0 });
    new CanaryRelease(orders, 'canary', { at: 0, lane: true });
    const found = listAt(objectIn(orders, 'VirtualService'), 'spec.http').map((route) => [at(route, 'match.0.sourceLabels'), shares(route)]);
    expect(found).toEqual([
      [{ app: 'desk' }, { v1: 100, canary: 0 }],
      [{ app: 'web', version: 'next' }, { canary: undefined }],
      [{ app: 'web' }, { v1: 100, canary: 0 }],
      [undefined, { v1: 100, canary: 0 }],
    ]);
  });
});

describe('the life of a release', () => {
  const files = readFolder('examples/canary/dist');
  const steps = [...new Set([...files.keys()].map((path) => path.split('/')[0]))].sort();
  const manifestsOf = (step: string): RenderedFiles =>
    new Map([...files].filter(([path]) => path.startsWith(`${step}/`) && path.endsWith('.yaml')).map(([path, text]) => [path.replace(step, 'staging'), text]));
  const rules = (before: string, after: string): string[] => checkTransition(manifestsOf(before), manifestsOf(after)).map(({ rule }) => rule);

  test('is one that a cluster can take at every step', () => {
    for (const [index, step] of steps.slice(1).entries()) expect(rules(steps[index], step)).toEqual([]);
  });

  test('cannot skip what would hurt', () => {
    const [before, deployed, five, , all, takenOver, , removed] = steps;
    expect(rules(before, five)).toEqual(['requests-before-pods']);
    expect(rules(all, removed)).toEqual(['route-and-subset-removed']);
    expect(rules(takenOver, removed)).toEqual(['route-and-subset-removed']);
    expect(rules(deployed, before)).toEqual([]);
  });

  test('promotes by two weights a route', () => {
    const [, deployed, five] = steps.map((step) => manifestsOf(step).get('staging/shop/orders.yaml')!.split('\n'));
    const changed = deployed.flatMap((line, index) => (line === five[index] ? [] : [`${line.trim()} → ${five[index].trim()}`]));
    expect([...new Set(changed)]).toEqual(['weight: 100 → weight: 95', 'weight: 0 → weight: 5']);
  });
});

describe('fails', () => {
  test.each<[string, Partial<CanaryReleaseProps>, string]>([
    ['for a share outside of the plan', { at: 30 }, 'at must be 0 or one of the plan, got 30; the plan is 1, 5, 20, 50, 100'],
    ['for a share below 0', { at: -5 }, 'got -5'],
    ['for a plan that falls', { plan: [50, 20], at: 20 }, 'plan must be whole numbers of percent that rise from 1 to 100 at most, got [50, 20]'],
    ['for a plan beyond 100', { plan: [50, 120], at: 50 }, 'got [50, 120]'],
    ['for an empty plan', { plan: [], at: 0 }, 'got []'],
    ['for half a percent', { plan: [0.5], at: 0.5 }, 'got [0.5]'],
    ['for a copy of nothing', { mirror: 0 }, 'mirror must be a whole number of percent from 1 to 100, got 0'],
    ['for copies to itself', { at: 100, mirror: 10 }, 'mirror copies what another version answers, got 10 where this one has all; leave it out'],
    ['for a header that has its own name', { match: { headers: { cookie: Text.exact('a') } } }, "got 'cookie'"],
    ['for a header that is not in lower case', { match: { headers: { 'X-Group': Text.exact('a') } } }, 'lower case'],
    ['for replicas that cannot be', { replicas: 0 }, 'replicas must be'],
    ['for an image without a tag', { image: 'registry.example/app' }, 'registry.example/app'],
  ])('%s', (_, props, said) => {
    expectRefusal(() => shopWith(props), '[staging/shop/orders/canary', said);
  });

  test('for copies of what must never be done twice', () => {
    const { app } = shopWith({ mirror: 10 }, { operations: { list: Operation.http('POST', '/list'), place: Operation.http('POST', '/orders') } });
    expectRefusal(() => app.render(), '[staging/shop/orders/canary]', 'mirror copies', 'none');
  });

  test('for the stable version\'s name', () => {
    const { shop } = world();
    expectRefusal(() => new CanaryRelease(payment(shop), 'v1', { at: 0 }), '[staging/shop/payment/v1]', "must not be the stable one's, got 'v1'");
  });

  test('for a second release of one service', () => {
    const { orders } = shopWith();
    expectRefusal(() => new CanaryRelease(orders, 'next', { at: 0 }), '[staging/shop/orders]', "got 'next' beside 'canary'");
  });

  test('for a service of which no requests are told apart', () => {
    const { shop } = world();
    expectRefusal(() => new CanaryRelease(client(shop, 'web'), 'canary', { at: 0 }), '[staging/shop/web/canary]', 'got a service of no port');
    const tcp = new MeshedMicroservice(shop, 'tcp', { ...container, port: Port.tcp(5432) });
    expectRefusal(() => new CanaryRelease(tcp, 'canary', { at: 0 }), '[staging/shop/tcp/canary]', 'got a service of TCP');
  });

  test.each<Record<string, string>>([{ tier: 'web' }, { tier: 'web', version: 'v1' }])('for a running Deployment that selects by %j', (selector) => {
    const { shop } = world();
    const web = new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80), existing: { selector } });
    expectRefusal(() => new CanaryRelease(web, 'canary', { at: 0 }), '[staging/shop/web/canary]', `got ${JSON.stringify(selector)}`);
  });

  test('for a namespace whose requests go to all pods', () => {
    const joining = new MeshNamespace(world().staging, 'bank', { authorization: 'dry-run', networkPolicies: 'open' });
    const web = new MeshedMicroservice(joining, 'web', { ...container, port: Port.http(80) });
    expectRefusal(() => new CanaryRelease(web, 'canary', { at: 0 }), '[staging/bank/web/canary]', "got authorization 'dry-run'");
  });

  test('for a variable that a call sets', () => {
    const { app, shop } = world();
    const web = new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80) });
    new CanaryRelease(web, 'canary', { at: 0, env: { PAYMENT: 'elsewhere' } });
    web.calls(payment(shop), { operations: ['charge'], env: (to) => ({ PAYMENT: to.hostPort }) });
    expectRefusal(() => app.render(), '[staging/shop/web/canary]', 'environment variable PAYMENT is set by a call already');
  });
});
