import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Port } from '../../graph/port';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { Resources } from '../../workload/quantity';
import { Probe } from '../../workload/probe';
import { Volume } from '../../workload/volume';
import { configMap } from './config-map';

/** Options of the Grafana of a stack. */
export interface GrafanaOptions {
  /** Requests and limits. @default - cpu 50m to 500m, memory 128Mi to 256Mi */
  readonly resources?: Resources;
}

/** What Grafana shows. */
export interface GrafanaContent {
  /** Where metrics are. */
  readonly prometheus: MeshedMicroservice;
  /** Where traces are, if anywhere. */
  readonly jaeger?: MeshedMicroservice;
  /** Files of dashboards by the folder that they stand in. */
  readonly folders: Readonly<Record<string, () => Readonly<Record<string, string>>>>;
}

const dashboards = '/var/lib/grafana-dashboards';
const provisioning = '/etc/grafana-provisioning';

/**
 * A Grafana that shows what is rendered and keeps nothing: whoever reaches it may look, and nobody may log in or change a thing. Who reaches it,
 * the gateway says: nobody, or those who pass a login there.
 */
export function grafana(namespace: MeshNamespace, { resources }: GrafanaOptions, { prometheus, jaeger, folders }: GrafanaContent): MeshedMicroservice {
  const component = new Construct(namespace, 'grafana');
  const files = Object.entries(folders).map(([folder, read]) => {
    const shown = new Construct(namespace, `dashboards-${folder}`); // a file of its own, which its owners read
    return [folder, configMap(shown, `dashboards-${folder}`, read)] as const;
  });
  const datasources = jaeger ? [metrics, spans] : [metrics];
  const sources = configMap(component, 'grafana-datasources', () => ({ 'datasources.yaml': Yaml.stringify({ apiVersion: 1, datasources }) }));
  const providers = configMap(component, 'grafana-providers', () => ({ 'providers.yaml': Yaml.stringify({ apiVersion: 1, providers: [provider] }) }));
  const service = new MeshedMicroservice(component, 'grafana', {
    image: 'docker.io/grafana/grafana:12.0.1',
    containerName: 'grafana',
    port: Port.http(3000),
    replicas: 1,
    resources: resources ?? { cpu: ['50m', '500m'], memory: ['128Mi', '256Mi'] },
    runAsUser: 472,
    readiness: Probe.httpGet('/api/health'),
    liveness: Probe.httpGet('/api/health'),
    env: settings,
    volumes: {
      [`${provisioning}/datasources`]: Volume.configMap(sources),
      [`${provisioning}/dashboards`]: Volume.configMap(providers),
      ...Object.fromEntries(files.map(([folder, map]) => [`${dashboards}/${folder}`, Volume.configMap(map)])),
      '/var/lib/grafana': Volume.emptyDir(),
      '/tmp': Volume.emptyDir(),
    },
  });
  service.calls(prometheus, { timeout: Duration.minutes(2) }); // long times take long
  if (jaeger) service.calls(jaeger, {});
  return service;
}

/** Source: Grafana 12, "Configure Grafana". */
const settings = {
  GF_PATHS_PROVISIONING: provisioning,
  GF_AUTH_ANONYMOUS_ENABLED: 'true',
  GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
  GF_AUTH_DISABLE_LOGIN_FORM: 'true',
  GF_AUTH_BASIC_ENABLED: 'false',
  GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true', // it reaches nothing to fetch them from
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
};

const metrics = {
  name: 'Prometheus', uid: 'prometheus', type: 'prometheus', access: 'proxy', url: 'http://prometheus:9090', isDefault: true, editable: false,
  jsonData: { timeInterval: '15s' },
};

const spans = { name: 'Jaeger', uid: 'jaeger', type: 'jaeger', access: 'proxy', url: 'http://jaeger:16686', editable: false };

const provider = {
  name: 'meshmart', type: 'file', disableDeletion: true, allowUiUpdates: false, options: { path: dashboards, foldersFromFilesStructure: true },
};
