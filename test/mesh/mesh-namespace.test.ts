import { Chart } from 'cdk8s';
import { Environment, GitOpsApp, MeshNamespace, MeshedMicroservice } from '../../src';
import { manifestsIn } from '../app/built';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from './world';

const metadata = (namespace: MeshNamespace) => at(objectIn(namespace, 'Namespace'), 'metadata');

describe('a namespace of our own', () => {
  test('gets its sidecars from the default revision, and refuses pods that are not restricted', () => {
    expect(metadata(world().shop)).toEqual({
      name: 'shop',
      labels: { 'istio-injection': 'enabled', 'pod-security.kubernetes.io/enforce': 'restricted' },
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'argocd.argoproj.io/sync-wave': '-3' },
    });
  });

  test('warns and audits where an init container of the mesh would be refused', () => {
    expect(at(metadata(world({ interception: 'init' }).shop), 'labels')).toEqual({
      'istio-injection': 'enabled', 'pod-security.kubernetes.io/audit': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted',
    });
  });

  test('may get its sidecars from a revision', () => {
    const labels = at(metadata(new MeshNamespace(world().staging, 'desk', { revision: '1-31' })), 'labels');
    expect(labels).toMatchObject({ 'istio.io/rev': '1-31' });
    expect(labels).not.toHaveProperty('istio-injection');
  });

  test('speaks mutual TLS only', () => {
    expect(at(objectIn(world().shop, 'PeerAuthentication'), 'spec')).toEqual({ mtls: { mode: 'STRICT' } });
  });

  test('denies every request that nothing allows', () => {
    const policy = objectIn(world().shop, 'AuthorizationPolicy');
    expect([at(policy, 'metadata.name'), at(policy, 'spec')]).toEqual(['deny-all', {}]);
  });

  test('denies every connection that nothing allows', () => {
    expect(at(objectIn(world().shop, 'NetworkPolicy', 'deny-all'), 'spec')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  test.each([
    ['all', { providers: [{ name: 'envoy' }] }],
    ['errors', { providers: [{ name: 'envoy' }], filter: { expression: expect.stringContaining('response.code >= 400 || ') } }],
    ['none', { disabled: true }],
  ] as const)('writes requests as it is told: %s', (accessLog, logging) => {
    const telemetry = objectIn(new MeshNamespace(world().staging, 'desk', { accessLog }), 'Telemetry');
    expect([at(telemetry, 'metadata.name'), at(telemetry, 'spec')]).toEqual(['default', { accessLogging: [logging] }]);
  });

  test('says nothing of what its proxies tell unless it is asked', () => {
    expect(objectsIn(world().shop).map((each) => at(each, 'kind'))).not.toContain('Telemetry');
  });

  test('can be called otherwise than the system', () => {
    const { staging } = world();
    const named = new MeshNamespace(staging, 'online-boutique', { name: 'demo-app' });
    expect([named.name, at(metadata(named), 'name'), named.system]).toEqual(['demo-app', 'demo-app', 'online-boutique']);
  });
});

describe('a namespace that somebody else owns', () => {
  test('has no objects of its own', () => {
    expect(objectsIn(MeshNamespace.existing(world().staging, 'desk'))).toEqual([]);
  });

  test('has workloads like any other', () => {
    const desk = MeshNamespace.existing(world().staging, 'desk', { name: 'platform-desk' });
    expect(at(objectIn(client(desk, 'support'), 'Deployment'), 'metadata')).toEqual({ name: 'support', namespace: 'platform-desk' });
  });

  test('may be joined twice', () => {
    const { app, staging } = world();
    client(MeshNamespace.existing(staging, 'desk', { name: 'shared' }), 'support');
    client(MeshNamespace.existing(staging, 'sales', { name: 'shared' }), 'orders');
    expect(() => app.render()).not.toThrow();
  });
});

test('a namespace inside another belongs to its system', () => {
  const { shop } = world();
  const inner = new MeshNamespace(shop, 'payments');
  expect([inner.system, inner.name, inner.environment]).toEqual(['shop', 'payments', shop.environment]);
  expect(at(objectIn(client(inner, 'ledger'), 'Deployment'), 'spec.template.metadata.labels')).toMatchObject({ 'app.kubernetes.io/part-of': 'shop' });
});

test('knows its part of the DNS', () => {
  expect(world({ clusterDomain: 'corp.example' }).shop.domain).toBe('shop.svc.corp.example');
});

test('writes one file a component', () => {
  const { app, shop } = world();
  client(shop, 'checkout');
  expect([...manifestsIn(app.render()).keys()]).toEqual(['staging/shop/checkout.yaml', 'staging/shop/namespace.yaml']);
});

test.each(['Shop', 'a.b', 'a'.repeat(64)])('fails for the name %s', (name) => {
  expectRefusal(() => new MeshNamespace(world().staging, 'shop-2', { name }), '[staging/shop-2]', 'namespace', `'${name}'`);
});

test('fails for the name of no revision', () => {
  expectRefusal(() => new MeshNamespace(world().staging, 'shop-2', { revision: '' }), '[staging/shop-2]', 'revision');
});

test('fails for a workload outside of a namespace', () => {
  const app = new GitOpsApp();
  expectRefusal(() => new MeshedMicroservice(new Environment(app, 'staging'), 'cart', container), '[staging/cart]', 'MeshNamespace', 'create one');
  expectRefusal(() => new MeshedMicroservice(new Chart(app, 'plain'), 'cart', container), '[plain/cart]', 'MeshNamespace');
});

test('fails for namespaces of the mesh and of Kubernetes, where its defaults would hold for everybody', () => {
  expectRefusal(() => new MeshNamespace(world().staging, 'istio-system'), '[staging/istio-system]', "'istio-system'", 'choose another');
  expectRefusal(() => new MeshNamespace(world({ meshNamespace: 'mesh' }).staging, 'mesh'), '[staging/mesh]', "'mesh'");
  expectRefusal(() => new MeshNamespace(world().staging, 'shop-2', { name: 'kube-system' }), '[staging/shop-2]', "'kube-system'");
  expectRefusal(() => MeshNamespace.existing(world().staging, 'kube-system'), '[staging/kube-system]', 'injects no sidecar');
});

test("fails for a workload in the mesh's own namespace, whose policies select pods of all", () => {
  const mesh = MeshNamespace.existing(world().staging, 'istio-system');
  expectRefusal(() => client(mesh, 'kiali'), '[staging/istio-system/kiali]', "'istio-system'", 'move it');
});
