import { AccessRole, type AccessRoleProps, type AccessRule, Environment, MeshNamespace, MeshedJob } from '../../src';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from './world';

const apiServer = { addresses: ['10.0.0.1'], port: 6443 };
const watch: AccessRule = { resources: ['pods'], verbs: ['get', 'list', 'watch'] };

function system(props: AccessRoleProps = { rules: [watch] }) {
  const made = world({ apiServer });
  const operator = client(made.shop, 'operator');
  return { ...made, operator, role: new AccessRole(operator, 'pods', props) };
}

test('a Role and who has it', () => {
  const annotations = { 'argocd.argoproj.io/sync-wave': '-3' };
  expect(objectsIn(system().role)).toEqual([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'operator-pods', namespace: 'shop', annotations },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'operator-pods', namespace: 'shop', annotations },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'operator-pods' },
      subjects: [{ kind: 'ServiceAccount', name: 'operator', namespace: 'shop' }],
    },
  ]);
});

test('the way to the API and the token come with it', () => {
  const { operator } = system();
  expect(objectIn(operator, 'ServiceAccount')).not.toHaveProperty('automountServiceAccountToken');
  expect(at(objectIn(operator, 'NetworkPolicy'), 'spec.egress.0.to')).toEqual([{ ipBlock: { cidr: '10.0.0.1/32' } }]);
  expect(at(objectIn(operator, 'Sidecar'), 'spec.egress.0.hosts')).toEqual(['default/kubernetes.default.svc.cluster.local']);
});

test('a job has one too, and a call that is declared already is not declared twice', () => {
  const { app, staging, shop, operator } = system();
  const job = new MeshedJob(shop, 'nightly', container);
  job.calls(staging.kubernetesApi, {});
  new AccessRole(job, 'pods', { rules: [watch] });
  new AccessRole(operator, 'jobs', { rules: [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] }] });
  expect(staging.graph.to(staging.kubernetesApi.party)).toHaveLength(2);
  expect(() => app.render()).not.toThrow();
});

test('a ClusterRole is for a reason, which stands on it', () => {
  const { role } = system({ rules: [{ resources: ['nodes'], verbs: ['list'] }], clusterWide: { because: 'it spreads cameras over nodes' } });
  expect(at(objectIn(role, 'ClusterRole'), 'metadata.name')).toBe('shop-operator-pods');
  expect(objectIn(role, 'ClusterRoleBinding')).toMatchObject({ roleRef: { kind: 'ClusterRole', name: 'shop-operator-pods' } });
  expect(JSON.stringify(at(objectIn(role, 'ClusterRole'), 'metadata'))).toContain('access to all namespaces: it spreads cameras over nodes');
  expect(JSON.stringify(at(objectIn(role, 'ClusterRole'), 'metadata'))).not.toContain('"namespace"');
});

test('a Role in another namespace of its environment, whose name says whose it is', () => {
  const { app, staging, operator } = system();
  const namespace = new MeshNamespace(staging, 'pay');
  const role = new AccessRole(operator, 'pods-of-pay', { rules: [watch], namespace });
  expect(objectIn(role, 'Role')).toMatchObject({ metadata: { name: 'shop-operator-pods-of-pay', namespace: 'pay' } });
  expect(objectIn(role, 'RoleBinding')).toMatchObject({
    metadata: { name: 'shop-operator-pods-of-pay', namespace: 'pay' },
    roleRef: { kind: 'Role', name: 'shop-operator-pods-of-pay' },
    subjects: [{ kind: 'ServiceAccount', name: 'operator', namespace: 'shop' }],
  });
  expect(app.render().get('staging/shop/operator.yaml')).toContain('shop-operator-pods-of-pay');
});

test('its own namespace by name is its own namespace', () => {
  const { shop, operator } = system();
  const role = new AccessRole(operator, 'own', { rules: [watch], namespace: shop });
  expect(objectsIn(role).map((object) => at(object, 'metadata.name'))).toEqual(['operator-own', 'operator-own']);
});

test('more than a workload should have is for a reason, which stands in exceptions.md', () => {
  const { app } = system({ rules: [{ resources: ['pods/exec'], verbs: ['create'], because: 'it debugs what hangs' }] });
  expect(app.render().get('staging/exceptions.md')).toContain('| Role shop/operator-pods | access to create pods/exec | it debugs what hangs |');
});

describe('fails for', () => {
  test.each<[string, AccessRule, ...string[]]>([
    ['all verbs', { resources: ['pods'], verbs: ['*'] }, "verbs must be named, got '*'", 'say because'],
    ['all kinds', { resources: ['*'], verbs: ['get'] }, "resources must be named, got '*'"],
    ['all groups', { apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }, "apiGroups must be named, got '*'"],
    ['what gives more', { resources: ['roles'], verbs: ['escalate'] }, 'got escalate'],
    ['acting as others', { resources: ['serviceaccounts/token'], verbs: ['create'] }, 'got serviceaccounts/token'],
    ['all Secrets', { resources: ['secrets'], verbs: ['get'] }, 'all Secrets', 'without resourceNames'],
    ['a verb that is none', { resources: ['pods'], verbs: ['read'] }, "got 'read'", 'get, list'],
    ['a kind as one writes it', { resources: ['Pod'], verbs: ['get'] }, "got 'Pod'", "'pods'"],
    ['names that narrow nothing', { resources: ['pods'], resourceNames: ['a'], verbs: ['create'] }, 'resourceNames do not narrow create'],
    ['a verb twice', { resources: ['pods'], verbs: ['get', 'get'] }, "'get' twice"],
    ['no verb', { resources: ['pods'], verbs: [] as never }, 'verbs must name at least one'],
    ['an empty reason', { resources: ['*'], verbs: ['get'], because: ' ' }, 'because must be one line'],
  ])('%s', (_, rule, ...parts) => {
    expectRefusal(() => system({ rules: [rule] }), '[staging/shop/operator/pods]', ...parts);
  });

  test('a namespace of another environment, and one beside all of them', () => {
    const { app, shop } = system();
    const elsewhere = new MeshNamespace(new Environment(app, 'production'), 'shop');
    expectRefusal(() => system({ rules: [watch], namespace: elsewhere }), '[staging/shop/operator/pods]', 'got production/shop', 'make a role there');
    const clusterWide = { because: 'it watches all' };
    expectRefusal(() => system({ rules: [watch], namespace: shop, clusterWide }), "got clusterWide beside namespace 'shop'", 'remove one');
  });

  test('no rule, and an API whose addresses nobody knows', () => {
    expectRefusal(() => system({ rules: [] as never }), 'rules must have at least one');
    expectRefusal(() => new AccessRole(client(world().shop, 'operator'), 'pods', { rules: [watch] }), 'apiServer must have the addresses');
  });
});
