import { Duration } from 'cdk8s';
import { ISecret, Secret } from 'cdk8s-plus-28';
import { Environment, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, Probe, Volume, type Resources } from '../../src';

const store: Resources = { cpu: ['250m', '500m'], memory: ['512Mi', '1Gi'] };

/** React in the browser, a Node backend with MongoDB and RabbitMQ, and where its logs go. */
export function mernShop(environment: Environment): void {
  const shop = new MeshNamespace(environment, 'mern-shop');
  const credentials = Secret.fromSecretName(shop, 'Credentials', 'db-queue-cred');
  const rabbit = rabbitmq(shop, credentials);
  const backend = backendOf(shop, credentials);
  const frontend = frontendOf(shop);
  backend.calls(mongo(shop, credentials), { during: ['products', 'order', 'seed'], env: (to) => ({ MONGO_HOSTNAME: to.host, MONGO_PORT: to.port }) });
  backend.calls(rabbit, { port: 'tcp-amqp', during: ['order'], env: (to) => ({ RABBITMQ_HOSTNAME: to.host }) });

  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['frontend.sushi', 'backend.sushi', 'rabbitmq.sushi'] });
  gateway.routes(frontend, { operations: ['files'], hosts: ['frontend.sushi'] });
  gateway.routes(backend, { operations: ['products', 'order', 'seed', 'preflight'], hosts: ['backend.sushi'] });
  gateway.routes(rabbit, { operations: ['overview'], hosts: ['rabbitmq.sushi'] });
  logging(shop);
}

function rabbitmq(shop: MeshNamespace, credentials: ISecret) {
  return new MeshedMicroservice(shop, 'rabbitmq', {
    image: 'docker.io/library/rabbitmq:4.3.5-management',
    port: [Port.tcp(5672, { name: 'tcp-amqp' }), Port.http(15672, { name: 'http-mgmt' })],
    replicas: 1,
    resources: store,
    readiness: Probe.exec(['rabbitmq-diagnostics', 'ping'], { timeout: Duration.seconds(10) }),
    runAsUser: 999,
    env: { RABBITMQ_DEFAULT_USER: credentials.envValue('RABBITMQ_USER'), RABBITMQ_DEFAULT_PASS: credentials.envValue('RABBITMQ_PASSWORD') },
    volumes: { '/var/lib/rabbitmq': Volume.emptyDir(), '/tmp': Volume.emptyDir() },
    operations: { overview: Operation.http('GET', '/api/overview') },
  });
}

function mongo(shop: MeshNamespace, credentials: ISecret) {
  return new MeshedMicroservice(shop, 'mongo-mongodb', {
    image: 'docker.io/library/mongo:7.0.40',
    port: Port.tcp(27017, { name: 'tcp-mongo' }),
    replicas: 1,
    resources: store,
    readiness: Probe.exec(['mongosh', '--eval', 'db.adminCommand("ping")']),
    runAsUser: 999,
    env: {
      MONGO_INITDB_DATABASE: 'ecommerce',
      MONGO_INITDB_ROOT_USERNAME: credentials.envValue('MONGO_USER'),
      MONGO_INITDB_ROOT_PASSWORD: credentials.envValue('MONGO_PASSWORD'),
    },
    volumes: { '/data/db': Volume.emptyDir(), '/tmp': Volume.emptyDir() },
  });
}

function backendOf(shop: MeshNamespace, credentials: ISecret) {
  return new MeshedMicroservice(shop, 'backend', {
    image: 'docker.io/anjoysutrisna/e-commerce-depl-backend:v0.2.0',
    port: Port.http(5000),
    replicas: { min: 1, max: 4, cpuPercent: 80 },
    resources: { cpu: ['100m', '500m'], memory: ['100Mi', '400Mi'] },
    readiness: Probe.httpGet('/api/products'), // asks MongoDB
    env: Object.fromEntries(['MONGO_USER', 'MONGO_PASSWORD', 'RABBITMQ_USER', 'RABBITMQ_PASSWORD'].map((key) => [key, credentials.envValue(key)])),
    operations: {
      products: Operation.http(['GET', 'HEAD'], '/api/products'),
      order: Operation.http('POST', '/api/order'),
      seed: Operation.http('POST', '/api/seed'),
      preflight: Operation.http('OPTIONS', '/api/*', { idempotent: true }), // the browser asks another host than its page's
    },
  });
}

function frontendOf(shop: MeshNamespace) {
  return new MeshedMicroservice(shop, 'frontend', {
    image: 'docker.io/anjoysutrisna/e-commerce-depl-frontend:v1.0.0',
    port: Port.http(8080, { targetPort: 80 }),
    resources: { cpu: ['100m', '500m'], memory: ['100Mi', '300Mi'] },
    runAsUser: 101,
    volumes: { '/var/cache/nginx': Volume.emptyDir(), '/var/run': Volume.emptyDir() },
    operations: { files: Operation.http(['GET', 'HEAD'], '/*') },
  });
}

/** By hand, as somebody would without `LogStack`; Filebeat is in that. */
function logging(shop: MeshNamespace): void {
  const logs = new MeshNamespace(shop, 'logging');
  const elasticsearch = new MeshedMicroservice(logs, 'elasticsearch', {
    image: 'docker.elastic.co/elasticsearch/elasticsearch:8.19.20',
    port: [Port.http(9200), Port.tcp(9300, { name: 'tcp-transport' })],
    replicas: 1,
    resources: { cpu: ['1', '1'], memory: ['1Gi', '1Gi'] },
    readiness: Probe.httpGet('/_cluster/health'),
    env: { 'discovery.type': 'single-node' },
    volumes: { '/usr/share/elasticsearch/data': Volume.emptyDir(), '/tmp': Volume.emptyDir() },
  });
  const logstash = new MeshedMicroservice(logs, 'logstash', {
    image: 'docker.elastic.co/logstash/logstash:8.19.20',
    port: Port.tcp(5044, { name: 'tcp-beats' }),
    replicas: 1,
    resources: { cpu: ['400m', '500m'], memory: ['700Mi', '768Mi'] },
    volumes: { '/usr/share/logstash/data': Volume.emptyDir(), '/tmp': Volume.emptyDir() },
  });
  logstash.calls(elasticsearch, { env: (to) => ({ ES_URL: to.url() }) });
}
