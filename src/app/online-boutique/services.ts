import { Duration } from 'cdk8s';
import { MeshedMicroservice, Operation, Port, Probe, type Resources } from '../../index';
import type { MeshNamespace, SpanCollector } from '../../index';
import { owners } from './owners';

/** Image of a service of the boutique. */
export type Image = (service: string) => string;

/** What most services of the boutique get. */
const usual: Resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] };
const quickStop = { terminationGrace: Duration.seconds(5) };
const noProfiler = { DISABLE_PROFILER: '1' };
const everyFiveSeconds = probedBy(Probe.grpc({ period: Duration.seconds(5) }));
const twice = { idempotent: true } as const; // reads, and writes that set a state: doing them twice changes nothing more

/** How programs of the boutique are told to send spans; adservice, cartservice and shippingservice have no code for it. */
const spansOf = (name: string) => ({ collector }: SpanCollector) => ({ ENABLE_TRACING: '1', COLLECTOR_SERVICE_ADDR: collector, OTEL_SERVICE_NAME: name });
/** Those in Go send all of them (`AlwaysSample`), whatever their caller's span says. */
const allSpansOf = (name: string) => (to: SpanCollector) => (to.samplingPercentage === 100 ? spansOf(name)(to) : {});

function probedBy(probe: Probe) {
  return { readiness: probe, liveness: probe };
}

/** The services of the boutique, each by itself: what it is, not yet whom it calls. */
export function boutiqueServices(shop: MeshNamespace, image: Image) {
  const health = (cookie: string): Probe => Probe.httpGet('/_healthz', {
    initialDelay: Duration.seconds(10), headers: { Cookie: `shop_session-id=${cookie}` },
  });
  const frontend = new MeshedMicroservice(shop, 'frontend', {
    image: image('frontend'),
    port: Port.http(80, { targetPort: 8080 }),
    resources: usual,
    rateLimit: { requests: 100, per: Duration.minutes(1) },
    slo: { availability: 99.5, latency: { percentile: 95, below: Duration.seconds(5) } }, // the catalogue's second version takes 3 s of it
    readiness: health('x-readiness-probe'),
    liveness: health('x-liveness-probe'),
    env: {
      PORT: '8080',
      SHOPPING_ASSISTANT_SERVICE_ADDR: 'shoppingassistantservice:80', // not deployed; the program ends where it is empty
      ENABLE_PROFILER: '0',
    },
    spans: allSpansOf('frontend'),
    operations: {
      home: Operation.http(['GET', 'HEAD'], '/'),
      product: Operation.http(['GET', 'HEAD'], '/product/{id}'),
      viewCart: Operation.http(['GET', 'HEAD'], '/cart'),
      addToCart: Operation.http('POST', '/cart'),
      emptyCart: Operation.http('POST', '/cart/empty'),
      checkout: Operation.http('POST', '/cart/checkout'),
      setCurrency: Operation.http('POST', '/setCurrency'),
      logout: Operation.http('GET', '/logout'),
      static: Operation.http(['GET', 'HEAD'], '/static/*'),
      robots: Operation.http('GET', '/robots.txt'),
    },
  });

  const checkout = new MeshedMicroservice(shop, 'checkoutservice', {
    owner: owners.checkout,
    image: image('checkoutservice'),
    port: Port.grpc(5050),
    resources: usual,
    slo: { availability: 99.9, latency: { percentile: 99, below: Duration.seconds(10) } },
    env: { PORT: '5050' },
    spans: allSpansOf('checkoutservice'),
    operations: { placeOrder: Operation.grpc('hipstershop.CheckoutService/PlaceOrder') },
  });

  const cart = new MeshedMicroservice(shop, 'cartservice', {
    owner: owners.checkout,
    image: image('cartservice'),
    port: Port.grpc(7070),
    resources: { cpu: ['200m', '300m'], memory: ['64Mi', '128Mi'] },
    readiness: Probe.grpc({ initialDelay: Duration.seconds(15) }),
    liveness: Probe.grpc({ initialDelay: Duration.seconds(15), period: Duration.seconds(10) }),
    ...quickStop,
    operations: {
      addItem: Operation.grpc('hipstershop.CartService/AddItem'),
      getCart: Operation.grpc('hipstershop.CartService/GetCart', twice),
      emptyCart: Operation.grpc('hipstershop.CartService/EmptyCart', twice),
    },
  });

  const catalog = new MeshedMicroservice(shop, 'productcatalogservice', {
    owner: owners.catalogue,
    image: image('productcatalogservice'),
    port: Port.grpc(3550),
    resources: usual,
    ...quickStop,
    env: { PORT: '3550', ...noProfiler },
    spans: allSpansOf('productcatalogservice'),
    operations: {
      listProducts: Operation.grpc('hipstershop.ProductCatalogService/ListProducts', twice),
      getProduct: Operation.grpc('hipstershop.ProductCatalogService/GetProduct', twice),
    },
  });

  const recommendation = new MeshedMicroservice(shop, 'recommendationservice', {
    owner: owners.catalogue,
    image: image('recommendationservice'),
    port: Port.grpc(8080),
    resources: { cpu: ['100m', '200m'], memory: ['220Mi', '450Mi'] },
    ...everyFiveSeconds,
    ...quickStop,
    env: { PORT: '8080', ...noProfiler },
    spans: spansOf('recommendationservice'),
    operations: { listRecommendations: Operation.grpc('hipstershop.RecommendationService/ListRecommendations', twice) },
  });

  const ad = new MeshedMicroservice(shop, 'adservice', {
    owner: owners.catalogue,
    image: image('adservice'),
    port: Port.grpc(9555),
    resources: { cpu: ['200m', '300m'], memory: ['180Mi', '300Mi'] },
    ...probedBy(Probe.grpc({ initialDelay: Duration.seconds(20), period: Duration.seconds(15) })),
    ...quickStop,
    env: { PORT: '9555' },
    operations: { getAds: Operation.grpc('hipstershop.AdService/GetAds', twice) },
  });

  const currency = new MeshedMicroservice(shop, 'currencyservice', {
    owner: owners.checkout,
    image: image('currencyservice'),
    port: Port.grpc(7000),
    resources: usual,
    ...quickStop,
    env: { PORT: '7000', ...noProfiler },
    spans: spansOf('currencyservice'),
    operations: {
      getSupportedCurrencies: Operation.grpc('hipstershop.CurrencyService/GetSupportedCurrencies', twice),
      convert: Operation.grpc('hipstershop.CurrencyService/Convert', twice),
    },
  });

  const shipping = new MeshedMicroservice(shop, 'shippingservice', {
    owner: owners.checkout,
    image: image('shippingservice'),
    port: Port.grpc(50051),
    resources: usual,
    readiness: everyFiveSeconds.readiness,
    env: { PORT: '50051', ...noProfiler },
    operations: {
      getQuote: Operation.grpc('hipstershop.ShippingService/GetQuote', twice),
      shipOrder: Operation.grpc('hipstershop.ShippingService/ShipOrder'),
    },
  });

  const payment = new MeshedMicroservice(shop, 'paymentservice', {
    owner: owners.checkout,
    image: image('paymentservice'),
    port: Port.grpc(50051),
    resources: usual,
    ...quickStop,
    env: { PORT: '50051', ...noProfiler },
    spans: spansOf('paymentservice'),
    operations: { charge: Operation.grpc('hipstershop.PaymentService/Charge') },
  });

  const email = new MeshedMicroservice(shop, 'emailservice', {
    owner: owners.checkout,
    image: image('emailservice'),
    port: Port.grpc(5000, { targetPort: 8080 }),
    resources: usual,
    ...everyFiveSeconds,
    ...quickStop,
    env: { PORT: '8080', ...noProfiler },
    spans: spansOf('emailservice'),
    operations: { sendOrderConfirmation: Operation.grpc('hipstershop.EmailService/SendOrderConfirmation') },
  });

  return { frontend, checkout, cart, catalog, recommendation, ad, currency, shipping, payment, email };
}

/** The services by their role, each with the types of its operations. */
export type BoutiqueServices = ReturnType<typeof boutiqueServices>;
