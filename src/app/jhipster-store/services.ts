import { Duration } from 'cdk8s';
import {
  type ExternalSecretProps, LoadBalancer, type MeshNamespace, MeshedMicroservice, type MeshedMicroserviceProps, Operation, Port, Probe, type TrafficPolicy,
  Volume, secretEnvValue,
} from '../../index';
import { secretOf } from '../secret-of';
import { owners } from './owners';

/** Image of a version of a service of the store. */
export type Image = (service: string, version: string) => string;

/** Evenly over the pods; few requests at once, and a pod that fails five times in a row is left out for a minute. */
const trafficPolicy: TrafficPolicy = {
  loadBalancer: LoadBalancer.random(),
  connectionPool: {
    maxConnections: 30, connectTimeout: Duration.millis(100), http1MaxPendingRequests: 10, http2MaxRequests: 100, maxRequestsPerConnection: 10, maxRetries: 5,
  },
  outlierDetection: { consecutive5xxErrors: 5, interval: Duration.seconds(30), baseEjectionTime: Duration.seconds(60) },
};

/** What JHipster generates for entities; what a database is asked for, nobody sees. */
const entities = {
  read: Operation.http(['GET', 'HEAD'], '/api/*', { idempotent: { because: 'reads a database of its own' } }),
  create: Operation.http('POST', '/api/*'),
  replace: Operation.http(['PUT', 'DELETE'], '/api/*', { idempotent: { because: 'writes a whole entity, or removes it, in a database of its own' } }),
  patch: Operation.http('PATCH', '/api/*'),
};

/** The services of the store, each by itself: what it is, not yet whom it calls. */
export function storeServices(namespace: MeshNamespace, image: Image, vault?: ExternalSecretProps['store']) {
  const spring = springOf(namespace, image, vault);
  const store = new MeshedMicroservice(namespace, 'store', {
    slo: { availability: 99.5, latency: { percentile: 99, below: Duration.seconds(1) } },
    ...spring('store', 8080),
    liveness: alive({ initialDelay: Duration.seconds(100), period: Duration.seconds(10), failureThreshold: 3 }),
    operations: { ...entities, pages: Operation.http(['GET', 'HEAD'], '/*') },
  });
  const invoice = new MeshedMicroservice(namespace, 'invoice', {
    owner: owners.billing, slo: { availability: 99.5 }, ...spring('invoice', 8082), operations: entities,
  });
  const product = new MeshedMicroservice(namespace, 'product', { ...spring('product', 8081), operations: entities });
  const notification = new MeshedMicroservice(namespace, 'notification', { ...spring('notification', 8083), operations: entities });
  return { store, invoice, product, notification };
}

/** The services by their role, each with the types of its operations. */
export type StoreServices = ReturnType<typeof storeServices>;

function springOf(namespace: MeshNamespace, image: Image, vault: ExternalSecretProps['store'] | undefined) {
  const jwt = secretOf(namespace, 'jwt-secret', { secret: 'jhipster-store/jwt' }, vault);
  return (name: string, targetPort: number) => ({
    image: image(name, 'v1'),
    port: Port.http(80, { targetPort }),
    resources: { cpu: ['500m', '1'], memory: ['512Mi', '1Gi'] },
    readiness: Probe.httpGet('/management/health/readiness', { initialDelay: Duration.seconds(20), period: Duration.seconds(15), failureThreshold: 6 }),
    liveness: alive({ initialDelay: Duration.seconds(120) }),
    env: {
      SPRING_PROFILES_ACTIVE: 'prod',
      JHIPSTER_SECURITY_AUTHENTICATION_JWT_BASE64_SECRET: secretEnvValue(jwt('secret')),
      SERVER_SHUTDOWN: 'graceful',
      JAVA_OPTS: '-Xmx256m -Xms256m',
    },
    volumes: { '/tmp': Volume.emptyDir() },
    trafficPolicy,
  } satisfies MeshedMicroserviceProps);
}

function alive(options: Parameters<typeof Probe.httpGet>[1]): Probe {
  return Probe.httpGet('/management/health/liveness', options);
}
