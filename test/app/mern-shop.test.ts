import { at, listAt } from '../mesh/world';
import { committedFiles, named, nameOf, objectsOf, ofKind, ownObjectsOf } from './built';

const files = committedFiles();
const GATEWAY = 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account';

const NGINX = 'cluster.local/ns/ingress-nginx/sa/ingress-nginx';

describe.each([
  ['staging', NGINX, '1Gi'], ['production', GATEWAY, '8Gi'],
])('in %s', (environment, wayIn, storage) => {
  const objects = ownObjectsOf(files, `${environment}/mern-shop`);
  const containerOf = (kind: string, name: string): unknown => at(named(objects, kind, name), 'spec.template.spec.containers.0');
  const callersOf = (name: string): unknown => listAt(named(objects, 'AuthorizationPolicy', name), 'spec.rules')
    .flatMap((rule) => listAt(rule, 'from').flatMap((from) => listAt(from, 'source.principals')));

  test('both programs are asked for anew by every node, and scale from one pod to four at 80 %', () => {
    for (const [name, container] of [['frontend', 'react-frontend'], ['backend', 'node-backend']]) {
      expect(at(containerOf('Deployment', name), 'imagePullPolicy')).toBe('Always');
      expect(at(containerOf('Deployment', name), 'name')).toBe(container);
      expect(at(named(objects, 'HorizontalPodAutoscaler', name), 'spec')).toMatchObject({
        minReplicas: 1, maxReplicas: 4, metrics: [{ containerResource: { container, name: 'cpu', target: { averageUtilization: 80 } } }],
      });
    }
  });

  test('nginx may listen on port 80 without being root', () => {
    expect(at(named(objects, 'Deployment', 'frontend'), 'spec.template.spec.securityContext')).toMatchObject({
      runAsNonRoot: true, runAsUser: 101, sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }],
    });
    expect(at(named(objects, 'Service', 'frontend'), 'spec.ports')).toEqual([{ appProtocol: 'http', name: 'http', port: 8080, targetPort: 80 }]);
    expect(at(named(objects, 'Deployment', 'backend'), 'spec.template.spec.securityContext')).not.toHaveProperty('sysctls');
  });

  test('the browser calls the backend, and the frontend\'s pod calls nobody', () => {
    expect([callersOf('backend'), callersOf('frontend')]).toEqual([[wayIn], [wayIn]]);
    expect(at(named(objects, 'Sidecar', 'frontend'), 'spec.egress')).toEqual([{ hosts: ['~/*'] }]);
    const backend = 'cluster.local/ns/mern-shop/sa/backend';
    const saved = environment === 'production' ? ['backup', 'restore'].map((each) => `cluster.local/ns/mern-shop/sa/mongo-mongodb-${each}`) : [];
    expect([callersOf('mongo-mongodb'), callersOf('rabbitmq')]).toEqual([[backend, ...saved], [backend]]);
  });

  test('the backend has its passwords from one Secret, and where its stores are from its calls', () => {
    const variables = listAt(containerOf('Deployment', 'backend'), 'env');
    const env = Object.fromEntries(variables.map((each) => [at(each, 'name'), at(each, 'value') ?? at(each, 'valueFrom')]));
    const key = (name: string) => ({ secretKeyRef: { key: name, name: 'db-queue-cred' } });
    expect(env).toEqual({
      MONGO_HOSTNAME: 'mongo-mongodb', MONGO_PORT: '27017', MONGO_DBNAME: 'ecommerce', MONGO_USER: 'ecommerce', MONGO_PASSWORD: key('MONGO_PASSWORD'),
      RABBITMQ_HOSTNAME: 'rabbitmq', RABBITMQ_USER: 'backend', RABBITMQ_PASSWORD: key('RABBITMQ_PASSWORD'),
    });
  });

  test('the stores keep what they are given, and the queue is the one that the program declares', () => {
    for (const store of ['mongo-mongodb', 'rabbitmq']) {
      expect(at(named(objects, 'StatefulSet', store), 'spec.volumeClaimTemplates.0.spec.resources.requests.storage')).toBe(storage);
    }
    const { 'definitions.json': definitions, 'rabbitmq.conf': config } = Object(at(named(objects, 'ConfigMap', 'rabbitmq-definitions'), 'data'));
    expect(JSON.parse(definitions)).toMatchObject({
      queues: [], policies: [{ name: 'orderQueue', definition: { 'message-ttl': 86_400_000, 'max-length': 10_000, 'overflow': 'reject-publish' } }],
    });
    expect(config).toContain('deprecated_features.permit.transient_nonexcl_queues = true');
  });

  test('nothing without limits is taken in any namespace of the environment', () => {
    const rule = objectsOf(files, `${environment}/required-limits`);
    const constraint = ofKind(rule, 'K8sRequiredResourceLimits');
    expect(constraint.map(nameOf)).toEqual(['require-resource-limits']);
    expect(at(constraint[0], 'spec.match.namespaceSelector.matchExpressions.0.values')).toContain('mern-shop');
    expect(at(constraint[0], 'spec.enforcementAction')).toBe('deny');
  });
});

describe('pages may ask the backend from another host, and pages of others may not', () => {
  test('by the gateway of production', () => {
    const routes = listAt(named(ownObjectsOf(files, 'production/mern-shop'), 'VirtualService', 'api-sushi-example-com'), 'spec.http');
    for (const route of routes) {
      expect(at(route, 'corsPolicy')).toMatchObject({ allowOrigins: [{ exact: 'https://sushi.example.com' }], allowHeaders: ['content-type'] });
      expect(route).not.toHaveProperty('rewrite');
    }
    const posts = routes.filter((route) => JSON.stringify(at(route, 'match')).includes('OPTIONS|POST'));
    expect(posts.map((route) => at(route, 'retries'))).toEqual([{ attempts: 0 }]);
  });

  test('by nginx in staging, as the seed wants it, which rewrites nothing', () => {
    const annotations = at(named(ownObjectsOf(files, 'staging/mern-shop'), 'Ingress', 'ingress-backend'), 'metadata.annotations') as Record<string, string>;
    expect(annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/cors-allow-origin': 'http://frontend.sushi', 'nginx.ingress.kubernetes.io/upstream-vhost': 'backend.mern-shop.svc.cluster.local',
    });
    expect(Object.keys(annotations)).not.toContain('nginx.ingress.kubernetes.io/rewrite-target');
  });
});
