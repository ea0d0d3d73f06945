import { Duration, Size } from 'cdk8s';
import { parse } from 'yaml';
import { MeshNamespace, MeshedMicroservice, Metrics, ObservabilityStack, Port, type TracesOptions } from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, objectsIn } from '../mesh/world';
import { slack, watchedShop } from './watched-world';

const tracing = (more: Partial<TracesOptions> = {}) => Metrics.embedded({
  storage: { size: Size.gibibytes(1) }, resources: container.resources, alerting: { otherwise: [slack] }, grafana: {},
  traces: { samplingPercentage: 10, storage: { size: Size.gibibytes(2) }, ...more },
});
const traced = (more: Partial<TracesOptions> = {}) => watchedShop({ metrics: tracing(more) });
const collector = 'jaeger.observability.svc.cluster.local:4317';

test('proxies of watched namespaces send a share of their spans to the stack, and only theirs do', () => {
  const { staging, shop, stack } = traced();
  const other = new MeshNamespace(staging, 'other');
  expect(at(objectIn(shop, 'Telemetry'), 'spec')).toEqual({
    tracing: [{ providers: [{ name: 'observability-jaeger' }], randomSamplingPercentage: 10 }],
  });
  for (const namespace of [other, stack]) expect(() => objectIn(namespace, 'Telemetry')).toThrow('got 0');
});

test('the mesh is told who takes spans', () => {
  const values: unknown = parse(traced().app.render().get('staging/istiod-values.yaml')!);
  expect(at(values, 'meshConfig.extensionProviders')).toEqual([
    { name: 'observability-jaeger', opentelemetry: { service: 'jaeger.observability.svc.cluster.local', port: 4317 } },
  ]);
});

test('one Telemetry says what is written and what is followed: Istio takes no second one', () => {
  const { staging } = traced();
  const desk = new MeshNamespace(staging, 'desk', { accessLog: 'errors' });
  new ObservabilityStack(staging, 'second', { watches: [desk], metrics: tracing() });
  const telemetries = objectsIn(desk).filter((each) => at(each, 'kind') === 'Telemetry');
  expect(telemetries.map((each) => Object.keys(Object(at(each, 'spec'))))).toEqual([['accessLogging', 'tracing']]);
});

test('every pod there reaches the collector, also one that is declared later, and it takes spans from nobody else', () => {
  const { shop, staging, stack } = traced();
  const late = client(shop, 'late');
  const elsewhere = client(new MeshNamespace(staging, 'other'), 'elsewhere');
  expect(at(objectIn(late, 'Sidecar'), 'spec.egress.0.hosts')).toEqual(['observability/jaeger.observability.svc.cluster.local']);
  expect(at(objectIn(elsewhere, 'Sidecar'), 'spec.egress.0.hosts')).toEqual(['~/*']);
  expect(JSON.stringify(objectIn(shop, 'NetworkPolicy', 'allow-mesh'))).toContain('"port":4317');
  expect(listAt(objectIn(stack, 'AuthorizationPolicy', 'jaeger-spans'), 'spec.rules')).toEqual([{
    from: [{ source: { namespaces: ['shop'] } }],
    to: [{ operation: { paths: ['/opentelemetry.proto.collector.trace.v1.TraceService/Export'], ports: ['4317'] } }],
  }]);
  expect(at(objectIn(stack, 'NetworkPolicy', 'jaeger-spans'), 'spec.ingress.0.from')).toEqual([
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } },
  ]);
});

test('a program that sends spans is told where to, and where nobody takes them it is told nothing', () => {
  const [followed, alone] = [traced(), watchedShop()].map(({ shop }) => new MeshedMicroservice(shop, 'orders', {
    ...container, port: Port.http(80), env: { PORT: '80' }, spans: ({ collector: to, samplingPercentage }) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${to}`, SHARE: String(samplingPercentage) }),
  }));
  const env = (service: MeshedMicroservice) => listAt(objectIn(service, 'Deployment', 'orders'), 'spec.template.spec.containers.0.env');
  expect(env(followed)).toEqual([
    { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: `http://${collector}` }, { name: 'SHARE', value: '10' }, { name: 'PORT', value: '80' },
  ]);
  expect(env(alone)).toEqual([{ name: 'PORT', value: '80' }]);
});

test('what was collected is kept for days, on storage that outlives the pod, and Grafana shows it', () => {
  const { stack } = traced({ retention: Duration.days(7) });
  const config: unknown = parse(String(Object.values(Object(at(objectIn(stack, 'ConfigMap', 'jaeger'), 'data')))[0]));
  expect(at(config, 'extensions.jaeger_storage.backends.badger.badger')).toMatchObject({ ephemeral: false, ttl: { spans: '168h' } });
  expect(at(objectIn(stack, 'PersistentVolumeClaim', 'jaeger'), 'spec.resources.requests.storage')).toBe('2Gi');
  const sources: unknown = parse(String(Object.values(Object(at(objectIn(stack, 'ConfigMap', 'grafana-datasources'), 'data')))[0]));
  expect(listAt(sources, 'datasources').map((source) => at(source, 'type'))).toEqual(['prometheus', 'jaeger']);
});

describe('bad input', () => {
  test.each([0, -1, 100.1, Number.NaN])('fails: a share of %d %% of the requests', (samplingPercentage) => {
    expectRefusal(() => traced({ samplingPercentage }), '[staging/observability] traces.samplingPercentage must be above 0', 'leave traces out');
  });

  test('fails: a part of a day', () => {
    expectRefusal(() => traced({ retention: Duration.hours(30) }), 'traces.retention');
  });

  test('fails: a namespace that another stack follows', () => {
    const { staging, shop } = traced();
    expectRefusal(() => new ObservabilityStack(staging, 'second', { watches: [shop], metrics: tracing() }), 'one stack traces a namespace, got staging/shop');
  });

  test('fails: a namespace that is somebody else\'s', () => {
    const { staging } = traced();
    const joined = MeshNamespace.existing(staging, 'joined');
    const stack = () => new ObservabilityStack(staging, 'second', { watches: [joined], metrics: tracing() });
    expectRefusal(stack, 'got staging/joined, which is joined', 'without traces');
  });
});
