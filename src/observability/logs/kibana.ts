import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Operation } from '../../graph/operation';
import { Port } from '../../graph/port';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { Probe } from '../../workload/probe';
import { Volume } from '../../workload/volume';
import { Elasticsearch } from './elasticsearch';
import { LogProgramProps, shareOfMemory } from './log-programs';

const folder = '/etc/kibana';

/** How long a question to the store may take: who opens Kibana to people has to wait as long. */
export const questionTimeout = Duration.minutes(2);

const operations = { pages: Operation.http(['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'], '/*') };

/** Kibana: pages over the store. It asks nobody outside, so that it is told not to try. */
export function kibana(
  namespace: MeshNamespace, id: string, { image, resources }: LogProgramProps, store: Elasticsearch,
): MeshedMicroservice<keyof typeof operations> {
  const component = new Construct(namespace, id); // both in one file
  const config = new Manifest(component, 'Config', kinds.ConfigMap, { name: id }, () => ({ data: { 'kibana.yml': settings() } }));
  const workload = new MeshedMicroservice(component, id, {
    containerName: 'kibana',
    image,
    port: Port.http(5601),
    operations,
    replicas: 1,
    resources,
    env: { KBN_PATH_CONF: folder, NODE_OPTIONS: `--max-old-space-size=${shareOfMemory(component, resources, 0.7)}` },
    readiness: Probe.httpGet('/api/status', { period: Duration.seconds(10), timeout: Duration.seconds(5) }), // asks the store
    liveness: Probe.tcp({ period: Duration.seconds(20) }),
    startup: Probe.tcp({ period: Duration.seconds(5), failureThreshold: 60 }),
    volumes: { [folder]: Volume.configMap(config), '/data': Volume.emptyDir(), '/tmp': Volume.emptyDir() },
  });
  workload.calls(store, { operations: ['everything'], timeout: questionTimeout, env: (to) => ({ ELASTICSEARCH_HOSTS: to.url() }) });
  return workload;
}

const settings = () => Yaml.stringify({
  'elasticsearch.requestTimeout': questionTimeout.toMilliseconds(),
  'map.includeElasticMapsService': false,
  'newsfeed.enabled': false,
  'path.data': '/data',
  'server.host': '0.0.0.0',
  'server.name': 'kibana',
  'telemetry.allowChangingOptInStatus': false,
  'telemetry.optIn': false,
  'xpack.fleet.isAirGapped': true,
});
