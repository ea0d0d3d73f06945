/** Facts of Online Boutique v0.10.6, written down by hand from its release manifest (GoogleCloudPlatform/microservices-demo, 5b3a712). */

const REGISTRY = 'us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo';
const image = (name: string) => `${REGISTRY}/${name}:v0.10.6`;

/** What one workload of the boutique must be. */
export interface Facts {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly container: string;
  readonly image: string;
  /** Port of the container. */
  readonly port?: number;
  /** Port of the Service: number, then name. */
  readonly service?: readonly [number, 'http' | 'grpc' | 'tcp-redis'];
  /** Service that leads to it. @default - that of its name */
  readonly serves?: string;
  readonly readiness?: object;
  readonly liveness?: object;
  readonly env: Readonly<Record<string, string>>;
  /** Processor and memory: request, then limit. */
  readonly cpu: readonly [string, string];
  readonly memory: readonly [string, string];
  /** Seconds that the program has after SIGTERM. */
  readonly grace?: number;
}

const usual = { kind: 'Deployment', container: 'server', cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'], grace: 5 } as const;
const defaultGrace = { grace: undefined };

function grpc(port: number, readiness: object = {}, liveness: object = readiness) {
  return { port, service: [port, 'grpc'], readiness: { grpc: { port }, ...readiness }, liveness: { grpc: { port }, ...liveness } } as const;
}

function health(cookie: string): object {
  return { httpGet: { path: '/_healthz', port: 8080, httpHeaders: [{ name: 'Cookie', value: `shop_session-id=${cookie}` }] }, initialDelaySeconds: 10 };
}

/** Upstream opens a connection, which a Redis takes that still reads its data. */
const redisProbe = (command: readonly string[]) => ({ exec: { command }, periodSeconds: 5, timeoutSeconds: 5 });

const services: Readonly<Record<string, Facts>> = {
  'frontend': {
    ...usual, ...defaultGrace, image: image('frontend'), port: 8080, service: [80, 'http'],
    readiness: health('x-readiness-probe'), liveness: health('x-liveness-probe'),
    env: {
      PORT: '8080', PRODUCT_CATALOG_SERVICE_ADDR: 'productcatalogservice:3550', CURRENCY_SERVICE_ADDR: 'currencyservice:7000',
      CART_SERVICE_ADDR: 'cartservice:7070', RECOMMENDATION_SERVICE_ADDR: 'recommendationservice:8080', SHIPPING_SERVICE_ADDR: 'shippingservice:50051',
      CHECKOUT_SERVICE_ADDR: 'checkoutservice:5050', AD_SERVICE_ADDR: 'adservice:9555', SHOPPING_ASSISTANT_SERVICE_ADDR: 'shoppingassistantservice:80',
      ENABLE_PROFILER: '0',
    },
  },
  'adservice': {
    ...usual, image: image('adservice'), ...grpc(9555, { initialDelaySeconds: 20, periodSeconds: 15 }),
    env: { PORT: '9555' }, cpu: ['200m', '300m'], memory: ['180Mi', '300Mi'],
  },
  'currencyservice': { ...usual, image: image('currencyservice'), ...grpc(7000), env: { PORT: '7000', DISABLE_PROFILER: '1' } },
  'cartservice': {
    ...usual, image: image('cartservice'), ...grpc(7070, { initialDelaySeconds: 15 }, { initialDelaySeconds: 15, periodSeconds: 10 }),
    env: { REDIS_ADDR: 'redis-cart:6379' }, cpu: ['200m', '300m'],
  },
  'redis-cart': {
    kind: 'StatefulSet', container: 'redis', image: 'docker.io/library/redis:8.10.1-alpine', port: 6379, service: [6379, 'tcp-redis'],
    readiness: redisProbe(['sh', '-c', 'redis-cli ping | grep -q PONG']), liveness: redisProbe(['redis-cli', 'ping']), grace: 60,
    env: {}, cpu: ['70m', '125m'], memory: ['200Mi', '256Mi'],
  },
  'recommendationservice': {
    ...usual, image: image('recommendationservice'), ...grpc(8080, { periodSeconds: 5 }), memory: ['220Mi', '450Mi'],
    env: { PORT: '8080', PRODUCT_CATALOG_SERVICE_ADDR: 'productcatalogservice:3550', DISABLE_PROFILER: '1' },
  },
  'checkoutservice': {
    ...usual, ...defaultGrace, image: image('checkoutservice'), ...grpc(5050),
    env: {
      PORT: '5050', PRODUCT_CATALOG_SERVICE_ADDR: 'productcatalogservice:3550', SHIPPING_SERVICE_ADDR: 'shippingservice:50051',
      PAYMENT_SERVICE_ADDR: 'paymentservice:50051', EMAIL_SERVICE_ADDR: 'emailservice:5000', CURRENCY_SERVICE_ADDR: 'currencyservice:7000',
      CART_SERVICE_ADDR: 'cartservice:7070',
    },
  },
  'emailservice': {
    ...usual, image: image('emailservice'), ...grpc(8080, { periodSeconds: 5 }), service: [5000, 'grpc'], env: { PORT: '8080', DISABLE_PROFILER: '1' },
  },
  'paymentservice': { ...usual, image: image('paymentservice'), ...grpc(50051), env: { PORT: '50051', DISABLE_PROFILER: '1' } },
  'shippingservice': {
    ...usual, ...defaultGrace, image: image('shippingservice'), ...grpc(50051, { periodSeconds: 5 }, {}), env: { PORT: '50051', DISABLE_PROFILER: '1' },
  },
  'productcatalogservice': { ...usual, image: image('productcatalogservice'), ...grpc(3550), env: { PORT: '3550', DISABLE_PROFILER: '1' } },
  'loadgenerator': {
    ...usual, container: 'main', image: image('loadgenerator'), env: { FRONTEND_ADDR: 'frontend:80', USERS: '10', RATE: '1' },
    cpu: ['300m', '500m'], memory: ['256Mi', '512Mi'],
  },
};

/** A second version, which has no Service of its own. */
const canaryOf = (name: string, env: Facts['env']): Facts => ({ ...services[name], serves: name, env: { ...services[name].env, ...env } });

/** All workloads; BANNER_COLOR and EXTRA_LATENCY are what their programs know. */
export const FACTS: Readonly<Record<string, Facts>> = {
  ...services,
  'frontend-canary': canaryOf('frontend', { BANNER_COLOR: 'darkorange' }),
  'productcatalogservice-canary': canaryOf('productcatalogservice', { EXTRA_LATENCY: '3s' }),
};

/** The 16 edges of its Helm chart, with the gRPC methods of each; [] where bytes are not told apart. */
export const EDGES: Readonly<Record<string, readonly string[]>> = {
  'cartservice → redis-cart': [],
  'checkoutservice → cartservice': ['CartService/EmptyCart', 'CartService/GetCart'],
  'checkoutservice → currencyservice': ['CurrencyService/Convert'],
  'checkoutservice → emailservice': ['EmailService/SendOrderConfirmation'],
  'checkoutservice → paymentservice': ['PaymentService/Charge'],
  'checkoutservice → productcatalogservice': ['ProductCatalogService/GetProduct'],
  'checkoutservice → shippingservice': ['ShippingService/GetQuote', 'ShippingService/ShipOrder'],
  'frontend → adservice': ['AdService/GetAds'],
  'frontend → cartservice': ['CartService/AddItem', 'CartService/EmptyCart', 'CartService/GetCart'],
  'frontend → checkoutservice': ['CheckoutService/PlaceOrder'],
  'frontend → currencyservice': ['CurrencyService/Convert', 'CurrencyService/GetSupportedCurrencies'],
  'frontend → productcatalogservice': ['ProductCatalogService/GetProduct', 'ProductCatalogService/ListProducts'],
  'frontend → recommendationservice': ['RecommendationService/ListRecommendations'],
  'frontend → shippingservice': ['ShippingService/GetQuote'],
  'loadgenerator → frontend': [],
  'recommendationservice → productcatalogservice': ['ProductCatalogService/ListProducts'],
};
