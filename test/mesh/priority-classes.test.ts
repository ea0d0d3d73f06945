import { PriorityClasses, type PriorityClassesProps } from '../../src';
import { at, client, expectRefusal, objectIn, objectsIn, world } from './world';

const classes = {
  checkout: { value: 1000, description: 'what takes money' }, batch: { value: -10, description: 'what can wait', preemptionPolicy: 'Never' },
} as const;
const made = (props: Partial<PriorityClassesProps> = {}) => new PriorityClasses(world().staging, 'priorities', { classes, ...props });

test('are of the cluster, and none is everybody\'s', () => {
  const kind = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' };
  expect(objectsIn(made())).toEqual([
    { ...kind, metadata: { name: 'checkout' }, value: 1000, description: 'what takes money' },
    { ...kind, metadata: { name: 'batch' }, value: -10, description: 'what can wait', preemptionPolicy: 'Never' },
  ]);
});

test('pods name theirs, and a cluster needs it', () => {
  const { app, shop, staging } = world();
  client(shop, 'checkout', { priorityClassName: 'checkout', safeToEvict: false });
  expect(String(app.render().get('staging/prerequisites.md'))).toContain('| PriorityClass checkout | its pods have it |');
  const pod = at(objectIn(shop, 'Deployment'), 'spec.template');
  expect([at(pod, 'spec.priorityClassName'), Object.values(at(pod, 'metadata.annotations') as object)]).toEqual(['checkout', ['false']]);
  new PriorityClasses(staging, 'priorities', { classes });
  const files = app.render();
  expect(files.get('staging/priorities/priority-classes.yaml')).toContain('kind: PriorityClass');
  expect(String(files.get('staging/prerequisites.md'))).not.toContain('PriorityClass');
});

test.each<[string, PriorityClassesProps['classes'], readonly string[]]>([
  ['a name of Kubernetes', { 'system-mine': { value: 1, description: 'x' } }, ["'system-mine'"]],
  ['a name that is none', { 'My Class': { value: 1, description: 'x' } }, ["'My Class'"]],
  ['a value above all', { mine: { value: 1_000_000_001, description: 'x' } }, ['mine', '1000000001']],
  ['a value that is no number', { mine: { value: 0.5, description: 'x' } }, ['mine', '0.5']],
])('fails for %s', (_, given, texts) => {
  expectRefusal(() => made({ classes: given }), '[staging/priorities]', ...texts);
});
