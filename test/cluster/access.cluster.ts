import { AccessRole, Environment, MeshNamespace, MeshedMicroservice } from '../../src';
import { Cluster } from './cluster';
import { NODE_ADDRESS } from './run/namespaces';
import { synthesized } from './manifests';
import { judge } from './table';

const SHOP = 'operated';
const objects = synthesized((app) => {
  const apiServer = { addresses: [NODE_ADDRESS], port: 6443 };
  const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init', apiServer }), SHOP);
  const operator = new MeshedMicroservice(shop, 'operator', {
    image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
  });
  new AccessRole(operator, 'pods', {
    rules: [
      { resources: ['pods'], verbs: ['get', 'list'] },
      { resources: ['configmaps'], resourceNames: ['settings'], verbs: ['get', 'update'] },
    ],
  });
  new AccessRole(operator, 'nodes', { rules: [{ resources: ['nodes'], verbs: ['list'] }], clusterWide: { because: 'nodes are in no namespace' } });
});

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(SHOP);
  await cluster.submit(objects);
});
afterAll(async () => {
  await cluster.clearAll(objects);
  cluster.close();
});

interface Asked { readonly verb: string; readonly resource: string; readonly name?: string; readonly namespace?: string }

test.each<[string, Asked, boolean]>([
  ['what is declared', { verb: 'list', resource: 'pods', namespace: SHOP }, true],
  ['one verb more', { verb: 'delete', resource: 'pods', namespace: SHOP }, false],
  ['one kind more', { verb: 'list', resource: 'services', namespace: SHOP }, false],
  ['part of a kind', { verb: 'get', resource: 'pods/log', namespace: SHOP }, false],
  ['another namespace', { verb: 'list', resource: 'pods', namespace: 'default' }, false],
  ['an object by name', { verb: 'update', resource: 'configmaps', name: 'settings', namespace: SHOP }, true],
  ['an object of another name', { verb: 'update', resource: 'configmaps', name: 'others', namespace: SHOP }, false],
  ['what is in no namespace', { verb: 'list', resource: 'nodes' }, true],
  ['what is in no namespace, with one verb more', { verb: 'delete', resource: 'nodes' }, false],
])('the API server lets the workload do just what it declares: %s', async (asked, { verb, resource, name, namespace }, expected) => {
  const [kind, subresource] = resource.split('/');
  const spec = { user: `system:serviceaccount:${SHOP}:operator`, resourceAttributes: { verb, resource: kind, subresource, name, namespace } };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  const { text } = await cluster.client.raw('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', body);
  const { status: { allowed } } = JSON.parse(text) as { readonly status: { readonly allowed: boolean } };
  judge({ asked, of: 'RBAC', expected: String(expected), measured: String(allowed) });
});
