import { drop, gone, set, type Change } from './change';

/** A mutation that an analyzer of Istio must see in the files: its code and the object that it names. */
export interface SeenInFiles { readonly name: string; readonly changes: readonly Change[]; readonly message: string }

const PAYMENT = 'paymentservice';
const route = [{ destination: { host: 'paymentservice.demo-app.svc.cluster.local', subset: 'v1' } }];
const DEFAULT_FIRST = [{ route }, { match: [{ uri: { exact: '/hipstershop.PaymentService/Charge' } }], route }];

export const seenInFiles: readonly SeenInFiles[] = [
  {
    name: 'a Gateway that selects no pods',
    changes: [set('Gateway', 'gateway', 'spec/selector/istio', 'gateway')], message: 'IST0101 Gateway demo-app/gateway',
  },
  {
    name: 'a Gateway of another host', changes: [set('Gateway', 'gateway', 'spec/servers/0/hosts/0', 'other.example.com')],
    message: 'IST0132 VirtualService demo-app/boutique-staging-example-com',
  },
  {
    name: 'a VirtualService of a Gateway that is not there', changes: [set('VirtualService', 'boutique-staging-example-com', 'spec/gateways/0', 'gatway')],
    message: 'IST0101 VirtualService demo-app/boutique-staging-example-com',
  },
  {
    name: 'a route to a subset that is not declared', changes: [set('VirtualService', PAYMENT, 'spec/http/0/route/0/destination/subset', 'v2')],
    message: `IST0101 VirtualService demo-app/${PAYMENT}`,
  },
  {
    name: 'a subset that is not declared any more',
    changes: [drop('DestinationRule', PAYMENT, 'spec/subsets')], message: `IST0101 VirtualService demo-app/${PAYMENT}`,
  },
  {
    name: 'a subset without pods', changes: [set('DestinationRule', PAYMENT, 'spec/subsets/0/labels/version', 'v2')],
    message: `IST0173 DestinationRule demo-app/${PAYMENT}`,
  },
  {
    name: 'a DestinationRule of a misspelt host', changes: [set('DestinationRule', PAYMENT, 'spec/host', 'paymentsevice.demo-app.svc.cluster.local')],
    message: `IST0101 VirtualService demo-app/${PAYMENT}`,
  },
  {
    name: 'a VirtualService of a misspelt host',
    changes: [set('VirtualService', PAYMENT, 'spec/http/1/route/0/destination/host', 'paymentsevice.demo-app.svc.cluster.local')],
    message: `IST0101 VirtualService demo-app/${PAYMENT}`,
  },
  {
    name: 'the route of all others before a narrower one',
    changes: [set('VirtualService', PAYMENT, 'spec/http', DEFAULT_FIRST)], message: `IST0130 VirtualService demo-app/${PAYMENT}`,
  },
  {
    name: 'a port that says no protocol', message: `IST0118 Service demo-app/${PAYMENT}`,
    changes: [drop('Service', PAYMENT, 'spec/ports/0/appProtocol'), set('Service', PAYMENT, 'spec/ports/0/name', 'foo')],
  },
  {
    name: 'an AuthorizationPolicy that selects no pods', changes: [set('AuthorizationPolicy', PAYMENT, 'spec/selector/matchLabels/app', 'payment')],
    message: `IST0127 AuthorizationPolicy demo-app/${PAYMENT}`,
  },
  { name: 'a Namespace without injection', changes: [drop('Namespace', 'demo-app', 'metadata/labels/istio-injection')], message: 'IST0102 Namespace demo-app' },
  { name: 'a Service that is not there', changes: [gone('Service', PAYMENT)], message: `IST0101 VirtualService demo-app/${PAYMENT}` },
];
