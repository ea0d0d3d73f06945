import { Duration } from 'cdk8s';
import { type Autoscaling, ResourceLimitedDeployment, type ScalingRules } from '../../src';
import { at, container, expectRefusal, objectIn, stockChart } from '../mesh/world';

const scaled = (replicas: Partial<Autoscaling>) => new ResourceLimitedDeployment(stockChart(), 'web', {
  ...container, name: 'web', selector: { app: 'web' }, replicas: { min: 2, max: 10, ...replicas },
});
const spec = (replicas: Partial<Autoscaling>) => at(objectIn(scaled(replicas), 'HorizontalPodAutoscaler'), 'spec');
const following = (scaleUp: ScalingRules) => ({ cpuPercent: 70, behavior: { scaleUp } });
const external = (matchLabels: Readonly<Record<string, string>>) => ({ type: 'External', name: 'queue', matchLabels, averageValue: '1' }) as const;
const use = (name: string, averageUtilization: number) =>
  ({ type: 'ContainerResource', containerResource: { container: 'server', name, target: { type: 'Utilization', averageUtilization } } });

test('follows processor and memory of the application, without its sidecar', () => {
  expect(spec({ cpuPercent: 70, memoryPercent: 150 })).toEqual({
    minReplicas: 2, maxReplicas: 10, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, metrics: [use('cpu', 70), use('memory', 150)],
  });
});

/** Somebody's own table has more columns, of which Kubernetes knows nothing. */
const fromTable = <Row extends object>(row: Row): Row => ({ ...row, owner: 'somebody' });

test('follows what an adapter gives: of the pods, of another object, of the world outside', () => {
  const describedObject = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'web' };
  expect(at(spec({
    metrics: [
      { type: 'Pods', name: 'requests_per_second', averageValue: '100' },
      { type: 'External', name: 'queue_length', matchLabels: { queue: 'orders' }, averageValue: '30' },
      { type: 'Object', name: 'requests', describedObject: fromTable(describedObject), value: '2k' },
    ],
  }), 'metrics')).toEqual([
    { type: 'Pods', pods: { metric: { name: 'requests_per_second' }, target: { type: 'AverageValue', averageValue: '100' } } },
    {
      type: 'External',
      external: { metric: { name: 'queue_length', selector: { matchLabels: { queue: 'orders' } } }, target: { type: 'AverageValue', averageValue: '30' } },
    },
    { type: 'Object', object: { describedObject, metric: { name: 'requests' }, target: { type: 'Value', value: '2k' } } },
  ]);
});

test('follows as fast as it is told, and says nothing of what it is not', () => {
  const policies = [{ type: 'Pods', value: 1, period: Duration.minutes(1) }] as const;
  const scaleDown = { stabilizationWindow: Duration.minutes(10), policies, selectPolicy: 'Min' } as const;
  expect(at(spec({ cpuPercent: 70, behavior: { scaleDown } }), 'behavior')).toEqual({
    scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }], selectPolicy: 'Min' },
  });
  expect(spec({ cpuPercent: 70 })).not.toHaveProperty('behavior');
});

test.each<[string, Partial<Autoscaling>, readonly string[]]>([
  ['no metric', {}, ['follow something', 'cpuPercent']],
  ['more at least than at most', { min: 5, max: 2, cpuPercent: 70 }, ['5 to 2']],
  ['a use of nothing', { cpuPercent: 0 }, ['cpuPercent', 'got 0']],
  ['a use of memory that is no number', { memoryPercent: 0.5 }, ['memoryPercent', 'got 0.5']],
  ['a target that is none', { metrics: [{ type: 'Pods', name: 'requests', averageValue: 'many' }] }, ['requests', "'many'"]],
  ['a target of 0', { metrics: [{ type: 'Pods', name: 'requests', averageValue: '0' }] }, ['requests', "'0'"]],
  ['a metric without a name', { metrics: [{ type: 'Pods', name: '', averageValue: '1' }] }, ['name']],
  ['a metric twice', { metrics: [1, 2].map((value) => ({ type: 'Pods', name: 'requests', averageValue: String(value) }) as const) }, ['requests 2 times']],
  ['a metric twice, its labels in another order', { metrics: [external({ a: '1', b: '2' }), external({ b: '2', a: '1' })] }, ['queue 2 times']],
  ['a window of more than an hour', following({ stabilizationWindow: Duration.hours(2) }), ['stabilizationWindow', '3600']],
  ['a period of nothing', following({ policies: [{ type: 'Pods', value: 1, period: Duration.seconds(0) }] }), ['period']],
  ['a step of nothing', following({ policies: [{ type: 'Percent', value: 0, period: Duration.seconds(15) }] }), ['scaleUp', 'got 0']],
])('fails for %s', (_, replicas, texts) => {
  expectRefusal(() => scaled(replicas), 'web', ...texts);
});

test('a direction that is disabled has no policies', () => {
  const policies = [{ type: 'Pods', value: 1, period: Duration.minutes(1) }] as const;
  expect(at(spec({ cpuPercent: 70, behavior: { scaleDown: { selectPolicy: 'Disabled' } } }), 'behavior')).toEqual({ scaleDown: { selectPolicy: 'Disabled' } });
  expectRefusal(() => scaled({ cpuPercent: 70, behavior: { scaleDown: { selectPolicy: 'Disabled', policies } } }), 'disabled', 'leave one out');
});
