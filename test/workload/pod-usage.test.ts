import { podUsage } from '../../src/workload/pod-usage';

const container = (name: string, cpu: string, more: object = {}) =>
  ({ name, resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu, memory: '2Mi' } }, ...more });
const refuse = (missing: string): never => { throw new Error(missing); };
const cpu = (containers: readonly unknown[], initContainers: readonly unknown[] = []) => podUsage({ containers, initContainers }, refuse)['limits.cpu'];
const always = { restartPolicy: 'Always' };

test('containers run together', () => {
  expect(podUsage({ initContainers: [], containers: [container('a', '1'), container('b', '500m')] }, refuse)).toEqual({
    'requests.cpu': 2, 'requests.memory': 2 * 2 ** 20, 'limits.cpu': 1500, 'limits.memory': 4 * 2 ** 20,
  });
});

test('init containers run one by one, before the others', () => {
  expect(cpu([container('a', '1')], [container('x', '500m'), container('y', '700m')])).toBe(1000);
  expect(cpu([container('a', '1')], [container('x', '500m'), container('y', '3')])).toBe(3000);
});

test('native sidecars run beside the others, and beside the init containers after them', () => {
  expect(cpu([container('a', '1')], [container('proxy', '2', always)])).toBe(3000);
  expect(cpu([container('a', '1')], [container('proxy', '2', always), container('x', '4')])).toBe(6000);
  expect(cpu([container('a', '1')], [container('x', '4'), container('proxy', '2', always)])).toBe(4000);
  expect(cpu([container('a', '1')], [container('p', '2', always), container('x', '3'), container('q', '1', always)])).toBe(5000);
});

test('a request that is not said is the limit', () => {
  const usage = podUsage({ initContainers: [], containers: [{ name: 'a', resources: { limits: { cpu: '2', memory: '1Gi' } } }] }, refuse);
  expect([usage['requests.cpu'], usage['requests.memory']]).toEqual([2000, 2 ** 30]);
});

test('fails for a container without an amount, by name', () => {
  expect(() => cpu([{ name: 'nginx', resources: { limits: { memory: '1Gi' } } }])).toThrow('container nginx without requests.cpu');
});
