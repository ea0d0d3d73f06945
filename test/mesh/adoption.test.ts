import { isDeepStrictEqual } from 'node:util';
import { checkTransition, readFolder, type RenderedFiles } from '../../src/checks';
import { objectsIn, type ObjectInFile } from '../../src/checks/rendered';
import { Environment, GitOpsApp, MeshNamespace, MeshedMicroservice, Operation, Port, type MeshNamespaceProps } from '../../src';
import { at, container, expectRefusal, objectIn, world } from './world';

const files = readFolder('examples/adopting/dist');
const steps = [...new Set([...files.keys()].map((path) => path.split('/')[0]))].sort();

/** The manifests of one step, as those of an environment that all have in common. */
function manifestsOf(step: string): RenderedFiles {
  const own = [...files].filter(([path]) => path.startsWith(`${step}/`) && path.endsWith('.yaml'));
  return new Map(own.map(([path, text]) => [path.replace(step, 'staging'), text]));
}

const nameOf = ({ kind, name }: ObjectInFile): string => `${kind} ${name}`;

/** Objects that differ between two steps. */
function changes(before: string, after: string): string[] {
  const [had, has] = [before, after].map((step) => objectsIn(manifestsOf(step)));
  const contents = (objects: readonly ObjectInFile[]) => new Map(objects.map((object) => [nameOf(object), object.content]));
  const [old, now] = [contents(had), contents(has)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => !isDeepStrictEqual(old.get(name), now.get(name))).sort();
}

describe('an adoption, step by step', () => {
  test.each<[number, string[]]>([
    [1, ['PeerAuthentication default']],
    [2, ['Sidecar desk', 'Sidecar orders']],
    [3, ['AuthorizationPolicy desk', 'AuthorizationPolicy orders', 'VirtualService desk', 'VirtualService orders']],
    [4, ['AuthorizationPolicy deny-all']],
    [5, ['NetworkPolicy allow-mesh', 'NetworkPolicy deny-all', 'NetworkPolicy desk', 'NetworkPolicy orders']],
  ])('step %i + 1 changes what it is about, and no pod', (index, expected) => {
    expect(changes(steps[index - 1], steps[index])).toEqual(expected);
  });

  test('cannot enforce what refuses everything together with what lets some in', () => {
    const rules = checkTransition(manifestsOf(steps[2]), manifestsOf(steps[4])).map(({ rule }) => rule);
    expect(rules).toEqual(['deny-all-at-once']);
  });

  test('is one that a cluster can take at every step', () => {
    for (const [index, step] of steps.slice(1).entries()) expect(checkTransition(manifestsOf(steps[index]), manifestsOf(step))).toEqual([]);
  });
});

describe('an existing workload', () => {
  const existing = { deployment: 'shop-orders', serviceAccount: 'orders-sa', selector: { tier: 'orders' } };

  function shopWith(props: MeshNamespaceProps = {}) {
    const app = new GitOpsApp();
    const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop', props);
    const orders = new MeshedMicroservice(shop, 'orders', {
      ...container, existing, port: Port.http(80), operations: { list: Operation.http('GET', '/') }, replicas: 2,
    });
    const desk = new MeshedMicroservice(shop, 'desk', { ...container, existing: { selector: { tier: 'desk' } } });
    desk.calls(orders, { operations: ['list'] });
    return { app, shop };
  }

  test('keeps its name and its selector, and its pods only gain labels', () => {
    const deployment = objectIn(shopWith().shop, 'Deployment', 'shop-orders');
    expect(at(deployment, 'spec.selector')).toEqual({ matchLabels: { tier: 'orders' } });
    expect(at(deployment, 'spec.template.metadata.labels')).toEqual({ tier: 'orders', version: 'v1', 'app.kubernetes.io/part-of': 'shop' });
    expect(at(deployment, 'spec.template.spec.serviceAccountName')).toBe('orders-sa');
  });

  test('is known by its selector everywhere', () => {
    const { shop } = shopWith();
    expect(at(objectIn(shop, 'Service', 'orders'), 'spec.selector')).toEqual({ tier: 'orders' });
    expect(at(objectIn(shop, 'AuthorizationPolicy', 'orders'), 'spec.selector.matchLabels')).toEqual({ tier: 'orders' });
    expect(at(objectIn(shop, 'Sidecar', 'orders'), 'spec.workloadSelector.labels')).toEqual({ tier: 'orders' });
    expect(at(objectIn(shop, 'NetworkPolicy', 'orders'), 'spec.podSelector.matchLabels')).toEqual({ tier: 'orders' });
    expect(at(objectIn(shop, 'NetworkPolicy', 'orders'), 'spec.ingress.0.from')).toEqual([{ podSelector: { matchLabels: { tier: 'desk' } } }]);
    expect(at(objectIn(shop, 'VirtualService', 'orders'), 'spec.http.0.match.0.sourceLabels')).toEqual({ tier: 'desk' });
    expect(at(objectIn(shop, 'PodDisruptionBudget', 'shop-orders'), 'spec.selector.matchLabels')).toEqual({ tier: 'orders' });
  });

  test('is routed to as a whole while it joins, then by the subset that has been known since', () => {
    const joining = { authorization: 'dry-run', networkPolicies: 'open' } as const;
    const [before, after] = [joining, {}].map((props) => shopWith(props).shop);
    for (const shop of [before, after]) {
      expect(at(objectIn(shop, 'DestinationRule', 'orders'), 'spec.subsets')).toEqual([{ name: 'v1', labels: { version: 'v1' } }]);
    }
    const destinations = (shop: MeshNamespace) => [0, 1].map((index) => at(objectIn(shop, 'VirtualService', 'orders'), `spec.http.${index}.route`));
    const host = 'orders.shop.svc.cluster.local';
    expect(destinations(before)).toEqual([[{ destination: { host } }], [{ destination: { host } }]]);
    expect(destinations(after)).toEqual([[{ destination: { host, subset: 'v1' } }], [{ destination: { host, subset: 'v1' } }]]);
  });

  test('that selects by version keeps it', () => {
    const { shop } = world();
    const selector = { app: 'orders', version: 'blue' };
    new MeshedMicroservice(shop, 'orders', { ...container, existing: { selector }, version: 'blue', port: Port.http(80) });
    expect(at(objectIn(shop, 'DestinationRule'), 'spec.subsets')).toEqual([{ name: 'blue', labels: { version: 'blue' } }]);
    expectRefusal(() => new MeshedMicroservice(shop, 'other', { ...container, existing: { selector } }), '[staging/shop/other]', "say version: 'blue'");
  });

  test('fails without a selector, and with names that are none', () => {
    const { shop } = world();
    expectRefusal(() => new MeshedMicroservice(shop, 'a', { ...container, existing: { selector: {} } }), '[staging/shop/a]', 'got none', 'spec.selector');
    expectRefusal(() => new MeshedMicroservice(shop, 'b', { ...container, existing: { selector: { a: 'b' }, deployment: 'A' } }), 'existing.deployment', "'A'");
  });

  test.each([{ tier: 'web' }, { tier: 'web', part: 'api' }, { app: 'cart' }])('fails for pods that another workload selects: %j', (selector: object) => {
    const { shop } = world();
    new MeshedMicroservice(shop, 'cart', container);
    new MeshedMicroservice(shop, 'web', { ...container, existing: { selector: { tier: 'web' } } });
    const existing = { selector: { ...selector } };
    expectRefusal(() => new MeshedMicroservice(shop, 'api', { ...container, existing }), '[staging/shop/api]', 'selects too', 'say all labels');
  });

  test('fails for a workload of the name by which an earlier one selects, and for no other', () => {
    const { shop, staging } = world();
    new MeshedMicroservice(shop, 'web', { ...container, existing: { selector: { app: 'cart' } } });
    expectRefusal(() => new MeshedMicroservice(shop, 'cart', container), '[staging/shop/cart]', 'app=cart that staging/shop/web selects too');
    new MeshedMicroservice(shop, 'desk', { ...container, existing: { selector: { tier: 'web' } } });
    expect(() => new MeshedMicroservice(new MeshNamespace(staging, 'desk'), 'desk', { ...container, existing: { selector: { tier: 'web' } } })).not.toThrow();
  });

  test('is counted before it is refused: every policy of the namespace is in dry run', () => {
    const { shop } = shopWith({ authorization: 'dry-run', networkPolicies: 'open' });
    for (const name of ['deny-all', 'orders']) {
      expect(at(objectIn(shop, 'AuthorizationPolicy', name), 'metadata.annotations')).toMatchObject({ 'istio.io/dry-run': 'true' });
    }
  });

  test('cuts no undeclared request short while those are only counted', () => {
    const lastRoute = (props: MeshNamespaceProps): unknown => at(objectIn(shopWith(props).shop, 'VirtualService', 'orders'), 'spec.http.1.timeout');
    expect(lastRoute({ authorization: 'dry-run', networkPolicies: 'open' })).toBeUndefined();
    expect(lastRoute({})).toBe('5s');
  });

  test('reaches anything while not all is declared', () => {
    const { shop } = shopWith({ outbound: 'any', networkPolicies: 'open' });
    expect(at(objectIn(shop, 'Sidecar', 'desk'), 'spec')).toMatchObject({ egress: [{ hosts: ['*/*'] }], outboundTrafficPolicy: { mode: 'ALLOW_ANY' } });
    expect(at(objectIn(shop, 'NetworkPolicy', 'desk'), 'spec.egress.1')).toEqual({});
    expect(at(objectIn(shop, 'NetworkPolicy', 'orders'), 'spec.ingress.1')).toEqual({});
    expect(() => objectIn(shop, 'NetworkPolicy', 'deny-all')).toThrow();
  });
});

test.each<[string, MeshNamespaceProps, string]>([
  ['policies of identities that plaintext does not have', { mtls: 'permissive', networkPolicies: 'open' }, "say authorization: 'dry-run'"],
  ['a network that refuses what is only counted', { authorization: 'dry-run' }, "say networkPolicies: 'open'"],
  ['a network that refuses what sidecars let out', { outbound: 'any' }, "say networkPolicies: 'open'"],
])('fails for steps in the wrong order: %s', (_, props, fix) => {
  expectRefusal(() => new MeshNamespace(world().staging, 'other', props), '[staging/other]', fix);
});
