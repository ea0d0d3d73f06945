import { Environment, GitOpsApp } from '../../src';
import { named, nameOf, objectsOf, ofKind } from '../app/built';
import { at, expectRefusal, listAt } from '../mesh/world';
import { addisPay } from './addis-pay';
import { airport } from '../../src/app/airport/airport';
import { jhipsterStore } from './jhipster-store';
import { mernShop } from './mern-shop';
import { allowedOf, documentsIn, envOf, filesOf, inProduction, reversed, routesOf, stockDocuments, without, type System } from './rendered';

const SYSTEMS: Readonly<Record<string, System>> = {
  'mern-shop': mernShop, 'addis-pay': addisPay, 'jhipster-store': jhipsterStore,
  'airport': (environment) => airport(environment, { ingress: { hosts: ['*'] } }),
};
const GATEWAY = 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account';
const NEVER = { attempts: 0 };
const BEFORE_SEND = { attempts: 2, retryOn: 'connect-failure,refused-stream' };

const specOf = (objects: readonly unknown[], kind: string, name: string) => at(named(objects, kind, name), 'spec');
const hostsOf = (objects: readonly unknown[], name: string) => at(named(objects, 'Sidecar', name), 'spec.egress.0.hosts');
const namespaceIs = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

describe.each(Object.entries(SYSTEMS))('%s', (name, system) => {
  const files = filesOf(system);
  const pathsIn = (environment: string) => [...files.keys()].filter((path) => path.startsWith(`${environment}/`)).map((path) => path.slice(environment.length));

  test('has the same files in staging and production, in its own folder', () => {
    expect(pathsIn('staging').length).toBeGreaterThan(7);
    expect(pathsIn('staging')).toEqual(pathsIn('production'));
    expect(pathsIn('staging').filter((path) => !path.startsWith(`/${name}/`))).toEqual([]);
  });

  test('runs one pod of everything in staging, unless it says more', () => {
    const counts = ofKind(objectsOf(files, 'staging'), 'Deployment').map((each): [string, unknown] => [nameOf(each), at(each, 'spec.replicas')]);
    const more = counts.filter(([, count]) => count !== 1).map(([each]) => each);
    expect(more).toEqual({ 'airport': ['collector', 'face-recognition', 'image-analysis'], 'mern-shop': ['backend'] }[name] ?? []);
  });

  test('refuses pods that are not restricted, but where the mesh itself needs one', () => {
    const modes = (environment: string) => new Set(ofKind(objectsOf(files, environment), 'Namespace')
      .map((each) => Object.keys(at(each, 'metadata.labels') as object).filter((label) => label.startsWith('pod-security')).join()));
    expect([...modes('production')]).toEqual(['pod-security.kubernetes.io/enforce']);
    expect([...modes('staging')]).toEqual(['pod-security.kubernetes.io/audit,pod-security.kubernetes.io/warn']);
  });

  test('has the documents that stock cdk8s writes, byte for byte', () => {
    expect(documentsIn(...files.values())).toEqual(stockDocuments(system));
  });

  test('is the same in every byte when its calls are declared in the opposite order', () => {
    expect([...filesOf(reversed(system))]).toEqual([...files]);
  });
});

describe('the shop of MongoDB and RabbitMQ', () => {
  const objects = inProduction(mernShop);

  test('opens each port of RabbitMQ to its own caller alone', () => {
    expect(allowedOf(objects, 'rabbitmq')).toEqual({
      [GATEWAY]: [{ methods: ['GET'], paths: ['/api/overview'], ports: ['15672'] }],
      'cluster.local/ns/mern-shop/sa/backend': [{ ports: ['5672'] }],
    });
    expect(at(specOf(objects, 'NetworkPolicy', 'rabbitmq'), 'ingress')).toEqual([
      { from: [{ namespaceSelector: namespaceIs('istio-system'), podSelector: { matchLabels: { istio: 'ingressgateway' } } }], ports: [{ port: 15672 }] },
      { from: [{ podSelector: { matchLabels: { app: 'backend' } } }], ports: [{ port: 5672 }] },
    ]);
  });

  test('routes requests for the management port of RabbitMQ, and leaves AMQP alone', () => {
    const routes = ['rabbitmq-sushi', 'rabbitmq'].flatMap((name) => routesOf(objects, name));
    expect(routes.map((route) => at(route, 'route.0.destination.port.number'))).toEqual([15672, 15672]);
    expect(routes.map((route) => at(route, 'match.0.port'))).toEqual([undefined, 15672]);
  });

  test('lets the backend reach AMQP and nothing else of RabbitMQ', () => {
    const egress = listAt(specOf(objects, 'NetworkPolicy', 'backend'), 'egress');
    expect(egress.map((each) => [at(each, 'to.0.podSelector.matchLabels.app'), listAt(each, 'ports')])).toEqual([
      ['mongo-mongodb', [{ port: 27017 }]], ['rabbitmq', [{ port: 5672 }]],
    ]);
  });

  test('has a backend for the browser and none for the frontend', () => {
    expect(Object.keys(allowedOf(objects, 'backend'))).toEqual([GATEWAY]);
    expect(hostsOf(objects, 'frontend')).toEqual(['~/*']);
    expect(at(specOf(objects, 'NetworkPolicy', 'frontend'), 'egress')).toBeUndefined();
    expect(Object.keys(allowedOf(objects, 'mongo-mongodb'))).toEqual(['cluster.local/ns/mern-shop/sa/backend']);
  });
});

describe('the backend of the shop', () => {
  const objects = inProduction(mernShop);

  test('leaves the service while its database is down, and is not restarted', () => {
    const container = at(specOf(objects, 'Deployment', 'backend'), 'template.spec.containers.0');
    expect(at(container, 'readinessProbe')).toEqual({ httpGet: { path: '/api/products', port: 5000 } });
    expect(at(container, 'livenessProbe')).toEqual({ tcpSocket: { port: 5000 } });
  });

  test('takes an order once, and answers preflights again', () => {
    const methodsOf = (route: unknown) => listAt(route, 'match').map((each) => at(each, 'method'));
    const treated = routesOf(objects, 'backend-sushi').map((route) => [at(route, 'retries.attempts'), methodsOf(route)]);
    expect(treated).toEqual([
      [0, [{ exact: 'POST' }, { exact: 'POST' }]],
      [2, [{ regex: 'GET|HEAD' }, { exact: 'OPTIONS' }, { exact: 'OPTIONS' }]],
    ]);
  });
});

describe('Addis Pay', () => {
  const objects = inProduction(addisPay);
  const isPost = (match: unknown, path: string) => at(match, 'method.exact') === 'POST' && at(match, 'uri.exact') === path;
  const asking = (name: string, path: string) => routesOf(objects, name)
    .filter((route) => at(route, 'match') === undefined || listAt(route, 'match').some((each) => isPost(each, path)));

  test('writes the JDBC and the R2DBC address of one edge', () => {
    expect(envOf(objects, 'order-service')).toMatchObject({
      DB_HOST: 'postgresql.addis-pay-data.svc.cluster.local',
      DB_URL: 'jdbc:postgresql://postgresql.addis-pay-data.svc.cluster.local:5432/orders',
      R2DBC_URL: 'r2dbc:postgresql://postgresql.addis-pay-data.svc.cluster.local:5432/orders',
    });
  });

  test('charges at most once: what may have left is sent again on no hop', () => {
    expect(asking('shop-addispay-example', '/api/orders').map((route) => at(route, 'retries'))).toEqual([NEVER]);
    expect(asking('order-service', '/api/orders').map((route) => at(route, 'retries'))).toEqual([NEVER]);
    expect(asking('payment-service', '/api/payments').map((route) => at(route, 'retries'))).toEqual([BEFORE_SEND, NEVER]);
    expect(ofKind(objects, 'VirtualService').map(nameOf)).not.toContain('payment-gateway'); // TLS: the mesh sees no requests
  });

  test('opens of payments the callback alone to the outside', () => {
    expect(allowedOf(objects, 'payment-service')[GATEWAY]).toEqual([{ methods: ['POST'], paths: ['/api/payments/callback'] }]);
    const leading = routesOf(objects, 'shop-addispay-example')
      .filter((route) => at(route, 'route.0.destination.host') === 'payment-service.addis-pay.svc.cluster.local');
    expect(leading.map((route) => at(route, 'match'))).toEqual([[{ method: { exact: 'POST' }, uri: { exact: '/api/payments/callback' } }]]);
  });

  test('gives an order the time of all that it waits for in turn', () => {
    expect(asking('shop-addispay-example', '/api/orders').map((route) => at(route, 'timeout'))).toEqual(['15s']);
    expect(asking('payment-service', '/api/payments').map((route) => at(route, 'timeout'))).toEqual(['6s', '5s']);
  });
});

describe('around Addis Pay', () => {
  const objects = inProduction(addisPay);
  const annotation = (name: string) => at(named(objects, 'NetworkPolicy', name), 'metadata.annotations');

  test('mail without known addresses says that its egress is open, and a provider with addresses does not', () => {
    expect(annotation('notification-service')).toMatchObject({
      'meshmart.dev/open-egress': expect.stringMatching(/api\.sms\.example:443, smtp\.mail\.example:587 are not known/),
    });
    expect(annotation('payment-service')).not.toHaveProperty('meshmart.dev/open-egress');
    expect(listAt(specOf(objects, 'NetworkPolicy', 'payment-service'), 'egress')[0]).toEqual({
      to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 443 }],
    });
  });

  test('mail knows its host and port, and nobody else reaches it', () => {
    expect(envOf(objects, 'notification-service')).toMatchObject({ SMTP_HOST: 'smtp.mail.example', SMTP_PORT: '587' });
    const knowing = ofKind(objects, 'Sidecar').filter((each) => JSON.stringify(each).includes('smtp.mail.example')).map(nameOf);
    expect(knowing).toEqual(['notification-service']);
  });

  test('the databases answer those who call them, a job among them', () => {
    const callers = (name: string) => Object.keys(allowedOf(objects, name)).map((each) => each.split('/sa/')[1]);
    expect(callers('postgresql')).toEqual(['order-migration', 'order-service', 'payment-service', 'product-service', 'user-service']);
    expect(callers('mongodb')).toEqual(['cart-service']);
    expect(envOf(objects, 'order-migration', 'Job')).toEqual({ PGHOST: 'postgresql.addis-pay-data.svc.cluster.local' });
  });

  test('a variable that combines others comes after them', () => {
    const env = envOf(objects, 'cart-service');
    expect(env.MONGO_URI).toBe('mongodb://$(MONGO_USER):$(MONGO_PASSWORD)@$(MONGO_ADDRESS)/carts');
    expect(Object.keys(env).slice(-3)).toEqual(['MONGO_USER', 'MONGO_PASSWORD', 'MONGO_URI']);
  });
});

describe('the airport', () => {
  const objects = inProduction(SYSTEMS.airport);

  test('follows its namespace and the domain of the cluster with every address', () => {
    const app = new GitOpsApp();
    airport(new Environment(app, 'production', { clusterDomain: 'airport.internal' }), { ingress: { hosts: ['*'] }, namespace: 'terminal-2' });
    const moved = objectsOf(app.render(), 'production');
    expect(envOf(moved, 'cpanel')).toMatchObject({
      URL_ALERTS: 'http://alerts.terminal-2.svc.airport.internal:8080', URL_K8S_SUFFIX: '.terminal-2.svc.airport.internal',
    });
    expect(JSON.stringify(moved)).not.toMatch(/airport\.svc|svc\.cluster\.local/);
  });

  test('never switches the cameras twice, although it does so by GET', () => {
    const production = routesOf(objects, 'any').filter((route) => JSON.stringify(at(route, 'match')).includes('/production'));
    expect(production.map((route) => at(route, 'retries'))).toEqual([NEVER]);
  });

  test('asks alerts for their status before it takes that for the name of one', () => {
    const uris = listAt(routesOf(objects, 'alerts').find((route) => JSON.stringify(route).includes('cpanel')), 'match').map((each) => at(each, 'uri'));
    expect(uris).toEqual([{ exact: '/' }, { exact: '/status' }, { regex: '/[^/]+' }]);
  });
});

describe('calls of the airport that go in circles', () => {
  const render = (system: System) => () => filesOf(system);
  const [there, back, camera] = ['cpanel → collector', 'collector → cpanel', 'camera-agent-1 → collector'];

  test.each([there, back])('wait for nobody while one of two says during what they happen: without that of %s', (call) => {
    expect(render(without(SYSTEMS.airport, { during: [call] }))).not.toThrow();
  });

  test('fail with the circle when neither does', () => {
    expectRefusal(render(without(SYSTEMS.airport, { during: [there, back] })), '[staging/airport/', 'circle', 'cpanel → collector status 2s',
      'collector → cpanel addAnalysis 2s', 'background');
  });

  test('fail with both times when a camera waits for the collector', () => {
    expectRefusal(render(without(SYSTEMS.airport, { background: [camera] })), '[staging/airport/camera-agent-1]',
      'cpanel → camera-agent-1 stream 2s < camera-agent-1 → collector frame 15s', 'lower the timeout of collector');
  });

  test('fail with the circle over three when that call is not background, and no call to it says during', () => {
    const waiting = without(SYSTEMS.airport, { background: [camera], during: ['cpanel → camera-agent-1'] });
    expectRefusal(render(waiting), 'circle', 'cpanel → camera-agent-1 stream 2s',
      'camera-agent-1 → collector frame 15s', 'collector → cpanel addAnalysis 2s');
  });
});

describe('the JHipster store, whose calls cross namespaces', () => {
  const objects = inProduction(jhipsterStore);

  test('addresses invoices by their full name', () => {
    expect(envOf(objects, 'store').INVOICE_URL).toBe('http://invoice.billing.svc.cluster.local:80');
    expect(hostsOf(objects, 'store')).toEqual(['./store-postgresql.store.svc.cluster.local', 'billing/invoice.billing.svc.cluster.local']);
  });

  test('shows invoices to the namespaces that call them, and their routes to those in the mesh', () => {
    expect(at(specOf(objects, 'DestinationRule', 'invoice'), 'exportTo')).toEqual(['.', 'istio-system', 'store']);
    expect(at(specOf(objects, 'VirtualService', 'invoice'), 'exportTo')).toEqual(['.', 'store']);
    expect(at(specOf(objects, 'DestinationRule', 'invoice-postgresql'), 'exportTo')).toEqual(['.']);
  });

  test('routes invoices for the store of its namespace, and nobody of another', () => {
    expect(listAt(routesOf(objects, 'invoice')[0], 'match').map((each) => [at(each, 'sourceNamespace'), at(each, 'sourceLabels')])).toEqual([
      ['store', { app: 'store' }], ['store', { app: 'store' }],
    ]);
  });

  test('lets the store in by namespace, pod and identity', () => {
    expect(listAt(specOf(objects, 'NetworkPolicy', 'invoice'), 'ingress.0.from')).toContainEqual({
      namespaceSelector: namespaceIs('store'), podSelector: { matchLabels: { app: 'store' } },
    });
    expect(allowedOf(objects, 'invoice')['cluster.local/ns/store/sa/store']).toEqual([{ methods: ['GET'], paths: ['/api', '/api/*'] }]);
  });

  test('lets the store out to its database and to invoices, at the ports of the containers', () => {
    expect(listAt(specOf(objects, 'NetworkPolicy', 'store'), 'egress')).toEqual([
      { to: [{ namespaceSelector: namespaceIs('billing'), podSelector: { matchLabels: { app: 'invoice' } } }], ports: [{ port: 8082 }] },
      { to: [{ podSelector: { matchLabels: { app: 'store-postgresql' } } }], ports: [{ port: 5432 }] },
    ]);
  });
});

describe('the gateway of the JHipster store', () => {
  const objects = inProduction(jhipsterStore);
  const leads = (name: string) => new Set(routesOf(objects, name).map((route) => at(route, 'route.0.destination.host')));

  test('stands in a namespace of its own and leads each host to one service of another', () => {
    expect(at(named(objects, 'Gateway', 'store-gateway'), 'metadata.namespace')).toBe('edge');
    const hosts = ['store-example-com', 'www-example-com', 'invoice-example-com'].map((name) => [...leads(name)]);
    expect(hosts).toEqual([['store.store.svc.cluster.local'], ['store.store.svc.cluster.local'], ['invoice.billing.svc.cluster.local']]);
  });

  test('repeats what is created on no host', () => {
    const creating = ['store-example-com', 'www-example-com', 'invoice-example-com'].flatMap((name) => routesOf(objects, name))
      .filter((route) => listAt(route, 'match').some((each) => at(each, 'method.exact') === 'POST'));
    expect(creating.map((route) => at(route, 'retries'))).toEqual([NEVER, NEVER, NEVER]);
  });
});
