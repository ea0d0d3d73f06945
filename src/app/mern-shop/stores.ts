import { Duration } from 'cdk8s';
import { type ExternalSecretProps, type MeshNamespace, MongoDatabase, RabbitMqBroker, type Resources, type VolumeClaim } from '../../index';
import { backups } from '../backups';
import { secretOf } from '../secret-of';
import { owners } from './owners';
import type { MernServices } from './services';

/** What differs between the environments of the shop's stores. */
export interface MernStores {
  /** Storage of each of them. */
  readonly storage: VolumeClaim;
  /** What has the passwords. @default - somebody makes a Secret of its name */
  readonly vault?: ExternalSecretProps['store'];
  /** Storage of the backups of products and orders. @default - there are none */
  readonly backups?: VolumeClaim;
}

const resources: Resources = { cpu: ['250m', '500m'], memory: ['512Mi', '1Gi'] };

/** Products and orders in MongoDB, and a queue of orders that nobody reads yet. */
export function mernStores(shop: MeshNamespace, { backend }: MernServices, { storage, vault, backups: saved }: MernStores): void {
  const path = 'mern-shop/db-queue-cred';
  const secret = secretOf(shop, 'db-queue-cred', { MONGO_PASSWORD: path, MONGO_ROOT_PASSWORD: path, RABBITMQ_PASSWORD: path }, vault);
  const mongo = new MongoDatabase(shop, 'mongo-mongodb', {
    owner: owners.orders,
    resources,
    storage,
    rootPassword: secret('MONGO_ROOT_PASSWORD'),
    databases: { ecommerce: { password: secret('MONGO_PASSWORD') } },
  });
  backups(shop, { 'mongo-mongodb': mongo }, saved, owners.orders);
  const rabbit = new RabbitMqBroker(shop, 'rabbitmq', {
    owner: owners.orders,
    resources,
    storage,
    queues: { orderQueue: { durable: false, messageTtl: Duration.days(1), maxLength: 10_000, overflow: 'reject-publish' } }, // the program declares it so
    users: { backend: { password: secret('RABBITMQ_PASSWORD'), queues: ['orderQueue'] } },
  });
  backend.calls(mongo.databases.ecommerce, {
    env: (to) => ({ MONGO_HOSTNAME: to.host, MONGO_PORT: to.port, MONGO_DBNAME: to.database, MONGO_USER: to.user, MONGO_PASSWORD: to.password }),
  });
  backend.calls(rabbit.users.backend, {
    during: ['order'], env: (to) => ({ RABBITMQ_HOSTNAME: to.host, RABBITMQ_USER: to.user, RABBITMQ_PASSWORD: to.password }),
  });
}
