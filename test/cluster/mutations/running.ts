import { declaredCalls, type DeclaredCall } from '../boutique';
import {
  STAGING_FRONT, between, escapes, openMethods, openToPlaintext, otherHosts, servedTooMuch, stoppedBySidecar, triedNot, unanswered, unserved, waits, type Check,
} from '../checks';
import { accepted, refusedByPolicy } from '../outcomes';
import { drop, gone, set, type Change } from './change';

/** A mutation that only the running shop shows. */
export interface SeenRunning {
  readonly name: string;
  readonly changes: readonly Change[];
  /** What finds it, and how. */
  readonly found: Check;
  readonly as: RegExp;
  /** What another layer must hold meanwhile. */
  readonly holds?: Check;
}

const call = (from: string, to: string, method = ''): DeclaredCall =>
  declaredCalls.find((one) => one.from === from && one.to === to && one.path.endsWith(method))!;
const CHARGE = call('checkoutservice', 'paymentservice');
const GET_CART = call('frontend', 'cartservice', 'GetCart');
const GET_ADS = call('frontend', 'adservice');
const EMAIL_TO_PAYMENT = [{ from: 'emailservice', to: 'paymentservice' }];
const EMAIL_TO_ADS = [{ from: 'emailservice', to: 'adservice' }];
const EVERYTHING = [{ from: [{ source: { namespaces: ['demo-app'] } }] }];
const ALL_HOSTS = [{ hosts: ['*/*'] }];
const GATEWAY_ROUTES = 'boutique-staging-example-com';

const routes: readonly SeenRunning[] = [
  {
    name: 'a Service that selects no pods',
    changes: [set('Service', 'paymentservice', 'spec/selector/app', 'payment')], found: unanswered([CHARGE]), as: /HTTP 200, gRPC 14|HTTP 503/,
  },
  {
    name: 'a targetPort on which nobody listens',
    changes: [set('Service', 'adservice', 'spec/ports/0/targetPort', 9556)], found: unanswered([GET_ADS]), as: /gRPC/,
  },
  {
    name: 'a retry of a payment', found: triedNot(1, CHARGE), as: /30 attempts of 10/,
    changes: [set('VirtualService', 'paymentservice', 'spec/http/0/retries', { attempts: 2, retryOn: 'unavailable' })],
  },
  {
    name: 'a VirtualService for another namespace',
    changes: [set('VirtualService', 'paymentservice', 'spec/exportTo', ['istio-system'])], found: triedNot(1, CHARGE), as: /30 attempts of 10/,
  },
  {
    name: 'no retries of GetCart',
    changes: [set('VirtualService', 'cartservice', 'spec/http/2/retries', { attempts: 0 })], found: triedNot(3, GET_CART), as: /10 attempts of 10/,
  },
  {
    name: 'a route for calls of another app', found: triedNot(3, GET_CART), as: /10 attempts of 10/,
    changes: [set('VirtualService', 'cartservice', 'spec/http/2/match/1/sourceLabels/app', 'fronted')],
  },
  {
    name: 'no timeout', found: waits(GET_ADS, 1500), as: /answered after 1500 ms/,
    changes: [drop('VirtualService', 'adservice', 'spec/http/0/timeout'), drop('VirtualService', 'adservice', 'spec/http/1/timeout')],
  },
];

const sidecars: readonly SeenRunning[] = [
  {
    name: 'a Sidecar without a declared host',
    changes: [drop('Sidecar', 'frontend', 'spec/egress/0/hosts/0')], found: unanswered([GET_ADS]), as: /frontend -> adservice/,
  },
  {
    name: 'a Sidecar for all hosts', changes: [set('Sidecar', 'emailservice', 'spec/egress', ALL_HOSTS)],
    found: between('wide Sidecar', stoppedBySidecar, EMAIL_TO_PAYMENT), as: /emailservice -> paymentservice.*gRPC 7/,
    holds: between('wide Sidecar', refusedByPolicy, EMAIL_TO_PAYMENT),
  },
  {
    name: 'a Sidecar that lets unknown addresses through', changes: [set('Sidecar', 'paymentservice', 'spec/outboundTrafficPolicy/mode', 'ALLOW_ANY')],
    found: escapes(['paymentservice']), as: /paymentservice -> .*HTTP 200/,
  },
];

const policies: readonly SeenRunning[] = [
  {
    name: 'a principal of another namespace', found: unanswered([CHARGE]), as: /gRPC 7/,
    changes: [set('AuthorizationPolicy', 'paymentservice', 'spec/rules/0/from/0/source/principals/0', 'cluster.local/ns/other/sa/checkoutservice')],
  },
  {
    name: 'a policy for all methods',
    changes: [drop('AuthorizationPolicy', 'cartservice', 'spec/rules/0/to')], found: openMethods([call('checkoutservice', 'cartservice')]), as: /gRPC 0/,
  },
  {
    name: 'a policy without one caller\'s rule',
    changes: [drop('AuthorizationPolicy', 'cartservice', 'spec/rules/1')], found: unanswered([GET_CART]), as: /gRPC 7/,
  },
  {
    name: 'a policy for the whole namespace',
    changes: [set('AuthorizationPolicy', 'paymentservice', 'spec/rules', EVERYTHING), gone('Sidecar', 'emailservice')],
    found: between('wide policy', refusedByPolicy, EMAIL_TO_PAYMENT), as: /emailservice -> paymentservice.*gRPC 0/,
  },
  {
    name: 'a policy for the whole namespace, with the Sidecars as they are', changes: [set('AuthorizationPolicy', 'paymentservice', 'spec/rules', EVERYTHING)],
    found: openMethods([CHARGE]), as: /gRPC 0/, holds: between('wide policy', (outcome) => !accepted(outcome), EMAIL_TO_PAYMENT),
  },
  {
    name: 'no policy at all for a service', found: between('no policy', refusedByPolicy, EMAIL_TO_ADS), as: /emailservice -> adservice.*gRPC 0/,
    changes: [gone('AuthorizationPolicy', 'deny-all'), gone('AuthorizationPolicy', 'adservice'), gone('Sidecar', 'emailservice')],
  },
  { name: 'a service without its policy, under deny-all', changes: [gone('AuthorizationPolicy', 'adservice')], found: unanswered([GET_ADS]), as: /gRPC 7/ },
  {
    name: 'a Deployment with another\'s identity', found: unanswered([call('recommendationservice', 'productcatalogservice')]), as: /gRPC 7/,
    changes: [set('Deployment', 'recommendationservice', 'spec/template/spec/serviceAccountName', 'emailservice')],
  },
  {
    name: 'plaintext permitted', changes: [set('PeerAuthentication', 'default', 'spec/mtls/mode', 'PERMISSIVE')],
    found: openToPlaintext(), as: /paymentservice: .*gRPC 7/,
  },
];

const gateway: readonly SeenRunning[] = [
  {
    name: 'a gateway of another host',
    changes: [set('Gateway', 'gateway', 'spec/servers/0/hosts/0', 'other.example.com')], found: unserved(STAGING_FRONT), as: /GET \/: HTTP 404/,
  },
  {
    name: 'a gateway for all hosts', found: otherHosts(STAGING_FRONT), as: /other\.example\.com/,
    changes: [set('Gateway', 'gateway', 'spec/servers/0/hosts/0', '*'), set('VirtualService', GATEWAY_ROUTES, 'spec/hosts/0', '*')],
  },
  {
    name: 'a page that is not the shop\'s', changes: [set('VirtualService', GATEWAY_ROUTES, 'spec/http/0/match/0/uri', { prefix: '/' })],
    found: servedTooMuch(STAGING_FRONT), as: /_healthz: HTTP 403/,
  },
];

export const seenRunning: readonly SeenRunning[] = [...routes, ...sidecars, ...policies, ...gateway];
