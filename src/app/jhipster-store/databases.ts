import { type Address, ExternalService, type MeshNamespace, Port } from '../../index';
import type { StoreServices } from './services';

/** Where a database is. */
export interface DatabaseOptions {
  /** Its host. */
  readonly host: string;
  /** Its address range: how the mesh tells it from others of the same port. */
  readonly cidr: string;
}

/** The databases, by the service that each belongs to. */
export interface StoreDatabases {
  readonly store: DatabaseOptions;
  readonly invoice: DatabaseOptions;
  readonly product: DatabaseOptions;
  readonly notification: DatabaseOptions;
}

const jdbc = (name: string) => (to: Address) => {
  const url = to.url(`/${name}`, 'jdbc:postgresql');
  return { SPRING_DATASOURCE_URL: url, SPRING_LIQUIBASE_URL: url };
};

/** Each service has a database of its own, outside of the cluster. */
export function storeDatabases(namespace: MeshNamespace, { store, invoice, product, notification }: StoreServices, databases: StoreDatabases): void {
  const database = (name: string, port: Port, { host, cidr }: DatabaseOptions) => new ExternalService(namespace, name, { host, port, cidrs: [cidr] });
  const postgres = Port.tcp(5432, { name: 'tcp-postgres' });
  store.calls(database('store-postgresql', postgres, databases.store), {
    during: ['read', 'create', 'replace', 'patch'], // its pages are files
    env: (to) => ({ ...jdbc('store')(to), SPRING_R2DBC_URL: to.url('/store', 'r2dbc:postgresql') }),
  });
  invoice.calls(database('invoice-postgresql', postgres, databases.invoice), { env: jdbc('invoice') });
  product.calls(database('product-postgresql', postgres, databases.product), { env: jdbc('product') });
  notification.calls(database('notification-mongodb', Port.tcp(27017, { name: 'tcp-mongo' }), databases.notification), {
    env: (to) => ({ SPRING_DATA_MONGODB_URI: to.url('', 'mongodb') }),
  });
}
