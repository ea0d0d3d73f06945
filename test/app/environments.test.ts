import { at, listAt } from '../mesh/world';
import { committedFiles, named, nameOf, objectsOf, ofKind } from './built';

const files = committedFiles();
const staging = objectsOf(files, 'staging/online-boutique');
const production = objectsOf(files, 'production/online-boutique');
const SERVICES = [
  'adservice', 'cartservice', 'checkoutservice', 'currencyservice', 'emailservice', 'frontend', 'paymentservice', 'productcatalogservice',
  'recommendationservice', 'shippingservice',
];

const RELEASED = ['frontend', 'productcatalogservice'];
/** Both versions of what is released. */
const VERSIONS = [...SERVICES, ...RELEASED.map((name) => `${name}-canary`)].sort();

const podsOf = (objects: readonly unknown[]) => ofKind(objects, 'Deployment', 'StatefulSet').map((object) => at(object, 'spec.template'));
const namesOf = (objects: readonly unknown[], kind: string) => ofKind(objects, kind).map(nameOf).sort();

describe.each([['staging', staging], ['production', production]])('in %s', (environment, objects) => {
  const containers = podsOf(objects).flatMap((pod) => [...listAt(pod, 'spec.containers'), ...at(pod, 'spec.initContainers') as unknown[] ?? []]);

  test('every container has requests and limits', () => {
    expect(containers.length).toBeGreaterThan(10);
    const paths = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
    expect(containers.flatMap((each) => paths.map((path) => at(each, `resources.${path}`)))).not.toContain(undefined);
  });

  test('every image is pinned', () => {
    expect(containers.map((each) => String(at(each, 'image'))).filter((image) => !/(:v?\d[\w.-]*|@sha256:[0-9a-f]{64})$/.test(image))).toEqual([]);
  });

  test('no container is privileged, and none runs as root', () => {
    expect(containers.every((each) => at(each, 'securityContext.allowPrivilegeEscalation') === false)).toBe(true);
    expect(podsOf(objects).every((pod) => at(pod, 'spec.securityContext.runAsNonRoot') === true)).toBe(true);
  });

  test('every pod has an app, a version, the system it is part of, and an identity of its own', () => {
    for (const pod of podsOf(objects)) {
      const { app: name, version } = Object(at(pod, 'metadata.labels'));
      expect(at(pod, 'metadata.labels')).toEqual({ 'app': name, version, 'app.kubernetes.io/part-of': 'online-boutique' });
      expect(RELEASED.includes(name) ? ['v1', 'canary'] : ['v1']).toContain(version);
      expect(at(pod, 'spec.serviceAccountName')).toBe(name);
    }
  });

  test('everything lives in demo-app, which speaks mutual TLS only', () => {
    const elsewhere = objects.filter((object) => at(object, 'metadata.namespace') !== 'demo-app')
      .map((object) => [at(object, 'kind'), at(object, 'metadata.namespace')].join(' '));
    const certificate = environment === 'staging' ? [] : ['Issuer istio-system', 'Certificate istio-system']; // where the gateway looks for its Secret
    expect(elsewhere).toEqual([...certificate, 'Namespace ']);
    expect(at(named(objects, 'Namespace', 'demo-app'), 'metadata.labels')).toMatchObject({ 'istio-injection': 'enabled' });
    expect(at(named(objects, 'PeerAuthentication', 'default'), 'spec.mtls.mode')).toBe('STRICT');
  });

  test('nothing is allowed that is not declared', () => {
    expect(at(named(objects, 'AuthorizationPolicy', 'deny-all'), 'spec')).toEqual({});
    expect(at(named(objects, 'NetworkPolicy', 'deny-all'), 'spec')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  test('every workload knows only the hosts that it calls', () => {
    const modes = ofKind(objects, 'Sidecar').map((sidecar) => at(sidecar, 'spec.outboundTrafficPolicy.mode'));
    const workloads = new Set(podsOf(objects).map((pod) => at(pod, 'metadata.labels.app')));
    expect(modes).toEqual([...workloads].map(() => 'REGISTRY_ONLY'));
  });

  test('there is no Secret', () => {
    expect(namesOf(objects, 'Secret')).toEqual([]);
  });
});

describe('production', () => {
  test('scales every service from 2 to 5 pods at 70 % of its server container', () => {
    expect(namesOf(production, 'HorizontalPodAutoscaler')).toEqual(VERSIONS);
    for (const scaler of ofKind(production, 'HorizontalPodAutoscaler')) {
      expect(at(scaler, 'spec')).toMatchObject({
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [{ containerResource: { container: 'server', name: 'cpu', target: { averageUtilization: 70 } }, type: 'ContainerResource' }],
      });
      expect(at(named(production, 'Deployment', nameOf(scaler)), 'spec.replicas')).toBeUndefined();
    }
  });

  test('keeps a pod of every service while nodes are drained', () => {
    expect(namesOf(production, 'PodDisruptionBudget')).toEqual(VERSIONS);
    expect(ofKind(production, 'PodDisruptionBudget').every((budget) => at(budget, 'spec.minAvailable') === 1)).toBe(true);
  });

  test('spreads every service over nodes and zones', () => {
    for (const deployment of ofKind(production, 'Deployment')) {
      const keys = listAt(deployment, 'spec.template.spec.topologySpreadConstraints').map((constraint) => at(constraint, 'topologyKey'));
      expect(keys).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    }
  });

  test('simulates no customers', () => {
    expect(production.filter((object) => nameOf(object) === 'loadgenerator')).toEqual([]);
    expect(JSON.stringify(production)).not.toContain('loadgenerator');
  });

  test('is reached by HTTPS, to which HTTP is redirected, with a certificate by reference', () => {
    const hosts = ['boutique.example.com'];
    expect(listAt(named(production, 'Gateway', 'gateway'), 'spec.servers')).toEqual([
      { hosts, port: { name: 'http', number: 80, protocol: 'HTTP' }, tls: { httpsRedirect: true } },
      { hosts, port: { name: 'https', number: 443, protocol: 'HTTPS' }, tls: { credentialName: 'boutique-tls', mode: 'SIMPLE' } },
    ]);
  });

  test('keeps the carts on a volume', () => {
    const redis = named(production, 'StatefulSet', 'redis-cart');
    expect(listAt(redis, 'spec.volumeClaimTemplates').map((claim) => at(claim, 'spec.resources.requests.storage'))).toEqual(['1Gi']);
    expect(at(redis, 'spec.template.spec.containers.0.args')).toEqual(['--appendonly', 'yes']);
  });

  test('refuses pods that are not restricted', () => {
    expect(at(named(production, 'Namespace', 'demo-app'), 'metadata.labels')).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });
});

/** Share of the second version on every route of a service that anybody was given. */
const sharesOf = (objects: readonly unknown[], host: string): unknown => {
  const routes = ofKind(objects, 'VirtualService').flatMap((each) => listAt(each, 'spec.http')).map((route) => listAt(route, 'route'));
  const weights = routes.filter((route) => at(route[0], 'destination.host') === `${host}.demo-app.svc.cluster.local`)
    .map((route) => route.map((each) => `${at(each, 'destination.subset')} ${at(each, 'weight')}`).join(', '));
  return [...new Set(weights)];
};

test.each([
  ['staging', staging, 20, 25], ['production', production, 0, 0],
])('in %s the second versions get their share, wherever requests come from', (_, objects, frontend, catalog) => {
  expect(sharesOf(objects, 'frontend')).toEqual([`v1 ${100 - frontend}, canary ${frontend}`]);
  expect(sharesOf(objects, 'productcatalogservice')).toEqual([`v1 ${100 - catalog}, canary ${catalog}`]);
});

test.each([staging, production])('the frontend serves 100 requests a minute and pod', (...objects) => {
  const config = at(named(objects, 'EnvoyFilter', 'frontend-rate-limit'), 'spec.configPatches.0.patch.value.typed_config');
  expect(at(config, 'token_bucket')).toEqual({ fill_interval: '60s', max_tokens: 100, tokens_per_fill: 100 });
});

describe('staging', () => {
  test('runs one pod of everything', () => {
    expect(ofKind(staging, 'Deployment').map((deployment) => at(deployment, 'spec.replicas'))).toEqual([...VERSIONS, 'loadgenerator'].map(() => 1));
    expect([...ofKind(staging, 'HorizontalPodAutoscaler', 'PodDisruptionBudget')]).toEqual([]);
  });

  test('simulates customers', () => {
    expect(namesOf(staging, 'Deployment')).toContain('loadgenerator');
  });

  test('is reached by plain HTTP', () => {
    expect(listAt(named(staging, 'Gateway', 'gateway'), 'spec.servers')).toEqual([
      { hosts: ['boutique.staging.example.com'], port: { name: 'http', number: 80, protocol: 'HTTP' } },
    ]);
  });

  test('loses the carts with the pod', () => {
    expect(at(named(staging, 'StatefulSet', 'redis-cart'), 'spec.volumeClaimTemplates')).toBeUndefined();
    expect(ofKind(staging, 'PersistentVolumeClaim')).toEqual([]);
  });

  test('warns and audits, since the mesh needs an init container there', () => {
    const labels = at(named(staging, 'Namespace', 'demo-app'), 'metadata.labels');
    expect(Object.keys(labels as object).filter((label) => label.startsWith('pod-security'))).toEqual([
      'pod-security.kubernetes.io/audit', 'pod-security.kubernetes.io/warn',
    ]);
  });
});
