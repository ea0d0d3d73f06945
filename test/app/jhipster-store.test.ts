import { at, listAt } from '../mesh/world';
import { committedFiles, named, nameOf, objectsOf, ofKind } from './built';

const files = committedFiles();
const SERVICES: Readonly<Record<string, number>> = { store: 8080, invoice: 8082, product: 8081, notification: 8083 };
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

describe.each(['staging', 'production'])('in %s', (environment) => {
  const objects = objectsOf(files, `${environment}/jhipster-store`);
  const containerOf = (name: string): unknown => at(named(objects, 'Deployment', name), 'spec.template.spec.containers.0');
  const ofGateway = ofKind(objects, 'VirtualService').find((each) => at(each, 'spec.gateways') !== undefined);
  const routes = listAt(ofGateway, 'spec.http');

  /** The first route that takes a request of a browser, as Envoy looks for it. */
  const routeOf = (method: string, path: string, userAgent = 'curl'): unknown => routes.find((route) => listAt(route, 'match').some((match) => {
    const { exact, prefix } = Object(at(match, 'uri'));
    const methods = String(at(match, 'method.exact') ?? at(match, 'method.regex') ?? METHODS.join('|')).split('|');
    const browser = at(match, 'headers.user-agent.regex');
    return (exact === path || (prefix !== undefined && path.startsWith(prefix))) && methods.includes(method)
      && (browser === undefined || new RegExp(`^(?:${String(browser)})$`).test(userAgent));
  }));
  const answeredBy = (route: unknown): unknown => listAt(route, 'route')
    .map((each) => [String(at(each, 'destination.host')).split('.')[0], at(each, 'destination.subset'), at(each, 'weight') ?? 100].join(' '))
    .filter((each) => !each.endsWith(' 0'));

  test.each(Object.entries(SERVICES))('%s listens on %d behind port 80, and is asked by JHipster\'s own addresses whether it is well', (name, port) => {
    expect(at(containerOf(name), 'ports')).toEqual([{ containerPort: port, name: 'http' }]);
    expect(at(named(objects, 'Service', name), 'spec.ports.0')).toEqual({ appProtocol: 'http', name: 'http', port: 80, targetPort: port });
    expect(at(containerOf(name), 'readinessProbe')).toEqual({
      httpGet: { path: '/management/health/readiness', port }, initialDelaySeconds: 20, periodSeconds: 15, failureThreshold: 6,
    });
    expect(at(containerOf(name), 'livenessProbe.httpGet.path')).toBe('/management/health/liveness');
  });

  test('store and invoice have a second version, each a Deployment with pods of its own', () => {
    expect(ofKind(objects, 'Deployment').map(nameOf).sort()).toEqual([...Object.keys(SERVICES), 'invoice-v2', 'oauth2-proxy', 'store-v2'].sort());
    for (const name of ['store', 'invoice']) {
      const [first, second] = [name, `${name}-v2`].map((each) => at(named(objects, 'Deployment', each), 'spec.selector.matchLabels'));
      expect([first, second]).toEqual([{ app: name, version: 'v1' }, { app: name, version: 'v2' }]);
    }
  });

  test('requests go to pods at random, few at a time, and past a pod that fails', () => {
    for (const name of Object.keys(SERVICES)) {
      expect(at(named(objects, 'DestinationRule', name), 'spec.trafficPolicy')).toMatchObject({
        loadBalancer: { simple: 'RANDOM' },
        connectionPool: {
          http: { http1MaxPendingRequests: 10, http2MaxRequests: 100, maxRequestsPerConnection: 10, maxRetries: 5 },
          tcp: { connectTimeout: '100ms', maxConnections: 30 },
        },
      });
    }
    const ejection = { consecutive5xxErrors: 5, interval: '30s', baseEjectionTime: '60s', maxEjectionPercent: 50 };
    const said = at(named(objects, 'DestinationRule', 'product'), 'spec.trafficPolicy.outlierDetection');
    if (environment === 'production') expect(said).toMatchObject(ejection);
    else expect(said).toBeUndefined(); // one pod
  });

  test.each(['invoice', 'product', 'notification'])('a browser reaches %s below its prefix, which the service does not see', (name) => {
    for (const method of METHODS) expect(String(answeredBy(routeOf(method, `/services/${name}/api/things`)))).toMatch(`${name} v1`);
    const { match, rewrite } = Object(at(routeOf('GET', `/services/${name}/api/things`), 'rewrite.uriRegexRewrite'));
    expect(`/services/${name}/api/things`.replace(new RegExp(match), rewrite.replace('\\1', '$1'))).toBe('/api/things');
    expect(routeOf('GET', `/services/${name}/management/env`)).toBe(routeOf('GET', '/')); // pages of the store
  });

  test('a fifth of the invoices come from the second version', () => {
    expect(answeredBy(routeOf('GET', '/services/invoice/api/things'))).toEqual(['invoice v1 80', 'invoice v2 20']);
  });

  test('whoever has Chrome sees the second version of the store, and nobody else', () => {
    const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
    for (const path of ['/', '/api/account', '/shop/list']) {
      expect(answeredBy(routeOf('GET', path, chrome))).toEqual(['store v2 100']);
      expect(answeredBy(routeOf('GET', path))).toEqual(['store v1 100']);
    }
  });

  test('what may be done twice is tried three times more, what may not is not', () => {
    const retries = { attempts: 3, perTryTimeout: '2s', retryOn: 'connect-failure,refused-stream,gateway-error' };
    for (const path of ['/api/things', '/services/product/api/things']) {
      for (const method of ['GET', 'PUT', 'DELETE']) expect(at(routeOf(method, path), 'retries')).toEqual(retries);
      for (const method of ['POST', 'PATCH']) expect(at(routeOf(method, path), 'retries')).toEqual({ attempts: 0 });
    }
  });

  const databases = { store: 'store-postgresql', invoice: 'invoice-postgresql', product: 'product-postgresql', notification: 'notification-mongodb' };
  const envOf = (name: string) => new Map(listAt(containerOf(name), 'env').map((each) => [at(each, 'name'), each]));

  test('each service calls the database of its own', () => {
    for (const [name, store] of Object.entries(databases)) {
      const spans = 'observability/jaeger.observability.svc.cluster.local';
      expect(at(named(objects, 'Sidecar', name), 'spec.egress.0.hosts')).toEqual([`./${store}.jhipster-store.svc.cluster.local`, spans]);
      expect(at(named(objects, 'Sidecar', store), 'spec.egress')).toEqual([{ hosts: [spans] }]);
      const saved = environment === 'production' ? [`${store}-backup`, `${store}-restore`] : [];
      const rules = listAt(named(objects, 'AuthorizationPolicy', store), 'spec.rules');
      expect(rules.map((rule) => String(at(rule, 'from.0.source.principals.0')).split('/sa/')[1])).toEqual([name, ...saved]);
    }
  });

  test('each database has storage, and a password that its service and it read from one Secret', () => {
    expect(ofKind(objects, 'StatefulSet').map(nameOf).sort()).toEqual(Object.values(databases).sort());
    for (const store of Object.values(databases)) {
      const set = named(objects, 'StatefulSet', store);
      const storage = at(set, 'spec.volumeClaimTemplates.0.spec.resources.requests.storage');
      expect(storage).toBe(environment === 'production' ? '10Gi' : '1Gi');
      const key = store.endsWith('mongodb') ? 'mongodb-password' : 'postgresql-password';
      const sources = listAt(set, 'spec.template.spec.volumes').flatMap((volume) => at(volume, 'projected.sources') ?? []);
      expect(sources).toContainEqual({ secret: { items: [{ key, path: store.split('-')[0] }], name: store } });
    }
    expect(at(envOf('store').get('SPRING_R2DBC_URL'), 'value')).toBe('r2dbc:postgresql://store-postgresql:5432/store');
    expect(at(envOf('store').get('SPRING_DATASOURCE_PASSWORD'), 'valueFrom.secretKeyRef')).toEqual({ key: 'postgresql-password', name: 'store-postgresql' });
    expect([...envOf('notification')].at(-1)).toEqual(
      ['SPRING_DATA_MONGODB_URI', { name: 'SPRING_DATA_MONGODB_URI', value: 'mongodb://notification:$(MONGODB_PASSWORD)@notification-mongodb:27017/notification' }],
    );
  });
});
