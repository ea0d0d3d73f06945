import { ResourceLimitedDaemonSet, type ResourceLimitedDaemonSetProps } from '../../src';
import { at, container, expectRefusal, objectIn, stockChart } from '../mesh/world';

const agent = (props: Partial<ResourceLimitedDaemonSetProps> = {}) =>
  new ResourceLimitedDaemonSet(stockChart(), 'Agent', { ...container, name: 'agent', selector: { app: 'agent' }, ...props });
const specOf = (props: Partial<ResourceLimitedDaemonSetProps> = {}): unknown => at(objectIn(agent(props), 'DaemonSet'), 'spec');

test('is a hardened pod on every node that takes any', () => {
  const spec = specOf({ labels: { team: 'ops' }, serviceAccountName: 'agent' });
  expect(spec).toMatchObject({
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent', team: 'ops' } }, spec: { serviceAccountName: 'agent', securityContext: { runAsNonRoot: true } } },
  });
  expect(at(spec, 'template.spec.containers.0.securityContext')).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  expect(at(spec, 'template.spec.containers.0.resources.limits')).toEqual({ cpu: '200m', memory: '128Mi' });
  expect(at(spec, 'template.spec')).not.toHaveProperty('tolerations');
});

test('runs as the default ServiceAccount, unless it says another', () => {
  expect(at(specOf(), 'template.spec.serviceAccountName')).toBe('default');
});

test('bears the taints that it names: one value, any value, any at all', () => {
  const tolerations = [{ key: 'role', value: 'db', effect: 'NoSchedule' }, { key: 'gpu' }, {}] as const;
  expect(at(specOf({ tolerations }), 'template.spec.tolerations')).toEqual([
    { key: 'role', operator: 'Equal', value: 'db', effect: 'NoSchedule' }, { key: 'gpu', operator: 'Exists' }, { operator: 'Exists' },
  ]);
});

test('fails for a name that is none, and for missing resources', () => {
  expectRefusal(() => agent({ name: 'The Agent' }), '[shop/Agent]', "'The Agent'");
  expectRefusal(() => agent({ resources: undefined as never }), '[shop/Agent]', 'resources.cpu');
});

test('fails for a toleration with a value and no key, which Kubernetes refuses', () => {
  expectRefusal(() => agent({ tolerations: [{ value: 'db' }] }), '[shop/Agent]', "'db'", 'name the key');
});

test('fails for labels that would take its pods from it', () => {
  expectRefusal(() => agent({ labels: { app: 'other' } }), '[shop/Agent]', "app 'other' for 'agent'", 'remove it');
});
