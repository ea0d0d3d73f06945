import { mostPods } from '../../src/workload/most-pods';

const refuse = (problem: string): never => { throw new Error(problem); };
const most = (kind: string, spec: object, scale: { autoscaled?: Record<string, number>; nodes?: number } = {}) =>
  mostPods({ kind, metadata: { name: 'web' }, spec }, { autoscaled: new Map(Object.entries(scale.autoscaled ?? {})), nodes: scale.nodes }, refuse);
const surging = (maxSurge: number | string) => ({ replicas: 10, strategy: { rollingUpdate: { maxSurge } } });

test.each<[string, string, object, number]>([
  ['a Pod', 'Pod', {}, 1],
  ['a Deployment and what surges, a quarter rounded up', 'Deployment', { replicas: 5 }, 7],
  ['a Deployment of one', 'Deployment', {}, 2],
  ['a Deployment that surges by number', 'Deployment', surging(3), 13],
  ['a Deployment that surges by percent', 'Deployment', surging('15%'), 12],
  ['a Deployment that ends before it begins', 'Deployment', { replicas: 5, strategy: { type: 'Recreate' } }, 5],
  ['a Rollout, whose stable version stays whole', 'Rollout', { replicas: 4 }, 8],
  ['a StatefulSet', 'StatefulSet', { replicas: 3 }, 3],
  ['a Job', 'Job', {}, 1],
  ['a Job of several at once', 'Job', { parallelism: 4 }, 4],
  ['a Job of fewer than it may have at once', 'Job', { parallelism: 4, completions: 2 }, 2],
  ['a CronJob that waits for itself', 'CronJob', { concurrencyPolicy: 'Forbid', jobTemplate: { spec: { parallelism: 2 } } }, 2],
  ['a CronJob that replaces itself', 'CronJob', { concurrencyPolicy: 'Replace', jobTemplate: { spec: {} } }, 2],
  ['a ConfigMap', 'ConfigMap', {}, 0],
])('%s', (_, kind, spec, pods) => {
  expect(most(kind, spec)).toBe(pods);
});

test('what is autoscaled has as many as its autoscaler lets it', () => {
  expect(most('Deployment', {}, { autoscaled: { web: 8 } })).toBe(10);
  expect(most('Deployment', {}, { autoscaled: { other: 8 } })).toBe(2);
});

test('a DaemonSet has a pod on every node', () => {
  expect(most('DaemonSet', {}, { nodes: 6 })).toBe(6);
  expect(most('DaemonSet', { updateStrategy: { rollingUpdate: { maxSurge: '50%' } } }, { nodes: 6 })).toBe(9);
});

test('fails for a DaemonSet on nodes that nobody counts', () => {
  expect(() => most('DaemonSet', {})).toThrow('say nodes');
});

test('fails for a CronJob that may run any number at once', () => {
  expect(() => most('CronJob', { jobTemplate: { spec: {} } })).toThrow("got concurrencyPolicy 'Allow'; say 'Forbid'");
});
