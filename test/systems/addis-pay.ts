import { Duration } from 'cdk8s';
import { Secret } from 'cdk8s-plus-28';
import {
  Environment, ExternalService, IngressGateway, MeshNamespace, MeshedJob, MeshedMicroservice, Operation, Port, Probe, Volume, type Resources,
} from '../../src';

const small: Resources = { cpu: ['100m', '500m'], memory: ['128Mi', '256Mi'] };
const [one, two, three] = [1, 2, 3].map((seconds) => Duration.seconds(seconds));
const env = { LISTEN_ADDR: '0.0.0.0:8080' };
const service = {
  image: 'docker.io/nicholasjackson/fake-service:v0.26.2', // stands in: the system has no public images
  port: Port.http(8080),
  resources: small,
  env,
  readiness: Probe.httpGet('/ready'),
  liveness: Probe.httpGet('/health'),
  volumes: { '/tmp': Volume.emptyDir() },
};
const postgresImage = 'docker.io/library/postgres:17.11-alpine';

/** Orders that are paid for: what must happen once, and what may happen again. */
export function addisPay(environment: Environment): void {
  const pay = new MeshNamespace(environment, 'addis-pay');
  const all = { ...storesOf(new MeshNamespace(pay, 'addis-pay-data')), ...externalsOf(pay), ...catalogueOf(pay), ...moneyOf(pay) };
  callStores(pay, all);
  callFromOrder(all);
  callFromOthers(all);
  open(pay, all);
}

function storesOf(data: MeshNamespace) {
  const postgres = new MeshedMicroservice(data, 'postgresql', {
    image: postgresImage,
    port: Port.tcp(5432, { name: 'tcp-postgres' }),
    replicas: 1,
    resources: small,
    readiness: Probe.exec(['pg_isready']),
    runAsUser: 70,
    volumes: { '/var/lib/postgresql/data': Volume.emptyDir(), '/var/run/postgresql': Volume.emptyDir() },
  });
  const mongo = new MeshedMicroservice(data, 'mongodb', {
    image: 'docker.io/library/mongo:7.0.40',
    port: Port.tcp(27017, { name: 'tcp-mongo' }),
    replicas: 1,
    resources: { cpu: ['100m', '500m'], memory: ['256Mi', '512Mi'] },
    readiness: Probe.exec(['mongosh', '--eval', 'db.adminCommand("ping")']),
    runAsUser: 999,
    volumes: { '/data/db': Volume.emptyDir(), '/tmp': Volume.emptyDir() },
  });
  return { postgres, mongo };
}

function externalsOf(pay: MeshNamespace) {
  return {
    provider: new ExternalService(pay, 'payment-gateway', { host: 'api.payments.example', port: Port.tls(443), cidrs: ['203.0.113.0/24'] }),
    smtp: new ExternalService(pay, 'smtp', { host: 'smtp.mail.example', port: Port.tcp(587, { name: 'tcp-smtp' }) }),
    sms: new ExternalService(pay, 'sms', { host: 'api.sms.example', port: Port.tls(443) }),
  };
}

function catalogueOf(pay: MeshNamespace) {
  const user = new MeshedMicroservice(pay, 'user-service', {
    ...service,
    operations: { get: Operation.http('GET', '/api/users/{id}'), register: Operation.http('POST', '/api/users') },
  });
  const product = new MeshedMicroservice(pay, 'product-service', {
    ...service,
    operations: {
      list: Operation.http('GET', '/api/products'),
      get: Operation.http('GET', '/api/products/{id}'),
      reserve: Operation.http('POST', '/api/products/{id}/reservations'),
    },
  });
  const recommendation = new MeshedMicroservice(pay, 'recommendation-service', {
    ...service,
    operations: { forUser: Operation.http('GET', '/api/recommendations/{user}') },
  });
  return { user, product, recommendation };
}

function moneyOf(pay: MeshNamespace) {
  const carts = Secret.fromSecretName(pay, 'Carts', 'carts-db');
  const cart = new MeshedMicroservice(pay, 'cart-service', {
    ...service,
    env: { ...env, MONGO_USER: 'carts', MONGO_PASSWORD: carts.envValue('password') },
    operations: { get: Operation.http('GET', '/api/cart/{user}'), clear: Operation.http('DELETE', '/api/cart/{user}', { idempotent: true }) },
  });
  const payment = new MeshedMicroservice(pay, 'payment-service', {
    ...service,
    env: { ...env, PAYMENT_GATEWAY_KEY: Secret.fromSecretName(pay, 'Payment', 'payment').envValue('key') },
    operations: {
      charge: Operation.http('POST', '/api/payments'),
      callback: Operation.http('POST', '/api/payments/callback'),
      get: Operation.http('GET', '/api/payments/{id}'),
    },
  });
  const notification = new MeshedMicroservice(pay, 'notification-service', { ...service, operations: { send: Operation.http('POST', '/api/notifications') } });
  const order = new MeshedMicroservice(pay, 'order-service', {
    ...service,
    env: { ...env, DB_USER: 'orders', DB_PASSWORD: Secret.fromSecretName(pay, 'Orders', 'orders-db').envValue('password') },
    operations: {
      place: Operation.http('POST', '/api/orders'),
      history: Operation.http('GET', '/api/orders'),
      get: Operation.http('GET', '/api/orders/{id}'),
    },
  });
  return { cart, payment, notification, order };
}

type All = ReturnType<typeof storesOf> & ReturnType<typeof externalsOf> & ReturnType<typeof catalogueOf> & ReturnType<typeof moneyOf>;

function callStores(pay: MeshNamespace, { postgres, mongo, user, product, payment, order, cart }: All): void {
  for (const [name, caller] of Object.entries({ user, product, payment })) {
    caller.calls(postgres, { env: (to) => ({ DB_URL: to.url(`/${name}s`, 'jdbc:postgresql') }) });
  }
  order.calls(postgres, {
    env: (to) => ({ DB_HOST: to.host, DB_URL: to.url('/orders', 'jdbc:postgresql'), R2DBC_URL: to.url('/orders', 'r2dbc:postgresql') }),
  });
  cart.calls(mongo, { env: (to) => ({ MONGO_ADDRESS: to.hostPort }) });
  cart.addEnv('MONGO_URI', 'mongodb://$(MONGO_USER):$(MONGO_PASSWORD)@$(MONGO_ADDRESS)/carts');
  const migration = new MeshedJob(pay, 'order-migration', { image: postgresImage, resources: small, runAsUser: 70, args: ['psql', '-f', '/sql/1.sql'] });
  migration.calls(postgres, { env: (to) => ({ PGHOST: to.host }) });
}

function callFromOrder({ order, cart, product, user, payment, notification }: All): void {
  const inTurn = { timeout: two, sequential: true, during: ['place'] } as const;
  order.calls(cart, { ...inTurn, operations: ['get', 'clear'], env: (to) => ({ CART_SERVICE_URL: to.url() }) });
  order.calls(product, { ...inTurn, operations: ['reserve'], env: (to) => ({ PRODUCT_SERVICE_URL: to.url() }) });
  order.calls(product, { operations: ['get'], during: ['history', 'get'], timeout: one });
  order.calls(user, { operations: ['get'], timeout: one, sequential: true, env: (to) => ({ USER_SERVICE_URL: to.url() }) });
  order.calls(payment, {
    ...inTurn,
    operations: ['charge'],
    timeout: Duration.seconds(6),
    retries: 'beforeSend',
    env: (to) => ({ PAYMENT_SERVICE_URL: to.url() }),
  });
  order.calls(notification, { operations: ['send'], during: ['place'], background: true, env: (to) => ({ NOTIFICATION_SERVICE_URL: to.url() }) });
}

function callFromOthers({ cart, product, payment, provider, notification, smtp, sms, user, recommendation, order }: All): void {
  cart.calls(product, { operations: ['get'], timeout: one, during: ['get'], env: (to) => ({ PRODUCT_SERVICE_URL: to.url() }) });
  payment.calls(provider, { during: ['charge'], env: (to) => ({ PAYMENT_GATEWAY_URL: to.url('/v1') }) });
  notification.calls(smtp, { env: (to) => ({ SMTP_HOST: to.host, SMTP_PORT: to.port }) });
  notification.calls(sms, { env: (to) => ({ SMS_API_URL: to.url() }) });
  notification.calls(user, { operations: ['get'], timeout: one, env: (to) => ({ USER_SERVICE_URL: to.url() }) });
  recommendation.calls(product, { operations: ['list'], timeout: one, env: (to) => ({ PRODUCT_SERVICE_URL: to.url() }) });
  recommendation.calls(order, { operations: ['history'], timeout: two, env: (to) => ({ ORDER_SERVICE_URL: to.url() }) });
}

function open(pay: MeshNamespace, { payment, order, recommendation }: All): void {
  const gateway = new IngressGateway(pay, 'gateway', { hosts: ['shop.addispay.example'], tls: { credentialName: 'addispay-tls' } });
  gateway.routes(payment, { operations: ['callback'], timeout: Duration.seconds(10) });
  gateway.routes(order, { operations: ['place'], timeout: Duration.seconds(15) });
  gateway.routes(order, { operations: ['history', 'get'], timeout: three });
  gateway.routes(recommendation, { operations: ['forUser'] });
}
