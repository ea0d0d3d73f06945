import { Duration } from 'cdk8s';
import { CanaryRelease, type Environment, MeshNamespace, type Retries, Text } from '../../index';
import { type PublicIngress, publicGateway } from '../public-gateway';
import { type StoreAccessOptions, storeAccess } from './access';
import { type StoreDatabases, storeDatabases } from './databases';
import { owners } from './owners';
import { storeServices } from './services';

/** What differs between the environments of the store. */
export interface JhipsterStoreOptions {
  /** Where customers reach it. */
  readonly ingress: PublicIngress;
  /** Who may use it. */
  readonly access: StoreAccessOptions;
  /** What its databases have. */
  readonly databases: StoreDatabases;
  /** Share of the requests that the second version of invoice gets, in percent. */
  readonly invoiceCanary: number;
  /** Registry and folder of the images, which nobody publishes. @default 'registry.example.com/jhipster-store' */
  readonly registry?: string;
}

const timeout = Duration.seconds(10);
/** What may be done twice is tried three times more. */
const retries: Retries = { attempts: 3, perTryTimeout: Duration.seconds(2), retryOn: ['connect-failure', 'refused-stream', 'gateway-error'] };

/** A store that JHipster generated: a gateway with its pages, and three services that browsers reach below /services/. */
export function jhipsterStore(environment: Environment, options: JhipsterStoreOptions) {
  const { registry = 'registry.example.com/jhipster-store' } = options;
  const image = (service: string, version: string): string => `${registry}/${service}:${version}`;
  const shop = new MeshNamespace(environment, 'jhipster-store', { owner: owners.store, accessLog: 'errors' });
  const services = storeServices(shop, image, options.access.vault);
  storeDatabases(shop, services, options.databases, options.access.vault);

  const { store, invoice, product, notification } = services;
  new CanaryRelease(invoice, 'v2', { image: image('invoice', 'v2'), at: options.invoiceCanary, plan: [5, 20, 50, 100] });
  // an experiment that stays: who has Chrome sees the second version, always
  new CanaryRelease(store, 'v2', { image: image('store', 'v2'), at: 100, plan: [100], match: { userAgent: Text.contains('Chrome') } });

  const gateway = publicGateway(shop, options.ingress);
  gateway.routes(store, { operations: ['pages', 'read', 'replace'], timeout, retries });
  gateway.routes(store, { operations: ['create', 'patch'], timeout });
  for (const service of [invoice, product, notification]) {
    const pathPrefix = `/services/${service.node.id}`;
    gateway.routes(service, { operations: ['read', 'replace'], pathPrefix, timeout, retries });
    gateway.routes(service, { operations: ['create', 'patch'], pathPrefix, timeout });
  }
  storeAccess(shop, gateway, services, options.access);
  return { shop, gateway, ...services };
}
