import { Duration } from 'cdk8s';
import { CanaryRelease, MeshedMicroservice, type MeshedMicroserviceProps, Operation, Port, type RateLimit } from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, objectsIn, world } from './world';

const HUNDRED: RateLimit = { requests: 100, per: Duration.seconds(60) };

function orders(props: Partial<MeshedMicroserviceProps> = {}): MeshedMicroservice {
  return new MeshedMicroservice(world().shop, 'orders', { ...container, port: Port.http(80, { targetPort: 8080 }), rateLimit: HUNDRED, ...props });
}

const filter = (props: Partial<MeshedMicroserviceProps> = {}): unknown => objectIn(orders(props), 'EnvoyFilter');
const patches = (props: Partial<MeshedMicroserviceProps> = {}): readonly unknown[] => listAt(filter(props), 'spec.configPatches');
const configOf = (patch: unknown): unknown => at(patch, 'patch.value.typed_config');
const config = (rateLimit: RateLimit): unknown => configOf(patches({ rateLimit })[0]);

test('there is no filter where nothing is limited', () => {
  expect(objectsIn(orders({ rateLimit: undefined })).map((each) => at(each, 'kind'))).not.toContain('EnvoyFilter');
});

test('the filter is a public part, named after the service', () => {
  const metadata = { name: 'orders-rate-limit', namespace: 'shop' };
  expect(orders().rateLimit?.toJson()).toMatchObject({ apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', metadata });
});

test('limits the pods of the service, those of a second version alike', () => {
  const service = orders();
  new CanaryRelease(service, 'canary', { at: 0 });
  expect(at(objectIn(service, 'EnvoyFilter'), 'spec.workloadSelector')).toEqual({ labels: { app: 'orders' } });
});

test('limits the pods of a Deployment that runs already', () => {
  const existing = { selector: { name: 'old-orders' } };
  expect(at(filter({ existing }), 'spec.workloadSelector')).toEqual({ labels: { name: 'old-orders' } });
});

test('stands directly before the router: what is refused takes no token', () => {
  expect(patches()).toMatchObject([{
    applyTo: 'HTTP_FILTER',
    match: {
      context: 'SIDECAR_INBOUND',
      listener: {
        filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager', subFilter: { name: 'envoy.filters.http.router' } } },
      },
    },
    patch: { operation: 'INSERT_BEFORE', value: { name: 'envoy.filters.http.local_ratelimit' } },
  }]);
});

test('says a priority, without which the analyzer doubts that it is applied', () => {
  expect(at(filter(), 'spec.priority')).toBe(10);
});

test('is enabled and enforced for all requests, which it is not by default', () => {
  const always = { default_value: { numerator: 100 } };
  expect(config(HUNDRED)).toMatchObject({ filter_enabled: always, filter_enforced: always });
});

test('lets as many through at once as in each time', () => {
  expect(at(config(HUNDRED), 'token_bucket')).toEqual({ fill_interval: '60s', max_tokens: 100, tokens_per_fill: 100 });
});

test('lets fewer or more through at once', () => {
  expect(at(config({ ...HUNDRED, burst: 10 }), 'token_bucket')).toEqual({ fill_interval: '60s', max_tokens: 10, tokens_per_fill: 100 });
  expect(at(config({ ...HUNDRED, burst: 500 }), 'token_bucket')).toMatchObject({ max_tokens: 500 });
});

test('writes parts of a second as seconds, the only unit that Envoy reads', () => {
  expect(at(config({ requests: 5, per: Duration.millis(50) }), 'token_bucket.fill_interval')).toBe('0.05s');
});

test.each<[RateLimit, string]>([
  [{ requests: 100, per: Duration.seconds(60) }, '1'],
  [{ requests: 1, per: Duration.seconds(60) }, '60'],
  [{ requests: 7, per: Duration.seconds(60) }, '9'],
  [{ requests: 5, per: Duration.millis(50) }, '1'],
])('tells HTTP clients of %j when the next request passes: after %s s', (rateLimit, seconds) => {
  expect(at(config(rateLimit), 'response_headers_to_add')).toEqual([{ header: { key: 'retry-after', value: seconds } }]);
});

test('answers HTTP with 429, which is the default', () => {
  expect(config(HUNDRED)).not.toHaveProperty('status');
});

test('answers gRPC with RESOURCE_EXHAUSTED, since callers repeat UNAVAILABLE', () => {
  const [grpc] = patches({ port: Port.grpc(9090) });
  expect(configOf(grpc)).toMatchObject({ rate_limited_as_resource_exhausted: true });
  expect(configOf(grpc)).not.toHaveProperty('response_headers_to_add');
  expect(config(HUNDRED)).not.toHaveProperty('rate_limited_as_resource_exhausted');
});

test('limits the container\'s ports that carry requests, and no other', () => {
  const port = [Port.http(80, { targetPort: 8080 }), Port.grpc(9090), Port.tcp(6379), Port.tls(8443)];
  expect(patches({ port }).map((patch) => at(patch, 'match.listener.portNumber'))).toEqual([8080, 9090]);
});

test.each([Port.tcp(6379), Port.tls(8443)])('fails for a service of $protocol alone', (port) => {
  expectRefusal(() => orders({ port }), '[staging/shop/orders]', 'rateLimit needs a port of http or grpc', `got ${port.protocol}`, 'connectionPool');
});

test('fails for a client', () => {
  expectRefusal(() => client(world().shop, 'desk', { rateLimit: HUNDRED }), '[staging/shop/desk]', 'rateLimit needs a port, got none', 'give it one');
});

test.each<[string, Partial<RateLimit>, string]>([
  ['no requests', { requests: 0 }, 'rateLimit.requests must be a whole number from 1 to 4294967295, got 0'],
  ['fewer than none', { requests: -5 }, 'rateLimit.requests must be a whole number from 1 to 4294967295, got -5'],
  ['a part of a request', { requests: 0.5 }, 'got 0.5; for fewer than one choose a longer rateLimit.per'],
  ['no number', { requests: Number.NaN }, 'rateLimit.requests must be a whole number from 1 to 4294967295, got NaN'],
  ['more than Envoy counts', { requests: 2 ** 32 }, 'got 4294967296'],
  ['a burst of none', { burst: 0 }, 'rateLimit.burst must be a whole number from 1 to 4294967295, got 0'],
  ['a shorter time than Envoy takes', { per: Duration.millis(49) }, 'rateLimit.per must be 50ms or more, got 49ms; choose a longer time and more requests'],
])('fails for %s', (_, rateLimit, problem) => {
  expectRefusal(() => orders({ rateLimit: { ...HUNDRED, ...rateLimit } }), '[staging/shop/orders]', problem);
});

describe('limits single operations', () => {
  const operations = {
    list: Operation.http(['GET', 'HEAD'], '/orders'),
    place: Operation.http('POST', '/orders'),
    change: Operation.http('PUT', '/orders/{id}'),
    files: Operation.http('GET', '/files/*'),
    first: Operation.http('GET', '/files/first'),
    find: Operation.grpc('shop.Orders/Find'),
  };
  type Name = keyof typeof operations;
  const limited = (...names: readonly [Name, ...Name[]]): MeshedMicroservice<Name> => new MeshedMicroservice(world().shop, 'orders', {
    ...container, port: [Port.http(80, { targetPort: 8080 }), Port.grpc(9090)], operations, rateLimit: { ...HUNDRED, operations: names },
  });
  const patchesOf = (...names: readonly [Name, ...Name[]]): readonly unknown[] => listAt(objectIn(limited(...names), 'EnvoyFilter'), 'spec.configPatches');
  const headersOf = (...names: readonly [Name, ...Name[]]): readonly unknown[] =>
    listAt(configOf(patchesOf(...names)[0]), 'rate_limits').map((each) => at(each, 'actions.0.header_value_match.headers'));

  test('with one bucket for all of them, and none for the others', () => {
    const [patch] = patchesOf('place', 'change');
    const bucket = { fill_interval: '60s', max_tokens: 100, tokens_per_fill: 100 };
    expect(at(configOf(patch), 'descriptors')).toEqual([{ entries: [{ key: 'header_match', value: 'limited' }], token_bucket: bucket }]);
    expect(configOf(patch)).not.toHaveProperty('token_bucket');
    expect(listAt(configOf(patch), 'rate_limits').map((each) => at(each, 'actions.0.header_value_match.descriptor_value'))).toEqual(['limited', 'limited']);
  });

  test('by method and path, whatever the query', () => {
    expect(headersOf('place', 'change')).toEqual([
      [{ name: ':method', string_match: { exact: 'POST' } }, { name: ':path', string_match: { safe_regex: { regex: '/orders(\\?.*)?' } } }],
      [{ name: ':method', string_match: { exact: 'PUT' } }, { name: ':path', string_match: { safe_regex: { regex: '/orders/[^/?]+(\\?.*)?' } } }],
    ]);
  });

  test('of several methods', () => {
    expect(at(headersOf('list')[0], '0')).toEqual({ name: ':method', string_match: { safe_regex: { regex: 'GET|HEAD' } } });
  });

  test('at the port that serves them, and at no other', () => {
    expect(patchesOf('find').map((patch) => at(patch, 'match.listener.portNumber'))).toEqual([9090]);
    expect(patchesOf('find', 'place').map((patch) => listAt(configOf(patch), 'rate_limits').length)).toEqual([1, 1]);
  });

  test('fails for one that shares requests with another, since a filter knows no precedence', () => {
    expectRefusal(() => limited('files'), '[staging/shop/orders]', "got 'files' that shares some with 'first'", 'give them other paths');
    expectRefusal(() => limited('first'), '[staging/shop/orders]', "got 'first' that shares some with 'files'");
  });

  test.each<[string, readonly string[], string]>([
    ['none', [], 'rateLimit.operations must name at least one, got none; leave it out'],
    ['one that there is not', ['plaec'], "rateLimit.operations must be operations of the service, got 'plaec'; it has list, place"],
  ])('fails for %s', (_, names, problem) => {
    const untyped = JSON.parse(JSON.stringify(names)) as [Name];
    expectRefusal(() => limited(...untyped), '[staging/shop/orders]', problem);
  });
});
