import * as fc from 'fast-check';
import { ApiObject } from 'cdk8s';
import { inKindOrder } from '../../src/manifest/kind-order';
import { RenderedObject } from '../../src/manifest/rendered-object';

const object = (kind: string, rest: { apiVersion?: string; namespace?: string; name?: string; path?: string } = {}): RenderedObject => ({
  construct: { node: { path: rest.path ?? 'shop/cart' } } as ApiObject,
  manifest: { apiVersion: rest.apiVersion ?? 'v1', kind, metadata: { name: rest.name ?? 'cart', namespace: rest.namespace } },
});
const kindsOf = (objects: readonly RenderedObject[]) => objects.map(({ manifest }) => (manifest as { kind: string }).kind);

const ORDER = [
  'Namespace', 'ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'Secret', 'ExternalSecret',
  'Issuer', 'Certificate', 'PersistentVolumeClaim', 'AnalysisTemplate', 'Deployment', 'Rollout', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Service',
  'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'NetworkPolicy', 'PeerAuthentication', 'RequestAuthentication', 'AuthorizationPolicy',
  'Sidecar', 'ServiceEntry', 'Ingress', 'Gateway', 'DestinationRule', 'VirtualService', 'EnvoyFilter', 'Telemetry',
  'ServiceMonitor', 'PodMonitor', 'PrometheusRule',
];

describe('the order of objects in a file', () => {
  test('is that in which a person reads a service', () => {
    const shuffled = [...ORDER].sort().map((kind) => object(kind));
    expect(kindsOf(inKindOrder(shuffled))).toEqual(ORDER);
  });

  test('puts kinds it does not know last, by name', () => {
    const objects = ['Widget', 'PrometheusRule', 'ABTest', 'Namespace'].map((kind) => object(kind));
    expect(kindsOf(inKindOrder(objects))).toEqual(['Namespace', 'PrometheusRule', 'ABTest', 'Widget']);
  });

  test('sorts one kind by API version, namespace, name and construct path', () => {
    const expected = [
      object('Service', { apiVersion: 'serving.knative.dev/v1' }),
      object('Service', { apiVersion: 'v1', namespace: 'a', name: 'z' }),
      object('Service', { apiVersion: 'v1', namespace: 'b', name: 'a', path: 'shop/1' }),
      object('Service', { apiVersion: 'v1', namespace: 'b', name: 'a', path: 'shop/2' }),
      object('Service', { apiVersion: 'v1', namespace: 'b', name: 'b' }),
    ];
    expect(inKindOrder([...expected].reverse())).toEqual(expected);
  });

  test('sorts capital letters first, whatever the locale of the machine', () => {
    const objects = [object('Service', { name: 'b' }), object('Service', { name: 'a' }), object('Service', { name: 'B' })];
    expect(inKindOrder(objects).map(({ manifest }) => (manifest as { metadata: { name: string } }).metadata.name)).toEqual(['B', 'a', 'b']);
  });

  test('takes objects without metadata, and what a patch left without kind', () => {
    const bare = [['b', {}], ['a', undefined], ['c', { kind: 'Namespace' }]].map(([path, manifest]) => ({ ...object('', { path: String(path) }), manifest }));
    expect(inKindOrder(bare).map(({ construct }) => construct.node.path)).toEqual(['c', 'a', 'b']);
  });

  test('does not depend on the order of creation', () => {
    const names = fc.constantFrom('a', 'b', 'C');
    const objects = fc.uniqueArray(
      fc.record({ kind: fc.constantFrom(...ORDER, 'Widget'), apiVersion: names, namespace: names, name: names, path: fc.uuid() }),
      { selector: ({ path }) => path },
    );
    fc.assert(fc.property(objects.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([one, other]) => {
      const sorted = (all: typeof one) => inKindOrder(all.map(({ kind, ...rest }) => object(kind, rest)));
      expect(sorted(other)).toEqual(sorted(one));
    }));
  });
});
