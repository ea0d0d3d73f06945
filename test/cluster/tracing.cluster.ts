import { Environment } from '../../src';
import { environments } from '../../src/app/environments';
import { onlineBoutique } from '../../src/app/online-boutique/online-boutique';
import { UNLIMITED, declaredCalls, requestOf } from './boutique';
import { attempts, unanswered } from './checks';
import { Cluster } from './cluster';
import { SPANS } from './control/istiod';
import { plainProgram, synthesized } from './manifests';
import { statistics } from './proxies';
import { until } from './run/until';
import { judge } from './table';

const NAMESPACE = 'observability';
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const CALLS = declaredCalls.filter(({ from, to }) => from === 'frontend' && to === 'adservice');

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'collector', namespace: NAMESPACE },
  spec: { selector: { app: 'collector' }, ports: [{ name: 'grpc', appProtocol: 'grpc', port: SPANS.port }] },
};
const telemetry = {
  apiVersion: 'telemetry.istio.io/v1',
  kind: 'Telemetry',
  metadata: { name: 'tracing', namespace: 'demo-app' },
  spec: { tracing: [{ providers: [{ name: SPANS.provider }], randomSamplingPercentage: 100 }] },
};

/** Staging, in a mesh whose sidecars send spans. */
const traced = synthesized((app) => {
  const { onlineBoutique: options, ...props } = environments.staging;
  const collector = { host: SPANS.host, ports: [SPANS.port], namespace: NAMESPACE, podLabels: { app: 'collector' } };
  onlineBoutique(new Environment(app, 'staging', { ...props, meshServices: [collector] }), options);
}).filter(({ kind }) => kind !== 'EnvoyFilter');

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply([namespace, service, plainProgram(NAMESPACE, 'collector', SPANS.port), telemetry, ...traced]); });
afterAll(async () => {
  await cluster.remove([telemetry]);
  await cluster.clear(NAMESPACE);
  await cluster.apply(UNLIMITED);
  cluster.close();
});

/** Spans that the proxy of an app has sent. */
async function sent(app: string): Promise<number> {
  const [pod] = await cluster.pods(app);
  const counts = await statistics(pod, 'tracing.opentelemetry.spans_sent');
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

test('spans of caller and callee arrive at the collector', async () => {
  const asked = 20;
  await cluster.request({ ...requestOf(CALLS[0]), times: asked });

  await until('both proxies have sent their spans', async () => await sent('frontend') >= asked && await sent('adservice') >= asked);
  const arrivals = await until('spans arrive', async () => {
    const found = await cluster.backendCalls('collector');
    return found.length > 0 && found;
  });
  expect(arrivals.map(({ path }) => path)).toEqual([EXPORT]);
  judge({ asked: `spans of ${asked} calls`, of: 'frontend\'s proxy', expected: [asked, 2 * asked], measured: await sent('frontend') });
  judge({ asked: 'exports of spans', of: 'collector', expected: [2, 2 * asked], measured: attempts(arrivals) });
});

test('declared calls are answered while they are traced, and no configuration is refused', async () => {
  expect(await unanswered()(cluster)).toEqual([]);
  expect(await cluster.rejects()).toEqual([]);
});
