import { drop, set, type Change } from './change';

/** A mutation that does not get into the cluster, or not without a warning: what is said of the object itself, or of its pod. */
export interface RefusedObject { readonly name: string; readonly change: Change; readonly says: RegExp; readonly of: 'object' | 'pod' }

const PAYMENT = 'paymentservice';
const SUBSET = { name: 'v1', labels: { version: 'v1' } };
const POD = 'spec/template/spec';

export const refusedObjects: readonly RefusedObject[] = [
  {
    name: 'a field that is not there',
    change: set('VirtualService', PAYMENT, 'spec/http/0/timeOut', '5s'), says: /unknown field|field not declared/, of: 'object',
  },
  { name: 'a weight in words', change: set('VirtualService', PAYMENT, 'spec/http/0/route/0/weight', 'eighty'), says: /weight/, of: 'object' },
  { name: 'a timeout in words', change: set('VirtualService', PAYMENT, 'spec/http/0/timeout', 'five-seconds'), says: /timeout/, of: 'object' },
  {
    name: 'a subset twice',
    change: set('DestinationRule', PAYMENT, 'spec/subsets', [SUBSET, { ...SUBSET, labels: { version: 'v2' } }]),
    says: /duplicate subset names: v1/,
    of: 'object',
  },
  {
    name: 'a route and a redirect',
    change: set('VirtualService', PAYMENT, 'spec/http/0/redirect', { uri: '/' }), says: /cannot contain both route and redirect/, of: 'object',
  },
  {
    name: 'a Sidecar host without its namespace',
    change: set('Sidecar', 'frontend', 'spec/egress/0/hosts/0', 'adservice'), says: /must be of form namespace\/dnsName/, of: 'object',
  },
  {
    name: 'a VirtualService that nobody sees',
    change: set('VirtualService', PAYMENT, 'spec/exportTo', ['~']),
    says: /exportTo ~ \(none\) is not allowed/,
    of: 'object',
  },
  {
    name: 'a Deployment that does not select its pods',
    change: set('Deployment', PAYMENT, 'spec/selector/matchLabels/app', 'payment'), says: /selector/, of: 'object',
  },
  { name: 'a privileged container', change: set('Deployment', PAYMENT, `${POD}/containers/0/securityContext/privileged`, true), says: /privileged/, of: 'pod' },
  { name: 'the network of the node', change: set('Deployment', PAYMENT, `${POD}/hostNetwork`, true), says: /hostNetwork=true/, of: 'pod' },
  { name: 'a container that may run as root', change: drop('Deployment', PAYMENT, `${POD}/securityContext/runAsNonRoot`), says: /runAsNonRoot/, of: 'pod' },
  {
    name: 'a ServiceAccount that is not there',
    change: set('Deployment', PAYMENT, `${POD}/serviceAccountName`, 'payment'), says: /serviceaccount "payment" not found/, of: 'pod',
  },
];
