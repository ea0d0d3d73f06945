import { Duration } from 'cdk8s';
import { type Environment, MeshNamespace, Text } from '../../index';
import { type SystemLogs, logStack } from '../log-stack';
import { type PublicIngressOfEither, publicIngress } from '../public-gateway';
import { owners } from './owners';
import { mernServices } from './services';
import { type MernStores, mernStores } from './stores';

/** What differs between the environments of the MERN shop. */
export interface MernShopOptions {
  /** Host of the pages, which the backend lets ask. */
  readonly frontend: string;
  /** Host of the backend, which is in the frontend's image: it is a build argument of the program. */
  readonly backend: string;
  /** How both are served. */
  readonly ingress: Omit<PublicIngressOfEither, 'hosts'>;
  /** What its stores have. */
  readonly stores: MernStores;
  /** How its logs are kept. */
  readonly logs: SystemLogs;
  /** Registry and folder of the images, with the beginning of their names. @default 'docker.io/anjoysutrisna/e-commerce-depl' */
  readonly images?: string;
}

const timeout = Duration.seconds(5);

/** React in the browser, and a Node backend with MongoDB and RabbitMQ. The pages call the backend from the browser; the frontend's pod never does. */
export function mernShop(environment: Environment, options: MernShopOptions) {
  const { images = 'docker.io/anjoysutrisna/e-commerce-depl', ingress } = options;
  const shop = new MeshNamespace(environment, 'mern-shop', { owner: owners.shop, accessLog: 'errors' });
  const services = mernServices(shop, (program, version) => `${images}-${program}:${version}`);
  mernStores(shop, services, options.stores);

  const gateway = publicIngress(shop, { ...ingress, hosts: [options.frontend, options.backend] });
  const pages = `${ingress.tls ? 'https' : 'http'}://${options.frontend}`;
  const cors = { allowOrigins: [Text.exact(pages)], allowHeaders: ['content-type'] } as const;
  gateway.routes(services.frontend, { operations: ['files'], hosts: [options.frontend], timeout });
  gateway.routes(services.backend, { operations: ['products', 'order', 'seed'], hosts: [options.backend], timeout, cors });
  const logs = logStack(shop, 'mern-logs', options.logs);
  return { shop, gateway, logs, ...services };
}
