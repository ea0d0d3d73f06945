import {
  type ExternalSecretProps, type MeshNamespace, MongoDatabase, type PostgresAddress, PostgresDatabase, type Resources, type SecretKey, type VolumeClaim,
} from '../../index';
import { backups } from '../backups';
import { secretOf } from '../secret-of';
import type { AddisServices } from './services';

/** What differs between the environments of the databases. */
export interface AddisStores {
  /** Storage of each server. */
  readonly storage: VolumeClaim;
  /** What has the passwords. @default - somebody makes a Secret of each server's name */
  readonly vault?: ExternalSecretProps['store'];
  /** Storage of each server's backups. @default - there are none */
  readonly backups?: VolumeClaim;
}

const resources: Resources = { cpu: ['250m', '1'], memory: ['512Mi', '1Gi'] };
/** One server of each kind, with a database and a user for each service. */
export function addisStores(pay: MeshNamespace, services: AddisServices, { storage, vault, backups: saved }: AddisStores): void {
  const passwordsOf = <Name extends string>(id: string, names: readonly Name[]) => {
    const keys = Object.fromEntries([...names, 'root'].map((name) => [name, `addis-pay/${id}`])) as Record<Name | 'root', string>;
    const secret = secretOf(pay, id, keys, vault);
    const databases = Object.fromEntries(names.map((name) => [name, { password: secret(name) }])) as Record<Name, { password: SecretKey }>;
    return { root: secret('root'), databases };
  };
  const { root: superuserPassword, databases: sql } = passwordsOf('postgresql', ['users', 'products', 'orders', 'payments']);
  const { root: rootPassword, databases: collections } = passwordsOf('mongodb', ['carts', 'notifications', 'recommendations', 'reviews']);
  const postgresql = new PostgresDatabase(pay, 'postgresql', { resources, storage, superuserPassword, databases: sql });
  const mongodb = new MongoDatabase(pay, 'mongodb', { resources, storage, rootPassword, databases: collections });
  backups(pay, { postgresql, mongodb }, saved);
  const [postgres, mongo] = [postgresql.databases, mongodb.databases];

  const { user, product, order, payment, cart, notification, recommendation, review } = services;
  const env = ({ host, port, database, user: name, password }: PostgresAddress) =>
    ({ DB_HOST: host, DB_PORT: port, DB_NAME: database, DB_USER: name, DB_PASSWORD: password });
  user.calls(postgres.users, { env });
  product.calls(postgres.products, { env });
  order.calls(postgres.orders, { env });
  payment.calls(postgres.payments, { env });
  const documents = [[cart, mongo.carts], [notification, mongo.notifications], [recommendation, mongo.recommendations], [review, mongo.reviews]] as const;
  for (const [service, database] of documents) {
    const { uriWith } = service.calls(database, { env: ({ password }) => ({ MONGO_PASSWORD: password }) });
    service.addEnv('MONGO_URI', uriWith('MONGO_PASSWORD'));
  }
}
