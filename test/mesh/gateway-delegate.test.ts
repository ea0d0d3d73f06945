import { GatewayDelegate, type GatewayDelegateProps, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port } from '../../src';
import { at, container, expectRefusal, listAt, objectIn, world } from './world';

const PROPS: GatewayDelegateProps = { host: 'store.example', pathPrefix: '/services/invoice', gatewayNamespace: 'edge' };

/** The half of the repository that renders the service. */
function billingWith(props: Partial<GatewayDelegateProps> = {}) {
  const { app, staging } = world();
  const billing = new MeshNamespace(staging, 'billing');
  const invoice = new MeshedMicroservice(billing, 'invoice', {
    ...container,
    port: Port.http(80),
    operations: { read: Operation.http('GET', '/api/*'), one: Operation.http('GET', '/api/invoices/{id}') },
  });
  return { app, invoice, delegate: new GatewayDelegate(billing, 'invoice-routes', { ...PROPS, ...props }) };
}

test('a gateway leaves all below a path to a VirtualService of another namespace', () => {
  const { shop } = world();
  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['store.example'] });
  const rowOfTable = { name: 'invoice-routes', namespace: 'billing', owner: 'somebody' };
  gateway.delegates('/services/invoice', { to: rowOfTable });
  expect(listAt(objectIn(gateway, 'VirtualService'), 'spec.http')).toEqual([{
    match: [{ uri: { exact: '/services/invoice' } }, { uri: { prefix: '/services/invoice/' } }],
    delegate: { name: 'invoice-routes', namespace: 'billing' },
  }]);
});

test('which has neither hosts nor gateways, and is seen where the gateway is', () => {
  const { delegate, invoice } = billingWith();
  delegate.routes(invoice, { operations: ['read'] });
  const spec = at(objectIn(delegate, 'VirtualService'), 'spec');
  expect(spec).toMatchObject({ exportTo: ['edge'], http: [{ rewrite: { uriRegexRewrite: { match: '^/services/invoice/?(.*)$' } } }] });
  expect(Object.keys(Object(spec))).toEqual(['exportTo', 'http']);
});

test('and opens the service for the identity of the gateway', () => {
  const { delegate, invoice } = billingWith();
  delegate.routes(invoice, { operations: ['read'] });
  expect(at(objectIn(invoice, 'AuthorizationPolicy'), 'spec.rules.0.from.0.source.principals'))
    .toEqual(['cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account']);
});

test('a host may have several, each with a path of its own', () => {
  const { app, delegate, invoice } = billingWith();
  delegate.routes(invoice, { operations: ['read'] });
  const second = new GatewayDelegate(MeshNamespace.of(invoice), 'second', { ...PROPS, pathPrefix: '/invoices' });
  second.routes(invoice, { operations: ['read'] });
  expect(() => app.render()).not.toThrow();
  const third = new GatewayDelegate(MeshNamespace.of(invoice), 'third', { ...PROPS, pathPrefix: '/invoices' });
  expectRefusal(() => third.routes(invoice, { operations: ['read'] }), '[staging/billing/third]', 'store.example/invoices');
});

describe('fails', () => {
  test('for a path with a parameter, which Istio would leave out', () => {
    const { app, delegate, invoice } = billingWith();
    delegate.routes(invoice, { operations: ['one'] });
    expectRefusal(() => app.render(), '[staging/billing/invoice-routes]', 'no parameter', "'/services/invoice/api/invoices/{id}'");
  });

  test('for a delegate without routes', () => {
    expectRefusal(() => billingWith().app.render(), '[staging/billing/invoice-routes]', 'leads nowhere');
  });

  test.each<[string, Partial<GatewayDelegateProps>]>([
    ['host', { host: 'https://store.example' }], ['pathPrefix', { pathPrefix: '/' }], ['gatewayNamespace', { gatewayNamespace: 'Edge' }],
  ])('for a wrong %s', (word, props) => {
    expectRefusal(() => billingWith(props), '[staging/billing/invoice-routes]', word);
  });

  test('for a delegation of what is delegated or routed already', () => {
    const { app, shop } = world();
    const gateway = new IngressGateway(shop, 'gateway', { hosts: ['store.example'] });
    for (const name of ['one', 'two']) gateway.delegates('/services', { to: { name, namespace: 'billing' } });
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'two answers', 'store.example/services/*');
  });

  test('for a delegate without a name', () => {
    const gateway = new IngressGateway(world().shop, 'gateway', { hosts: ['store.example'] });
    expectRefusal(() => gateway.delegates('/services', { to: { name: '', namespace: 'billing' } }), '[staging/shop/gateway]', 'to.name');
  });
});
