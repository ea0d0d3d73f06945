import { parseAllDocuments, stringify } from 'yaml';
import { Operation } from '../../src';
import { differences, matchers, readFolder, type RenderedFiles } from '../../src/testing';
import { drop, gone, set, changed, type Change } from '../cluster/mutations/change';
import type { KubeObject } from '../cluster/control/kube-client';
import { expectRefusal } from '../mesh/world';

expect.extend(matchers);

const dist = new Map([...readFolder('dist')].filter(([path]) => path.endsWith('.yaml')));
const production = { environment: 'production' } as const;
const CHARGE = 'hipstershop.PaymentService/Charge';

const texts = [...dist].filter(([path]) => path.startsWith('production/online-boutique/')).map(([, text]) => text);
const objects = texts.flatMap((text) => parseAllDocuments(text).map((each) => each.toJS() as KubeObject));

/** The boutique in production as `dist/` has it, with changes. */
function shop(...changes: readonly Change[]): RenderedFiles {
  return new Map([['production/online-boutique/all.yaml', changed(objects, changes).map((each) => stringify(each)).join('---\n')]]);
}

describe('toCall', () => {
  test('holds where every object lets the request through', () => {
    expect(dist).toCall('checkoutservice', 'paymentservice', { operation: CHARGE, ...production });
    expect(dist).toCall('demo-app/frontend', 'cartservice', { operation: Operation.grpc('hipstershop.CartService/GetCart'), ...production });
    expect(dist).toCall('cartservice', 'redis-cart', { operation: 'PING', ...production });
  });

  test('asks which one is meant where two namespaces have one of a name', () => {
    const ask = () => expect(dist).toCall('frontend', 'cartservice', { operation: 'hipstershop.CartService/GetCart', ...production });
    expectRefusal(ask, 'workload must be one', "'frontend'", 'mern-shop/frontend and demo-app/frontend', 'write its namespace too');
  });

  test('does not hold for a call, an operation or a direction that nobody declared', () => {
    expect(dist).not.toCall('demo-app/frontend', 'paymentservice', { operation: CHARGE, ...production });
    expect(dist).not.toCall('checkoutservice', 'paymentservice', { operation: 'hipstershop.PaymentService/Refund', ...production });
    expect(dist).not.toCall('paymentservice', 'checkoutservice', { operation: 'hipstershop.CheckoutService/PlaceOrder', ...production });
  });

  test.each<[string, Change, string]>([
    ['the Sidecar of the caller', set('Sidecar', 'checkoutservice', 'spec/egress/0/hosts', ['~/*']),
      'production Sidecar demo-app/checkoutservice does not know paymentservice.demo-app.svc.cluster.local'],
    ['the NetworkPolicy of the caller', drop('NetworkPolicy', 'checkoutservice', 'spec/egress'), 'no egress rule of'],
    ['the NetworkPolicy of the callee', drop('NetworkPolicy', 'paymentservice', 'spec/ingress'), 'lets it through to port 50051'],
    ['a port of the callee', set('NetworkPolicy', 'paymentservice', 'spec/ingress/0/ports/0/port', 1), 'no ingress rule of'],
    ['the AuthorizationPolicy', set('AuthorizationPolicy', 'paymentservice', 'spec/rules/0/from/0/source/principals/0', 'cluster.local/ns/other/sa/x'),
      'allows it to ns/demo-app/sa/checkoutservice'],
    ['its paths', set('AuthorizationPolicy', 'paymentservice', 'spec/rules/0/to/0/operation/paths/0', '/other'), 'no rule of'],
  ])('names what keeps a request from getting through: %s', (_, change, said) => {
    const { pass, message } = matchers.toCall(shop(change), 'checkoutservice', 'paymentservice', { operation: CHARGE });
    expect(pass).toBe(false);
    expect(message().split('\n')).toHaveLength(2);
    expect(message()).toContain('expected checkoutservice → paymentservice POST /hipstershop.PaymentService/Charge to get through, but');
    expect(message()).toContain(said);
  });

  test('says of what gets through that everything lets it', () => {
    expect(() => expect(shop()).not.toCall('checkoutservice', 'paymentservice', { operation: CHARGE })).toThrow('every object lets it');
  });
});

describe('toBeReachableFrom', () => {
  test('holds for what a gateway routes', () => {
    expect(dist).toBeReachableFrom('demo-app/frontend', 'outside', { operation: 'GET /product/7', host: 'boutique.example.com', ...production });
    expect(dist).toBeReachableFrom('demo-app/frontend', 'loadgenerator', { operation: 'GET /cart', environment: 'staging' });
  });

  test('does not hold for other paths, hosts and services', () => {
    expect(dist).not.toBeReachableFrom('demo-app/frontend', 'outside', { operation: 'GET /_healthz', ...production });
    expect(dist).not.toBeReachableFrom('demo-app/frontend', 'outside', { operation: 'GET /', host: 'other.example', ...production });
    expect(dist).not.toBeReachableFrom('paymentservice', 'outside', { operation: CHARGE, ...production });
  });
});

describe('toHaveRetries', () => {
  test('reads what the route of the caller says', () => {
    expect(dist).toHaveRetries('checkoutservice', 'paymentservice', { operation: CHARGE, attempts: 0, ...production });
    const operation = 'hipstershop.ProductCatalogService/GetProduct';
    expect(dist).toHaveRetries('demo-app/frontend', 'productcatalogservice', { operation, attempts: 2, ...production });
  });

  test('fails for a route that says nothing: Istio repeats twice', () => {
    const { pass, message } = matchers.toHaveRetries(
      shop(drop('VirtualService', 'paymentservice', 'spec/http/0/retries')), 'checkoutservice', 'paymentservice', { operation: CHARGE, attempts: 0 });
    expect([pass, message()]).toEqual([false, expect.stringContaining('to be retried 0 times, got Istio\'s default of 2')]);
  });
});

describe('toFitBudget', () => {
  const chain = [
    ['loadgenerator', 'demo-app/frontend', 'POST /cart/checkout'],
    ['demo-app/frontend', 'checkoutservice', 'hipstershop.CheckoutService/PlaceOrder'],
    ['checkoutservice', 'paymentservice', CHARGE],
  ] as const;

  test('holds for a chain whose times fit', () => {
    expect(dist).toFitBudget(chain, { environment: 'staging' });
  });

  test('fails with the times where one is too long, or has no end', () => {
    const slow = shop(set('VirtualService', 'paymentservice', 'spec/http/0/timeout', '55s'));
    expect(() => expect(slow).toFitBudget(chain.slice(1))).toThrow(/PlaceOrder 15s\n {2}checkoutservice → paymentservice POST \S+ 55s/);
    expect(shop(drop('VirtualService', 'paymentservice', 'spec/http/0/timeout'))).not.toFitBudget(chain.slice(1));
  });
});

describe('what cannot be asked', () => {
  test('fails for names and environments that are not rendered', () => {
    const charge = { operation: CHARGE, ...production };
    expectRefusal(() => matchers.toCall(dist, 'checkout', 'paymentservice', charge), '[testing]', "got 'checkout'", 'checkoutservice');
    expectRefusal(() => matchers.toCall(dist, 'checkoutservice', 'payment', charge), "got 'payment'", 'paymentservice');
    expectRefusal(() => matchers.toCall(dist, 'checkoutservice', 'paymentservice', { operation: CHARGE }), 'got none', 'production, staging');
    expectRefusal(() => matchers.toCall(dist, 'a', 'b', { operation: CHARGE, environment: 'test' }), 'got test');
  });

  test('holds without objects that would refuse', () => {
    const open = shop(gone('Sidecar', 'frontend'), ...['deny-all', 'allow-mesh', 'frontend', 'paymentservice'].map((name) => gone('NetworkPolicy', name)),
      gone('AuthorizationPolicy', 'paymentservice'), gone('AuthorizationPolicy', 'deny-all'));
    expect(open).toCall('demo-app/frontend', 'paymentservice', { operation: CHARGE });
  });
});

test('differences are read like a diff, file by file', () => {
  const text = ['a', 'b', 'c', 'd', 'e', 'f', ''].join('\n');
  const expected = new Map([['same.yaml', text], ['changed.yaml', text], ['gone.yaml', 'x']]);
  const actual = new Map([['same.yaml', text], ['changed.yaml', text.replace('e', 'E')], ['new.yaml', 'y']]);
  expect(differences(expected, actual).split('\n')).toEqual([
    '@@@ changed.yaml', '  b', '  c', '  d', '- e', '+ E', '  f', '  ', '--- gone.yaml is gone', '+++ new.yaml is new',
  ]);
  expect(differences(expected, expected)).toBe('');
});

describe('a service whose requests a controller sends on', () => {
  const rollout = new Map([...readFolder('examples/rollout/dist')].filter(([path]) => path.endsWith('.yaml')));
  const environment = 'step-2-rollout';

  test('is read through what its routes delegate to', () => {
    expect(rollout).toCall('desk', 'orders', { operation: 'POST /orders', environment });
    expect(rollout).toBeReachableFrom('orders', 'outside', { operation: 'GET /orders', environment });
    expect(rollout).not.toBeReachableFrom('orders', 'outside', { operation: 'POST /orders', environment });
    expect(rollout).toHaveRetries('desk', 'orders', { operation: 'GET /orders', environment, attempts: 2 });
  });

  test('is not reached where that is missing', () => {
    const isDelegate = (document: string): boolean => document.includes('  name: orders-weights\n  namespace');
    const without = new Map([...rollout].filter(([path]) => path.startsWith(`${environment}/`))
      .map(([path, text]) => [path, text.split('---\n').filter((document) => !isDelegate(document)).join('---\n')]));
    expect(without).not.toCall('desk', 'orders', { operation: 'POST /orders' });
    expect(without).not.toBeReachableFrom('orders', 'outside', { operation: 'GET /orders' });
  });
});
