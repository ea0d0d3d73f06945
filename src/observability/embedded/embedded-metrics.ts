import { Chart, Duration, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Port } from '../../graph/port';
import { Exception } from '../../manifest/exception';
import { Manifest } from '../../manifest/manifest';
import { ExternalService } from '../../mesh/external-service';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { persistentClaim } from '../../workload/persistent-claim';
import { Probe } from '../../workload/probe';
import { Volume } from '../../workload/volume';
import { wholeDays } from '../../workload/whole-seconds';
import { EmbeddedMetricsOptions } from '../metrics-form';
import { RuleGroup } from '../rules';
import { certManagerMetrics, istiodMetrics, mergedMetrics } from '../sidecar-metrics';
import { alertmanagerConfig, receiversOf, secretFile, secretFolder } from './alertmanager-config';
import { countedState, podDiscovery, readingRole } from './discovery-role';
import { GrafanaContent, grafana } from './grafana';
import { prometheusConfig, ruleFolder } from './prometheus-config';
import { checkAlerting } from './receiver';

/** What the embedded form watches, and by which rules. */
export interface EmbeddedScope {
  /** The stack itself. */
  readonly namespace: MeshNamespace;
  /** All namespaces, its own included. */
  readonly watched: readonly MeshNamespace[];
  /** Where its objects of each of them stand. */
  readonly places: ReadonlyMap<MeshNamespace, Construct>;
  /** Dashboards by the folder that they stand in. */
  readonly dashboards: GrafanaContent['folders'];
  /** Rules by the name of their file. */
  readonly rules: () => Readonly<Record<string, readonly RuleGroup[]>>;
}

/** A Prometheus with its Alertmanager and kube-state-metrics. */
export class EmbeddedMetrics {
  /** What collects. */
  public readonly prometheus: MeshedMicroservice;
  /** Who tells people. */
  public readonly alertmanager: MeshedMicroservice;
  /** What shows it all, where it was asked for. */
  public readonly grafana?: MeshedMicroservice;
  /** What counts objects. */
  public readonly kubeStateMetrics: MeshedMicroservice;

  /** @throws ConfigurationError on receivers that cannot be told anything, and on a retention that is none */
  constructor(private readonly scope: EmbeddedScope, private readonly options: EmbeddedMetricsOptions) {
    checkAlerting(scope.namespace, options.alerting);
    this.alertmanager = this.alerting();
    this.kubeStateMetrics = this.counting();
    this.prometheus = this.collecting();
    this.grafana = options.grafana && grafana(scope.namespace, options.grafana, { prometheus: this.prometheus, folders: scope.dashboards });
    for (const [namespace, place] of scope.places) {
      readingRole(place, this.prometheus.party, `${scope.namespace.node.id}-prometheus`, [podDiscovery]);
      if (namespace !== scope.namespace) readingRole(place, this.kubeStateMetrics.party, `${scope.namespace.node.id}-state`, countedState);
    }
    readingRole(scope.places.get(scope.namespace)!, this.kubeStateMetrics.party, `${scope.namespace.node.id}-state`, countedState);
    this.ofThePlatform();
  }

  private get names(): readonly string[] {
    return this.scope.watched.map(({ name }) => name);
  }

  private collecting(): MeshedMicroservice {
    const { namespace } = this.scope;
    const { storage, resources, nodes, certManager } = this.options;
    const { facts } = namespace.environment;
    const component = new Construct(namespace, 'prometheus');
    const claim = persistentClaim(component, 'prometheus', storage);
    const config = configMap(component, 'prometheus', () => ({
      'prometheus.yml': Yaml.stringify(prometheusConfig({
        facts, namespaces: this.names, nodes: nodes !== undefined, certManager, alertmanager: 'alertmanager:9093',
        own: { 'alertmanager': 'alertmanager:9093', 'kube-state-metrics': 'kube-state-metrics:8080' },
      })),
    }));
    const rules = configMap(component, 'prometheus-rules', () => Object.fromEntries(
      Object.entries(this.scope.rules()).map(([name, groups]) => [`${name}.yaml`, Yaml.stringify({ groups })])));
    const prometheus = new MeshedMicroservice(component, 'prometheus', {
      image: 'docker.io/prom/prometheus:v3.10.0',
      containerName: 'prometheus',
      args: this.storageArguments(),
      port: Port.http(9090),
      replicas: 1,
      resources,
      runAsUser: 65534,
      readiness: Probe.httpGet('/-/ready'),
      liveness: Probe.httpGet('/-/healthy'),
      startup: Probe.httpGet('/-/ready', { failureThreshold: 60 }), // it reads what it wrote before it stopped
      terminationGrace: Duration.minutes(5),
      volumes: {
        '/etc/prometheus': Volume.configMap(config),
        [ruleFolder]: Volume.configMap(rules),
        '/prometheus': Volume.persistentVolumeClaim(claim.name),
      },
      exceptions: this.scraping(),
    });
    prometheus.calls(this.alertmanager, {});
    prometheus.calls(this.kubeStateMetrics, {});
    prometheus.calls(namespace.environment.kubernetesApi, {});
    return prometheus;
  }

  /** What fills the volume is removed before it is full, whichever comes first. */
  private storageArguments(): readonly string[] {
    const { storage, retention = Duration.days(31) } = this.options;
    const days = wholeDays(this.scope.namespace, 'metrics.retention', retention);
    const mebibytes = Math.floor(storage.size.toMebibytes() * 0.85); // the log that comes before has room; Prometheus' MB are of 1024 * 1024 bytes
    return [
      '--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus',
      `--storage.tsdb.retention.time=${days}d`, `--storage.tsdb.retention.size=${mebibytes}MB`,
    ];
  }

  private scraping(): readonly Exception[] {
    const { facts: { gateway, istiod } } = this.scope.namespace.environment;
    const namespaces = [...new Set([...this.names, gateway.namespace, istiod.namespace])].sort() as [string, ...string[]];
    const asked = Exception.egress({ namespaces, ports: [istiodMetrics.port, mergedMetrics.port], because: 'pods are asked for metrics beside the mesh' });
    const { certManager } = this.options;
    const renewing = certManager === undefined ? [] : [
      Exception.egress({ namespaces: [certManager], ports: [certManagerMetrics.port], because: 'cert-manager knows when certificates end' }),
    ];
    const kubelets = (this.options.nodes ?? []).map((cidr) => Exception.egress({ cidr, ports: [10250], because: 'kubelets know what containers use' }));
    return [asked, ...renewing, ...kubelets];
  }

  private alerting(): MeshedMicroservice {
    const { namespace } = this.scope;
    const { alerting } = this.options;
    const component = new Construct(namespace, 'alertmanager');
    const config = configMap(component, 'alertmanager', () => ({ 'alertmanager.yml': Yaml.stringify(alertmanagerConfig(alerting)) }));
    const receivers = receiversOf(alerting);
    const files = Object.fromEntries(receivers.map((each) => [secretFile(each), { secretName: each.secret.secret.name, key: each.secret.key }]));
    const alertmanager = new MeshedMicroservice(component, 'alertmanager', {
      image: 'docker.io/prom/alertmanager:v0.35.0',
      containerName: 'alertmanager',
      args: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager', '--cluster.listen-address='],
      port: Port.http(9093),
      replicas: 1,
      resources: { cpu: ['20m', '200m'], memory: ['64Mi', '128Mi'] },
      runAsUser: 65534,
      readiness: Probe.httpGet('/-/ready'),
      liveness: Probe.httpGet('/-/healthy'),
      volumes: { '/etc/alertmanager': Volume.configMap(config), [secretFolder]: Volume.secretKeys(files), '/alertmanager': Volume.emptyDir() },
    });
    for (const host of [...new Set(receivers.map((each) => each.host))].sort()) {
      const [, name] = host.split('.');
      alertmanager.calls(new ExternalService(component, name, { host, port: Port.tls(443) }), {});
    }
    return alertmanager;
  }

  private counting(): MeshedMicroservice {
    const { namespace } = this.scope;
    const component = new Construct(namespace, 'kube-state-metrics');
    const state = new MeshedMicroservice(component, 'kube-state-metrics', {
      image: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0',
      containerName: 'kube-state-metrics',
      args: [`--namespaces=${[...this.names].sort().join(',')}`, '--resources=cronjobs,horizontalpodautoscalers,pods,statefulsets'],
      port: Port.http(8080),
      replicas: 1,
      resources: { cpu: ['20m', '200m'], memory: ['64Mi', '256Mi'] },
      runAsUser: 65534,
      readiness: Probe.httpGet('/readyz', { port: 8081 }),
      liveness: Probe.httpGet('/livez'),
    });
    state.calls(namespace.environment.kubernetesApi, {});
    return state;
  }

  /** What only who sets the cluster up can grant: to find pods where istiod is, and to ask kubelets. No Application has it. */
  private ofThePlatform(): void {
    const { namespace } = this.scope;
    const { facts } = namespace.environment;
    const { id } = namespace.node;
    const chart = new Chart(namespace.environment, `${id}-access`, { disableResourceNameHashes: true });
    const component = new Construct(chart, 'access');
    const others = [facts.gateway.namespace, facts.istiod.namespace, ...(this.options.certManager === undefined ? [] : [this.options.certManager])];
    for (const name of [...new Set(others)].sort()) {
      readingRole(new Construct(component, name), this.prometheus.party, `${id}-prometheus`, [podDiscovery], name);
    }
    if (!this.options.nodes) return;
    const name = `${id}-prometheus`;
    const subjects = [{ kind: 'ServiceAccount', name: this.prometheus.party.serviceAccount, namespace: namespace.name }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
    const rules = [
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ];
    new Manifest(component, 'ClusterRole', k8s.KubeClusterRole, { name }, () => ({ rules }));
    new Manifest(component, 'ClusterRoleBinding', k8s.KubeClusterRoleBinding, { name }, () => ({ roleRef, subjects }));
  }
}

function configMap(scope: Construct, name: string, data: () => Record<string, string>): Manifest<k8s.KubeConfigMapProps> {
  return new Manifest(scope, `ConfigMap-${name}`, k8s.KubeConfigMap, { name }, () => ({ data: data() }));
}
