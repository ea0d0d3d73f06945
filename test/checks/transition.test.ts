import * as fc from 'fast-check';
import { checkTransition, readFolder, type RenderedFiles } from '../../src/checks';
import { objectsIn } from '../../src/checks/rendered';
import { IngressGateway, MeshedMicroservice, Port, type TrafficPolicy } from '../../src';
import { Change, changed, drop, gone, set } from '../cluster/mutations/change';
import type { KubeObject } from '../cluster/control/kube-client';
import { client, container, expectRefusal, world } from '../mesh/world';
import { buildSystem } from '../property/build-system';
import { pairOf, systems, type CallPlan } from '../property/random-system';
import { runs } from '../property/runs';
import { inOneFile as asOneFile, rules, sentences } from './compared';

const SHOP = 'production/online-boutique';

const OBJECTS = objectsIn(new Map([...readFolder('dist')].filter(([file]) => file.startsWith(`${SHOP}/`)))).map(({ content }) => content as KubeObject);

/** The shop in production as `dist/` has it, with changes. */
function shop(...changes: readonly Change[]): RenderedFiles {
  return inOneFile(changed(OBJECTS, changes));
}

const inOneFile = (objects: readonly object[], system = SHOP): RenderedFiles => asOneFile(objects, system);

/** A service with versions: how many percent each gets, which have a subset, which have pods. */
function release(weights: Readonly<Record<string, number>>, subsets = Object.keys(weights), pods = subsets): RenderedFiles {
  const metadata = { name: 'cart', namespace: 'shop' };
  const host = 'cart.shop.svc.cluster.local';
  const route = Object.entries(weights).map(([subset, weight]) => ({ destination: { host, subset }, weight }));
  return inOneFile([
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'cart' } } },
    ...pods.map((version) => ({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...metadata, name: `cart-${version}` },
      spec: { selector: { matchLabels: { app: 'cart', version } }, template: { metadata: { labels: { app: 'cart', version, team: 'a' } } } },
    })),
    {
      apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata,
      spec: { host, subsets: subsets.map((name) => ({ name, labels: { version: name } })) },
    },
    { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec: { hosts: [host], http: [{ route }] } },
  ]);
}

describe('what an API server refuses', () => {
  test.each<[string, Change, string]>([
    ['selector of a Deployment', set('Deployment', 'frontend', 'spec/selector/matchLabels/tier', 'web'), 'spec.selector'],
    ['selector of a StatefulSet', set('StatefulSet', 'redis-cart', 'spec/selector/matchLabels/tier', 'data'), 'spec.selector'],
    ['storage of a StatefulSet', set('StatefulSet', 'redis-cart', 'spec/volumeClaimTemplates/0/metadata/name', 'other'), 'spec.volumeClaimTemplates'],
    ['Service of a StatefulSet', set('StatefulSet', 'redis-cart', 'spec/serviceName', 'redis'), 'spec.serviceName'],
    ['address of a Service', set('Service', 'frontend', 'spec/clusterIP', 'None'), 'spec.clusterIP'],
  ])('is a change of the %s', (_, change, field) => {
    const [finding, ...others] = sentences(shop(), shop(change));
    expect(others).toEqual([]);
    expect(finding).toMatch(new RegExp(`^\\[production ${change.kind} demo-app/${change.name}\\] ${field} cannot change, got .+ → .+; \\S`));
  });

  test('is a store that shrinks, with another fix than one that grows', () => {
    const storage = (size: string) => shop(set('StatefulSet', 'redis-cart', 'spec/volumeClaimTemplates/0/spec/resources/requests/storage', size));
    const fix = 'make a second store, move the data, then remove the first';
    expect(sentences(storage('10Gi'), storage('5120Mi'))).toEqual([
      `[production StatefulSet demo-app/redis-cart] storage of its claim data only grows, got "10Gi" → "5120Mi"; ${fix}`,
    ]);
    expect(sentences(storage('10Gi'), storage('20Gi'))).toEqual([expect.stringContaining('spec.volumeClaimTemplates cannot change')]);
  });

  test('is a Job with another template, unless Argo CD deletes it first', () => {
    const job = (image: string, annotations = {}): RenderedFiles => inOneFile([{
      apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate', annotations }, spec: { template: { spec: { containers: [{ name: 'a', image }] } } },
    }]);
    const hook = { 'argocd.argoproj.io/hook': 'Sync' };
    expect(rules(job('a:1'), job('a:2'))).toEqual(['immutable-field']);
    expect(rules(job('a:1', hook), job('a:2', hook))).toEqual([]);
    expect(rules(job('a:1'), job('a:2', hook))).toEqual(['immutable-field']);
    const kept = { ...hook, 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' };
    expect(rules(job('a:1', kept), job('a:2', kept))).toEqual(['immutable-field']);
  });

  const claim = (spec: object): RenderedFiles => inOneFile([{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec }]);
  const size = (storage: string) => ({ resources: { requests: { storage } } });

  test('is a claim that shrinks or moves, not one that grows', () => {
    expect(rules(claim(size('2Gi')), claim(size('1024Mi')))).toEqual(['immutable-field']);
    expect(rules(claim({ ...size('1Gi'), storageClassName: 'fast' }), claim(size('1Gi')))).toEqual(['immutable-field']);
    expect(rules(claim(size('1024Mi')), claim(size('2Gi')))).toEqual([]);
  });

  test('is new content of a ConfigMap that says it is immutable', () => {
    const map = (data: object, immutable?: boolean): RenderedFiles =>
      inOneFile([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data, immutable }]);
    expect(rules(map({ a: '1' }, true), map({ a: '2' }, true))).toEqual(['immutable-field']);
    expect(rules(map({ a: '1' }), map({ a: '2' }))).toEqual([]);
  });

  test('is no default that somebody writes out', () => {
    const set = (spec: object): RenderedFiles => inOneFile([{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'a' }, spec }]);
    expect(rules(set({}), set({ podManagementPolicy: 'OrderedReady' }))).toEqual([]);
    expect(rules(set({}), set({ podManagementPolicy: 'Parallel' }))).toEqual(['immutable-field']);
  });

  test('is read from any YAML, whatever else lies there', () => {
    const [[, text]] = claim(size('2Gi'));
    const files = (storage: string): RenderedFiles => new Map([
      ['staging/shop/a.yml', `${text.replace('2Gi', storage)}---\n`], ['staging/shop/kustomization.yaml', 'kind: Kustomization\n'],
    ]);
    expect(rules(files('2Ti'), files('1Pi'))).toEqual([]);
    expect(rules(files('2Pi'), files('1Ti'))).toEqual(['immutable-field']);
  });

  test('is another role for a binding', () => {
    const binding = (name: string): RenderedFiles => inOneFile([
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'a' }, roleRef: { kind: 'Role', name } },
    ]);
    expect(rules(binding('reader'), binding('writer'))).toEqual(['immutable-field']);
  });
});

describe('a release', () => {
  test('goes from nothing to all and back in these steps', () => {
    const life = [
      release({ v1: 100 }),
      release({ v1: 100, canary: 0 }),
      release({ v1: 99, canary: 1 }),
      release({ v1: 0, canary: 100 }),
      release({ v1: 100, canary: 0 }),
      release({ v1: 100 }),
    ];
    for (const [index, after] of life.slice(1).entries()) expect(sentences(life[index], after)).toEqual([]);
  });

  test('fails where a new version gets requests at once', () => {
    expect(rules(release({ v1: 100 }), release({ v1: 99, canary: 1 }))).toEqual(['requests-before-pods']);
  });

  test('fails where a version that had no pods gets both at once', () => {
    expect(rules(release({ v1: 100 }, ['v1', 'canary'], ['v1']), release({ v1: 50, canary: 50 }))).toEqual(['requests-before-pods']);
  });

  test('fails where a version has no pods but those to come', () => {
    const scaled = (replicas: number, weight: number): RenderedFiles => {
      const [[path, text]] = release({ v1: 100 - weight, canary: weight });
      return new Map([[path, text.replace(/(name: cart-canary[^]*?spec:\n)/, `$1  replicas: ${replicas}\n`)]]);
    };
    expect(rules(scaled(0, 0), scaled(1, 50))).toEqual(['requests-before-pods']);
    expect(rules(scaled(1, 50), scaled(0, 50))).toEqual(['pods-removed']);
  });

  test('fails where a subset comes with its route', () => {
    expect(rules(release({ v1: 100 }, ['v1'], ['v1', 'canary']), release({ v1: 50, canary: 50 }))).toEqual(['route-and-subset-added']);
  });

  test('fails where a subset goes with its route', () => {
    expect(rules(release({ v1: 50, canary: 50 }), release({ v1: 100 }))).toEqual(['route-and-subset-removed']);
  });

  test('fails where a subset goes before its route', () => {
    expect(rules(release({ v1: 50, canary: 50 }), release({ v1: 50, canary: 50 }, ['v1'], ['v1', 'canary']))).toEqual(['subset-removed']);
  });

  test('fails where pods go before their route', () => {
    expect(sentences(release({ v1: 50, canary: 50 }), release({ v1: 50, canary: 50 }, ['v1', 'canary'], ['v1']))).toEqual([
      '[production DestinationRule shop/cart subset canary] loses its last pods, but requests still go there, so that they fail with 503; ' +
      'route nothing to it first',
    ]);
  });

  test('is nobody\'s business where the service is new', () => {
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other', namespace: 'shop' } };
    expect(rules(inOneFile([other]), release({ v1: 50, canary: 50 }))).toEqual([]);
  });
});

describe('the policy of a caller', () => {
  interface Policies { readonly trafficPolicy?: TrafficPolicy; readonly standbyTrafficPolicy?: TrafficPolicy }
  const few: TrafficPolicy = { connectionPool: { http2MaxRequests: 10 } };
  /** Two commits' orders, which a desk calls, and a gateway leads to; who has no policies given does not call. */
  const orders = ({ desk, gateway }: { readonly desk?: Policies; readonly gateway?: Policies }): RenderedFiles => {
    const { app, shop: namespace } = world();
    const service = new MeshedMicroservice(namespace, 'orders', { ...container, port: Port.http(80) });
    const caller = client(namespace, 'desk');
    if (desk) caller.calls(service, desk);
    if (gateway) new IngressGateway(namespace, 'front', { hosts: ['*'] }).routes(service, gateway);
    return app.render();
  };

  test.each([['desk', 'v1-desk'], ['gateway', 'v1-front-istio-system']])('fails where it comes or goes in one commit while the %s calls', (who, subset) => {
    const [without, withPolicy] = [orders({ [who]: {} }), orders({ [who]: { trafficPolicy: few } })];
    expect(sentences(without, withPolicy)).toEqual([
      `[staging DestinationRule shop/orders subset ${subset}] is made in the commit that sends requests to it; proxies that learn of the route first answer ` +
      '503; write the subset in one commit, send requests to it in the next',
    ]);
    expect(rules(withPolicy, without)).toEqual(['route-and-subset-removed']);
  });

  test.each(['desk', 'gateway'])('comes and goes by a commit in which it stands by, while the %s calls', (who) => {
    const commits = [{}, { standbyTrafficPolicy: few }, { trafficPolicy: few }, { standbyTrafficPolicy: few }, {}].map((each) => orders({ [who]: each }));
    expect(commits.slice(1).flatMap((commit, index) => rules(commits[index], commit))).toEqual([]);
  });

  test.each(['desk', 'gateway'])('comes and goes with the first and the last call of the %s', (who) => {
    const [without, withPolicy] = [orders({}), orders({ [who]: { trafficPolicy: few } })];
    expect([...rules(without, withPolicy), ...rules(withPolicy, without)]).toEqual([]);
  });

  test('fails where requests took a route for anybody, as their proxy let them', () => {
    const open = (files: RenderedFiles): RenderedFiles => inOneFile(changed(
      objectsIn(files).map(({ content }) => content as KubeObject), [set('Sidecar', 'desk', 'spec/egress', [{ hosts: ['*/*'] }])]), 'staging/shop');
    const bare = (files: RenderedFiles): RenderedFiles => inOneFile(
      objectsIn(files).filter(({ kind }) => kind !== 'Sidecar').map(({ content }) => content as KubeObject), 'staging/shop');
    for (const hand of [open, bare]) {
      expect(rules(hand(orders({})), hand(orders({ desk: { trafficPolicy: few } })))).toEqual(['route-and-subset-added']);
    }
  });
});

describe('what is removed', () => {
  test.each(['Namespace demo-app', 'StatefulSet redis-cart'])('fails for data: %s', (object) => {
    const [kind, name] = object.split(' ');
    expect(rules(shop(), shop(gone(kind, name)))).toEqual(['data-removed']);
  });

  test('fails for an environment as a whole', () => {
    expect(rules(shop(), new Map())).toEqual(['data-removed', 'data-removed']);
  });

  test('fails for a service that is still called', () => {
    const [finding] = sentences(shop(), shop(gone('Service', 'paymentservice')));
    expect(finding).toBe('[production Service demo-app/paymentservice] is removed, but is still called by demo-app/checkoutservice; remove the calls first');
  });

  test('fails for a service that another system stops calling in the same commit', () => {
    const sidecar = { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: 'desk', namespace: 'desk' } };
    const desk = (host: string): RenderedFiles => inOneFile([{ ...sidecar, spec: { egress: [{ hosts: [host] }] } }], 'production/desk');
    const before = new Map([...release({ v1: 100 }), ...desk('shop/cart.shop.svc.cluster.local')]);
    const service = changed(objectsIn(release({ v1: 100 })).map(({ content }) => content as KubeObject), [gone('Service', 'cart')]);
    expect(rules(before, new Map([...inOneFile(service), ...desk('~/*')]))).toEqual(['called-service-removed']);
  });

  test('is nothing where only its file changed', () => {
    const [[, text]] = [...shop()];
    expect(rules(shop(), new Map([[`${SHOP}/elsewhere.yaml`, text]]))).toEqual([]);
  });
});

test('fails where sidecars and STRICT come at once', () => {
  const label = 'metadata/labels/istio-injection';
  const before = shop(drop('Namespace', 'demo-app', label), set('PeerAuthentication', 'default', 'spec/mtls/mode', 'PERMISSIVE'));
  const injected = shop(set('PeerAuthentication', 'default', 'spec/mtls/mode', 'PERMISSIVE'));
  expect(rules(before, shop())).toEqual(['strict-at-once']);
  expect(rules(before, injected)).toEqual([]);
  expect(rules(injected, shop())).toEqual([]);
});

describe('what teams do every day is no finding', () => {
  test('another image, more pods, a new variable', () => {
    const container = 'spec/template/spec/containers/0';
    expect(sentences(shop(), shop(
      set('Deployment', 'frontend', `${container}/image`, 'registry.example/frontend:2'),
      set('HorizontalPodAutoscaler', 'frontend', 'spec/minReplicas', 3),
      set('Deployment', 'frontend', `${container}/env/0/value`, '9'),
      set('VirtualService', 'paymentservice', 'spec/http/0/timeout', '4s'),
    ))).toEqual([]);
  });

  test('a system that was not there', () => {
    expect(sentences(new Map(), shop())).toEqual([]);
  });

  test('services and calls that come, and calls that go', () => {
    fc.assert(fc.property(systems, fc.nat(), (plan, index) => {
      const kept = (call: CallPlan): boolean => call.hosts !== undefined || call.from.startsWith('job-') // a Job's template never changes
        || (call.policy !== undefined && plan.calls.some((other) => other !== call && pairOf(other) === pairOf(call))); // others would lose their subset
      const fewer = { ...plan, calls: plan.calls.filter((call, at) => at !== index % (plan.calls.length + 1) || kept(call)) };
      const [more, less] = [buildSystem(plan).render(), buildSystem(fewer).render()];
      expect(sentences(less, more)).toEqual([]);
      expect(sentences(more, less)).toEqual([]);
      expect(sentences(more, more)).toEqual([]);
    }), runs(25));
  });
});

describe('input that cannot be read', () => {
  test.each<[string, string, string[]]>([
    ['YAML that is none', 'a: [', ['[staging/shop/a.yaml]', 'must be YAML']],
    ['an object without a kind', 'apiVersion: v1\nmetadata: { name: a }\n', ['[staging/shop/a.yaml]', 'must have kind']],
  ])('fails with %s', (_, text, parts) => {
    expectRefusal(() => checkTransition(new Map(), new Map([['staging/shop/a.yaml', text]])), ...parts);
  });
});
