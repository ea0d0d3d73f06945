import { Duration } from 'cdk8s';
import {
  CanaryRelease, Environment, type Fault, FaultInjection, type FaultInjectionProps, GitOpsApp, IngressGateway, MeshNamespace, MeshedMicroservice,
  Operation, Port,
} from '../../src';
import { listAt } from '../../src/graph/json';
import { manifestFiles } from '../../src/gitops/manifest-files';
import { container } from './world';

const second = { timeout: Duration.seconds(1) };

/** A gateway → web → cart, and a job that reads the cart too, as an experiment builds them. */
function system({ experiment = true } = {}) {
  const app = new GitOpsApp();
  const environment = new Environment(app, 'staging');
  const namespace = new MeshNamespace(experiment ? environment.copyFor(new GitOpsApp()) : environment, 'shop');
  const cart = new MeshedMicroservice(namespace, 'cart', {
    ...container,
    port: Port.http(8080),
    operations: { read: Operation.http('GET', '/cart'), add: Operation.http('POST', '/cart'), watch: Operation.http('GET', '/watch', { streams: true }) },
  });
  const rates = new MeshedMicroservice(namespace, 'rates', {
    ...container, port: Port.grpc(7000), operations: { convert: Operation.grpc('shop.Rates/Convert', { idempotent: true }) },
  });
  const web = new MeshedMicroservice(namespace, 'web', {
    ...container, port: Port.http(8080), operations: { home: Operation.http('GET', '/'), order: Operation.http('POST', '/orders') },
  });
  const report = new MeshedMicroservice(namespace, 'report', container);
  web.calls(cart, { operations: ['read'], during: ['home'], ...second });
  web.calls(cart, { operations: ['add'], during: ['order'], ...second });
  web.calls(rates, { operations: ['convert'], ...second });
  report.calls(cart, { operations: ['read', 'watch'], timeout: Duration.seconds(9) });
  const gateway = new IngressGateway(namespace, 'gateway', { hosts: ['shop.example'] });
  gateway.routes(web, { operations: ['home', 'order'], timeout: Duration.seconds(3) });
  return { app, cart, rates, web, report, gateway, namespace };
}

interface Route { readonly fault?: object; readonly timeout?: string; readonly retries: { readonly attempts: number }; readonly match?: readonly object[] }

/** The routes of a VirtualService: caller's app, timeout, attempts and fault. */
function routes(namespace: MeshNamespace, file: string, name: string) {
  const objects = manifestFiles(namespace.node.root as GitOpsApp).find(({ path }) => path === `staging/shop/${file}.yaml`)!.objects;
  const virtualService = objects.find((object) => (object as { kind: string; metadata: { name: string } }).kind === 'VirtualService'
    && (object as { metadata: { name: string } }).metadata.name === name);
  return (listAt(virtualService, 'spec.http') as Route[]).map(({ fault, timeout, retries: { attempts }, match }) => {
    const { uri, sourceLabels } = (match?.[0] ?? {}) as { uri?: { exact: string }; sourceLabels?: { app: string } };
    return [sourceLabels?.app, uri?.exact, timeout, attempts, fault];
  });
}

const abort: Fault = { abort: { httpStatus: 503, percentage: 50 } };
const written = { abort: { httpStatus: 503, percentage: { value: 50 } } };

test('a fault stands on the routes of all callers, which do without timeout and retries, and on no other', () => {
  const { cart, namespace } = system();
  new FaultInjection(cart, 'failing', { ...abort, operations: ['read'], lifts: ['timeout', 'retries'] });

  expect(routes(namespace, 'cart', 'cart')).toEqual([
    ['report', '/cart', undefined, 0, written],
    ['report', '/watch', undefined, 0, undefined],
    ['web', '/cart', undefined, 0, written],
    ['web', '/cart', '1s', 0, undefined], // POST
    [undefined, undefined, undefined, 0, undefined],
  ]);
});

test('a fault can be of one caller, and both abort and delay', () => {
  const { cart, report, namespace } = system();
  const delay = { fixedDelay: Duration.millis(1500), percentage: 0.0001 };
  new FaultInjection(cart, 'failing', { ...abort, delay, from: [report], operations: ['read'], lifts: ['timeout', 'retries'] });

  const faults = routes(namespace, 'cart', 'cart').map(([caller, , , , fault]) => [caller, fault]);
  expect(faults.filter(([, fault]) => fault)).toEqual([['report', { ...written, delay: { fixedDelay: '1500ms', percentage: { value: 0.0001 } } }]]);
});

test('a gateway\'s requests can fail, and gRPC by its own status', () => {
  const { web, rates, gateway, namespace } = system();
  new FaultInjection(web, 'failing', { ...abort, from: [gateway], operations: ['order'], lifts: ['timeout'] });
  new FaultInjection(rates, 'down', { abort: { grpcStatus: 'UNAVAILABLE', percentage: 100 }, lifts: ['timeout', 'retries'] });

  expect(routes(namespace, 'gateway', 'shop-example')).toEqual([
    [undefined, '/', '3s', 2, undefined],
    [undefined, '/orders', undefined, 0, written],
  ]);
  expect(routes(namespace, 'rates', 'rates')[0].at(-1)).toEqual({ abort: { grpcStatus: 'UNAVAILABLE', percentage: { value: 100 } } });
});

test('each version can have a fault of its own where its requests have a route of their own', () => {
  const { web, namespace } = system();
  new CanaryRelease(web, 'v2', { at: 0, always: { headers: { 'x-tester': { exact: 'yes' } } } });
  new FaultInjection(web, 'failing', { ...abort, version: 'v1', operations: ['order'], lifts: ['timeout'] });
  new FaultInjection(web, 'slow', { delay: { fixedDelay: Duration.seconds(10), percentage: 50 }, version: 'v2', operations: ['order'], lifts: ['timeout'] });

  expect(routes(namespace, 'gateway', 'shop-example').slice(2)).toEqual([
    [undefined, '/orders', undefined, 0, { delay: { fixedDelay: '10s', percentage: { value: 50 } } }],
    [undefined, '/orders', undefined, 0, written],
  ]);
});

test('in what runs a fault is refused', () => {
  const { cart } = system({ experiment: false });
  expect(() => new FaultInjection(cart, 'failing', abort))
    .toThrow("[staging/shop/cart/failing] a fault belongs into an Experiment, got one in staging, which runs; inject it in the experiment's build");
});

const lifts = ['timeout', 'retries'] as const;

test.each<[string, FaultInjectionProps, string]>([
  ['neither abort nor delay', {}, 'a fault must abort or delay requests, got neither; give one'],
  ['a status that is no error', { abort: { httpStatus: 200, percentage: 1 } }, 'abort.httpStatus must be that of an error, 400-599, got 200'],
  ['a gRPC status that does not exist', { abort: { grpcStatus: 'BROKEN' as 'UNKNOWN', percentage: 1 } }, "must be an error of gRPC, got 'BROKEN'; use"],
  ['no delay', { delay: { fixedDelay: Duration.millis(0), percentage: 1 } }, 'delay.fixedDelay must be 1 ms or more, got 0ms'],
  ['nobody', { abort: { httpStatus: 503, percentage: 0 } }, 'abort.percentage must be from 0.0001 to 100 in steps of 0.0001, got 0'],
  ['more than all', { abort: { httpStatus: 503, percentage: 101 } }, 'abort.percentage must be from 0.0001 to 100 in steps of 0.0001, got 101'],
  ['less than Envoy counts', { delay: { fixedDelay: Duration.seconds(1), percentage: 0.00015 } }, 'delay.percentage must be from 0.0001 to 100 in steps of'],
  ['an unknown operation', { ...abort, operations: ['reed'] }, "unknown operation of cart, got 'reed'; it has add, read, watch"],
])('a fault of %s is refused', (_, props, message) => {
  expect(() => new FaultInjection(system().cart as MeshedMicroservice<string>, 'failing', props)).toThrow(message);
});

type System = ReturnType<typeof system>;

test.each<[string, (all: System) => void, string]>([
  ['keeps what it hides', ({ cart }) => new FaultInjection(cart, 'slow', { ...abort, operations: ['add'] }),
    '[staging/shop/cart/slow] a fault comes before the timeout and the retries of its route, which never see it, got timeout 1s on web → cart add; ' +
    "add lifts: ['timeout'], and look for their effect one hop before, on gateway → web order"],
  ['keeps what it hides from a client', ({ cart, report }) => new FaultInjection(cart, 'slow', { ...abort, from: [report], operations: ['read'] }),
    "got timeout 9s and 2 retries on report → cart read; add lifts: ['timeout', 'retries'], and look for their effect in report itself, which nobody " +
    'waits for'],
  ['keeps what it hides at the edge', ({ web }) => new FaultInjection(web, 'slow', { ...abort, operations: ['order'] }),
    "got timeout 3s on gateway → web order; add lifts: ['timeout'], and look for their effect at the client"],
  ['lifts what is not there', ({ cart }) => new FaultInjection(cart, 'failing', { ...abort, operations: ['add'], lifts }),
    "[staging/shop/cart/failing] lifts must name what the routes have, got 'retries' where there is none; remove it"],
  ['meets nobody', ({ cart, gateway }) => new FaultInjection(cart, 'failing', { ...abort, from: [gateway] }),
    '[staging/shop/cart/failing] a fault meets requests, got none that it is for; it can be for report → cart read, report → cart watch, web → cart add, ' +
    'web → cart read'],
  ['speaks gRPC where nobody does', ({ cart }) => new FaultInjection(cart, 'failing', { abort: { grpcStatus: 'UNKNOWN', percentage: 1 }, lifts }),
    'abort.grpcStatus is for gRPC, got it for cart at a http port; give an httpStatus'],
  ['is of no version', ({ cart }) => new FaultInjection(cart, 'failing', { ...abort, version: 'v9', lifts }), "unknown version of cart, got 'v9'; it has v1"],
  ['is of a version that shares its route', ({ web }) => {
    new CanaryRelease(web, 'v2', { at: 5 });
    new FaultInjection(web, 'failing', { ...abort, version: 'v2', lifts });
  }, "a fault is of a whole route, got version 'v2' where gateway → web home shares one: v1 95 %, v2 5 %; give the version all requests of a match, or leave " +
  'version out'],
  ['is the second', ({ cart }) => {
    new FaultInjection(cart, 'failing', { ...abort, operations: ['add'], lifts: ['timeout'] });
    new FaultInjection(cart, 'slow', { delay: { fixedDelay: Duration.seconds(1), percentage: 1 }, lifts });
  }, '[staging/shop/cart/slow] a route has one fault, got a second one on web → cart add beside staging/shop/cart/failing; put abort and delay into one'],
])('a fault that %s fails the synth', (_, inject, message) => {
  const all = system();
  inject(all);
  expect(() => manifestFiles(all.namespace.node.root as GitOpsApp)).toThrow(message);
});
