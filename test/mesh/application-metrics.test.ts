import { MeshedMicroservice, type MeshedMicroserviceProps, Port } from '../../src';
import { at, container, expectRefusal, objectIn, world } from './world';

const WEB = Port.http(80, { targetPort: 8082 });
const METRICS = Port.http(9464, { name: 'http-metrics' });
const SHOP = Port.grpc(50051);

const annotations = (props: Partial<MeshedMicroserviceProps>) => {
  const invoice = new MeshedMicroservice(world().shop, 'invoice', { ...container, port: WEB, ...props });
  return at(objectIn(invoice, 'Deployment'), 'spec.template.metadata.annotations');
};

test('pods say where their program gives what it counts, at the port of the container', () => {
  expect(annotations({ metrics: {} })).toEqual({ 'prometheus.io/path': '/metrics', 'prometheus.io/port': '8082', 'prometheus.io/scrape': 'true' });
  expect(annotations({ metrics: { path: '/management/prometheus' } })).toMatchObject({ 'prometheus.io/path': '/management/prometheus' });
  expect(annotations({})).toBeUndefined();
});

test('of several ports it is the first that speaks HTTP, or the one that is named', () => {
  expect(annotations({ port: [SHOP, WEB, METRICS], metrics: {} })).toMatchObject({ 'prometheus.io/port': '8082' });
  expect(annotations({ port: [SHOP, WEB, METRICS], metrics: { port: METRICS } })).toMatchObject({ 'prometheus.io/port': '9464' });
});

test('other annotations stay', () => {
  expect(annotations({ metrics: {}, podAnnotations: { 'sidecar.istio.io/logLevel': 'error' } }))
    .toMatchObject({ 'sidecar.istio.io/logLevel': 'error', 'prometheus.io/scrape': 'true' });
});

describe('fails', () => {
  test('for a port that no Service has', () => {
    expectRefusal(() => annotations({ metrics: { port: METRICS } }), 'shop/invoice', 'metrics.port', 'got 9464, which no Service has', 'it has 80 (http)');
    expectRefusal(() => annotations({ port: undefined, metrics: {} }), 'metrics.port', 'got none that speaks HTTP', 'it has none');
  });

  test('for a port that nobody can ask by HTTP', () => {
    expectRefusal(() => annotations({ port: [WEB, SHOP], metrics: { port: SHOP } }), 'asked for by HTTP', 'got metrics.port 50051 (grpc)', 'Port.http');
    expectRefusal(() => annotations({ port: SHOP, metrics: {} }), 'got none that speaks HTTP', 'it has 50051 (grpc)');
  });

  test('for a path that is none', () => {
    expectRefusal(() => annotations({ metrics: { path: 'metrics' } }), 'metrics.path must begin with \'/\'', 'got \'metrics\'');
  });

  test('for annotations by hand, which would be a second word on it', () => {
    expectRefusal(() => annotations({ podAnnotations: { 'prometheus.io/port': '9090' } }), 'prometheus.io/port', 'remove it, and say metrics');
  });
});
