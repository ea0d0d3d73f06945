import { Duration } from 'cdk8s';
import { MeshedJob, type MeshedJobProps } from '../../src';
import { at, container, expectRefusal, objectIn, objectsIn, payment, world } from './world';

function nightly(props: Partial<MeshedJobProps> = {}) {
  const { app, shop } = world();
  return { app, shop, job: new MeshedJob(shop, 'nightly', { ...container, ...props }) };
}

test('has an identity, connections and hosts like any workload', () => {
  const { job } = nightly();
  expect(objectsIn(job).map((object) => at(object, 'kind')).sort()).toEqual(['Job', 'NetworkPolicy', 'ServiceAccount', 'Sidecar']);
  expect(at(objectIn(job, 'Job'), 'spec.template')).toMatchObject({
    metadata: { labels: { app: 'nightly', 'app.kubernetes.io/part-of': 'shop' } }, spec: { serviceAccountName: 'nightly' },
  });
});

test('is a CronJob on a schedule', () => {
  const { job } = nightly({ schedule: '0 3 * * *', activeDeadline: Duration.minutes(5), backoffLimit: 1 });
  expect(at(objectIn(job, 'CronJob'), 'spec')).toMatchObject({ schedule: '0 3 * * *', jobTemplate: { spec: { activeDeadlineSeconds: 300, backoffLimit: 1 } } });
  expect(job.workload.cronJob).toBeDefined();
});

test('is run by Argo CD at every sync, before what runs or after it is healthy', () => {
  const annotations = (hook: 'Sync' | 'PostSync'): unknown => at(objectIn(nightly({ hook }).job, 'Job'), 'metadata.annotations');
  const hook = { 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' };
  expect(annotations('Sync')).toEqual({ ...hook, 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/sync-wave': '-1' });
  expect(annotations('PostSync')).toEqual({ ...hook, 'argocd.argoproj.io/hook': 'PostSync' });
  expect(at(objectIn(nightly().job, 'Job'), 'metadata.annotations')).toBeUndefined();
  expect(() => nightly({ hook: 'Sync', schedule: '0 3 * * *' })).toThrow("a job runs by a schedule or by a hook, got '0 3 * * *' and Sync; leave one out");
});

test('calls like any workload', () => {
  const { shop, job } = nightly({ env: { MODE: 'all' } });
  const callee = payment(shop);
  const address = job.calls(callee, { operations: ['refunds'], env: (to) => ({ PAYMENT_ADDR: to.hostPort }) });
  job.addEnv('PAYMENT_URL', address.url());
  expect(at(objectIn(job, 'Job'), 'spec.template.spec.containers.0.env')).toEqual([
    { name: 'PAYMENT_ADDR', value: 'payment:50051' }, { name: 'MODE', value: 'all' }, { name: 'PAYMENT_URL', value: 'http://payment:50051' },
  ]);
  expect(at(objectIn(job, 'Sidecar'), 'spec.egress.0.hosts')).toEqual(['./payment.shop.svc.cluster.local']);
  expect(at(objectIn(job, 'NetworkPolicy'), 'spec.egress.0.ports')).toEqual([{ port: 50051 }]);
  expect(at(objectIn(callee, 'AuthorizationPolicy'), 'spec.rules.0.from.0.source.principals')).toEqual(['cluster.local/ns/shop/sa/nightly']);
  expect(at(objectIn(callee, 'VirtualService'), 'spec.http.0.match.0.sourceLabels')).toEqual({ app: 'nightly' });
});

test('fails for an operation that the callee does not have', () => {
  const { shop, job } = nightly();
  expectRefusal(() => job.calls(payment(shop), { operations: ['refnuds' as 'refunds'] }), '[staging/shop/nightly]', "'refnuds'", 'refunds');
});

test('fails for an env name set twice', () => {
  const { job } = nightly({ env: { MODE: 'all' } });
  expectRefusal(() => job.addEnv('MODE', 'some'), '[staging/shop/nightly]', 'MODE', 'got a second value for it');
});

test('fails for a name that leaves no room for what Kubernetes adds', () => {
  expectRefusal(() => new MeshedJob(world().shop, 'a'.repeat(53), container), `[staging/shop/${'a'.repeat(53)}`, '52', 'shorten');
});

test.each([
  ['sidecar.istio.io/inject', 'false'], ['traffic.sidecar.istio.io/excludeOutboundPorts', '443'], ['inject.istio.io/templates', 'custom'],
])('fails for the annotation %s, which takes its pods out of the mesh', (name, value) => {
  expectRefusal(() => nightly({ podAnnotations: { [name]: value } }), '[staging/shop/nightly]', `${name}: '${value}'`, 'remove it');
});

test('fails for missing resources', () => {
  expectRefusal(() => nightly({ resources: undefined as never }), '[staging/shop/nightly', 'resources.cpu');
});
