import { Environment, GitOpsApp } from '../../../src';
import { addisPay } from '../../../src/app/addis-pay/addis-pay';
import { environments } from '../../../src/app/environments';
import { at, listAt } from '../../mesh/world';
import { committedFiles, named, nameOf, ofKind, ownObjectsOf } from '../built';

const files = committedFiles();
const { apiServer } = environments.staging; // what reads logs asks it for pods
/** Who calls whom inside of the cluster, written down by hand from the seed's duties. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  'cart-service': ['mongodb', 'product-service'],
  'order-service': ['cart-service', 'notification-service', 'payment-service', 'postgresql', 'product-service', 'user-service'],
  'search-service': ['product-service'],
  'recommendation-service': ['mongodb', 'order-service', 'product-service'],
  'review-service': ['mongodb', 'product-service', 'user-service'],
  'notification-service': ['mongodb', 'user-service'],
  'user-service': ['postgresql'],
  'product-service': ['postgresql'],
  'payment-service': ['postgresql'],
};
const SERVICES = Object.keys(EDGES);
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  'payment-service': ['api.payments.example'], 'notification-service': ['api.sms.example', 'smtp.mail.example'],
};

test('there are 20 calls inside of the cluster', () => {
  expect(Object.values(EDGES).flat()).toHaveLength(20);
});

describe.each(['staging', 'production'])('in %s', (environment) => {
  const objects = ownObjectsOf(files, `${environment}/addis-pay`);
  const containerOf = (name: string): unknown => at(named(objects, 'Deployment', name), 'spec.template.spec.containers.0');
  const routes = ofKind(objects, 'VirtualService').filter((each) => at(each, 'spec.gateways') !== undefined).flatMap((each) => listAt(each, 'spec.http'));

  test('nine services run, each with an identity that Kubernetes gives no token', () => {
    expect(ofKind(objects, 'Deployment').map(nameOf).sort()).toEqual([...SERVICES].sort());
    for (const name of SERVICES) {
      expect(at(named(objects, 'ServiceAccount', name), 'automountServiceAccountToken')).toBe(false);
      expect(at(containerOf(name), 'resources')).toEqual({ limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } });
      expect([at(containerOf(name), 'readinessProbe.httpGet.path'), at(containerOf(name), 'livenessProbe.httpGet.path')]).toEqual(['/readyz', '/healthz']);
    }
    expect([...ofKind(objects, 'Role', 'ClusterRole', 'Secret')]).toEqual([]);
  });

  test('each knows those whom it calls, and is let in by each of them', () => {
    for (const [name, callees] of Object.entries(EDGES)) {
      const inside = callees.map((callee) => `./${callee}.addis-pay.svc.cluster.local`);
      const outside = (OUTSIDE[name] ?? []).map((host) => `./${host}`);
      expect(at(named(objects, 'Sidecar', name), 'spec.egress.0.hosts')).toEqual([...inside, ...outside].sort());
    }
    for (const callee of new Set(Object.values(EDGES).flat())) {
      const callers = Object.entries(EDGES).filter(([, callees]) => callees.includes(callee)).map(([name]) => name);
      const saved = environment === 'production' && !callee.endsWith('-service') ? [`${callee}-backup`, `${callee}-restore`] : [];
      const rules = listAt(named(objects, 'AuthorizationPolicy', callee), 'spec.rules');
      const allowed = rules.flatMap((rule) => listAt(rule, 'from.0.source.principals').map(String));
      expect(allowed.filter((each) => each.includes('/ns/addis-pay/')).map((each) => each.split('/sa/')[1]).sort()).toEqual([...callers, ...saved].sort());
    }
  });

  test('who reviews cannot pay, and nobody outside can but by the provider\'s callback', () => {
    const rules = listAt(named(objects, 'AuthorizationPolicy', 'payment-service'), 'spec.rules');
    const pathsOf = (rule: unknown) => listAt(rule, 'to').flatMap((to) => at(to, 'operation.paths'));
    const allowed = rules.map((rule) => [String(at(rule, 'from.0.source.principals.0')).split('/sa/')[1], pathsOf(rule)]);
    expect(allowed).toEqual([
      ['order-service', ['/api/payments']], ['istio-ingressgateway-service-account', ['/api/payments/callback']],
    ]);
  });

  test('what is paid is sent again on no hop', () => {
    const never = { attempts: 0 };
    const asking = (path: string) => routes.filter((route) => listAt(route, 'match')
      .some((match) => at(match, 'uri.exact') === path && at(match, 'method.exact') === 'POST')).map((route) => at(route, 'retries'));
    expect([asking('/api/orders'), asking('/api/payments/callback')]).toEqual([[never], [never]]);
    for (const name of ['order-service', 'payment-service']) {
      const inside = listAt(named(objects, 'VirtualService', name), 'spec.http').filter((route) => !JSON.stringify(route).includes('"GET"'));
      expect(inside.map((route) => at(route, 'retries'))).toEqual(inside.map(() => never));
    }
  });

  test('proxies speak TLS with the provider, whose charges are sent once', () => {
    expect(at(named(objects, 'DestinationRule', 'payment-gateway'), 'spec.trafficPolicy.tls')).toMatchObject({ mode: 'SIMPLE', sni: 'api.payments.example' });
    expect(at(named(objects, 'ServiceEntry', 'payment-gateway'), 'spec.ports')).toEqual([{ name: 'http', number: 80, protocol: 'HTTP', targetPort: 443 }]);
    const asked = listAt(named(objects, 'VirtualService', 'payment-gateway'), 'spec.http');
    expect(asked.map((route) => at(route, 'retries'))).toEqual([{ attempts: 0 }, { attempts: 0 }]); // what is declared, and all else
  });

  test('each has a database of its own, at one of two servers that keep what they are given', () => {
    const size = environment === 'production' ? '10Gi' : '1Gi';
    expect(ofKind(objects, 'StatefulSet').map((each) => [nameOf(each), at(each, 'spec.volumeClaimTemplates.0.spec.resources.requests.storage')])).toEqual([
      ['mongodb', size], ['postgresql', size],
    ]);
    const valueOf = (each: unknown) => at(each, 'value') ?? at(each, 'valueFrom');
    const env = (name: string) => Object.fromEntries(listAt(containerOf(name), 'env').map((each) => [at(each, 'name'), valueOf(each)]));
    const key = (secret: string, name: string) => ({ secretKeyRef: { key: name, name: secret } });
    expect(env('order-service')).toMatchObject({
      DB_HOST: 'postgresql', DB_PORT: '5432', DB_NAME: 'orders', DB_USER: 'orders', DB_PASSWORD: key('postgresql', 'orders'),
    });
    expect(env('cart-service')).toMatchObject({ MONGO_PASSWORD: key('mongodb', 'carts'), MONGO_URI: 'mongodb://carts:$(MONGO_PASSWORD)@mongodb:27017/carts' });
    expect(env('payment-service')).toMatchObject({
      PAYMENT_GATEWAY_URL: 'http://api.payments.example:80/v1', PAYMENT_GATEWAY_KEY: key('keys', 'payment-gateway'),
    });
  });

  test('what customers are told is a file, and another text replaces the pods', () => {
    expect(Object.keys(at(named(objects, 'ConfigMap', 'notification-templates'), 'data') as object)).toEqual([
      'order-placed.txt', 'order-shipped.txt', 'promotion.txt',
    ]);
    const of = (name: string) => at(named(objects, 'Deployment', name), 'spec.template.metadata.annotations');
    expect(of('notification-service')).not.toEqual(of('order-service')); // both read the programs, one the templates too
  });
});

test('production scales each service from two to six at 70 %, and keeps one while nodes are drained', () => {
  const objects = ownObjectsOf(files, 'production/addis-pay');
  for (const name of SERVICES) {
    expect(at(named(objects, 'HorizontalPodAutoscaler', name), 'spec')).toMatchObject({
      minReplicas: 2, maxReplicas: 6, metrics: [{ containerResource: { target: { averageUtilization: 70 } } }],
    });
    expect(at(named(objects, 'PodDisruptionBudget', name), 'spec.minAvailable')).toBe(1);
    const pod = at(named(objects, 'Deployment', name), 'spec.template');
    expect(at(pod, 'metadata.annotations')).toHaveProperty(['cluster-autoscaler.kubernetes.io/safe-to-evict'], 'true');
    expect(at(pod, 'spec.priorityClassName')).toBe(['order-service', 'payment-service'].includes(name) ? 'takes-money' : undefined);
  }
});

test('images as a registry has them need no program of ours', () => {
  const app = new GitOpsApp();
  addisPay(new Environment(app, 'staging', { apiServer }), { ...environments.staging.addisPay, programs: { registry: 'registry.example.com/addispay' } });
  const objects = ownObjectsOf(app.render(), 'staging/addis-pay');
  expect(at(named(objects, 'Deployment', 'order-service'), 'spec.template.spec.containers.0.image')).toBe('registry.example.com/addispay/order-service:1.0.0');
  expect(ofKind(objects, 'ConfigMap').map(nameOf)).not.toContain('programs');
});

test('ingress-nginx in place of the gateway is one word, and opens the same', () => {
  const app = new GitOpsApp();
  const ingress = { hosts: ['shop.addispay.example'], controller: 'nginx' } as const;
  addisPay(new Environment(app, 'staging', { apiServer }), { ...environments.staging.addisPay, ingress });
  const objects = ownObjectsOf(app.render(), 'staging/addis-pay');
  expect(ofKind(objects, 'Gateway')).toEqual([]);
  expect(ofKind(objects, 'Ingress').map(nameOf).sort()).toEqual(['cart', 'order', 'payment', 'product', 'recommendation', 'review', 'search', 'user']
    .map((name) => `ingress-${name}-service`));
  const asked = listAt(named(objects, 'AuthorizationPolicy', 'payment-service'), 'spec.rules').at(0);
  expect(asked).toMatchObject({
    from: [{ source: { principals: ['cluster.local/ns/addis-pay/sa/order-service'] } }],
  });
  const { paths } = Object(at(named(objects, 'Ingress', 'ingress-payment-service'), 'spec.rules.0.http'));
  expect(paths).toMatchObject([{ path: '/api/payments/callback', pathType: 'Exact' }]);
});
