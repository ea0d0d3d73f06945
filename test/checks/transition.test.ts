import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { checkTransition, inWords, readFolder, type RenderedFiles } from '../../src/checks';
import { objectsIn } from '../../src/checks/rendered';
import { Change, changed, drop, gone, set } from '../cluster/mutations/change';
import type { KubeObject } from '../cluster/control/kube-client';
import { expectRefusal } from '../mesh/world';
import { buildSystem } from '../property/build-system';
import { systems, type CallPlan } from '../property/random-system';
import { runs } from '../property/runs';

const SHOP = 'production/online-boutique';

/** The shop in production as `dist/` has it, with changes. */
function shop(...changes: readonly Change[]): RenderedFiles {
  const objects = objectsIn(readFolder('dist')).filter(({ file }) => file.startsWith(`${SHOP}/`)).map(({ content }) => content as KubeObject);
  return inOneFile(changed(objects, changes));
}

function inOneFile(objects: readonly object[], system = SHOP): RenderedFiles {
  return new Map([[`${system}/all.yaml`, objects.map((object) => stringify(object)).join('---\n')]]);
}

const rules = (before: RenderedFiles, after: RenderedFiles): string[] => checkTransition(before, after).map(({ rule }) => rule);
const sentences = (before: RenderedFiles, after: RenderedFiles): string[] => checkTransition(before, after).map(inWords);

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

describe('a rollout', () => {
  const at = (step: string): RenderedFiles => {
    const objects = objectsIn(readFolder('examples/rollout/dist')).filter(({ environment }) => environment === step).map(({ content }) => content as object);
    return inOneFile(objects, 'production/shop');
  };
  const without = (step: string, ...changes: readonly Change[]): RenderedFiles =>
    inOneFile(changed(objectsIn(at(step)).map(({ content }) => content as KubeObject), changes), 'production/shop');
  const ROUTES = 'spec/http/0';
  const [DEPLOYMENT, LEAVING, ROLLOUT, RELEASE, ARRIVING, BACK] = ['0-deployment', '1-leaving', '2-rollout', '3-release', '4-arriving', '5-deployment']
    .map((step) => `step-${step}`);

  test('comes and goes in the steps of the example', () => {
    const life = [DEPLOYMENT, LEAVING, ROLLOUT, RELEASE, ARRIVING, BACK];
    for (const [index, after] of life.slice(1).entries()) expect(sentences(at(life[index]), at(after))).toEqual([]);
  });

  test('fails where it takes the place of a Deployment at once', () => {
    expect(rules(at(DEPLOYMENT), at(ROLLOUT))).toEqual(['workload-replaced', 'route-and-delegate-added', 'route-and-host-added']);
    expect(sentences(at(DEPLOYMENT), at(ROLLOUT))[0]).toBe('[production Deployment shop/orders] is removed in the commit that brings Rollout orders in its ' +
      "place; its pods end before those are ready; let both run for a commit, with rollout.deployment: 'leaving'");
  });

  test('fails where a Deployment takes its place at once', () => {
    expect(rules(at(ROLLOUT), at(DEPLOYMENT))).toEqual(['workload-replaced', 'route-and-delegate-removed', 'route-and-host-removed']);
  });

  test('fails where its delegate goes while routes delegate to it', () => {
    expect(rules(at(ROLLOUT), without(ROLLOUT, gone('VirtualService', 'orders-weights')))).toEqual(['delegate-removed']);
  });

  test('fails where a host gets requests in the commit that makes it', () => {
    const canary = 'orders-canary';
    const before = without(LEAVING, gone('Service', canary));
    const routed = without(LEAVING, set('VirtualService', 'orders', `${ROUTES}/route/2/weight`, 1));
    expect(rules(before, at(LEAVING))).toEqual([]);
    expect(rules(before, routed)).toEqual(['route-and-host-added']);
    expect(rules(routed, before)).toEqual(['route-and-host-removed']);
  });

  test('is nobody\'s business where the service is new', () => {
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other', namespace: 'shop' } };
    expect(rules(inOneFile([other], 'production/shop'), at(ROLLOUT))).toEqual([]);
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
      const kept = ({ from, hosts }: CallPlan): boolean => hosts !== undefined || from.startsWith('job-'); // a Job's template never changes
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
