import { Duration, JsonPatch, Yaml } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { SidecarProps, VirtualServiceProps } from '../../../imports/networking.istio.io';
import type { AuthorizationPolicyProps } from '../../../imports/security.istio.io';
import { Operation } from '../../graph/operation';
import { Service } from '../../graph/party';
import { Port } from '../../graph/port';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { syncWaveAnnotation } from '../../manifest/sync-wave';
import { Callable } from '../../mesh/callable';
import { headlessName, headlessService, kubeService } from '../../mesh/kube-service';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { podLabels, serviceParty } from '../../mesh/parties';
import { sidecar } from '../../mesh/sidecar';
import { virtualService } from '../../mesh/virtual-service';
import { authorizationPolicy } from '../../security/authorization-policy';
import { networkPolicy } from '../../security/network-policy';
import { serviceAccount } from '../../security/service-account';
import { Probe } from '../../workload/probe';
import { ResourceLimitedStatefulSet, VolumeClaim } from '../../workload/resource-limited-stateful-set';
import { Volume } from '../../workload/volume';
import { LogProgramProps } from './log-programs';
import { setUpIndices, indexTemplate, retentionPolicy } from './log-indices';

/** What the store is made of. */
export interface ElasticsearchProps extends LogProgramProps {
  /** Storage of the logs. */
  readonly storage: VolumeClaim;
  /** How long logs are kept, whole days. */
  readonly retention: Duration;
}

const given = '/etc/log-store';
const settings = '/etc/elasticsearch';
const home = '/usr/share/elasticsearch';
// what the image has, which the program completes by a keystore of its own
const copySettings = `cp -rf ${home}/config/. ${settings} && cp -f ${given}/elasticsearch.yml ${settings}/elasticsearch.yml`;

/** Other stores are there before anything runs; a system whose logs are kept does not wait for this one. */
const notFirst = JsonPatch.remove(`/metadata/annotations/${syncWaveAnnotation.replace('/', '~1')}`);

/** What can be asked of the store. Source: logstash-output-elasticsearch, HttpClient::Pool, for the first three. */
const operations = {
  about: Operation.http(['GET', 'HEAD'], '/'),
  license: Operation.http('GET', '/_license'),
  write: Operation.http('POST', '/_bulk'),
  everything: Operation.http(['DELETE', 'GET', 'HEAD', 'POST', 'PUT'], '/*'),
};

/**
 * One Elasticsearch that keeps logs on a claim. It has no users of its own: the mesh tells callers apart by their identities, and lets each ask for
 * what it declared. It is alone, so that it has no PodDisruptionBudget, which would block every node drain.
 */
export class Elasticsearch extends Construct implements Callable<keyof typeof operations> {
  /** What can be asked of it. */
  public readonly operations = operations;
  /** What it is in the call graph. */
  public readonly party: Service;
  /** Its identity. */
  public readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its settings, and what it makes of its indices at each start. */
  public readonly config: Manifest<k8s.KubeConfigMapProps>;
  /** Its pod. */
  public readonly workload: ResourceLimitedStatefulSet;
  /** Where it is reached. */
  public readonly service: Manifest<k8s.KubeServiceProps>;
  /** The Service that governs the StatefulSet and names its pod. */
  public readonly headlessService: Manifest<k8s.KubeServiceProps>;
  /** Which connections its pod may have. */
  public readonly networkPolicy: Manifest<k8s.KubeNetworkPolicyProps>;
  /** Who may ask what. */
  public readonly authorizationPolicy: Manifest<AuthorizationPolicyProps>;
  /** Which hosts its proxy knows: none. */
  public readonly sidecar: Manifest<SidecarProps>;
  /** How requests are routed. */
  public readonly virtualService: Manifest<VirtualServiceProps>;

  constructor(scope: Construct, id: string, props: ElasticsearchProps) {
    super(scope, id);
    const namespace = MeshNamespace.of(this);
    const { graph } = namespace.environment;
    const ports = [Port.http(9200)];
    this.party = serviceParty(this, { ports, operations, versions: () => [], releases: () => [{ destinations: [{}] }] });
    graph.addCallee(this.party);

    this.serviceAccount = serviceAccount(this, graph, this.party);
    this.config = new Manifest(this, 'Config', kinds.ConfigMap, { name: id }, () => ({ data: filesOf(namespace.name, props) }));
    this.workload = new ResourceLimitedStatefulSet(this, 'Workload', {
      ...podOf(props, this.config), name: id, serviceName: headlessName(id), ports,
      selector: { app: id, version: 'v1' }, labels: podLabels(namespace), serviceAccountName: id,
    });
    this.workload.statefulSet.addJsonPatch(notFirst);
    this.service = kubeService(this, this.party);
    this.headlessService = headlessService(this, this.party);
    this.networkPolicy = networkPolicy(this, graph, this.party);
    this.authorizationPolicy = authorizationPolicy(this, graph, this.party);
    this.sidecar = sidecar(this, graph, this.party);
    this.virtualService = virtualService(this, graph, this.party);
  }
}

function filesOf(cluster: string, { retention }: ElasticsearchProps): Record<string, string> {
  return {
    'elasticsearch.yml': Yaml.stringify({
      'cluster.name': cluster,
      'node.name': 'elasticsearch',
      'discovery.type': 'single-node',
      'path.data': '/data',
      'path.logs': '/tmp/logs',
      'http.host': '0.0.0.0', // the transport of a lone node stays on the loopback
      'node.store.allow_mmap': false, // else nodes need vm.max_map_count, which is no pod's to set
      'xpack.security.enabled': false,
      'xpack.ml.enabled': false,
      'ingest.geoip.downloader.enabled': false,
    }),
    'policy.json': retentionPolicy(retention),
    'set-up.sh': setUpIndices(given),
    'template.json': indexTemplate(),
  };
}

function podOf({ image, resources, storage }: ElasticsearchProps, config: Manifest<k8s.KubeConfigMapProps>) {
  const [own, files] = [Volume.emptyDir(), Volume.configMap(config)];
  return {
    containerName: 'elasticsearch',
    image,
    resources,
    initContainers: {
      settings: { image, resources, command: ['bash', '-c', copySettings], volumes: { [settings]: own, [given]: files } },
    },
    // it takes its heap from the limit of memory; of its garbage collector's log, up to 2 GiB, warnings are left
    env: { ES_JAVA_OPTS: '-Xlog:disable -Xlog:all=warning:stderr', ES_PATH_CONF: settings },
    readiness: Probe.httpGet('/_cluster/health?local=true', { period: Duration.seconds(10), timeout: Duration.seconds(5) }),
    liveness: Probe.tcp({ period: Duration.seconds(20), failureThreshold: 6 }),
    startup: Probe.tcp({ period: Duration.seconds(5), failureThreshold: 120 }),
    postStart: ['bash', `${given}/set-up.sh`],
    terminationGrace: Duration.seconds(120),
    claims: { '/data': storage },
    volumes: { [settings]: own, [given]: files, '/tmp': Volume.emptyDir() },
  };
}
