import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { Edge } from '../../src/graph/edge';
import { HttpMethod, Operation } from '../../src/graph/operation';
import { Callee, Release, ReleaseMatch, Service } from '../../src/graph/party';
import { Port } from '../../src/graph/port';
import { defaultRetries } from '../../src/graph/retries';
import { Route, gatewayRoutes, meshRoutes } from '../../src/graph/routes';
import { routeTakes } from './istio-matching';
import { runs } from '../property/runs';
import { clientOf, edgeOf, gatewayOf, graphOf, seconds, serviceOf } from './sample-graph';

interface Request {
  readonly caller: string;
  readonly method: HttpMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The first route that takes a request, as Envoy looks for it. */
function routeOf(routes: readonly Route[], { caller, method, path, headers }: Request): Route | undefined {
  return routes.find(({ policy, release }) => {
    const asked = policy.requests.some(({ methods, uris }) => (methods?.includes(method) ?? true) && uris.some((uri) => routeTakes(uri, path)));
    return (policy.caller === undefined || policy.caller.name === caller) && (policy.requests.length === 0 || asked) && isFor(release, headers);
  });
}

function isFor({ match }: Release, headers: Request['headers']): boolean {
  return match?.some((each) => Object.entries(each.headers ?? {}).every(([name, wanted]) => name in headers && routeTakes(wanted, headers[name]))) ?? true;
}

const operations = {
  list: Operation.http('GET', '/items'),
  item: Operation.http(['GET', 'HEAD'], '/items/{id}'),
  latest: Operation.http('GET', '/items/latest'),
  add: Operation.http('POST', '/items'),
  buy: Operation.http('POST', '/items/{id}/buy'),
  rest: Operation.http('GET', '/items/*'),
  feed: Operation.http('GET', '/feed', { streams: true }),
};
const names = Object.keys(operations);

const destinations = fc.constantFrom(
  [{ subset: 'v1' }], [{ subset: 'v2' }], [{ subset: 'v1', weight: 80 }, { subset: 'v2', weight: 20 }],
  [{ subset: 'v1', weight: 0 }, { subset: 'v2', weight: 100 }]);
const match = fc.constantFrom<NonNullable<ReleaseMatch['headers']>>(
  { 'x-version': { exact: 'v2' } }, { cookie: { prefix: 'beta=' } }, { 'user-agent': { regex: '.*Firefox.*' } },
  { 'x-version': { exact: 'v2' }, 'cookie': { prefix: 'beta=' } },
).map((headers): ReleaseMatch => ({ headers }));
const matches = fc.array(match, { minLength: 1, maxLength: 2 });
const releases: fc.Arbitrary<readonly Release[]> = fc
  .tuple(fc.array(fc.record({ match: matches, destinations }), { maxLength: 3 }), destinations)
  .map(([matching, rest]) => [...matching, { destinations: rest }]);

const call = fc.record({
  names: fc.subarray(names, { minLength: 1 }),
  timeout: fc.integer({ min: 1, max: 3 }).map((amount) => Duration.seconds(amount)),
  retries: fc.constantFrom<Edge['retries']>(undefined, 'none', 'beforeSend'),
});
const calls = fc.array(call, { maxLength: 4 });
const request: fc.Arbitrary<Request> = fc.record({
  caller: fc.constantFrom('client-0', 'client-1', 'stranger'),
  method: fc.constantFrom<HttpMethod>('GET', 'HEAD', 'POST'),
  path: fc.constantFrom('/items', '/items/', '/items/7', '/items/latest', '/items/7/buy', '/items/latest/buy', '/feed', '/other'),
  headers: fc.constantFrom<Record<string, string>>(
    {}, { 'x-version': 'v2' }, { cookie: 'beta=1' }, { 'x-version': 'v2', 'cookie': 'beta=1' }, { 'user-agent': 'a Firefox b' }),
});

interface Given {
  readonly names: readonly string[];
  readonly timeout: Duration;
  readonly retries: Edge['retries'];
}

/** The calls of two callers, or of a gateway; an operation that was called already is left out. */
function edgesTo(callee: Callee, given: readonly Given[], gateway = false): Edge[] {
  const taken = new Set<string>();
  const callers = gateway ? [gatewayOf()] : ['client-0', 'client-1'].map((name) => clientOf(name));
  return given.flatMap(({ names: asked, ...options }, index) => {
    const caller = callers[index % callers.length];
    const free = asked.filter((name) => !taken.has(`${caller.name} ${name}`));
    for (const name of free) taken.add(`${caller.name} ${name}`);
    const timeout = free.every((name) => callee.operations[name].streams) ? undefined : options.timeout;
    return free.length > 0 ? [edgeOf(caller, callee, free, { ...options, timeout, exposure: gateway ? { hosts: ['shop.example'] } : undefined })] : [];
  });
}

function routesOf(callee: Service, given: readonly Given[], gateway = false): readonly Route[] {
  const edges = edgesTo(callee, given, gateway);
  const graph = graphOf(...edges);
  return gateway ? gatewayRoutes(graph, edges, []) : meshRoutes(graph, callee);
}

const treatment = (route: Route | undefined): unknown => route && { timeout: route.policy.timeout?.toMilliseconds(), retries: route.policy.retries };

describe('routes are policies times releases', () => {
  test.each([['mesh', false], ['gateway', true]])('so that a release never changes how a request of the %s is treated', (_, gateway) => {
    fc.assert(fc.property(calls, releases, request, (given, several, asked) => {
      const plain = routeOf(routesOf(serviceOf('shop', { operations }), given, gateway), asked);
      const released = routeOf(routesOf(serviceOf('shop', { operations, releases: several }), given, gateway), asked);
      expect(treatment(released)).toEqual(treatment(plain));
    }), runs(300));
  });

  test('so that a caller never changes which version answers', () => {
    fc.assert(fc.property(calls, releases, request, (given, several, asked) => {
      const { release } = routeOf(routesOf(serviceOf('shop', { operations, releases: several }), given), asked)!;
      expect(release).toBe(several.find((each) => isFor(each, asked.headers)));
    }), runs(300));
  });

  test('of which the last has no match and no retries, and takes whatever is left', () => {
    fc.assert(fc.property(calls, releases, (given, several) => {
      const last = routesOf(serviceOf('shop', { operations, releases: several }), given).at(-1)!;
      expect(last.policy).toMatchObject({ requests: [], retries: { attempts: 0 } });
      expect([last.policy.caller, last.policy.port, last.release.match]).toEqual([undefined, undefined, undefined]);
    }), runs(100));
  });

  test('of which each says its retries, and its timeout unless it streams', () => {
    fc.assert(fc.property(calls, fc.boolean(), (given, gateway) => {
      for (const { policy } of routesOf(serviceOf('shop', { operations }), given, gateway)) {
        expect(policy.retries).toBeDefined();
        const streams = policy.requests.length === 0 || policy.requests.some(({ uris }) => uris.some((uri) => routeTakes(uri, '/feed')));
        expect(policy.timeout === undefined).toBe(streams);
        if (streams) expect(policy.retries.attempts).toBe(0);
      }
    }), runs(100));
  });
});

const samples: Readonly<Record<string, string>> = {
  list: '/items', item: '/items/7', latest: '/items/latest', add: '/items', buy: '/items/7/buy', rest: '/items/7/8', feed: '/feed',
};

test('every operation gets the timeout and retries of its own call, the more specific first', () => {
  fc.assert(fc.property(calls, (given) => {
    const shop = serviceOf('shop', { operations: { ...operations, feed: Operation.http('GET', '/feed') } });
    const edges = edgesTo(shop, given);
    const routes = meshRoutes(graphOf(...edges), shop);
    for (const { caller, operations: asked, timeout } of edges) {
      for (const name of asked) {
        const [method] = shop.operations[name].methods;
        const route = routeOf(routes, { caller: caller.name, method, path: samples[name], headers: {} });
        expect([name, route?.policy.timeout]).toEqual([name, timeout]);
      }
    }
  }), runs(300));
});

describe('a call that says nothing of retries', () => {
  const read = Operation.grpc('x.Y/Read', { idempotent: true });
  const ports = [Port.grpc(9000)];
  const only = (callee: Service): Route => meshRoutes(graphOf(edgeOf(clientOf('client'), callee, Object.keys(callee.operations))), callee)[0];

  test('is retried as its protocol can where it is idempotent', () => {
    const { list } = operations;
    expect(only(serviceOf('grpc', { ports, operations: { read } })).policy.retries).toEqual(defaultRetries.grpc);
    expect(only(serviceOf('http', { operations: { list } })).policy.retries).toEqual(defaultRetries.http);
  });

  test('gives a payment no retries', () => {
    expect(only(serviceOf('payment', { ports, operations: { charge: Operation.grpc('x.Y/Charge') } })).policy.retries).toEqual({ attempts: 0, retryOn: [] });
  });

  test('is not retried where the callee does not tell its operations apart', () => {
    expect(only(serviceOf('legacy')).policy).toMatchObject({ retries: { attempts: 0 }, requests: [] });
  });
});

describe('a callee with several ports', () => {
  const ports = [Port.http(80), Port.grpc(9000), Port.tcp(9100)];
  const shop = serviceOf('shop', { ports, operations: { list: operations.list, read: Operation.grpc('x.Y/Read', { port: 'grpc' }) } });
  const client = clientOf('client');

  test('says of each route which port it is for', () => {
    const routes = meshRoutes(graphOf(edgeOf(client, shop, ['list', 'read'])), shop);
    expect(routes.map(({ policy }) => [policy.caller?.name, policy.port?.name]))
      .toEqual([['client', 'http'], ['client', 'grpc'], [undefined, 'http'], [undefined, 'grpc']]);
  });

  test('has no route for a port whose bytes are not told apart', () => {
    const routes = meshRoutes(graphOf(edgeOf(client, shop, [], { port: 'tcp' })), shop);
    expect(routes.map(({ policy }) => policy.port?.name)).not.toContain('tcp');
  });

  test('has its routes in an order that does not depend on the declaration', () => {
    const plain = serviceOf('plain', { ports: [Port.http(80), Port.http(81, { name: 'http-b' })] });
    const edges = ['http', 'http-b'].map((port, index) => edgeOf(client, plain, [], { port, ...seconds(index + 1) }));
    const order = (given: readonly Edge[]): unknown => meshRoutes(graphOf(...given), plain).map(({ policy }) => policy.port?.name);
    expect(order([...edges].reverse())).toEqual(order(edges));
  });
});

test('routes of a gateway lead to several callees, the more specific first', () => {
  const shop = serviceOf('shop', { operations: { all: Operation.http('GET', '/*') } });
  const api = serviceOf('api', { operations: { v1: Operation.http('GET', '/api/*') } });
  const gateway = gatewayOf();
  const edges = [shop, api].map((callee) => edgeOf(gateway, callee, Object.keys(callee.operations), { exposure: { hosts: ['a.example'] } }));
  expect(gatewayRoutes(graphOf(...edges), edges, []).map(({ callee }) => callee.name)).toEqual(['api', 'shop']);
});
