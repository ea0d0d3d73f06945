import { readdirSync } from 'node:fs';
import { App, Chart, Duration, Size } from 'cdk8s';
import {
  AdmissionEngine, Backup, CanaryRelease, CertificateIssuer, Experiment, ExternalSecret, FaultInjection, IngressGateway,
  JwtAuthentication, type JwtIssuer, LoadBalancer, LogStack, Measurement, MeshNamespace, MeshedJob, MeshedMicroservice, MongoDatabase, NamespaceQuota,
  Operation, Port, PostgresDatabase, RabbitMqBroker, RedisCache, RequiredLimits, ResourceLimitedDeployment, Step, TlsCertificate, TokenLocation, Volume,
} from '../../src';
import { login } from '../mesh/login/login';
import { client, container, payment, world } from '../mesh/world';
import { type Cases, web } from './case';
import { expectGolden } from './golden';
import { WAYS } from './ways';

const { resources } = container;

const CASES: Cases = {
  ...WAYS,
  'microservice': [({ shop }) => {
    const callee = payment(shop);
    client(shop, 'checkout').calls(callee, { operations: ['charge'], timeout: Duration.seconds(3) });
    client(shop, 'support').calls(callee, { operations: ['refunds'] });
    return ['shop/payment'];
  }],
  'jwt-authentication': [({ shop }) => {
    const orders = web(shop);
    new IngressGateway(shop, 'gateway', { hosts: ['shop.example'] }).routes(orders, { operations: ['home', 'product', 'order'] });
    const issuer: JwtIssuer = {
      issuer: 'https://id.example/realms/shop', jwks: { uri: 'https://id.example/realms/shop/keys' }, audiences: ['shop'], claims: ['groups'],
      from: [TokenLocation.cookie('id'), TokenLocation.header('authorization', { prefix: 'Bearer ' })],
    };
    const customers = { claim: 'groups', values: ['customers'] } as const;
    new JwtAuthentication(orders, 'tokens', { issuers: { issuer }, requires: [{ operations: ['order'], claims: [customers] }] });
    orders.denies('laboratory', { namespaces: ['lab'], dryRun: true });
    return ['shop/web'];
  }],
  'certificate': [({ shop }) => {
    const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example'], tls: { credentialName: 'shop-tls' } });
    gateway.routes(web(shop), { operations: ['home'] });
    const dns01 = { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'api-token' } } };
    new TlsCertificate(gateway, 'certificate', { issuer: CertificateIssuer.acme({ email: 'ops@shop.example', dns01 }) });
    return ['shop/gateway'];
  }],
  'external-secret': [({ shop }) => {
    const keys = { password: { key: 'shop/orders', property: 'password' } };
    new ExternalSecret(shop, 'orders', { store: { name: 'vault', kind: 'ClusterSecretStore' }, keys });
    return ['shop/orders'];
  }],
  'login': [({ shop }) => {
    login(shop, {});
    return ['shop/oauth2-proxy', 'shop/gateway'];
  }],
  'microservice-autoscaled': [({ shop }) => {
    new MeshedMicroservice(shop, 'cart', { ...container, port: Port.grpc(7070), replicas: { min: 2, max: 5, cpuPercent: 70 } });
    return ['shop/cart'];
  }],
  'microservice-traffic-policy': [({ shop }) => {
    const { port, operations } = { port: Port.http(80, { targetPort: 8080 }), operations: { list: Operation.http('GET', '/orders') } };
    const orders = new MeshedMicroservice(shop, 'orders', {
      ...container,
      port,
      operations,
      replicas: 3,
      trafficPolicy: {
        loadBalancer: LoadBalancer.leastRequest({ warmup: { duration: Duration.seconds(30), aggression: 2, minimumPercent: 5 } }),
        connectionPool: {
          connectTimeout: Duration.millis(100), maxConnections: 30, idleTimeout: Duration.minutes(5), http1MaxPendingRequests: 100, http2MaxRequests: 200,
          maxRequestsPerConnection: 1000, maxRetries: 5,
        },
        outlierDetection: { consecutive5xxErrors: 5, consecutiveGatewayErrors: 3, interval: Duration.seconds(30), baseEjectionTime: Duration.seconds(60) },
        locality: { failover: [{ from: 'eu-west-1', to: 'eu-central-1' }, { from: 'eu-central-1', to: 'eu-west-1' }] },
      },
    });
    const cookie = LoadBalancer.byCookie('session', { ttl: Duration.hours(1), path: '/' });
    client(shop, 'desk').calls(orders, { operations: ['list'] });
    client(shop, 'report').calls(orders, {
      operations: ['list'], trafficPolicy: { connectionPool: { http2MaxRequests: 10 }, outlierDetection: { interval: Duration.seconds(5) } },
    });
    new IngressGateway(shop, 'gateway', { hosts: ['shop.example'] }).routes(orders, { operations: ['list'], trafficPolicy: { loadBalancer: cookie } });
    new CanaryRelease(orders, 'canary', { at: 5, plan: [5, 100], replicas: 1 });
    return ['shop/orders', 'shop/gateway'];
  }],
  'redis-connections': [({ shop }) => {
    const trafficPolicy = { connectionPool: { maxConnections: 30, connectTimeout: Duration.millis(300), idleTimeout: Duration.minutes(5) } };
    new RedisCache(shop, 'redis', { resources, trafficPolicy });
    return ['shop/redis'];
  }],
  'microservice-client': [({ shop }) => {
    client(shop, 'customers', { env: { USERS: '10' } }).calls(web(shop), {
      operations: ['home', 'product', 'order'], timeout: Duration.seconds(10), env: (to) => ({ WEB_URL: to.url() }),
    });
    return ['shop/customers'];
  }],
  'microservice-several-ports': [({ shop }) => {
    const search = new MeshedMicroservice(shop, 'search', {
      ...container,
      port: [Port.http(80, { targetPort: 8080 }), Port.grpc(9090)],
      volumes: { '/var/index': Volume.emptyDir(Size.mebibytes(256)) },
      operations: { find: Operation.http('GET', '/find'), index: Operation.grpc('shop.Search/Index', { port: 'grpc' }) },
    });
    client(shop, 'writer').calls(search, { operations: ['find', 'index'] });
    return ['shop/search'];
  }],
  'microservice-rate-limited': [({ shop }) => {
    new MeshedMicroservice(shop, 'orders', {
      ...container, port: [Port.http(80, { targetPort: 8080 }), Port.grpc(9090)], replicas: 2, rateLimit: { requests: 100, per: Duration.seconds(60) },
    });
    return ['shop/orders'];
  }],
  'microservice-rate-limited-operation': [({ shop }) => {
    new MeshedMicroservice(shop, 'users', {
      ...container,
      port: Port.http(80, { targetPort: 8080 }),
      operations: { login: Operation.http('POST', '/login'), profile: Operation.http('GET', '/profile') },
      rateLimit: { requests: 5, per: Duration.seconds(1), burst: 20, operations: ['login'] },
    });
    return ['shop/users'];
  }],
  'microservice-rollout': [({ staging, shop }) => {
    const find = { find: Operation.http('GET', '/find'), index: Operation.grpc('shop.Search/Index', { port: 'grpc' }) };
    const search = new MeshedMicroservice(shop, 'search', {
      ...container,
      port: [Port.http(80, { targetPort: 8080 }), Port.grpc(9090)],
      replicas: { min: 2, max: 5, cpuPercent: 70 },
      operations: find,
      rollout: {
        steps: [Step.setWeight(5), Step.pause(Duration.minutes(10)), Step.setWeight(50), Step.pause()],
        analysis: { successRate: 99, latency: { percentile: 99, below: Duration.millis(300) }, failureLimit: 1, prometheus: 'http://prometheus:9090' },
      },
    });
    client(shop, 'writer').calls(search, { operations: ['find', 'index'] });
    new IngressGateway(new MeshNamespace(staging, 'edge'), 'web', { hosts: ['shop.example'] }).routes(search, { operations: ['find'] });
    return ['shop/search', 'edge/web'];
  }],
  'job': [({ shop }) => {
    const migrate = new MeshedJob(shop, 'migrate', { ...container, args: ['up'] });
    migrate.calls(payment(shop), { operations: ['refunds'], env: (to) => ({ PAYMENT_ADDR: to.hostPort }) });
    return ['shop/migrate'];
  }],
  'job-scheduled': [({ shop }) => {
    new MeshedJob(shop, 'report', { ...container, schedule: '0 3 * * *', activeDeadline: Duration.minutes(5), backoffLimit: 1 });
    return ['shop/report'];
  }],
  'redis': [({ shop }) => {
    client(shop, 'cart').calls(new RedisCache(shop, 'redis', { resources }), { env: (to) => ({ REDIS_ADDR: to.hostPort }) });
    return ['shop/redis'];
  }],
  'redis-persistent': [({ shop }) => {
    new RedisCache(shop, 'redis', { resources, persistence: { size: Size.gibibytes(1) } });
    return ['shop/redis'];
  }],
  'postgres': [({ shop }) => {
    const password = (name: string) => ({ secret: { name }, key: 'password' });
    const postgres = new PostgresDatabase(shop, 'postgresql', {
      resources,
      storage: { size: Size.gibibytes(10), storageClassName: 'fast' },
      superuserPassword: password('postgresql'),
      databases: { users: { password: password('users-db') }, orders: { password: password('orders-db'), user: 'order_service' } },
    });
    client(shop, 'orders').calls(postgres.databases.orders, {
      env: (to) => ({ DB_HOST: to.host, DB_PORT: to.port, DB_NAME: to.database, DB_USER: to.user, DB_PASSWORD: to.password, DB_URL: to.jdbcUrl }),
    });
    return ['shop/postgresql', 'shop/orders'];
  }],
  'postgres-backup': [({ shop }) => {
    const databases = { orders: { password: { secret: { name: 'orders-db' }, key: 'password' } } };
    const postgres = new PostgresDatabase(shop, 'postgresql', {
      resources, storage: { size: Size.gibibytes(10) }, superuserPassword: { secret: { name: 'postgresql' }, key: 'password' }, databases,
    });
    new Backup(shop, 'postgresql-backup', { of: postgres, storage: { size: Size.gibibytes(20) }, resources });
    return ['shop/postgresql-backup'];
  }],
  'mongo': [({ shop }) => {
    const password = (name: string) => ({ secret: { name }, key: 'password' });
    const mongo = new MongoDatabase(shop, 'mongodb', {
      resources,
      storage: { size: Size.gibibytes(10) },
      rootPassword: password('mongodb'),
      databases: { carts: { password: password('carts-db') }, reviews: { password: password('reviews-db'), user: 'review_service' } },
    });
    const cart = client(shop, 'cart');
    const carts = cart.calls(mongo.databases.carts, { env: (to) => ({ MONGO_PASSWORD: to.password }) });
    cart.addEnv('MONGO_URL', carts.uriWith('MONGO_PASSWORD'));
    return ['shop/mongodb', 'shop/cart'];
  }],
  'rabbitmq': [({ shop }) => {
    const broker = new RabbitMqBroker(shop, 'rabbitmq', {
      resources,
      storage: { size: Size.gibibytes(8) },
      queues: { orders: { messageTtl: Duration.hours(24), maxLength: 100_000, overflow: 'reject-publish' }, mails: {} },
      users: { shop: { password: { secret: { name: 'shop-mq' }, key: 'password' }, queues: ['orders'] } },
    });
    client(shop, 'backend').calls(broker.users.shop, { env: (to) => ({ RABBITMQ_HOSTNAME: to.host, RABBITMQ_PASSWORD: to.password, RABBITMQ_USER: to.user }) });
    return ['shop/rabbitmq', 'shop/backend'];
  }],
  'postgres-external': [({ shop }) => {
    const { databases } = PostgresDatabase.external(shop, 'ledger', {
      host: 'ledger.db.example.com', cidrs: ['203.0.113.7/32'], databases: { ledger: { password: { secret: { name: 'ledger-db' }, key: 'password' } } },
    });
    client(shop, 'checkout').calls(databases.ledger, { env: (to) => ({ DB_PASSWORD: to.password, DB_URL: to.uri }) });
    return ['shop/ledger', 'shop/checkout'];
  }],
  'namespace': [() => ['shop/namespace']],
  'namespace-init': [() => ['shop/namespace'], { interception: 'init', nodeLocalDns: '169.254.20.10' }],
  'namespace-existing': [({ staging }) => {
    client(MeshNamespace.existing(staging, 'desk', { name: 'platform-desk' }), 'support');
    return ['desk/support'];
  }],
  'required-limits': [({ staging }) => {
    new RequiredLimits(staging, 'admission', { engine: AdmissionEngine.validatingAdmissionPolicy() });
    return ['admission/required-limits'];
  }],
  'required-limits-gatekeeper': [({ staging }) => {
    new RequiredLimits(staging, 'admission', { engine: AdmissionEngine.gatekeeper(), action: 'warn', namespaceLabels: { 'istio-injection': 'enabled' } });
    return ['admission/required-limits'];
  }],
  'namespace-quota': [({ staging }) => {
    const sized = new MeshNamespace(staging, 'sized', { quota: NamespaceQuota.ofWorkloads() });
    new MeshedMicroservice(sized, 'cart', { ...container, port: Port.grpc(7070), replicas: { min: 2, max: 5, cpuPercent: 70 } });
    new RedisCache(sized, 'redis', { resources, persistence: { size: Size.gibibytes(1) } });
    return ['sized/namespace'];
  }],
  'log-stack': [({ shop }) => {
    new LogStack(shop, 'shop-logs', { watches: [shop], storage: { size: Size.gibibytes(10) } });
    return ['namespace', 'elasticsearch', 'filebeat', 'kibana', 'logstash'].map((file) => `shop/shop-logs/${file}`);
  }, { apiServer: { addresses: ['192.0.2.10'], port: 6443 } }],
  'two-namespaces': [({ staging, shop }) => {
    const callee = payment(shop);
    const support = client(new MeshNamespace(staging, 'desk'), 'support');
    support.calls(callee, { operations: ['refunds'], env: (to) => ({ PAYMENT_ADDR: to.hostPort }) });
    return ['desk/support', 'shop/payment'];
  }],
};

test.each(Object.entries(CASES))('%s', (name, [build, props]) => {
  const built = world(props);
  const files = build(built);
  const rendered = built.app.render();
  if (name === 'namespace-existing') expect([...rendered.keys()]).not.toContain('staging/desk/namespace.yaml');
  expectGolden(name, files.map((file) => rendered.get(`staging/${file}.yaml`)).join('---\n'));
});

test('a Deployment by itself, under the App of cdk8s', () => {
  const app = new App();
  const props = { ...container, name: 'web', selector: { app: 'web', version: 'v1' }, ports: [Port.http(80, { targetPort: 8080 })], replicas: 2 };
  new ResourceLimitedDeployment(new Chart(app, 'plain', { disableResourceNameHashes: true }), 'web', props);
  expectGolden('deployment', app.synthYaml());
});

test('an experiment with a fault', () => {
  const { app, shop } = world();
  const build = (namespace: MeshNamespace) => {
    const [callee, caller] = [payment(namespace), client(namespace, 'checkout')];
    caller.calls(callee, { operations: ['charge'] });
    return { callee, caller };
  };
  build(shop);
  new Experiment(shop, 'payment-failing', {
    question: 'What if every second payment fails?',
    build: (environment) => build(new MeshNamespace(environment, 'shop')),
    change: ({ callee }) => { new FaultInjection(callee, 'failing', { abort: { grpcStatus: 'UNAVAILABLE', percentage: 50 }, lifts: ['timeout'] }); },
    measure: ({ callee, caller }) => [Measurement.of(callee, 'charge', {
      from: caller, times: 200, expected: [{ answers: { grpcStatus: 'UNAVAILABLE' }, percent: 50, mistakes: { 'two retries': 12.5 } }],
    })],
  });
  const folder = 'experiments/shop/payment-failing';
  expectGolden('experiment', ['payment', 'experiment'].map((file) => app.render().get(`${folder}/${file}.yaml`)).join('---\n'));
});

test('every golden file has a case', () => {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.yaml')).map((file) => file.replace('.yaml', ''));
  expect(files.sort()).toEqual([...Object.keys(CASES), 'deployment', 'experiment'].sort());
});
