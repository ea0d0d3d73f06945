import { diagnosticsOf } from './compile';

/** What every snippet begins with: a shop whose services went through a function that builds a system. */
const PRELUDE = `
import { Duration } from 'cdk8s';
import {
  Environment, Experiment, ExternalService, Fault, FaultInjection, GitOpsApp, IngressGateway, LoadBalancer, Locality, Measurement, MeshNamespace, MeshedJob,
  MeshedMicroservice, Operation, Port, RedisCache, RemoteCaller, RemoteService, Resources, Step, TrafficPolicy,
} from '../../src';
import contract from './contract.json';
const resources: Resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] };
const container = { image: 'registry.example/app:1.2.3', resources };
export const shop = new MeshNamespace(new Environment(new GitOpsApp(), 'staging'), 'shop');
export const payment = new MeshedMicroservice(shop, 'payment', {
  ...container, port: Port.grpc(50051), operations: { charge: Operation.grpc('shop.Payment/Charge'), refunds: Operation.grpc('shop.Payment/Refunds') },
});
export const checkout = new MeshedMicroservice(shop, 'checkout', {
  ...container, port: Port.grpc(80), operations: { place: Operation.grpc('shop.Checkout/Place') },
});
export const customers = new MeshedMicroservice(shop, 'customers', container);
export const plain = new MeshedMicroservice(shop, 'plain', { ...container, port: Port.http(80) });
export const redis = new RedisCache(shop, 'redis', { resources });
export const bank = new ExternalService(shop, 'bank', { host: 'bank.example', port: Port.http(80), operations: { rates: Operation.http('GET', '/rates') } });
export const nightly = new MeshedJob(shop, 'nightly', container);
export const gateway = new IngressGateway(shop, 'gateway', { hosts: ['*'] });
export function system(scope: MeshNamespace) {
  const ledger = new MeshedMicroservice(scope, 'ledger', { ...container, port: Port.grpc(80), operations: { post: Operation.grpc('shop.Ledger/Post') } });
  return { ledger, store: new RedisCache(scope, 'store', { resources }) };
}
export const { ledger, store } = system(shop);
export const wait = Duration.seconds(1);
export const step = Step.setWeight(5);
export const remote = RemoteService.from(shop, contract, 'rates');
declare const ofSomeEnvironment: typeof contract | { services: { rates: { operations: { read: object; soon: object } } } };
export const remoteOfSome = RemoteService.from(shop, ofSomeEnvironment, 'rates');
export const near: Locality = 'off';
export const usual: TrafficPolicy = { loadBalancer: LoadBalancer.random(), locality: near };
export const unavailable: Fault = { abort: { httpStatus: 503, percentage: 50 } };
export const measured = Measurement.ofPort(redis, { from: checkout, times: 9, expected: [{ answers: { answered: true }, percent: 0 }] });
export const build = () => ({ checkout });
export const ofExperiments = { Experiment, FaultInjection };
export const caller = RemoteCaller.of({ namespace: 'desk', serviceAccount: 'desk' });
`;

const RIGHT: Readonly<Record<string, string>> = {
  'an experiment with a fault': `new Experiment(shop, 'good', {
    question: 'Why?',
    build: () => { new FaultInjection(payment, 'failing', { ...unavailable, operations: ['charge'], from: [checkout] }); return { checkout }; },
    measure: ({ checkout: caller }) => [Measurement.of(payment, 'charge', { from: caller, times: 9, expected: [{ answers: { status: 503 }, percent: 50 }] })],
  });`,
  'a limit of an operation': `new MeshedMicroservice(shop, 'login', {
    ...container, port: Port.http(80), operations: { login: Operation.http('POST', '/login') }, rateLimit: { requests: 5, per: wait, operations: ['login'] },
  });`,
  'an operation of the callee': `checkout.calls(payment, { operations: ['charge'], during: ['place'], timeout: wait });`,
  'an operation after a function that builds a system': `checkout.calls(ledger, { operations: ['post'] });`,
  'a call to a store': `checkout.calls(store, { env: (to) => ({ REDIS_ADDR: to.hostPort }) });`,
  'a call to a service without operations': `checkout.calls(plain, { port: 'http' });`,
  'an operation of an external host': `checkout.calls(bank, { operations: ['rates'] });`,
  'a call of a job': `nightly.calls(payment, { operations: ['refunds'] });`,
  'a call of a client': `customers.calls(payment, { operations: ['charge', 'refunds'] });`,
  'a gateway route': `gateway.routes(checkout, { operations: ['place'], timeout: wait });`,
  'a gateway route to a service without operations': `gateway.routes(plain, { port: 'http' });`,
  'an operation of a contract': `checkout.calls(remote, { operations: ['read'] });`,
  'an operation that the contracts of all environments have': `checkout.calls(remoteOfSome, { operations: ['read'] });`,
  'a port of a contract without operations': `checkout.calls(RemoteService.from(shop, contract, 'plain'), { port: 'tcp' });`,
  'a remote caller of an operation': `payment.allows(caller, { operations: ['charge'], timeout: wait });`,
  'a remote caller of a service without operations': `plain.allows(caller, { timeout: wait });`,
  'a traffic policy of a service and of a call': `const trafficPolicy: TrafficPolicy = { loadBalancer: LoadBalancer.roundRobin({ warmup: wait }) };
    checkout.calls(payment, { operations: ['charge'], trafficPolicy }); gateway.routes(checkout, { operations: ['place'], trafficPolicy });
    payment.allows(caller, { operations: ['charge'], trafficPolicy });`,
  'a rollout with steps and an analysis': `new MeshedMicroservice(shop, 'rolled', {
    ...container, port: Port.http(80), rollout: { steps: [Step.setWeight(5), Step.pause(wait)], analysis: { latency: { percentile: 99, below: wait } } },
  });`,
  'the tag latest, since no type can know a tag: it is refused at run time': `new MeshedMicroservice(shop, 'late', { image: 'app:latest', resources });`,
};

const WRONG: Readonly<Record<string, readonly [code: string, ...said: string[]]>> = {
  'a limit of an operation that the service does not have': [`new MeshedMicroservice(shop, 'login', {
    ...container, port: Port.http(80), operations: { login: Operation.http('POST', '/login') }, rateLimit: { requests: 5, per: wait, operations: ['lgoin'] },
  });`, '"lgoin"', '"login"'],
  'an operation that the callee does not have': [`checkout.calls(payment, { operations: ['chrage'] });`, '"chrage"', '"charge"'],
  'one of several operations': [`checkout.calls(payment, { operations: ['charge', 'refnuds'] });`, '"refnuds"'],
  'an unknown operation after a function that builds a system': [`checkout.calls(ledger, { operations: ['psot'] });`, '"psot"', '"post"'],
  'an unknown operation of an external host': [`checkout.calls(bank, { operations: ['raets'] });`, '"raets"'],
  'an unknown operation in a job': [`nightly.calls(payment, { operations: ['chrage'] });`, '"chrage"'],
  'an unknown operation in a gateway route': [`gateway.routes(checkout, { operations: ['palce'] });`, '"palce"', '"place"'],
  'an operation that the contract of one environment lacks': [`checkout.calls(remoteOfSome, { operations: ['soon'] });`, '"soon"', '"read"'],
  'an operation that the caller does not have in during': [`checkout.calls(payment, { operations: ['charge'], during: ['palce'] });`, '"palce"', '"place"'],
  'during of a client, which has no operations': [`customers.calls(payment, { operations: ['charge'], during: ['place'] });`, 'never'],
  'during of a job': [`nightly.calls(payment, { operations: ['charge'], during: ['place'] });`, 'never'],
  'operations of a store': [`checkout.calls(redis, { operations: ['get'] });`, 'operations', 'does not exist'],
  'operations of a service without any': [`checkout.calls(plain, { operations: ['home'] });`, 'operations', 'does not exist'],
  'no operations of a service that has some': [`checkout.calls(payment, { timeout: wait });`, 'operations', 'missing'],
  'an empty list of operations': [`checkout.calls(payment, { operations: [] });`, '[]'],
  'a retry condition that is none': [`checkout.calls(payment, { operations: ['charge'], retries: { attempts: 1, retryOn: ['5xy'] } });`, '"5xy"'],
  'operations in a gateway route of a service without any': [`gateway.routes(plain, { operations: ['home'] });`, 'operations', 'does not exist'],
  'an operation that a contract does not have': [`checkout.calls(remote, { operations: ['raed'] });`, '"raed"', '"read"'],
  'no operations of a contract that has some': [`checkout.calls(remote, { timeout: wait });`, 'operations', 'missing'],
  'a service that a contract does not have': [`RemoteService.from(shop, contract, 'rate');`, '"rate"', '"rates"'],
  'an unknown operation for a remote caller': [`payment.allows(caller, { operations: ['chrage'] });`, '"chrage"', '"charge"'],
  'a remote caller without an identity': [`RemoteCaller.of({ namespace: 'desk' });`, 'serviceAccount', 'missing'],
  'a callee that cannot be called': [`checkout.calls(nightly, {});`, 'MeshedJob'],
  'memory in mb': [`export const bad: Resources = { cpu: ['1', '1'], memory: ['100mb', '1Gi'] };`, '"100mb"'],
  'memory without a unit': [`export const bad: Resources = { cpu: ['1', '1'], memory: ['100', '1Gi'] };`, '"100"'],
  'memory in the unit of processors': [`export const bad: Resources = { cpu: ['1', '1'], memory: ['100m', '1Gi'] };`, '"100m"'],
  'a processor in the unit of memory': [`export const bad: Resources = { cpu: ['1Mi', '1'], memory: ['1Gi', '1Gi'] };`, '"1Mi"'],
  'a processor as a number': [`export const bad: Resources = { cpu: [1, '1'], memory: ['1Gi', '1Gi'] };`, 'number'],
  'a request without a limit': [`export const bad: Resources = { cpu: ['1'], memory: ['1Gi', '1Gi'] };`, '1 element'],
  'no resources': [`new MeshedMicroservice(shop, 'bad', { image: 'app:1' });`, 'resources', 'missing'],
  'no image': [`new MeshedMicroservice(shop, 'bad', { resources });`, 'image', 'missing'],
  'a timeout as text': [`checkout.calls(payment, { operations: ['charge'], timeout: '5s' });`, 'string', 'Duration'],
  'a rollout without steps': [`new MeshedMicroservice(shop, 'bad', { ...container, rollout: { steps: [] } });`, 'Source has 0 element(s)'],
  'a step that is none': [`new MeshedMicroservice(shop, 'bad', { ...container, rollout: { steps: [{ setWeight: 5 }] } });`, 'setWeight', 'Step'],
  'an analysis that measures nothing': [
    `new MeshedMicroservice(shop, 'bad', { ...container, rollout: { steps: [Step.setWeight(5)], analysis: { count: 3 } } });`, 'latency', 'missing',
  ],
  'an HTTP method that is none': [`Operation.http('FETCH', '/');`, '"FETCH"'],
  'a warm-up where pods are picked at random': [`LoadBalancer.random({ warmup: wait });`, 'Expected 0 arguments'],
  'a path of a cookie that is never set': [`LoadBalancer.byCookie('cart', { path: '/' });`, 'ttl', 'missing'],
  'a load balancer by Istio\'s own words': [`export const bad: TrafficPolicy = { loadBalancer: { simple: 'RANDOM' } };`, 'simple'],
  'shares of places beside a failover': [
    `export const bad: Locality = { failover: [{ from: 'a', to: 'b' }], distribute: [{ from: '*', to: { '*': 100 } }] };`, '\'undefined\''],
  'requests in the pool of a store': [
    `new RedisCache(shop, 'bad', { resources, trafficPolicy: { connectionPool: { http2MaxRequests: 7 } } });`, 'http2MaxRequests'],
  'a rewrite on a redirect': [`gateway.redirects('/old', { to: { path: '/new' }, pathPrefix: '/a' });`, 'pathPrefix'],
  'a redirect with a status that is none': [`gateway.redirects('/old', { to: { path: '/new' }, code: 200 });`, '200'],
  'a fault of an operation that does not exist': [`new FaultInjection(payment, 'bad', { ...unavailable, operations: ['chrage'] });`, '"chrage"'],
  'a fault with two statuses': [
    `new FaultInjection(payment, 'bad', { abort: { httpStatus: 503, grpcStatus: 'UNKNOWN', percentage: 1 } });`, 'not assignable'],
  'a measurement of an operation that does not exist': [
    `Measurement.of(payment, 'chrage', { from: checkout, times: 9, expected: [{ answers: { status: 200 }, percent: 1 }] });`, '"chrage"'],
  'a measurement without an expectation': [`Measurement.of(payment, 'charge', { from: checkout, times: 9, expected: [] });`, 'Source has 0 element(s)'],
  'a measurement of what the experiment does not build': [
    `new Experiment(shop, 'bad', { question: 'Why?', build, measure: (made) => [made.cart] });`, 'cart'],
  'retries by an unknown word': [`checkout.calls(payment, { operations: ['charge'], retries: 'always' });`, '"always"'],
};

let said: Readonly<Record<string, readonly string[]>>;
beforeAll(() => {
  const wrong = Object.entries(WRONG).map(([name, [code]]) => [name, code]);
  const snippets = [...Object.entries(RIGHT), ...wrong].map(([name, code]) => [name, PRELUDE + code]);
  said = diagnosticsOf(Object.fromEntries(snippets));
}, 120_000);

test.each(Object.keys(RIGHT))('compiles %s', (name) => {
  expect(said[name]).toEqual([]);
});

test.each(Object.entries(WRONG))('fails to compile for %s', (name, [, ...parts]) => {
  expect(said[name]).toHaveLength(1);
  for (const part of parts) expect(said[name][0]).toContain(part);
});
