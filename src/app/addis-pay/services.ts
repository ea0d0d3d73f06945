import { Duration } from 'cdk8s';
import { type MeshNamespace, MeshedMicroservice, Operation, Port, Probe, type Replicas, secretEnvValue } from '../../index';
import type { secretOf } from '../secret-of';
import type { ProgramOf } from '../stand-in/programs';
import { owners } from './owners';
import type { NotificationTemplates } from './notification-templates';

/** What the services are made of. */
export interface ServiceParts {
  readonly program: ProgramOf;
  /** Pods of each. @default - as the environment says */
  readonly replicas?: Replicas;
  readonly keys: ReturnType<typeof secretOf<'jwt' | 'payment-gateway'>>;
  readonly templates: NotificationTemplates;
  /** Name of the PriorityClass of what takes money. */
  readonly takesMoney: string;
}

const reads = (what: string) => ({ idempotent: { because: `reads ${what} and changes nothing` } });

/** The services of Addis Pay, each by itself: what it is, not yet whom it calls. */
export function addisServices(pay: MeshNamespace, parts: ServiceParts) {
  return { ...ofCustomers(pay, parts), ...ofPayments(pay, parts), ...ofCatalogue(pay, parts) };
}

/** The services by their role, each with the types of its operations. */
export type AddisServices = ReturnType<typeof addisServices>;

function usual({ program, replicas }: ServiceParts, name: string) {
  return {
    ...program(name, '1.0.0'),
    replicas,
    safeToEvict: true, // what it keeps in folders is in its ConfigMaps too
    port: Port.http(8080),
    resources: { cpu: ['100m', '500m'], memory: ['128Mi', '256Mi'] },
    readiness: Probe.httpGet('/readyz'),
    liveness: Probe.httpGet('/healthz'),
  } as const;
}

function ofCustomers(pay: MeshNamespace, parts: ServiceParts) {
  const ofUser = usual(parts, 'user-service');
  const ofNotification = usual(parts, 'notification-service');
  return {
    user: new MeshedMicroservice(pay, 'user-service', {
      ...ofUser,
      env: { ...ofUser.env, JWT_SECRET: secretEnvValue(parts.keys('jwt')) },
      operations: {
        register: Operation.http('POST', '/api/users'),
        login: Operation.http('POST', '/api/users/login'),
        get: Operation.http('GET', '/api/users/{id}', reads('a profile')),
      },
    }),
    cart: new MeshedMicroservice(pay, 'cart-service', {
      ...usual(parts, 'cart-service'),
      operations: {
        get: Operation.http('GET', '/api/cart/{user}', reads('a cart')),
        add: Operation.http('POST', '/api/cart/{user}/items'),
        clear: Operation.http('DELETE', '/api/cart/{user}', { idempotent: { because: 'an empty cart stays empty' } }),
      },
    }),
    notification: new MeshedMicroservice(pay, 'notification-service', {
      ...ofNotification,
      env: { ...ofNotification.env, TEMPLATES: parts.templates.folder },
      volumes: { ...ofNotification.volumes, [parts.templates.folder]: parts.templates.volume },
      operations: { send: Operation.http('POST', '/api/notifications') },
    }),
  };
}

function ofPayments(pay: MeshNamespace, parts: ServiceParts) {
  const ofPayment = usual(parts, 'payment-service');
  return {
    order: new MeshedMicroservice(pay, 'order-service', {
      slo: { availability: 99.5, latency: { percentile: 95, below: Duration.seconds(2.5) } },
      ...usual(parts, 'order-service'),
      owner: owners.payments,
      priorityClassName: parts.takesMoney,
      operations: {
        place: Operation.http('POST', '/api/orders'),
        history: Operation.http('GET', '/api/orders', reads('the history')),
        get: Operation.http('GET', '/api/orders/{id}', reads('an order')),
      },
    }),
    payment: new MeshedMicroservice(pay, 'payment-service', {
      slo: { availability: 99.9 },
      ...ofPayment,
      owner: owners.payments,
      priorityClassName: parts.takesMoney,
      env: { ...ofPayment.env, PAYMENT_GATEWAY_KEY: secretEnvValue(parts.keys('payment-gateway')) },
      operations: {
        charge: Operation.http('POST', '/api/payments'),
        callback: Operation.http('POST', '/api/payments/callback'),
      },
    }),
  };
}

function ofCatalogue(pay: MeshNamespace, parts: ServiceParts) {
  const owner = owners.catalogue;
  return {
    product: new MeshedMicroservice(pay, 'product-service', {
      ...usual(parts, 'product-service'),
      owner,
      operations: {
        list: Operation.http('GET', '/api/products', reads('products')),
        get: Operation.http('GET', '/api/products/{id}', reads('a product')),
        reserve: Operation.http('POST', '/api/products/{id}/reservations'),
      },
    }),
    search: new MeshedMicroservice(pay, 'search-service', {
      ...usual(parts, 'search-service'), owner, operations: { search: Operation.http('GET', '/api/search') },
    }),
    recommendation: new MeshedMicroservice(pay, 'recommendation-service', {
      ...usual(parts, 'recommendation-service'), owner, operations: { forUser: Operation.http('GET', '/api/recommendations/{user}') },
    }),
    review: new MeshedMicroservice(pay, 'review-service', {
      ...usual(parts, 'review-service'),
      owner,
      operations: { list: Operation.http('GET', '/api/reviews', reads('reviews')), add: Operation.http('POST', '/api/reviews') },
    }),
  };
}
