/** A call as Online Boutique makes it. */
export interface PlannedCall {
  readonly callee: string;
  readonly operations: readonly [string, ...string[]];
  /** Operations of the caller that cause it. @default - all of them */
  readonly during?: readonly string[];
  /** How long the caller waits. */
  readonly seconds: number;
  /** Variable that has the callee's address. @default - none: another call of the pair has it */
  readonly variable?: string;
}

/** A service as Online Boutique has it. */
export interface ServiceShape {
  readonly name: string;
  /** @default - none: a client */
  readonly port?: { readonly protocol: 'grpc' | 'http'; readonly number: number };
  /** Path of HTTP GET or POST, or full method of gRPC, by name. */
  readonly operations: Readonly<Record<string, { readonly path: string; readonly method?: 'GET' | 'POST'; readonly idempotent?: boolean }>>;
  readonly env: Readonly<Record<string, string>>;
  readonly calls: readonly PlannedCall[];
}

/** A service of a plan. */
export interface PlannedService extends ServiceShape {
  /** Name of its namespace, a shop of at most eleven services. */
  readonly shop: string;
}

const grpc = (service: string, methods: Readonly<Record<string, string>>, once: readonly string[] = []): ServiceShape['operations'] =>
  Object.fromEntries(Object.entries(methods).map(([name, method]) =>
    [name, { path: `hipstershop.${service}/${method}`, idempotent: !once.includes(name) }]));

/** Callees stand before their callers, so that the first services of a shop are a shop as well. */
const SHOP: readonly ServiceShape[] = [
  {
    name: 'productcatalogservice', port: { protocol: 'grpc', number: 3550 }, env: { PORT: '3550', DISABLE_PROFILER: '1' }, calls: [],
    operations: grpc('ProductCatalogService', { listProducts: 'ListProducts', getProduct: 'GetProduct' }),
  },
  {
    name: 'cartservice', port: { protocol: 'grpc', number: 7070 }, env: { PORT: '7070' }, calls: [],
    operations: grpc('CartService', { addItem: 'AddItem', getCart: 'GetCart', emptyCart: 'EmptyCart' }, ['addItem']),
  },
  {
    name: 'currencyservice', port: { protocol: 'grpc', number: 7000 }, env: { PORT: '7000', DISABLE_PROFILER: '1' }, calls: [],
    operations: grpc('CurrencyService', { getSupportedCurrencies: 'GetSupportedCurrencies', convert: 'Convert' }),
  },
  {
    name: 'shippingservice', port: { protocol: 'grpc', number: 50051 }, env: { PORT: '50051', DISABLE_PROFILER: '1' }, calls: [],
    operations: grpc('ShippingService', { getQuote: 'GetQuote', shipOrder: 'ShipOrder' }, ['shipOrder']),
  },
  {
    name: 'paymentservice', port: { protocol: 'grpc', number: 50051 }, env: { PORT: '50051', DISABLE_PROFILER: '1' }, calls: [],
    operations: grpc('PaymentService', { charge: 'Charge' }, ['charge']),
  },
  {
    name: 'emailservice', port: { protocol: 'grpc', number: 5000 }, env: { PORT: '8080', DISABLE_PROFILER: '1' }, calls: [],
    operations: grpc('EmailService', { sendOrderConfirmation: 'SendOrderConfirmation' }, ['sendOrderConfirmation']),
  },
  {
    name: 'adservice', port: { protocol: 'grpc', number: 9555 }, env: { PORT: '9555' }, calls: [],
    operations: grpc('AdService', { getAds: 'GetAds' }),
  },
  {
    name: 'recommendationservice', port: { protocol: 'grpc', number: 8080 }, env: { PORT: '8080', DISABLE_PROFILER: '1' },
    operations: grpc('RecommendationService', { listRecommendations: 'ListRecommendations' }),
    calls: [{ callee: 'productcatalogservice', operations: ['listProducts'], seconds: 4, variable: 'PRODUCT_CATALOG_SERVICE_ADDR' }],
  },
  {
    name: 'checkoutservice', port: { protocol: 'grpc', number: 5050 }, env: { PORT: '5050' },
    operations: grpc('CheckoutService', { placeOrder: 'PlaceOrder' }, ['placeOrder']),
    calls: [
      { callee: 'cartservice', operations: ['getCart', 'emptyCart'], seconds: 1, variable: 'CART_SERVICE_ADDR' },
      { callee: 'productcatalogservice', operations: ['getProduct'], seconds: 4, variable: 'PRODUCT_CATALOG_SERVICE_ADDR' },
      { callee: 'currencyservice', operations: ['convert'], seconds: 1, variable: 'CURRENCY_SERVICE_ADDR' },
      { callee: 'shippingservice', operations: ['getQuote', 'shipOrder'], seconds: 1, variable: 'SHIPPING_SERVICE_ADDR' },
      { callee: 'paymentservice', operations: ['charge'], seconds: 5, variable: 'PAYMENT_SERVICE_ADDR' },
      { callee: 'emailservice', operations: ['sendOrderConfirmation'], seconds: 1, variable: 'EMAIL_SERVICE_ADDR' },
    ],
  },
  {
    name: 'frontend', port: { protocol: 'http', number: 8080 }, env: { PORT: '8080', ENABLE_PROFILER: '0' },
    operations: {
      home: { path: '/', method: 'GET' }, product: { path: '/product/{id}', method: 'GET' }, viewCart: { path: '/cart', method: 'GET' },
      addToCart: { path: '/cart', method: 'POST' }, emptyCart: { path: '/cart/empty', method: 'POST' },
      checkout: { path: '/cart/checkout', method: 'POST' }, static: { path: '/static/*', method: 'GET' },
    },
    calls: [
      {
        callee: 'productcatalogservice', operations: ['listProducts'], during: ['home'], seconds: 4, variable: 'PRODUCT_CATALOG_SERVICE_ADDR',
      },
      { callee: 'productcatalogservice', operations: ['getProduct'], during: ['product', 'viewCart', 'addToCart', 'checkout'], seconds: 4 },
      {
        callee: 'currencyservice', operations: ['getSupportedCurrencies'], during: ['home', 'product', 'viewCart', 'checkout'], seconds: 1,
        variable: 'CURRENCY_SERVICE_ADDR',
      },
      { callee: 'currencyservice', operations: ['convert'], during: ['home', 'product', 'viewCart'], seconds: 1 },
      { callee: 'cartservice', operations: ['getCart'], during: ['home', 'product', 'viewCart'], seconds: 1, variable: 'CART_SERVICE_ADDR' },
      { callee: 'cartservice', operations: ['addItem'], during: ['addToCart'], seconds: 1 },
      { callee: 'cartservice', operations: ['emptyCart'], during: ['emptyCart'], seconds: 1 },
      {
        callee: 'recommendationservice', operations: ['listRecommendations'], during: ['product', 'viewCart', 'checkout'], seconds: 5,
        variable: 'RECOMMENDATION_SERVICE_ADDR',
      },
      { callee: 'shippingservice', operations: ['getQuote'], during: ['viewCart'], seconds: 1, variable: 'SHIPPING_SERVICE_ADDR' },
      { callee: 'checkoutservice', operations: ['placeOrder'], during: ['checkout'], seconds: 15, variable: 'CHECKOUT_SERVICE_ADDR' },
      { callee: 'adservice', operations: ['getAds'], during: ['home', 'product'], seconds: 1, variable: 'AD_SERVICE_ADDR' },
    ],
  },
  {
    name: 'loadgenerator', operations: {}, env: { USERS: '10' },
    calls: [
      { callee: 'frontend', operations: ['checkout'], seconds: 26, variable: 'FRONTEND_ADDR' },
      { callee: 'frontend', operations: ['home', 'product', 'viewCart', 'addToCart'], seconds: 15 },
    ],
  },
];

/** So many services: Online Boutique's eleven, in as many namespaces as it takes; the last may have fewer. */
export function plan(count: number): readonly PlannedService[] {
  return Array.from({ length: count }, (_, index) => {
    const shop = `shop-${String(Math.floor(index / SHOP.length)).padStart(4, '0')}`;
    return { shop, ...SHOP[index % SHOP.length] };
  });
}
