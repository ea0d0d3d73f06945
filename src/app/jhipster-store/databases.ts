import {
  type ExternalSecretProps, type MeshNamespace, MongoDatabase, type PostgresAddress, PostgresDatabase, type Resources, type VolumeClaim,
} from '../../index';
import { backups } from '../backups';
import { secretOf } from '../secret-of';
import { owners } from './owners';
import type { StoreServices } from './services';

/** What differs between the environments of the databases. */
export interface StoreDatabases {
  /** Storage of each of them. */
  readonly storage: VolumeClaim;
  /** Storage of the backups of each. @default - there are none */
  readonly backups?: VolumeClaim;
}

const resources: Resources = { cpu: ['500m', '1'], memory: ['512Mi', '1Gi'] };

/** Each service has a server of its own, with one database of its name. */
export function storeDatabases(
  namespace: MeshNamespace, { store, invoice, product, notification }: StoreServices, options: StoreDatabases, vault?: ExternalSecretProps['store'],
): void {
  const { storage, backups: saved } = options;
  const postgres = (name: string, owner?: string) => {
    const id = `${name}-postgresql`;
    const path = `jhipster-store/${id}`;
    const secret = secretOf(namespace, id, { 'postgresql-password': path, 'postgres-password': path }, vault);
    const databases = { [name]: { password: secret('postgresql-password') } };
    const superuserPassword = secret('postgres-password');
    const server = new PostgresDatabase(namespace, id, { owner, resources, storage, databases, superuserPassword });
    backups(namespace, { [id]: server }, saved, owner);
    return server.databases[name];
  };
  const sql = (to: PostgresAddress) => ({
    SPRING_DATASOURCE_URL: to.jdbcUrl, SPRING_DATASOURCE_USERNAME: to.user, SPRING_DATASOURCE_PASSWORD: to.password, SPRING_LIQUIBASE_URL: to.jdbcUrl,
  });
  store.calls(postgres('store'), {
    during: ['read', 'create', 'replace', 'patch'], // its pages are files
    env: (to) => ({ ...sql(to), SPRING_R2DBC_URL: to.r2dbcUrl, SPRING_R2DBC_USERNAME: to.user, SPRING_R2DBC_PASSWORD: to.password }),
  });
  invoice.calls(postgres('invoice', owners.billing), { env: sql });
  product.calls(postgres('product'), { env: sql });

  const id = 'notification-mongodb';
  const path = `jhipster-store/${id}`;
  const secret = secretOf(namespace, id, { 'mongodb-password': path, 'mongodb-root-password': path }, vault);
  const databases = { notification: { password: secret('mongodb-password') } };
  const mongo = new MongoDatabase(namespace, id, { resources, storage, databases, rootPassword: secret('mongodb-root-password') });
  backups(namespace, { [id]: mongo }, saved);
  const to = notification.calls(mongo.databases.notification, {
    env: ({ database, password }) => ({ SPRING_DATA_MONGODB_DATABASE: database, MONGODB_PASSWORD: password }),
  });
  notification.addEnv('SPRING_DATA_MONGODB_URI', to.uriWith('MONGODB_PASSWORD')); // beside which Spring takes no user and no password
}
