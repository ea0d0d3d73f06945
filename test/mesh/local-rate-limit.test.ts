import { Duration } from 'cdk8s';
import { type LocalRateLimit, MeshedMicroservice, Port } from '../../src';
import { at, container, expectRefusal, objectIn, objectsIn, world } from './world';

const LIMIT: LocalRateLimit = { requests: 100, per: Duration.minutes(1) };

const serviceWith = (rateLimit: LocalRateLimit | undefined, port: Port | Port[] | undefined = Port.http(80)): MeshedMicroservice =>
  new MeshedMicroservice(world().shop, 'pages', { ...container, port, rateLimit });
const patchOf = (service: MeshedMicroservice): unknown => at(objectIn(service, 'EnvoyFilter'), 'spec.configPatches.0');
const configOf = (service: MeshedMicroservice): object => Object(at(patchOf(service), 'patch.value.typed_config'));

test('a service is not limited by default', () => {
  expect(objectsIn(serviceWith(undefined)).map((object) => at(object, 'kind'))).not.toContain('EnvoyFilter');
});

test('each pod has so many tokens, and as many again after the time', () => {
  expect(configOf(serviceWith(LIMIT))).toMatchObject({ token_bucket: { max_tokens: 100, tokens_per_fill: 100, fill_interval: '60s' } });
});

test('the limit holds for all requests, where Envoy itself would hold it for none', () => {
  const all = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  expect(configOf(serviceWith(LIMIT))).toMatchObject({ filter_enabled: all, filter_enforced: all });
});

test('it stands directly before the router, behind authorization, in the proxies of all versions', () => {
  expect(patchOf(serviceWith(LIMIT))).toMatchObject({
    applyTo: 'HTTP_FILTER',
    match: { context: 'SIDECAR_INBOUND', listener: { filterChain: { filter: { subFilter: { name: 'envoy.filters.http.router' } } } } },
    patch: { operation: 'INSERT_BEFORE' },
  });
  expect(at(objectIn(serviceWith(LIMIT), 'EnvoyFilter'), 'spec.workloadSelector.labels')).toEqual({ app: 'pages' });
});

test.each([[Port.http(80), undefined], [Port.grpc(50051), true], [[Port.http(80), Port.grpc(50051)], true]])(
  'callers by gRPC hear what they do not try again: %#', (port, exhausted) => {
    expect(at(configOf(serviceWith(LIMIT, port)), 'rate_limited_as_resource_exhausted')).toBe(exhausted);
  });

test.each<[string, Partial<LocalRateLimit>, string]>([
  ['no requests', { requests: 0 }, 'got 0'],
  ['parts of requests', { requests: 1.5 }, 'got 1.5'],
  ['less time than Envoy counts', { per: Duration.millis(49) }, '49ms'],
])('fails for %s', (_, wrong, word) => {
  expectRefusal(() => serviceWith({ ...LIMIT, ...wrong }), '[staging/shop/pages]', 'rateLimit.', word);
});

test.each<[string, Port | Port[]]>([['TCP alone', Port.tcp(6379)], ['no port', []]])('fails for a service of %s', (got, port) => {
  expectRefusal(() => serviceWith(LIMIT, port), '[staging/shop/pages]', 'rateLimit', got);
});
