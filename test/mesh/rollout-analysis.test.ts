import { Duration } from 'cdk8s';
import { type EnvironmentProps, MeshedMicroservice, Operation, Port, type RolloutAnalysis, Step } from '../../src';
import { at, container, expectRefusal, listAt, objectIn, world } from './world';

const PROMETHEUS = 'http://prometheus.istio-system:9090';
const latency = { percentile: 99, below: Duration.millis(300) };
const SERIES = 'reporter="source",destination_service_name="orders-canary",destination_service_namespace="shop"';

/** Orders whose releases are measured. */
function ordersWith(
  analysis: RolloutAnalysis, port: Port | readonly Port[] = Port.http(80), environment: EnvironmentProps = { prometheusAddress: PROMETHEUS },
) {
  return new MeshedMicroservice(world(environment).shop, 'orders', {
    ...container, port, rollout: { steps: [Step.setWeight(5), Step.pause(Duration.minutes(10))], analysis },
  });
}

const metrics = (...given: Parameters<typeof ordersWith>): readonly unknown[] => listAt(objectIn(ordersWith(...given), 'AnalysisTemplate'), 'spec.metrics');
const query = (metric: unknown): unknown => at(metric, 'provider.prometheus.query');

describe('an analysis', () => {
  test('runs from the first weight on: before it nobody asks the new version', () => {
    const analysis = at(objectIn(ordersWith({ successRate: 99 }), 'Rollout'), 'spec.strategy.canary.analysis');
    expect(analysis).toEqual({ startingStep: 1, templates: [{ templateName: 'orders' }] });
  });

  test('measures what is asked for and nothing else', () => {
    const names = [{ successRate: 99 }, { latency }, { successRate: 99, latency }].map((each) => metrics(each).map((metric) => at(metric, 'name')));
    expect(names).toEqual([['success-rate'], ['latency'], ['success-rate', 'latency']]);
  });

  test('takes each minute by itself, without limits that are Argo\'s own', () => {
    const [metric] = metrics({ successRate: 99 });
    expect(metric).toMatchObject({ interval: '1m', initialDelay: '1m' });
    for (const name of ['count', 'failureLimit', 'inconclusiveLimit']) expect(metric).not.toHaveProperty(name);
  });

  test('takes other times and limits', () => {
    const [metric] = metrics({ successRate: 99, interval: Duration.seconds(90), count: 5, failureLimit: 2, inconclusiveLimit: 3 });
    expect(metric).toMatchObject({ interval: '90s', initialDelay: '90s', count: 5, failureLimit: 2, inconclusiveLimit: 3 });
    expect(query(metric)).toContain('[90s]');
  });

  test('neither succeeds nor fails where nobody asked', () => {
    const [rate, time] = metrics({ successRate: 99.5, latency });
    expect(rate).toMatchObject({ successCondition: 'len(result) > 0 && result[0] >= 99.5', failureCondition: 'len(result) > 0 && result[0] < 99.5' });
    expect(time).toMatchObject({ successCondition: 'len(result) > 0 && result[0] < 300', failureCondition: 'len(result) > 0 && result[0] >= 300' });
  });

  test('counts failures, so that a version that fails every request has a rate of 0', () => {
    expect(query(metrics({ successRate: 99 })[0])).toBe([
      '100 - 100 * (',
      `  (sum(rate(istio_requests_total{${SERIES},response_code=~"5.."}[1m])) or vector(0))`,
      `  / sum(rate(istio_requests_total{${SERIES}}[1m]))`,
      ')',
    ].join('\n'));
  });

  test('counts gRPC\'s faults of the server at a gRPC port, each failure once', () => {
    expect(query(metrics({ successRate: 99 }, [Port.http(80), Port.grpc(9090)])[0])).toBe([
      '100 - 100 * (',
      '  (',
      `    (sum(rate(istio_requests_total{${SERIES},response_code=~"5.."}[1m])) or vector(0))`,
      `    + (sum(rate(istio_requests_total{${SERIES},response_code!~"5..",grpc_response_status=~"2|4|12|13|14|15"}[1m])) or vector(0))`,
      '  )',
      `  / sum(rate(istio_requests_total{${SERIES}}[1m]))`,
      ')',
    ].join('\n'));
  });

  test('reads the percentile over all callers', () => {
    const [metric] = metrics({ latency: { percentile: 99.9, below: Duration.seconds(1) } });
    expect(query(metric)).toBe(`histogram_quantile(0.999, sum by (le) (rate(istio_request_duration_milliseconds_bucket{${SERIES}}[1m])))`);
    expect(at(metric, 'successCondition')).toContain('< 1000');
  });

  test('asks the environment\'s Prometheus, or its own', () => {
    const address = (...given: Parameters<typeof ordersWith>): unknown => at(metrics(...given)[0], 'provider.prometheus.address');
    expect(address({ successRate: 99 })).toBe(PROMETHEUS);
    expect(address({ successRate: 99, prometheus: 'https://metrics.example.com/tenant' })).toBe('https://metrics.example.com/tenant');
  });
});

describe('fails', () => {
  test('an analysis without an address', () => {
    expectRefusal(() => ordersWith({ successRate: 99 }, Port.http(80), {}), 'got no address', 'prometheusAddress to the Environment');
  });

  test.each([
    ['an address that is none', { successRate: 99, prometheus: 'prometheus:9090' }, "'prometheus:9090'"],
    ['a rate of 0', { successRate: 0 }, 'got 0'],
    ['a rate of more than all', { successRate: 101 }, 'got 101'],
    ['a percentile of all', { latency: { percentile: 100, below: Duration.seconds(1) } }, 'got 100'],
    ['a latency of nothing', { latency: { percentile: 99, below: Duration.millis(0) } }, 'got 0ms'],
    ['a count of 0', { successRate: 99, count: 0 }, 'count must be a whole number of 1 or more, got 0'],
    ['a limit below 0', { successRate: 99, failureLimit: -1 }, 'failureLimit must be a whole number of 0 or more, got -1'],
    ['a limit above the count', { successRate: 99, count: 3, inconclusiveLimit: 4 }, 'inconclusiveLimit must be at most count, got 4 of 3'],
    ['a limit that all may reach', { successRate: 99, count: 3, failureLimit: 3 }, 'failureLimit must be less than count, got 3 of 3'],
    ['a first measurement after the end', { successRate: 99, interval: Duration.minutes(10) }, 'after its interval of 10m, got pauses of 600s in all'],
    ['an interval shorter than what is scraped', { successRate: 99, interval: Duration.seconds(5) }, '5000ms'],
  ] as const)('%s', (_, analysis, got) => {
    expectRefusal(() => ordersWith(analysis), 'rollout.analysis', got);
  });

  test('a latency of requests that never end by themselves', () => {
    const { shop } = world({ prometheusAddress: PROMETHEUS });
    const operations = { watch: Operation.http('GET', '/watch', { streams: true }) };
    const rollout = { steps: [Step.setWeight(5)], analysis: { latency } } as const;
    expectRefusal(() => new MeshedMicroservice(shop, 'orders', { ...container, port: Port.http(80), operations, rollout }), 'operations that all stream');
  });
});
