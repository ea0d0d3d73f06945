import { Cluster } from './cluster';
import { Refused, type KubeObject } from './control/kube-client';
import { changed, set } from './mutations/change';
import { rulesOf } from './rules-of';
import { judge } from './table';

const NAMESPACE = 'immutable';
const labels = { app: 'data' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'server', image: 'example.com/server' }] } };
const claim = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '2Gi' } } };
const reader = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

const subjects = [{ kind: 'ServiceAccount', name: 'data', namespace: NAMESPACE }];

const metadata = { name: 'data', namespace: NAMESPACE };

const object = (apiVersion: string, kind: string, rest: object): KubeObject => ({ apiVersion, kind, metadata, ...rest });
const OBJECTS: readonly KubeObject[] = [
  object('apps/v1', 'Deployment', { spec: { selector: { matchLabels: labels }, template } }),
  object('apps/v1', 'DaemonSet', { spec: { selector: { matchLabels: labels }, template } }),
  object('apps/v1', 'StatefulSet', {
    spec: {
      selector: { matchLabels: labels }, serviceName: 'data', podManagementPolicy: 'OrderedReady', template,
      volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: claim }],
    },
  }),
  object('batch/v1', 'Job', {
    spec: { completionMode: 'NonIndexed', completions: 1, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
  }),
  object('v1', 'Service', { spec: { selector: labels, clusterIP: '10.96.200.1', ports: [{ port: 80 }] } }),
  object('v1', 'PersistentVolumeClaim', { spec: { ...claim, volumeMode: 'Filesystem', volumeName: 'disk-1' } }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: reader('Role', 'reader'), subjects }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef: reader('ClusterRole', 'reader'), subjects }),
  object('scheduling.k8s.io/v1', 'PriorityClass', { value: 1000, description: 'what takes money', preemptionPolicy: 'PreemptLowerPriority' }),
  object('v1', 'ConfigMap', { immutable: true, data: { key: 'value' } }),
  object('v1', 'Secret', { immutable: true, type: 'Opaque', data: { key: 'dmFsdWU=' } }),
];

/** Changes of fields that the check holds to be immutable. */
const CHANGES: readonly (readonly [kind: string, path: string, value: unknown])[] = [
  ['Deployment', 'spec/selector/matchLabels/app', 'other'],
  ['DaemonSet', 'spec/selector/matchLabels/app', 'other'],
  ['StatefulSet', 'spec/selector/matchLabels/app', 'other'],
  ['StatefulSet', 'spec/serviceName', 'other'],
  ['StatefulSet', 'spec/podManagementPolicy', 'Parallel'],
  ['StatefulSet', 'spec/volumeClaimTemplates/0/spec/resources/requests/storage', '3Gi'],
  ['Job', 'spec/template/spec/containers/0/image', 'example.com/other'],
  ['Job', 'spec/completionMode', 'Indexed'],
  ['Job', 'spec/completions', 2],
  ['Service', 'spec/clusterIP', '10.96.200.2'],
  ['PersistentVolumeClaim', 'spec/accessModes', ['ReadWriteMany']],
  ['PersistentVolumeClaim', 'spec/storageClassName', 'slow'],
  ['PersistentVolumeClaim', 'spec/volumeName', 'disk-2'],
  ['PersistentVolumeClaim', 'spec/volumeMode', 'Block'],
  ['PersistentVolumeClaim', 'spec/resources/requests/storage', '1Gi'],
  ['RoleBinding', 'roleRef/name', 'writer'],
  ['ClusterRoleBinding', 'roleRef/name', 'writer'],
  ['PriorityClass', 'value', 2000],
  ['PriorityClass', 'preemptionPolicy', 'Never'],
  ['ConfigMap', 'data/key', 'other'],
  ['Secret', 'data/key', 'b3RoZXI='],
  ['Secret', 'type', 'example.com/other'],
];

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(NAMESPACE);
  await cluster.submit([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
});
afterAll(async () => {
  await cluster.clear(NAMESPACE);
  await cluster.client.delete(OBJECTS.find(({ kind }) => kind === 'ClusterRoleBinding')!);
  cluster.close();
});

test('what the check calls immutable is refused by the API server, one field at a time', async () => {
  const refused = await cluster.withoutNewPods(async () => {
    await cluster.submit(OBJECTS);
    const answers: string[] = [];
    for (const [kind, path, value] of CHANGES) {
      const after = changed(OBJECTS, [set(kind, 'data', path, value)]);
      expect([kind, path, ...rulesOf(OBJECTS, after)]).toEqual([kind, path, 'immutable-field']);
      answers.push(await cluster.client.apply(after.find((one) => one.kind === kind)!).then(() => `${kind} ${path} is taken`, statusOf));
    }
    return answers;
  });

  expect(refused.filter((answer) => answer !== '422')).toEqual([]);
  judge({ asked: 'changes of immutable fields refused', of: 'API server', expected: CHANGES.length, measured: refused.length });
});

/** HTTP status of a refusal. */
function statusOf(error: unknown): string {
  if (error instanceof Refused) return String(error.status);
  throw error;
}
