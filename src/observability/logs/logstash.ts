import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Port } from '../../graph/port';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { Probe } from '../../workload/probe';
import { Volume } from '../../workload/volume';
import { Elasticsearch } from './elasticsearch';
import { dailyIndex } from './log-indices';
import { LogProgramProps, shareOfMemory } from './log-programs';

const folder = '/etc/logstash';
const timeout = Duration.minutes(1);

/** Takes lines from Filebeat and writes them to the store. What it took is kept on its disk until it is written, so that a crash loses nothing. */
export function logstash(namespace: MeshNamespace, id: string, { image, resources }: LogProgramProps, store: Elasticsearch): MeshedMicroservice {
  const component = new Construct(namespace, id); // both in one file
  const config = new Manifest(component, 'Config', kinds.ConfigMap, { name: id }, () => ({ data: files() }));
  const heap = shareOfMemory(component, resources, 0.5); // the image's own is 1 GiB, whatever the limit is
  const workload = new MeshedMicroservice(component, id, {
    containerName: 'logstash',
    image,
    port: Port.tcp(5044, { name: 'tcp-beats' }),
    replicas: 1,
    resources,
    command: ['/usr/share/logstash/bin/logstash', '--path.settings', folder], // the image's entry point would write to its own settings
    env: { LS_JAVA_OPTS: `-Xms${heap}m -Xmx${heap}m` },
    readiness: Probe.tcp(),
    liveness: Probe.httpGet('/', { port: 9600, period: Duration.seconds(20), timeout: Duration.seconds(5), failureThreshold: 6 }),
    startup: Probe.tcp({ period: Duration.seconds(5), failureThreshold: 60 }),
    terminationGrace: Duration.seconds(60),
    volumes: { [folder]: Volume.configMap(config), '/data': Volume.emptyDir(), '/tmp': Volume.emptyDir() },
  });
  workload.calls(store, { operations: ['about', 'license', 'write'], timeout, env: (to) => ({ ELASTICSEARCH_URL: to.url() }) });
  return workload;
}

/** Lines that came twice, since Filebeat sends again what was not confirmed, have one id and are one document. */
const pipeline = `input {
  beats {
    port => 5044
  }
}

filter {
  if ![@metadata][_id] {
    fingerprint {
      method => "UUID"
      target => "[@metadata][_id]"
    }
  }
  mutate {
    remove_field => ["[event][original]", "@version"]
  }
}

output {
  elasticsearch {
    hosts => ["\${ELASTICSEARCH_URL}"]
    index => "${dailyIndex}"
    document_id => "%{[@metadata][_id]}"
    data_stream => false
    ilm_enabled => false
    manage_template => false
    timeout => ${timeout.toSeconds()}
  }
}
`;

const log4j = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c] %m%n
rootLogger.level = \${sys:ls.log.level}
rootLogger.appenderRef.console.ref = console
`;

const files = () => ({
  'log4j2.properties': log4j,
  'logs.conf': pipeline,
  'logstash.yml': Yaml.stringify({
    'api.http.host': '0.0.0.0', // for the probe
    'node.name': 'logstash',
    'path.data': '/data',
    'path.logs': '/tmp',
    'queue.drain': true, // its disk goes with the pod
    'queue.max_bytes': '64mb', // what is not taken stays on the nodes
    'queue.page_capacity': '16mb',
    'queue.type': 'persisted',
  }),
  'pipelines.yml': Yaml.stringify([{ 'pipeline.id': 'logs', 'path.config': `${folder}/logs.conf` }]),
});
