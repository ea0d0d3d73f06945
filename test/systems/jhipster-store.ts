import { Duration } from 'cdk8s';
import { Secret } from 'cdk8s-plus-28';
import { Environment, IngressGateway, MeshNamespace, MeshedMicroservice, type MeshedMicroserviceProps, Operation, Port, Probe, Volume } from '../../src';

const api = {
  query: Operation.http('GET', '/api/*'),
  create: Operation.http('POST', '/api/*'),
  update: Operation.http(['PUT', 'DELETE'], '/api/*', { idempotent: true }),
};

/** A JHipster store and its invoices, in namespaces of two teams, behind a gateway of a third. */
export function jhipsterStore(environment: Environment): void {
  const store = new MeshNamespace(environment, 'jhipster-store', { name: 'store' });
  const billing = new MeshNamespace(store, 'billing');
  const edge = new MeshNamespace(store, 'edge');
  const shop = new MeshedMicroservice(store, 'store', {
    ...spring(store, 'store'),
    port: Port.http(80, { targetPort: 8080 }),
    operations: { ...api, ui: Operation.http(['GET', 'HEAD'], '/*') },
  });
  const invoice = new MeshedMicroservice(billing, 'invoice', { ...spring(billing, 'invoice'), port: Port.http(80, { targetPort: 8082 }), operations: api });
  shop.calls(postgres(store, 'store-postgresql'), {
    env: (to) => ({
      SPRING_DATASOURCE_URL: to.url('/store', 'jdbc:postgresql'),
      SPRING_LIQUIBASE_URL: to.url('/store', 'jdbc:postgresql'),
      SPRING_R2DBC_URL: to.url('/store', 'r2dbc:postgresql'),
    }),
  });
  invoice.calls(postgres(billing, 'invoice-postgresql'), { env: (to) => ({ SPRING_DATASOURCE_URL: to.url('/invoice', 'jdbc:postgresql') }) });
  shop.calls(invoice, { operations: ['query'], during: ['query'], timeout: Duration.seconds(2), env: (to) => ({ INVOICE_URL: to.url() }) });

  const gateway = new IngressGateway(edge, 'store-gateway', {
    hosts: ['store.example.com', 'www.example.com', 'invoice.example.com'],
    tls: { credentialName: 'store-tls' },
  });
  const tenSeconds = { timeout: Duration.seconds(10) };
  gateway.routes(shop, { ...tenSeconds, operations: ['query', 'create', 'update', 'ui'], hosts: ['store.example.com', 'www.example.com'] });
  // a host of its own, since /services/invoice/ of the store's host cannot be rewritten to /: issue 6
  gateway.routes(invoice, { ...tenSeconds, operations: ['query', 'create', 'update'], hosts: ['invoice.example.com'] });
}

function spring(namespace: MeshNamespace, name: string): Omit<MeshedMicroserviceProps, 'port' | 'operations'> {
  const jwt = Secret.fromSecretName(namespace, 'Jwt', 'jwt-secret');
  return {
    image: `docker.io/deepu105/${name}-istio:1.0.0`,
    resources: { cpu: ['500m', '1'], memory: ['512Mi', '1Gi'] },
    readiness: Probe.httpGet('/management/health/readiness', {
      initialDelay: Duration.seconds(20), period: Duration.seconds(15), failureThreshold: 6,
    }),
    liveness: Probe.httpGet('/management/health/liveness', { initialDelay: Duration.seconds(120) }),
    env: { SPRING_PROFILES_ACTIVE: 'prod', JHIPSTER_SECURITY_AUTHENTICATION_JWT_BASE64_SECRET: jwt.envValue('secret'), SERVER_SHUTDOWN: 'graceful' },
    volumes: { '/tmp': Volume.emptyDir() },
  };
}

function postgres(namespace: MeshNamespace, name: string) {
  return new MeshedMicroservice(namespace, name, {
    image: 'docker.io/library/postgres:16.15-alpine',
    port: Port.tcp(5432, { name: 'tcp-postgres' }),
    replicas: 1,
    resources: { cpu: ['500m', '1'], memory: ['512Mi', '1Gi'] },
    readiness: Probe.exec(['pg_isready']),
    runAsUser: 70,
    volumes: { '/var/lib/postgresql/data': Volume.emptyDir(), '/var/run/postgresql': Volume.emptyDir() },
  });
}
