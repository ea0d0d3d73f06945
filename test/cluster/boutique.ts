import { join } from 'node:path';
import type { Request } from './cluster';
import { withKeysOfTheRun } from './customers';
import { readManifests } from './manifests';
import { folderOf } from './rendered-systems';

/** What the boutique should do, written by hand: the judge must not take it from the objects that it judges. */
export interface Callee {
  readonly protocol: 'http' | 'grpc' | 'tcp';
  readonly address: string;
}

const grpc = (address: string): Callee => ({ protocol: 'grpc', address });

export const callees: Readonly<Record<string, Callee>> = {
  frontend: { protocol: 'http', address: 'frontend:80' },
  adservice: grpc('adservice:9555'),
  cartservice: grpc('cartservice:7070'),
  checkoutservice: grpc('checkoutservice:5050'),
  currencyservice: grpc('currencyservice:7000'),
  emailservice: grpc('emailservice:5000'),
  paymentservice: grpc('paymentservice:50051'),
  productcatalogservice: grpc('productcatalogservice:3550'),
  recommendationservice: grpc('recommendationservice:8080'),
  shippingservice: grpc('shippingservice:50051'),
  'redis-cart': { protocol: 'tcp', address: 'redis-cart:6379' },
};

/** A call that is declared: by whom, of whom, and what. */
export interface DeclaredCall { readonly from: string; readonly to: string; readonly method?: string; readonly path: string }

const of = (from: string, to: string, service: string, ...methods: string[]): DeclaredCall[] =>
  methods.map((method) => ({ from, to, path: `/hipstershop.${service}/${method}` }));

export const declaredCalls: readonly DeclaredCall[] = [
  ...['/', '/cart', '/product/1YMWWN1N4O'].flatMap((path) => ['GET', 'HEAD'].map((method) => ({ from: 'loadgenerator', to: 'frontend', method, path }))),
  ...['/cart', '/setCurrency', '/cart/checkout'].map((path) => ({ from: 'loadgenerator', to: 'frontend', method: 'POST', path })),
  ...of('frontend', 'adservice', 'AdService', 'GetAds'),
  ...of('frontend', 'cartservice', 'CartService', 'GetCart', 'AddItem', 'EmptyCart'),
  ...of('frontend', 'checkoutservice', 'CheckoutService', 'PlaceOrder'),
  ...of('frontend', 'currencyservice', 'CurrencyService', 'GetSupportedCurrencies', 'Convert'),
  ...of('frontend', 'productcatalogservice', 'ProductCatalogService', 'ListProducts', 'GetProduct'),
  ...of('frontend', 'recommendationservice', 'RecommendationService', 'ListRecommendations'),
  ...of('frontend', 'shippingservice', 'ShippingService', 'GetQuote'),
  ...of('checkoutservice', 'cartservice', 'CartService', 'GetCart', 'EmptyCart'),
  ...of('checkoutservice', 'currencyservice', 'CurrencyService', 'Convert'),
  ...of('checkoutservice', 'emailservice', 'EmailService', 'SendOrderConfirmation'),
  ...of('checkoutservice', 'paymentservice', 'PaymentService', 'Charge'),
  ...of('checkoutservice', 'productcatalogservice', 'ProductCatalogService', 'GetProduct'),
  ...of('checkoutservice', 'shippingservice', 'ShippingService', 'GetQuote', 'ShipOrder'),
  ...of('recommendationservice', 'productcatalogservice', 'ProductCatalogService', 'ListProducts'),
  { from: 'cartservice', to: 'redis-cart', path: '' },
];

/** Callers of a mesh: all services and the customers. */
export const callers: readonly string[] = [...Object.keys(callees), 'loadgenerator'];

export const isDeclared = (from: string, to: string): boolean => declaredCalls.some((call) => call.from === from && call.to === to);

/** Ordered pairs of workloads between which no call is declared. */
export const undeclaredPairs = callers.flatMap((from) => Object.keys(callees).filter((to) => to !== from && !isDeclared(from, to)).map((to) => ({ from, to })));

/** The request of a declared call. */
export const requestOf = ({ from, to, method, path }: DeclaredCall): Request => ({ from, method, path, ...callees[to], timeoutMs: 5000 });

/** A request that a callee would answer if its caller were allowed to make it: a declared call's method and path. */
export function requestBetween(from: string, to: string): Request {
  const declared = declaredCalls.find((call) => call.to === to)!;
  return requestOf({ ...declared, from });
}

export const STAGING = folderOf('staging', 'online-boutique');
export const STAGING_OBJECTS = withKeysOfTheRun(readManifests(STAGING));
/** Without the limit of the frontend, of which tests ask more in a minute than customers do; rate-limit.cluster.ts judges limits. */
export const UNLIMITED = STAGING_OBJECTS.filter(({ kind }) => kind !== 'EnvoyFilter');
export const PRODUCTION = folderOf('production', 'online-boutique');
export const PRODUCTION_OBJECTS = withKeysOfTheRun(readManifests(PRODUCTION));
export const FIXTURES = join(__dirname, 'fixtures');
