import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Environment, type EnvironmentProps, ExternalService, GitOpsApp, MeshNamespace, Port, RedisCache, type Replicas } from '../../src';
import { at, client, container, expectRefusal, objectIn, payment, world } from './world';

const tracing = { host: 'tracing.istio-system.svc.cluster.local', namespace: 'istio-system', podLabels: { app: 'jaeger' }, ports: [4317, 9411] };
const facts = (props: EnvironmentProps = {}) => new Environment(new GitOpsApp(), 'staging', props).facts;

describe('the defaults', () => {
  test('are what istioctl installs', () => {
    expect(facts()).toEqual({
      path: 'staging',
      clusterDomain: 'cluster.local',
      trustDomain: 'cluster.local',
      interception: 'cni',
      gateway: { namespace: 'istio-system', serviceAccount: 'istio-ingressgateway-service-account', podLabels: { istio: 'ingressgateway' } },
      dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } },
      nodeLocalDns: undefined,
      istiod: { namespace: 'istio-system', podLabels: { app: 'istiod' } },
      prometheus: { namespace: 'istio-system', podLabels: { 'app.kubernetes.io/name': 'prometheus' } },
      apiServer: undefined,
      dnsCapture: false,
      pathNormalization: 'BASE',
      meshServices: [],
    });
  });

  test('are one pod a service', () => {
    const { shop } = world();
    expect(at(objectIn(client(shop, 'web'), 'Deployment'), 'spec.replicas')).toBe(1);
  });
});

test('the namespace of the mesh is that of istiod, the gateway and Prometheus', () => {
  const { istiod, gateway, prometheus } = facts({ meshNamespace: 'mesh' });
  expect([istiod.namespace, gateway.namespace, prometheus?.namespace]).toEqual(['mesh', 'mesh', 'mesh']);
});

test('the gateway can differ in single facts', () => {
  expect(facts({ gateway: { namespace: 'edge' } }).gateway).toEqual({
    namespace: 'edge', serviceAccount: 'istio-ingressgateway-service-account', podLabels: { istio: 'ingressgateway' },
  });
});

test('the domain of the cluster is part of every host', () => {
  const { shop } = world({ clusterDomain: 'corp.example' });
  expect(at(objectIn(payment(shop), 'DestinationRule'), 'spec.host')).toBe('payment.shop.svc.corp.example');
});

test('replicas hold for services that say nothing', () => {
  const { shop } = world({ replicas: { min: 2, max: 5, cpuPercent: 70 } });
  expect(at(objectIn(client(shop, 'web'), 'HorizontalPodAutoscaler'), 'spec')).toMatchObject({ minReplicas: 2, maxReplicas: 5 });
  expect(at(objectIn(client(shop, 'single', { replicas: 1 }), 'Deployment'), 'spec.replicas')).toBe(1);
});

test('a service that the mesh itself needs is known to every proxy, and may be reached', () => {
  const { shop } = world({ meshServices: [tracing] });
  const checkout = client(shop, 'checkout');
  checkout.calls(payment(shop), { operations: ['charge'] });
  expect(at(objectIn(checkout, 'Sidecar'), 'spec.egress.0.hosts')).toEqual([
    './payment.shop.svc.cluster.local', 'istio-system/tracing.istio-system.svc.cluster.local',
  ]);
  expect(at(objectIn(shop, 'NetworkPolicy', 'allow-mesh'), 'spec.egress.2')).toEqual({
    to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-system' } }, podSelector: { matchLabels: tracing.podLabels } }],
    ports: [{ port: 4317 }, { port: 9411 }],
  });
});

test('DNS capture lets two external hosts share a TCP port', () => {
  const { app, shop } = world({ dnsCapture: true });
  for (const id of ['a', 'b']) new ExternalService(shop, id, { host: `${id}.example`, port: Port.tcp(5432) });
  expect(() => app.render()).not.toThrow();
});

test.each(['Staging', 'a_b', 'a'.repeat(64)])('fails for the id %s, which is no DNS label', (id) => {
  expectRefusal(() => new Environment(new GitOpsApp(), id), `[${id}]`, 'environment', `'${id}'`);
});

test.each<[Replicas, string]>([[0, '0'], [{ min: 2, max: 1, cpuPercent: 70 }, '2 to 1']])('fails for replicas %j', (replicas, got) => {
  expectRefusal(() => facts({ replicas }), '[staging]', 'replicas', got);
});

test('fails for sidecars with a limit below their request', () => {
  expectRefusal(() => facts({ proxyResources: { cpu: ['2', '1'], memory: ['64Mi', '1Gi'] } }), '[staging]', 'proxyResources.cpu', 'got 2 to 1');
});

test('fails for one wrong address of several', () => {
  expectRefusal(() => facts({ nodeLocalDns: ['169.254.20.10', '::1'] }), '[staging]', 'nodeLocalDns', "'::1'");
});

test.each(['169.254.20.0/24', 'node-local'])('fails for the address %s of NodeLocal DNSCache', (nodeLocalDns) => {
  expectRefusal(() => facts({ nodeLocalDns }), '[staging]', 'nodeLocalDns', `'${nodeLocalDns}'`);
});

test.each([{ clusterDomain: '' }, { clusterDomain: 'cluster.local.' }, { trustDomain: 'a b' }])('fails for %j', (domain) => {
  expectRefusal(() => facts(domain), '[staging]', ...Object.keys(domain), 'DNS name');
});

test('fails for a namespace outside of an environment', () => {
  expectRefusal(() => new MeshNamespace(new GitOpsApp(), 'shop'), '[shop]', 'Environment', 'create one');
});

describe('a name', () => {
  test('fails where two objects of a kind and namespace share it', () => {
    const { app, shop } = world();
    client(new Construct(shop, 'a'), 'cart');
    client(new Construct(shop, 'b'), 'cart');
    expectRefusal(() => app.render(), '[staging/shop/b/cart/', "'cart'", 'staging/shop/a/cart/', 'rename');
  });

  test('fails where a namespace is owned twice', () => {
    const { staging } = world();
    expectRefusal(() => new MeshNamespace(staging, 'again', { name: 'shop' }), '[staging/again]', "'shop'", 'staging/shop', 'MeshNamespace.existing');
  });

  test('fails where two constructs of a scope share it', () => {
    const { app, staging, shop } = world();
    client(shop, 'cart');
    expectRefusal(() => client(shop, 'cart'), '[staging/shop/cart]', "'cart' twice", 'rename');
    expectRefusal(() => new RedisCache(shop, 'cart', { resources: container.resources }), '[staging/shop/cart]', "'cart' twice");
    expectRefusal(() => new MeshNamespace(staging, 'shop'), '[staging/shop]', "'shop' twice");
    expectRefusal(() => new Environment(app, 'staging'), 'staging]', "'staging' twice", 'the app');
  });

  test('fails where an object that is not ours takes it', () => {
    const { app, shop } = world();
    client(shop, 'cart');
    new ApiObject(new Construct(shop, 'other'), 'ServiceAccount', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'cart' } });
    expectRefusal(() => app.render(), 'ServiceAccount', "'cart'", 'rename');
  });

  test('may be that of an object of another namespace, kind or API group', () => {
    const { app, staging, shop } = world();
    client(shop, 'cart');
    client(new MeshNamespace(staging, 'desk'), 'cart');
    new ApiObject(new Construct(shop, 'other'), 'Service', { apiVersion: 'serving.example/v1', kind: 'ServiceAccount', metadata: { name: 'cart' } });
    expect(() => app.render()).not.toThrow();
  });

  test('may be the same in another environment', () => {
    const { app, shop } = world();
    client(shop, 'cart');
    client(new MeshNamespace(new Environment(app, 'production'), 'shop'), 'cart');
    expect(() => app.render()).not.toThrow();
  });
});

test('fails for a gateway whose labels select all pods', () => {
  expectRefusal(() => world({ gateway: { podLabels: {} } }), '[staging]', 'gateway.podLabels', 'got none');
});
