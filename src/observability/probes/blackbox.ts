import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Port } from '../../graph/port';
import { shortened } from '../../manifest/names';
import { ExternalService } from '../../mesh/external-service';
import { nameOfHost } from '../../mesh/gateway-hosts';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { Probe } from '../../workload/probe';
import { Volume } from '../../workload/volume';
import { configMap } from '../embedded/config-map';
import { ProbedHost, addressOf } from './hosts';

/** How the hosts of gateways are asked from outside. */
export interface HostProbes {
  /** Which certificates are good: those that everybody trusts, or `any` where they are signed by themselves. @default 'trusted' */
  readonly certificates?: 'trusted' | 'any';
  /** Address ranges of the gateways as they are reached from outside. @default - any public address */
  readonly cidrs?: readonly string[];
}

/** Name of the exporter, and of Prometheus' job. */
export const blackbox = { service: 'blackbox-exporter', job: 'hosts', module: 'answers' } as const;

/** Answers that show that somebody is there: also a login's, or a refusal. */
const answers = [200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 429];

/** Asks hosts for their front page as somebody outside does, at their gateways' addresses. Source: Prometheus, blackbox_exporter, "Configuration". */
export function blackboxExporter(namespace: MeshNamespace, hosts: readonly ProbedHost[], options: HostProbes): MeshedMicroservice {
  const { certificates = 'trusted', cidrs } = options;
  const component = new Construct(namespace, blackbox.service);
  const trust = certificates === 'any' ? { tls_config: { insecure_skip_verify: true } } : {};
  const http = { follow_redirects: false, preferred_ip_protocol: 'ip4', valid_status_codes: answers, ...trust };
  const config = configMap(component, blackbox.service, () => ({
    'blackbox.yml': Yaml.stringify({ modules: { [blackbox.module]: { prober: 'http', timeout: '10s', http } } }),
  }));
  const exporter = new MeshedMicroservice(component, blackbox.service, {
    image: 'docker.io/prom/blackbox-exporter:v0.27.0',
    containerName: blackbox.service,
    args: ['--config.file=/etc/blackbox/blackbox.yml'],
    port: Port.http(9115),
    replicas: 1,
    resources: { cpu: ['10m', '100m'], memory: ['32Mi', '64Mi'] },
    runAsUser: 65534,
    readiness: Probe.httpGet('/-/healthy'),
    liveness: Probe.httpGet('/-/healthy'),
    volumes: { '/etc/blackbox': Volume.configMap(config) },
  });
  for (const { host, tls } of hosts) {
    exporter.calls(new ExternalService(component, shortened(nameOfHost(host), 63), { host, port: tls ? Port.tls(443) : Port.http(80), cidrs }), {});
  }
  return exporter;
}

/** How Prometheus asks the exporter. Source: Prometheus, "Multi-target exporter pattern". */
export function hostsJob(hosts: readonly ProbedHost[]): object {
  const namespaces = [...new Set(hosts.map(({ namespace }) => namespace))].sort();
  return {
    job_name: blackbox.job,
    scrape_interval: '30s',
    metrics_path: '/probe',
    params: { module: [blackbox.module] },
    static_configs: namespaces.map((namespace) =>
      ({ targets: hosts.filter((each) => each.namespace === namespace).map(addressOf), labels: { namespace } })),
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__address__'], target_label: 'instance' },
      { target_label: '__address__', replacement: `${blackbox.service}:9115` },
    ],
  };
}
