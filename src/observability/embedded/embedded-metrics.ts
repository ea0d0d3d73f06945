import { Duration, Yaml } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Port } from '../../graph/port';
import { Exception } from '../../manifest/exception';
import { AccessRole } from '../../mesh/access-role';
import { ExternalService } from '../../mesh/external-service';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { AccessRule } from '../../security/access-rules';
import { persistentClaim } from '../../workload/persistent-claim';
import { Probe } from '../../workload/probe';
import { Volume } from '../../workload/volume';
import { wholeDays } from '../../workload/whole-seconds';
import { kiali, kialiAccess } from '../kiali/kiali';
import { EmbeddedMetricsOptions } from '../metrics-form';
import { blackboxExporter } from '../probes/blackbox';
import { ProbedHost, hostsOf } from '../probes/hosts';
import { alertmanagerConfig, receiversOf, secretFile } from '../routing/alertmanager-config';
import { checkAlerting } from '../routing/receiver';
import { RuleGroup } from '../rules';
import { certManagerMetrics, istiodMetrics, mergedMetrics } from '../sidecar-metrics';
import { traces } from '../traces/traces';
import { configMap } from './config-map';
import { GrafanaContent, grafana } from './grafana';
import { Grant, platformAccess } from './platform-access';
import { prometheusConfig, ruleFolder } from './prometheus-config';

/** Folder of the files that have the receivers' secrets. */
const secretFolder = '/etc/alertmanager-secrets';

/** What Prometheus finds pods by. */
const podDiscovery = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] } satisfies AccessRule & k8s.PolicyRule;

/** What Prometheus finds nodes by, and asks their kubelets with. */
const nodeDiscovery = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
];

/** What kube-state-metrics counts of: nothing that has secrets. */
const countedState: readonly [AccessRule, ...AccessRule[]] = [
  { resources: ['pods'], verbs: ['list', 'watch'] },
  { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['list', 'watch'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] },
  { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['list', 'watch'] },
];

/** What the embedded form watches, and by which rules. */
export interface EmbeddedScope {
  /** The stack itself. */
  readonly namespace: MeshNamespace;
  /** All namespaces, its own included. */
  readonly watched: readonly MeshNamespace[];
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
  /** What asks the hosts of gateways, where it was asked for. */
  public readonly blackbox?: MeshedMicroservice;
  /** What follows requests through all services that they reach, where it was asked for. */
  public readonly jaeger?: MeshedMicroservice;
  /** What shows who calls whom, where it was asked for. */
  public readonly kiali?: MeshedMicroservice;

  private readonly hosts: readonly ProbedHost[];

  /** @throws ConfigurationError on receivers that cannot be told anything, and on a retention that is none */
  constructor(private readonly scope: EmbeddedScope, private readonly options: EmbeddedMetricsOptions) {
    checkAlerting(scope.namespace, options.alerting);
    this.alertmanager = this.alerting();
    this.kubeStateMetrics = this.counting();
    this.hosts = options.probes ? hostsOf(this.systems) : [];
    if (options.probes && this.hosts.length > 0) this.blackbox = blackboxExporter(scope.namespace, this.hosts, options.probes);
    scope.namespace.node.addValidation({ validate: () => this.hostsThatCameLater() });
    this.prometheus = this.collecting();
    this.jaeger = options.traces && traces(scope.namespace, this.systems, options.traces);
    this.grafana = options.grafana && grafana(scope.namespace, options.grafana, {
      prometheus: this.prometheus, jaeger: this.jaeger, folders: scope.dashboards,
    });
    this.kiali = options.kiali && kiali(scope.namespace, options.kiali, {
      watched: this.names, prometheus: this.prometheus, grafana: this.grafana, jaeger: this.jaeger,
    });
    for (const namespace of scope.watched) {
      const id = namespace === scope.namespace ? 'own' : namespace.name;
      new AccessRole(this.prometheus, id, { rules: [podDiscovery], namespace });
      new AccessRole(this.kubeStateMetrics, id, { rules: countedState, namespace });
    }
    platformAccess(scope.namespace, this.ofThePlatform());
  }

  /** Namespaces of others. */
  private get systems(): readonly MeshNamespace[] {
    return this.scope.watched.filter((each) => each !== this.scope.namespace);
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
        facts, namespaces: this.names, nodes: nodes !== undefined, certManager, alertmanager: 'alertmanager:9093', hosts: this.hosts,
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
    if (this.blackbox) prometheus.calls(this.blackbox, { timeout: Duration.seconds(15) });
    return prometheus;
  }

  private hostsThatCameLater(): string[] {
    const late = this.options.probes ? hostsOf(this.systems).filter(({ host }) => !this.hosts.some((each) => each.host === host)) : [];
    return late.map(({ host }) => `metrics.probes asks the hosts that there are when the stack is made, got '${host}' later; make the stack after its gateway`);
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
    const config = configMap(component, 'alertmanager', () => ({ 'alertmanager.yml': Yaml.stringify(alertmanagerConfig(alerting, { secretFolder })) }));
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
    return new MeshedMicroservice(component, 'kube-state-metrics', {
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
  }

  /** To find pods where istiod is, to ask kubelets, and to show what is in the mesh. */
  private ofThePlatform(): readonly Grant[] {
    const { gateway, istiod } = this.scope.namespace.environment.facts;
    const { certManager, nodes } = this.options;
    const { prometheus: { party: prometheus }, kiali: shown } = this;
    const places = [gateway.namespace, istiod.namespace, ...(certManager === undefined ? [] : [certManager])];
    return [
      { to: prometheus, namespaces: places, rules: [podDiscovery] },
      ...(nodes ? [{ to: prometheus, rules: nodeDiscovery }] : []),
      ...(shown ? [{ to: shown.party, rules: kialiAccess }] : []),
    ];
  }
}
