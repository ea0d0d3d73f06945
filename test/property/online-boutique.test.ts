import { IConstruct } from 'constructs';
import { build } from '../../src/app/build';
import { GitOpsApp } from '../../src/index';
import { HttpRoute, objectsOf } from './objects';
import { authorizationLines, environmentLines, exportLines, networkLines, podLines, routeLines, sidecarLines } from './read-back';
import { firstRoute, repeats } from './requests';

/** Where a service listens, on its Service and in its container. */
const ports: Readonly<Record<string, readonly [service: number, container: number]>> = {
  frontend: [80, 8080], adservice: [9555, 9555], cartservice: [7070, 7070], checkoutservice: [5050, 5050], currencyservice: [7000, 7000],
  productcatalogservice: [3550, 3550], recommendationservice: [8080, 8080], shippingservice: [50051, 50051], paymentservice: [50051, 50051],
  emailservice: [5000, 8080], 'redis-cart': [6379, 6379],
};

/** systems.md §1 (b): caller, callee, gRPC methods, environment variable of §1 (a). */
const edges: readonly (readonly [caller: string, callee: string, methods: string, variable: string])[] = [
  ['loadgenerator', 'frontend', '', 'FRONTEND_ADDR'],
  ['frontend', 'adservice', 'AdService/GetAds', 'AD_SERVICE_ADDR'],
  ['frontend', 'cartservice', 'CartService/AddItem CartService/EmptyCart CartService/GetCart', 'CART_SERVICE_ADDR'],
  ['frontend', 'checkoutservice', 'CheckoutService/PlaceOrder', 'CHECKOUT_SERVICE_ADDR'],
  ['frontend', 'currencyservice', 'CurrencyService/Convert CurrencyService/GetSupportedCurrencies', 'CURRENCY_SERVICE_ADDR'],
  ['frontend', 'productcatalogservice', 'ProductCatalogService/GetProduct ProductCatalogService/ListProducts', 'PRODUCT_CATALOG_SERVICE_ADDR'],
  ['frontend', 'recommendationservice', 'RecommendationService/ListRecommendations', 'RECOMMENDATION_SERVICE_ADDR'],
  ['frontend', 'shippingservice', 'ShippingService/GetQuote', 'SHIPPING_SERVICE_ADDR'],
  ['checkoutservice', 'cartservice', 'CartService/EmptyCart CartService/GetCart', 'CART_SERVICE_ADDR'],
  ['checkoutservice', 'productcatalogservice', 'ProductCatalogService/GetProduct', 'PRODUCT_CATALOG_SERVICE_ADDR'],
  ['checkoutservice', 'currencyservice', 'CurrencyService/Convert', 'CURRENCY_SERVICE_ADDR'],
  ['checkoutservice', 'shippingservice', 'ShippingService/GetQuote ShippingService/ShipOrder', 'SHIPPING_SERVICE_ADDR'],
  ['checkoutservice', 'paymentservice', 'PaymentService/Charge', 'PAYMENT_SERVICE_ADDR'],
  ['checkoutservice', 'emailservice', 'EmailService/SendOrderConfirmation', 'EMAIL_SERVICE_ADDR'],
  ['recommendationservice', 'productcatalogservice', 'ProductCatalogService/ListProducts', 'PRODUCT_CATALOG_SERVICE_ADDR'],
  ['cartservice', 'redis-cart', '', 'REDIS_ADDR'],
];
const grpc = edges.filter(([, , methods]) => methods !== '')
  .flatMap(([caller, callee, methods]) => methods.split(' ').map((method) => [caller, callee, `/hipstershop.${method}`]));

const app = new GitOpsApp({ outdir: 'never-written' });
build(app);
const staging: IConstruct = app.node.findChild('staging').node.findChild('online-boutique');
/** Second versions, which are whom they stand beside. */
const released = ['frontend', 'productcatalogservice'];
const shopHost = 'boutique.staging.example.com';

/** How a request is routed: of the mesh by the callee's routes, or of the gateway. */
function routeOf(name: string, method: string, path: string, app?: string): HttpRoute | undefined {
  const object = objectsOf(staging, 'VirtualService').find(({ metadata }) => metadata.name === name)!;
  return firstRoute(object, { from: app === undefined ? undefined : { app, namespace: 'demo-app' }, method, path });
}

const seconds = (route: HttpRoute | undefined): number => Number(/^(\d+)s$/.exec(route?.timeout ?? '')?.[1]);

describe('the sixteen calls of the boutique, and no other, are what is said by', () => {
  test('the environment of containers', () => {
    const addresses = environmentLines(staging).filter((line) => /_ADDR=/.test(line) && !/SHOPPING_ASSISTANT|COLLECTOR/.test(line));
    const said = (suffix: string) => ([caller, callee, , variable]: typeof edges[number]) =>
      `demo-app/${caller}${suffix} ${variable}=${callee}:${ports[callee][0]}`;
    expect(addresses).toEqual([...edges.map(said('')), ...edges.filter(([caller]) => released.includes(caller)).map(said('-canary'))].sort());
  });

  test('Sidecars', () => {
    const spans = [...Object.keys(ports), 'loadgenerator'].map((name) => `demo-app/${name} REGISTRY_ONLY observability/jaeger.observability.svc.cluster.local`);
    const busy = edges.map(([caller, callee]) => `demo-app/${caller} REGISTRY_ONLY ./${callee}.demo-app.svc.cluster.local`);
    expect(sidecarLines(staging)).toEqual([...spans, ...busy].sort());
  });

  test('routes of gRPC services, method by method', () => {
    const routed = routeLines(staging, false).filter((line) => !line.startsWith('frontend.') && !line.includes(' from anybody '));
    const found = routed.map((line) => /^([\w-]+)\.\S+ from demo-app\/([\w-]+) .*, exact (\S+) →/.exec(line)?.slice(1).join(' '));
    expect([...new Set(found)]).toEqual(grpc.map(([caller, callee, path]) => [callee, caller, path].join(' ')).sort());
  });

  test('AuthorizationPolicies of gRPC services and Redis, method by method', () => {
    const allowed = authorizationLines(staging).filter((line) => !line.startsWith('demo-app/frontend '));
    expect(allowed).toEqual([
      ...grpc.map(([caller, callee, path]) => `demo-app/${callee} from cluster.local/ns/demo-app/sa/${caller}: POST ${path} port any`),
      'demo-app/redis-cart from cluster.local/ns/demo-app/sa/cartservice: any path port 6379',
    ].sort());
  });

  test('the AuthorizationPolicy of the frontend, open to the gateway and to simulated customers', () => {
    const allowed = authorizationLines(staging).filter((line) => line.startsWith('demo-app/frontend '));
    const callers = [...new Set(allowed.map((line) => /sa\/([\w-]+)/.exec(line)?.[1]))];
    expect(callers).toEqual(['loadgenerator', 'istio-ingressgateway-service-account']);
    expect([...new Set(allowed.map((line) => /: (\w+) /.exec(line)?.[1]))].sort()).toEqual(['GET', 'HEAD', 'POST']);
    const orders = allowed.filter((line) => line.includes('/cart/checkout')).map((line) => line.replace(/.*: /, ''));
    expect(orders).toEqual(['POST /cart/checkout port any', 'POST /cart/checkout port any']);
  });

  test('NetworkPolicies of callees, on the ports of containers', () => {
    expect(networkLines(staging, 'ingress')).toEqual([
      ...edges.map(([caller, callee]) => `demo-app/app=${callee} from demo-app/app=${caller} on ${ports[callee][1]}`),
      'demo-app/app=frontend from istio-system/istio=ingressgateway on 8080',
    ].sort());
  });

  test('NetworkPolicies of callers, on the ports of containers', () => {
    expect(networkLines(staging, 'egress'))
      .toEqual(edges.map(([caller, callee]) => `demo-app/app=${caller} to demo-app/app=${callee} on ${ports[callee][1]}`).sort());
  });

  test('the gateway, which leads to the frontend alone', () => {
    const hosts = routeLines(staging, true).map((line) => /→ (\S+?)(v1|canary) /.exec(line)?.[1]);
    expect([...new Set(hosts)]).toEqual(['frontend.demo-app.svc.cluster.local']);
  });

  test('who sees what: only the frontend is known to the gateway', () => {
    expect(exportLines(staging).filter((line) => line.includes('istio-system'))).toEqual([
      'DestinationRule demo-app/frontend to .,istio-system',
      'VirtualService demo-app/boutique-staging-example-com to istio-system',
    ]);
  });
});

test('every workload runs as itself, on the ports of its container', () => {
  const line = (suffix: string) => (name: string) => `demo-app/${name}${suffix} app=${name} serviceAccount=${name} ports=${ports[name]?.[1] ?? ''}`;
  expect(podLines(staging)).toEqual([...[...Object.keys(ports), 'loadgenerator'].map(line('')), ...released.map(line('-canary'))].sort());
});

test('an address that the program wants grants no call', () => {
  expect(environmentLines(staging)).toContain('demo-app/frontend SHOPPING_ASSISTANT_SERVICE_ADDR=shoppingassistantservice:80');
  for (const read of [sidecarLines, authorizationLines, exportLines]) expect(read(staging).join()).not.toContain('shoppingassistant');
  for (const direction of ['ingress', 'egress'] as const) expect(networkLines(staging, direction).join()).not.toContain('shoppingassistant');
});

test.each([
  ['frontend', 'checkoutservice', '/hipstershop.CheckoutService/PlaceOrder'],
  ['checkoutservice', 'paymentservice', '/hipstershop.PaymentService/Charge'],
  ['checkoutservice', 'shippingservice', '/hipstershop.ShippingService/ShipOrder'],
])('gives %s no retries of %s %s', (caller, callee, path) => {
  expect(routeOf(callee, 'POST', path, caller)?.retries).toEqual({ attempts: 0 });
});

test('gives an order no retries at the gateway and of simulated customers', () => {
  expect(routeOf('boutique-staging-example-com', 'POST', '/cart/checkout')?.retries).toEqual({ attempts: 0 });
  expect(routeOf('frontend', 'POST', '/cart/checkout', 'loadgenerator')?.retries).toEqual({ attempts: 0 });
});

test('repeats what reads', () => {
  expect(repeats(routeOf('productcatalogservice', 'POST', '/hipstershop.ProductCatalogService/ListProducts', 'frontend')!)).toBe(true);
  expect(repeats(routeOf('boutique-staging-example-com', 'GET', '/product/OLJCESPC7Z')!)).toBe(true);
});

test('asks for ads once, since a page does without', () => {
  expect(routeOf('adservice', 'POST', '/hipstershop.AdService/GetAds', 'frontend')?.retries).toEqual({ attempts: 0 });
});

test('an order has 26 s at the gateway, 15 s at the checkout and 5 s for the payment', () => {
  expect(objectsOf(staging, 'VirtualService').find(({ spec }) => spec.gateways)?.spec.hosts).toEqual([shopHost]);
  expect(seconds(routeOf('boutique-staging-example-com', 'POST', '/cart/checkout'))).toBe(26);
  expect(seconds(routeOf('checkoutservice', 'POST', '/hipstershop.CheckoutService/PlaceOrder', 'frontend'))).toBe(15);
  expect(seconds(routeOf('paymentservice', 'POST', '/hipstershop.PaymentService/Charge', 'checkoutservice'))).toBe(5);
});

test('what the checkout waits for in a row fits in its 15 s, and that in the 26 s of the page', () => {
  const timeout = ([, callee, path]: readonly string[], caller: string): number => seconds(routeOf(callee, 'POST', path, caller));
  const order = grpc.filter(([caller]) => caller === 'checkoutservice').map((each) => timeout(each, 'checkoutservice'));
  expect(order.reduce((sum, each) => sum + each, 0)).toBe(15);
  const page = [
    'CheckoutService/PlaceOrder', 'RecommendationService/ListRecommendations', 'CurrencyService/GetSupportedCurrencies', 'ProductCatalogService/GetProduct',
  ];
  const waits = grpc.filter(([caller, , path]) => caller === 'frontend' && page.some((each) => path.endsWith(each))).map((each) => timeout(each, 'frontend'));
  expect(waits.reduce((sum, each) => sum + each, 0)).toBe(25);
});
