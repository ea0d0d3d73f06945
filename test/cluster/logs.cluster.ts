import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { type Pair, http, judgeIsolation, tcp, undeclaredOf } from './isolation';
import { ownManifests } from './manifests';
import { folderOf } from './rendered-systems';

/** There is no controller of DaemonSets here: one pod of a Deployment is what each of its pods is, to the mesh. */
const asDeployment = (object: KubeObject): KubeObject => (object.kind === 'DaemonSet' ? { ...object, kind: 'Deployment' } : object);
const OBJECTS = ownManifests(folderOf('staging', 'mern-shop/mern-logs')).filter(({ metadata }) => metadata.namespace !== 'mern-shop').map(asDeployment);
const CALLEES = {
  elasticsearch: http('elasticsearch:9200', '/logs-2026.11.27/_search'),
  logstash: tcp('logstash:5044'),
  kibana: http('kibana:5601', '/'),
};
const DECLARED: readonly Pair[] = [
  { from: 'filebeat', to: CALLEES.logstash }, { from: 'logstash', to: http('elasticsearch:9200', '/') }, { from: 'kibana', to: CALLEES.elasticsearch },
];
const CALLERS = ['filebeat', 'logstash', 'elasticsearch', 'kibana'];

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clearAll(OBJECTS);
  await cluster.apply(OBJECTS);
});
afterAll(async () => {
  await cluster.clearAll(OBJECTS);
  cluster.close();
});

judgeIsolation(cluster, { objects: OBJECTS, namespace: 'mern-logs', declared: DECLARED, undeclared: undeclaredOf(CALLERS, CALLEES, DECLARED) });

test.each([
  ['GET', '/', 200], ['HEAD', '/', 200], ['GET', '/_license', 200], ['POST', '/_bulk?filter_path=errors', 200],
  ['GET', '/_bulk', 403], ['POST', '/_search', 403], ['GET', '/logs-2026.11.27/_search', 403], ['DELETE', '/logs-2026.11.27', 403],
  ['PUT', '/_ilm/policy/logs-retention', 403],
])('Logstash is answered %s %s with %d', async (method, path, status) => {
  const [outcome] = await cluster.request({ from: 'logstash', protocol: 'http', address: 'elasticsearch:9200', method, path });
  expect(outcome.status).toBe(status);
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
