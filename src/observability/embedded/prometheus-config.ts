import { EnvironmentFacts } from '../../graph/environment-facts';
import { hostsJob } from '../probes/blackbox';
import { ProbedHost } from '../probes/hosts';
import { certManagerMetrics, declaredPort, istiodMetrics, mergedMetrics } from '../sidecar-metrics';

/** Folder of the files with rules. */
export const ruleFolder = '/etc/prometheus-rules';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What Prometheus asks, and whom it tells. */
export interface Scraped {
  readonly facts: EnvironmentFacts;
  /** Namespaces whose pods have proxies. */
  readonly namespaces: readonly string[];
  /** Addresses of the others, by job. */
  readonly own: Readonly<Record<string, string>>;
  /** Address of Alertmanager. */
  readonly alertmanager: string;
  /** Whether kubelets are asked. */
  readonly nodes: boolean;
  /** Namespace of cert-manager. @default - it is not asked */
  readonly certManager?: string;
  /** Hosts that are asked from outside. */
  readonly hosts: readonly ProbedHost[];
}

/** Prometheus' configuration. Source: Prometheus 3.10, "Configuration". */
export function prometheusConfig(scraped: Scraped): object {
  const { facts, namespaces, own, alertmanager, nodes, certManager, hosts } = scraped;
  return {
    global: { scrape_interval: '15s', evaluation_interval: '30s', external_labels: { environment: facts.path } },
    rule_files: [`${ruleFolder}/*.yaml`],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      proxies('sidecars', namespaces),
      { ...proxies('gateways', [facts.gateway.namespace]), kubernetes_sd_configs: pods([facts.gateway.namespace], facts.gateway.podLabels) },
      container('istiod', istiodMetrics.name, pods([facts.istiod.namespace], facts.istiod.podLabels)),
      ...(certManager === undefined ? [] : [{ honor_labels: true, ...container('cert-manager', certManagerMetrics.name, pods([certManager])) }]),
      { job_name: 'prometheus', static_configs: [{ targets: ['localhost:9090'] }] },
      ...Object.entries(own).map(([job, target]) => ({ job_name: job, honor_labels: true, static_configs: [{ targets: [target] }] })),
      ...(hosts.length > 0 ? [hostsJob(hosts)] : []),
      ...(nodes ? [kubelet('kubelet', '/metrics'), kubelet('cadvisor', '/metrics/cadvisor')] : []),
    ],
  };
}

function pods(names: readonly string[], labels?: Readonly<Record<string, string>>): readonly object[] {
  const label = labels && Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
  return [{ role: 'pod', namespaces: { names: [...names].sort() }, ...(label && { selectors: [{ role: 'pod', label }] }) }];
}

const named = (): readonly object[] => [
  { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
  { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
];

/** Pods are found by the port that the injector declares, each once, and asked at that where everything is merged. */
function proxies(job: string, namespaces: readonly string[]): object {
  return {
    job_name: job,
    metrics_path: mergedMetrics.path,
    kubernetes_sd_configs: pods(namespaces),
    relabel_configs: [
      { source_labels: ['__meta_kubernetes_pod_container_port_name'], regex: declaredPort.name, action: 'keep' },
      { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Succeeded|Failed', action: 'drop' },
      { source_labels: ['__address__'], regex: `(.+):${declaredPort.number}`, replacement: `$1:${mergedMetrics.port}`, target_label: '__address__' },
      ...named(),
    ],
  };
}

/** The one port of that name in each pod. */
function container(job: string, port: string, discovered: readonly object[]): object {
  return {
    job_name: job,
    kubernetes_sd_configs: discovered,
    relabel_configs: [{ source_labels: ['__meta_kubernetes_pod_container_port_name'], regex: port, action: 'keep' }, ...named()],
  };
}

function kubelet(job: string, path: string): object {
  return {
    job_name: job,
    scheme: 'https',
    metrics_path: path,
    honor_labels: true,
    authorization: { credentials_file: `${account}/token` },
    tls_config: { ca_file: `${account}/ca.crt` },
    kubernetes_sd_configs: [{ role: 'node' }],
  };
}
