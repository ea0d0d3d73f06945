import { Duration } from 'cdk8s';
import {
  CanaryRelease, JwtAuthentication, MeshNamespace, MeshedMicroservice, RedisCache, type Environment, type JwtIssuer, type VolumeClaim,
} from '../../index';
import { type PublicIngress, publicGateway } from '../public-gateway';
import { boutiqueCalls } from './calls';
import { owners } from './owners';
import { boutiqueServices, type BoutiqueServices } from './services';

/** What differs between the environments of the boutique. */
export interface OnlineBoutiqueOptions {
  /** Where customers reach it. */
  readonly ingress: PublicIngress;
  /** Who says who a customer is. */
  readonly customers: JwtIssuer;
  /** Storage of the carts. @default - none: they go with the pod */
  readonly cartStorage?: VolumeClaim;
  /** Share of the requests that the second versions get, in percent. */
  readonly canaries: { readonly frontend: number; readonly catalog: number };
  /** Whether ten customers are simulated. @default false */
  readonly loadGenerator?: boolean;
  /** Registry and folder of the images. @default 'us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo' */
  readonly registry?: string;
  /** Tag of the images. @default 'v0.10.6' */
  readonly tag?: string;
}

/** Google's Online Boutique: a shop of eleven services that speak gRPC. */
export function onlineBoutique(environment: Environment, options: OnlineBoutiqueOptions) {
  const { registry = 'us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo', tag = 'v0.10.6' } = options;
  const image = (service: string): string => `${registry}/${service}:${tag}`;
  const shop = new MeshNamespace(environment, 'online-boutique', { name: 'demo-app', owner: owners.shop, accessLog: 'errors' });
  const redis = new RedisCache(shop, 'redis-cart', {
    existing: { serviceName: 'redis-cart' }, // which can never change
    owner: owners.checkout,
    resources: { cpu: ['70m', '125m'], memory: ['200Mi', '256Mi'] },
    persistence: options.cartStorage,
  });
  const services = boutiqueServices(shop, image);
  boutiqueCalls(services, redis);
  new CanaryRelease(services.frontend, 'canary', { at: options.canaries.frontend, env: { BANNER_COLOR: 'darkorange' } });
  new CanaryRelease(services.catalog, 'canary', { at: options.canaries.catalog, plan: [5, 25, 50, 100], env: { EXTRA_LATENCY: '3s' } });

  const gateway = publicGateway(shop, options.ingress);
  gateway.routes(services.frontend, { operations: ['checkout'], timeout: Duration.seconds(26) });
  gateway.routes(services.frontend, {
    operations: ['home', 'product', 'viewCart', 'addToCart', 'emptyCart', 'setCurrency', 'logout', 'static', 'robots'],
    timeout: Duration.seconds(15),
  });
  // everybody may look; who buys says who it is
  new JwtAuthentication(services.frontend, 'customers', {
    issuers: { customers: options.customers }, requires: [{ operations: ['checkout'], from: [gateway] }],
  });
  if (options.loadGenerator) loadGenerator(shop, image('loadgenerator'), services);
  return { shop, redis, gateway, ...services };
}

/** Customers: without the origin's init container, which STRICT mutual TLS refuses where sidecars are not native. */
function loadGenerator(shop: MeshNamespace, image: string, { frontend }: BoutiqueServices): void {
  const customers = new MeshedMicroservice(shop, 'loadgenerator', {
    image,
    containerName: 'main',
    resources: { cpu: ['300m', '500m'], memory: ['256Mi', '512Mi'] },
    terminationGrace: Duration.seconds(5),
    replicas: 1,
    env: { USERS: '10', RATE: '1' },
  });
  customers.calls(frontend, {
    operations: ['checkout'], timeout: Duration.seconds(26), env: (to) => ({ FRONTEND_ADDR: to.hostPort }),
  });
  customers.calls(frontend, {
    operations: ['home', 'product', 'viewCart', 'addToCart', 'setCurrency'], timeout: Duration.seconds(15),
  });
}
