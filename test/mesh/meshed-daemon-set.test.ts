import { Exception, MeshedDaemonSet, type MeshedDaemonSetProps } from '../../src';
import { at, container, expectRefusal, objectIn, objectsIn, payment, world } from './world';

function agent(props: Partial<MeshedDaemonSetProps> = {}) {
  const { app, shop } = world();
  return { app, shop, made: new MeshedDaemonSet(shop, 'agent', { ...container, ...props }) };
}

test('has an identity, connections and hosts like any workload', () => {
  const { made } = agent();
  expect(objectsIn(made).map((object) => at(object, 'kind')).sort()).toEqual(['DaemonSet', 'NetworkPolicy', 'ServiceAccount', 'Sidecar']);
  const spec = at(objectIn(made, 'DaemonSet'), 'spec');
  expect(at(spec, 'selector.matchLabels')).toEqual({ app: 'agent' });
  expect(at(spec, 'template')).toMatchObject({
    metadata: { labels: { app: 'agent', 'app.kubernetes.io/part-of': 'shop' } }, spec: { serviceAccountName: 'agent' },
  });
  expect(at(spec, 'template.spec')).not.toHaveProperty('hostNetwork');
});

test('calls like any workload', () => {
  const { app, shop, made } = agent({ env: { MODE: 'all' } });
  const callee = payment(shop);
  const address = made.calls(callee, { operations: ['refunds'], env: (to) => ({ PAYMENT_ADDR: to.hostPort }) });
  made.addEnv('PAYMENT_URL', address.url());
  expect(at(objectIn(made, 'DaemonSet'), 'spec.template.spec.containers.0.env')).toEqual([
    { name: 'PAYMENT_ADDR', value: 'payment:50051' }, { name: 'MODE', value: 'all' }, { name: 'PAYMENT_URL', value: 'http://payment:50051' },
  ]);
  expect(at(objectIn(made, 'Sidecar'), 'spec.egress.0.hosts')).toEqual(['./payment.shop.svc.cluster.local']);
  expect(at(objectIn(made, 'NetworkPolicy'), 'spec.egress.0.ports')).toEqual([{ port: 50051 }]);
  expect(at(objectIn(callee, 'AuthorizationPolicy'), 'spec.rules.0.from.0.source.principals')).toEqual(['cluster.local/ns/shop/sa/agent']);
  expect(() => app.render()).not.toThrow();
});

test('says who owns it', () => {
  expect(at(objectIn(agent({ owner: '@shop/ops' }).made, 'DaemonSet'), 'metadata.annotations')).toEqual({ 'a8r.io/owner': '@shop/ops' });
});

test('fails for an operation that the callee does not have, and for a variable set twice', () => {
  const { shop, made } = agent({ env: { MODE: 'all' } });
  expectRefusal(() => made.calls(payment(shop), { operations: ['refnuds' as 'refunds'] }), '[staging/shop/agent]', "'refnuds'", 'refunds');
  expectRefusal(() => made.addEnv('MODE', 'some'), '[staging/shop/agent]', 'MODE', 'got a second value for it');
});

test('fails for privileges that its namespace does not take, and for a name that it has', () => {
  const exceptions = [Exception.privileges({ root: true, because: 'the files are root\'s' })];
  expectRefusal(() => agent({ exceptions }), '[staging/shop/agent]', 'need a namespace with Pod Security baseline, got restricted');
  const { shop } = agent();
  expectRefusal(() => new MeshedDaemonSet(shop, 'agent', container), '[staging/shop/agent]', "got 'agent' twice");
});
