import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { type Environment, MeshNamespace, type Replicas } from '../../index';
import { type SystemLogs, logStack } from '../log-stack';
import { type PublicIngressOfEither, publicIngress } from '../public-gateway';
import { secretOf } from '../secret-of';
import { type Programs, programsOf } from '../stand-in/programs';
import { addisCalls } from './calls';
import { NotificationTemplates } from './notification-templates';
import { owners } from './owners';
import { type AddisServices, addisServices } from './services';
import { type AddisStores, addisStores } from './stores';

/** Name of the PriorityClass of what takes money, which the environment makes. */
export const takesMoney = 'takes-money';

/** What differs between the environments of Addis Pay. */
export interface AddisPayOptions {
  /** Where customers, and the payment provider's callback, reach it. */
  readonly ingress: PublicIngressOfEither;
  /** What its databases have. */
  readonly stores: AddisStores;
  /** How its logs are kept. */
  readonly logs: SystemLogs;
  /** Pods of each service. @default - as the environment says */
  readonly replicas?: Replicas;
  /** Where its programs come from; their authors published none. @default 'stand-in' */
  readonly programs?: Programs;
}

/** A shop of nine services whose orders are paid for through a provider outside. */
export function addisPay(environment: Environment, options: AddisPayOptions) {
  const { stores, replicas, programs = 'stand-in' } = options;
  const pay = new MeshNamespace(environment, 'addis-pay', { owner: owners.customers, accessLog: 'errors' });
  const services = addisServices(pay, {
    program: programsOf(pay, programs, join(__dirname, 'stand-in.mjs')),
    replicas,
    keys: secretOf(pay, 'keys', { 'jwt': 'addis-pay/keys', 'payment-gateway': 'addis-pay/keys' }, stores.vault),
    templates: new NotificationTemplates(pay),
    takesMoney,
  });
  addisStores(pay, services, stores);
  addisCalls(pay, services);
  const logs = logStack(pay, 'addis-logs', options.logs);
  return { pay, gateway: openToCustomers(pay, services, options.ingress), logs, ...services };
}

function openToCustomers(pay: MeshNamespace, services: AddisServices, ingress: PublicIngressOfEither) {
  const { user, product, cart, order, payment, search, recommendation, review } = services;
  const gateway = publicIngress(pay, ingress);
  gateway.routes(user, { operations: ['register', 'login', 'get'] });
  gateway.routes(product, { operations: ['list', 'get'] });
  gateway.routes(cart, { operations: ['get', 'add', 'clear'] });
  gateway.routes(order, { operations: ['place'], timeout: Duration.seconds(15) });
  gateway.routes(order, { operations: ['history', 'get'] });
  gateway.routes(payment, { operations: ['callback'] });
  gateway.routes(search, { operations: ['search'] });
  gateway.routes(recommendation, { operations: ['forUser'] });
  gateway.routes(review, { operations: ['list', 'add'] });
  return gateway;
}
