import { Duration, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { Contract, Environment, GitOpsApp, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, RemoteCaller, RemoteService } from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, world } from './world';

/** The payment team's app: a charge asks the bank and may take 4 s; refunds may be repeated. */
function bank() {
  const app = new GitOpsApp();
  const staging = new Environment(app, 'staging');
  const namespace = new MeshNamespace(staging, 'bank');
  const ledger = new MeshedMicroservice(namespace, 'ledger', {
    ...container, port: Port.grpc(9000), operations: { post: Operation.grpc('bank.Ledger/Post') },
  });
  const payment = new MeshedMicroservice(namespace, 'payment', {
    ...container,
    exported: true,
    port: [Port.grpc(50051), Port.http(80, { targetPort: 8080 })],
    operations: {
      charge: Operation.grpc('bank.Payment/Charge'),
      receipt: Operation.http('GET', '/receipts/{id}'),
      watch: Operation.grpc('bank.Payment/Watch', { streams: true }),
    },
  });
  payment.calls(ledger, { operations: ['post'], during: ['charge', 'receipt'], timeout: Duration.seconds(4) });
  return { app, staging, namespace, payment, ledger };
}

/** The contract that its synth writes. */
function bankContract() {
  return JSON.parse(bank().app.render().get('contracts/staging/bank.json')!) as Contract;
}

/** The contract as somebody edited it by hand. */
const edited = (patch: JsonPatch): Contract => JsonPatch.apply(bankContract(), patch);

describe('a contract', () => {
  test('says where a service is, who it is, and what it does', () => {
    expect(bankContract().services.payment).toEqual({
      host: 'payment.bank.svc.cluster.local',
      namespace: 'bank',
      identity: 'cluster.local/ns/bank/sa/payment',
      podLabels: { app: 'payment' },
      ports: { grpc: { protocol: 'grpc', port: 50051, targetPort: 50051 }, http: { protocol: 'http', port: 80, targetPort: 8080 } },
      operations: {
        charge: { protocol: 'grpc', methods: ['POST'], path: '/bank.Payment/Charge', port: 'grpc', idempotent: false, streams: false, takes: '4s' },
        receipt: { protocol: 'http', methods: ['GET'], path: '/receipts/{id}', port: 'http', idempotent: false, streams: false, takes: '4s' },
        watch: { protocol: 'grpc', methods: ['POST'], path: '/bank.Payment/Watch', port: 'grpc', idempotent: false, streams: true },
      },
      callers: {},
    });
  });

  test('names the services that are exported, and no others', () => {
    expect(Object.keys(bankContract().services)).toEqual(['payment']);
  });

  test('is written for systems that have something to say to others alone', () => {
    const { app, shop } = world();
    client(shop, 'lonely');
    expect([...app.render().keys()].filter((path) => path.startsWith('contracts/'))).toEqual([]);
  });

  test('names who may call, and for how long', () => {
    const { app, payment } = bank();
    payment.allows(RemoteCaller.of({ namespace: 'shop', serviceAccount: 'checkout' }), { operations: ['charge', 'watch'], timeout: Duration.seconds(6) });
    expect(at(JSON.parse(app.render().get('contracts/staging/bank.json')!), 'services.payment.callers')).toEqual({
      'cluster.local/ns/shop/sa/checkout': { podLabels: { app: 'checkout' }, operations: { charge: '6s', watch: null }, ports: {} },
    });
  });

  test('fails for two services of one name in two namespaces of a system', () => {
    const app = new GitOpsApp();
    const staging = new Environment(app, 'staging');
    for (const team of ['a', 'b']) {
      const namespace = new MeshNamespace(new Construct(staging, team), 'bank', { name: `bank-${team}` });
      new MeshedMicroservice(namespace, 'api', { ...container, port: Port.http(80), exported: true });
    }
    expectRefusal(() => app.render(), 'staging/b/bank/api', "got 'api' in two namespaces");
  });

  test('names who calls elsewhere', () => {
    const { app, staging, shop } = world();
    client(shop, 'checkout').calls(RemoteService.from(staging, bankContract(), 'payment'), { operations: ['charge'] });
    expect(JSON.parse(app.render().get('contracts/staging/shop.json')!)).toEqual({
      schemaVersion: 1,
      environment: 'staging',
      system: 'shop',
      services: {},
      calls: {
        checkout: {
          identity: 'cluster.local/ns/shop/sa/checkout',
          callees: { 'payment.bank.svc.cluster.local': { podLabels: { app: 'checkout' }, operations: { charge: '5s' }, ports: {} } },
        },
      },
    });
  });
});

describe('a remote service', () => {
  function shopWith(contract: Contract = bankContract()) {
    const { app, staging, shop } = world();
    const payment = RemoteService.from(staging, contract, 'payment');
    return { app, staging, shop, payment };
  }

  test('gives the caller its half: address, host, egress', () => {
    const { shop, payment } = shopWith();
    client(shop, 'checkout').calls(payment, { operations: ['charge'], env: (to) => ({ PAYMENT: to.hostPort }) });

    expect(listAt(objectIn(shop, 'Deployment'), 'spec.template.spec.containers.0.env'))
      .toEqual([{ name: 'PAYMENT', value: 'payment.bank.svc.cluster.local:50051' }]);
    expect(at(objectIn(shop, 'Sidecar'), 'spec.egress')).toEqual([{ hosts: ['bank/payment.bank.svc.cluster.local'] }]);
    expect(at(objectIn(shop, 'NetworkPolicy', 'checkout'), 'spec.egress')).toEqual([{
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'bank' } }, podSelector: { matchLabels: { app: 'payment' } } }],
      ports: [{ port: 50051 }],
    }]);
  });

  test('is waited for as long as it says that it takes', () => {
    const { app, shop, payment } = shopWith();
    client(shop, 'checkout').calls(payment, { operations: ['charge'], timeout: Duration.seconds(3) });
    expectRefusal(() => app.render(), '[staging/shop/checkout]', 'checkout → payment charge 3s < 4s that payment charge takes', 'raise the timeout of payment');
  });

  test('is never retried where it leads to what may not be repeated', () => {
    const { app, shop, payment } = shopWith();
    client(shop, 'checkout').calls(payment, { operations: ['receipt'], retries: { attempts: 1, retryOn: ['5xx'] } });
    expectRefusal(() => app.render(), '[staging/shop/checkout]', 'payment receipt must not be retried');
  });

  test('fails behind a gateway of another repository', () => {
    const { shop, payment } = shopWith();
    const gateway = new IngressGateway(shop, 'gateway', { hosts: ['*'] });
    expectRefusal(() => gateway.routes(payment, { operations: ['charge'] }), '[staging/shop/gateway]', 'its own repository', 'payment charge');
  });

  test('fails when it is declared twice', () => {
    const { staging } = shopWith();
    expectRefusal(() => RemoteService.from(staging, bankContract(), 'payment'), '[staging/bank/payment]', 'declared once', 'payment.bank.svc.cluster.local');
  });

  test('fails where the same app renders it', () => {
    const { staging } = bank();
    expectRefusal(() => RemoteService.from(staging, bankContract(), 'payment'), 'declared once', 'as staging/bank/payment has');
  });

  const payment = '/services/payment';
  test.each<[string, JsonPatch, string[]]>([
    ['of another version', JsonPatch.replace('/schemaVersion', 2), ['schemaVersion 1', 'got 2', 'same version of meshmart']],
    ['without a version', JsonPatch.remove('/schemaVersion'), ['schemaVersion 1', 'got undefined']],
    ['of another environment', JsonPatch.replace('/environment', 'production'), ['that of production', 'import contracts/staging/bank.json']],
    ['of another mesh', JsonPatch.replace(`${payment}/identity`, 'other/ns/bank/sa/payment'), ['other/ns/bank/sa/payment', 'set trustDomain']],
    ['of another cluster domain', JsonPatch.replace(`${payment}/host`, 'payment.bank.svc.other'), ['payment.bank.svc.other', 'set clusterDomain']],
    ['with a port that is text', JsonPatch.replace(`${payment}/ports/grpc/port`, '50051'), ['"50051"', '/services/payment/ports/grpc/port', 'integer']],
    ['with a protocol of its own', JsonPatch.replace(`${payment}/ports/grpc/protocol`, 'thrift'), ['"thrift"', '/protocol']],
    ['with a word of its own', JsonPatch.add(`${payment}/retries`, 3), ['/services/payment/retries', 'additional properties']],
    ['with a time of its own', JsonPatch.replace(`${payment}/operations/charge/takes`, '4 seconds'), ['"4 seconds"', '/operations/charge/takes']],
    ['that was cut off', JsonPatch.remove(`${payment}/operations`), ['/services/payment', "'operations'"]],
    ['without labels', JsonPatch.replace(`${payment}/podLabels`, {}), ['/services/payment/podLabels']],
    ['whose operation has no such port', JsonPatch.replace(`${payment}/operations/charge/port`, 'grpc-2'), ['operation charge', 'grpc-2']],
    ['whose ports collide', JsonPatch.replace(`${payment}/ports/http/port`, 50051), ['ports must differ', '50051']],
  ])('fails with a contract %s', (_, patch, parts) => {
    expectRefusal(() => shopWith(edited(patch)), '[staging', ...parts);
  });

  test('fails for a service that the contract does not have', () => {
    const { staging } = world();
    expectRefusal(() => RemoteService.from(staging, bankContract(), 'paiment'), '[staging]', "got 'paiment'", 'it has payment');
  });

  test('fails for an operation that the contract does not list', () => {
    const { shop, payment } = shopWith();
    expectRefusal(() => client(shop, 'checkout').calls(payment, { operations: ['refund'] }), "got 'refund'", 'it has charge, receipt, watch');
  });
});

describe('a remote caller', () => {
  const checkout = RemoteCaller.of({ namespace: 'shop', serviceAccount: 'checkout' });

  test('gives the callee its half: permission, ingress, route, visibility', () => {
    const { namespace, payment } = bank();
    payment.allows(checkout, { operations: ['charge'], timeout: Duration.seconds(5) });

    expect(at(objectIn(namespace, 'AuthorizationPolicy', 'payment'), 'spec.rules')).toEqual([{
      from: [{ source: { principals: ['cluster.local/ns/shop/sa/checkout'] } }],
      to: [{ operation: { methods: ['POST'], paths: ['/bank.Payment/Charge'], ports: ['50051'] } }],
    }]);
    expect(at(objectIn(namespace, 'NetworkPolicy', 'payment'), 'spec.ingress.0.from.0')).toEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }, podSelector: { matchLabels: { app: 'checkout' } },
    });
    const virtualService = objectIn(namespace, 'VirtualService', 'payment');
    expect(at(virtualService, 'spec.http.0.match.0.sourceNamespace')).toBe('shop');
    expect(at(virtualService, 'spec.http.0.timeout')).toBe('5s');
    expect(at(virtualService, 'spec.exportTo')).toEqual(['.', 'shop']);
  });

  test('is one caller, however often it is named', () => {
    const { namespace, payment } = bank();
    for (const operation of ['charge', 'receipt'] as const) {
      payment.allows(RemoteCaller.of({ namespace: 'shop', serviceAccount: 'checkout' }), { operations: [operation], timeout: Duration.seconds(5) });
    }
    expect(listAt(objectIn(namespace, 'AuthorizationPolicy', 'payment'), 'spec.rules')).toHaveLength(1);
    expect(Object.keys(payment.contract().callers)).toEqual(['cluster.local/ns/shop/sa/checkout']);
  });

  test('has a time that fits what it causes', () => {
    const { app, payment } = bank();
    payment.allows(checkout, { operations: ['charge'], timeout: Duration.seconds(3) });
    expectRefusal(() => app.render(), 'checkout → payment charge 3s < payment → ledger post 4s');
  });

  test('fails at a service that is not exported', () => {
    const { ledger } = bank();
    expectRefusal(() => ledger.allows(checkout, { operations: ['post'] }), '[staging/bank/ledger]', 'a caller from shop', 'exported: true');
  });

  test.each<[string, object, string[]]>([
    ['without a ServiceAccount', { namespace: 'shop' }, ['serviceAccount', 'got undefined']],
    ['without a namespace', { serviceAccount: 'checkout' }, ['namespace', 'got undefined']],
    ['with an empty ServiceAccount', { namespace: 'shop', serviceAccount: '' }, ['serviceAccount', 'got ""']],
    ['with no labels', { namespace: 'shop', serviceAccount: 'checkout', podLabels: {} }, ['podLabels', 'got none']],
  ])('fails %s', (_, props, parts) => {
    expectRefusal(() => RemoteCaller.of(props as Parameters<typeof RemoteCaller.of>[0]), 'remote caller', ...parts);
  });

  test('fails when it is allowed the same twice', () => {
    const { payment } = bank();
    payment.allows(checkout, { operations: ['charge'] });
    expectRefusal(() => payment.allows(checkout, { operations: ['charge'] }), 'declared already');
  });
});

test('fails for a caller of another repository\'s service that has a traffic policy of its own', () => {
  const { staging, shop } = world();
  const payment = RemoteService.from(staging, bankContract(), 'payment');
  const trafficPolicy = { connectionPool: { http2MaxRequests: 10 } };
  expectRefusal(() => client(shop, 'checkout').calls(payment, { operations: ['charge'], trafficPolicy }),
    '[staging/shop/checkout] trafficPolicy of payment charge: it stands with the callee', 'let that one say it in allows');
});

test('fails for a client that is exported', () => {
  const { shop } = world();
  expectRefusal(() => client(shop, 'customers', { exported: true }), '[staging/shop/customers]', 'needs a port');
});

test('fails for an environment that is called as the folder of contracts', () => {
  const app = new GitOpsApp();
  client(new MeshNamespace(new Environment(app, 'contracts'), 'shop'), 'lonely');
  expectRefusal(() => app.render(), '[contracts]', "got 'contracts'");
});
