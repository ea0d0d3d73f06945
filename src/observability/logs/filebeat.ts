import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Exception } from '../../manifest/exception';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { AccessRole } from '../../mesh/access-role';
import { Callable } from '../../mesh/callable';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedDaemonSet } from '../../mesh/meshed-daemon-set';
import { fieldEnvValue } from '../../workload/field-value';
import { Probe } from '../../workload/probe';
import { Toleration } from '../../workload/resource-limited-daemon-set';
import { Volume } from '../../workload/volume';
import { LogProgramProps } from './log-programs';

/** What reads the nodes. */
export interface FilebeatProps extends LogProgramProps {
  /** Namespaces whose containers' logs it reads. */
  readonly watches: readonly MeshNamespace[];
  /** Taints of nodes that it runs on all the same. */
  readonly tolerations?: readonly Toleration[];
}

/** Links to the logs of containers, by pod, namespace and container. Source: Kubernetes, "Logging Architecture"; containerd writes no other place. */
const links = '/var/log/containers';
/** Where the links lead. */
const files = '/var/log/pods';
const because = 'containers write their logs to the disk of the node, where root alone may read them; what was sent already is kept beside them';

/**
 * Filebeat on every node: reads the logs of the containers of some namespaces, says whose they are, and sends them to Logstash. It is on the cluster's
 * network and in the mesh: on that of the node it would have neither an identity nor a NetworkPolicy.
 */
export function filebeat(namespace: MeshNamespace, id: string, props: FilebeatProps, to: Callable): MeshedDaemonSet {
  const { image, resources, watches, tolerations } = props;
  const registry = `/var/lib/filebeat-${namespace.name}`;
  const data = { 'filebeat.yml': settings(watches.map(({ name }) => name)) };
  const component = new Construct(namespace, id); // both in one file
  const config = new Manifest(component, 'Config', kinds.ConfigMap, { name: id }, () => ({ data }));
  const workload = new MeshedDaemonSet(component, id, {
    containerName: 'filebeat',
    image,
    resources,
    tolerations,
    args: ['-c', '/etc/filebeat/filebeat.yml', '-e'],
    env: { NODE_NAME: fieldEnvValue('spec.nodeName') },
    liveness: Probe.httpGet('/', { port: 5066, period: Duration.seconds(20), timeout: Duration.seconds(5) }),
    volumes: {
      '/etc/filebeat': Volume.configMap(config),
      [links]: Volume.hostPath(links),
      [files]: Volume.hostPath(files),
      '/data': Volume.hostPath(registry, { writable: true }),
    },
    exceptions: [Exception.privileges({ root: true, hostPaths: [links, files], writableHostPaths: [registry], because })],
  });
  workload.calls(to, { env: (address) => ({ LOGSTASH_ADDRESS: address.hostPort }) });
  for (const watched of watches) {
    new AccessRole(workload, `pods-of-${watched.name}`, { rules: [{ resources: ['pods'], verbs: ['get', 'list', 'watch'] }], namespace: watched });
  }
  return workload;
}

/** Source: Filebeat 8.19, filestream input, `add_kubernetes_metadata`, `fingerprint`, Logstash output, HTTP endpoint. */
function settings(namespaces: readonly string[]): string {
  return Yaml.stringify({
    'filebeat.inputs': namespaces.map(inputOf),
    'processors': [
      // what is sent again has the id that it had; a file that took the place of a full one begins anew, at another time
      { fingerprint: { fields: ['@timestamp', 'log.file.path', 'log.offset'], target_field: '@metadata._id', method: 'sha256' } },
      { drop_fields: { fields: ['agent', 'ecs', 'host', 'input'], ignore_missing: true } },
    ],
    'output.logstash': { hosts: ['${LOGSTASH_ADDRESS}'], ttl: '5m', pipelining: 0 }, // connections end, so that a second Logstash is found
    'path.data': '/data',
    'filebeat.shutdown_timeout': '5s',
    'http': { enabled: true, host: '0.0.0.0', port: 5066 }, // for the probe
    'logging.metrics.enabled': false,
  });
}

function inputOf(namespace: string): object {
  return {
    type: 'filestream',
    id: namespace,
    paths: [`${links}/*_${namespace}_*.log`],
    // a file is known by its first bytes, which have the time of its first line: nodes give inodes to other files later
    file_identity: { fingerprint: {} },
    prospector: { scanner: { symlinks: true, fingerprint: { enabled: true, offset: 0, length: 64 } } },
    parsers: [{ container: { stream: 'all', format: 'cri' } }],
    processors: [
      {
        add_kubernetes_metadata: {
          host: '${NODE_NAME}',
          namespace, // it may list the pods of no other
          add_resource_metadata: { namespace: { enabled: false }, node: { enabled: false }, deployment: false, cronjob: false },
          matchers: [{ logs_path: { logs_path: `${links}/` } }],
        },
      },
      {
        // what is read before the API server has answered, or after the pod has gone, has no labels; whose it is stands in the link
        dissect: {
          when: { not: { has_fields: ['kubernetes.pod.name'] } },
          field: 'log.file.path',
          tokenizer: `${links}/%{pod.name}_%{namespace}_%{?container}`,
          target_prefix: 'kubernetes',
        },
      },
    ],
  };
}
