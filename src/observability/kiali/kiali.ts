import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Port } from '../../graph/port';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { fieldEnvValue } from '../../workload/field-value';
import { Probe } from '../../workload/probe';
import { Resources } from '../../workload/quantity';
import { Volume } from '../../workload/volume';
import { configMap } from '../embedded/config-map';

/** Options of the Kiali of a stack. */
export interface KialiOptions {
  /** Addresses at which people reach the stack's others: `https://grafana.example.com`. @default - Kiali links to none */
  readonly links?: { readonly grafana?: string; readonly jaeger?: string };
  /** Requests and limits. @default - cpu 50m to 500m, memory 128Mi to 512Mi */
  readonly resources?: Resources;
}

/** What Kiali shows, and where it asks. */
export interface KialiSources {
  /** Namespaces that it shows, beside that of istiod. */
  readonly watched: readonly string[];
  /** Where metrics are. */
  readonly prometheus: MeshedMicroservice;
  /** Where dashboards are, if anywhere. */
  readonly grafana?: MeshedMicroservice;
  /** Where traces are, if anywhere. */
  readonly jaeger?: MeshedMicroservice;
}

const name = 'kiali';

const read = ['get', 'list', 'watch'];
/**
 * What Kiali reads, in all namespaces: its cache watches whole kinds. Of what its chart grants a viewer, neither the logs of pods nor ways into them.
 * Source: Kiali's Helm chart, `kiali-server`, role of a viewer.
 */
export const kialiAccess = [
  { apiGroups: [''], resources: ['configmaps', 'endpoints', 'namespaces', 'pods', 'replicationcontrollers', 'services'], verbs: read },
  { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'], verbs: read },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: read },
  {
    apiGroups: [
      'extensions.istio.io', 'gateway.networking.k8s.io', 'inference.networking.x-k8s.io', 'networking.istio.io', 'security.istio.io', 'telemetry.istio.io',
    ],
    resources: ['*'],
    verbs: read,
  },
  { apiGroups: ['admissionregistration.k8s.io'], resources: ['mutatingwebhookconfigurations'], verbs: read },
];

/**
 * A Kiali that shows who calls whom, and changes nothing: whoever reaches it may look. Who reaches it, a gateway says: nobody, or those who pass a login.
 * What it may read, only who sets the cluster up can grant: `kialiAccess`.
 */
export function kiali(stack: MeshNamespace, { resources, links = {} }: KialiOptions, sources: KialiSources): MeshedMicroservice {
  const { environment } = stack;
  const { prometheus, grafana, jaeger } = sources;
  const component = new Construct(stack, name);
  const config = configMap(component, name, () => ({ 'config.yaml': Yaml.stringify(configuration(stack, sources, links)) }));
  const service = new MeshedMicroservice(component, name, {
    image: 'quay.io/kiali/kiali:v2.26',
    containerName: name,
    command: ['/opt/kiali/kiali', '-config', '/kiali-configuration/config.yaml'],
    port: Port.http(20001),
    replicas: 1,
    resources: resources ?? { cpu: ['50m', '500m'], memory: ['128Mi', '512Mi'] },
    runAsUser: 1000,
    env: { ACTIVE_NAMESPACE: fieldEnvValue('metadata.namespace') },
    readiness: Probe.httpGet('/healthz'),
    liveness: Probe.httpGet('/healthz'),
    startup: Probe.httpGet('/healthz', { failureThreshold: 30 }), // it reads all that it watches first
    volumes: { '/kiali-configuration': Volume.configMap(config) },
  });
  service.calls(environment.kubernetesApi, {});
  service.calls(prometheus, { timeout: Duration.minutes(1) });
  if (grafana) service.calls(grafana, { timeout: Duration.minutes(2) }); // as long as Grafana may take itself
  if (jaeger) service.calls(jaeger, {});
  return service;
}

/** Kiali's configuration. Sources: Kiali 2.26, "Kiali CR Reference", whose `spec` it is, and its `config.go`. */
function configuration(stack: MeshNamespace, { watched, grafana, jaeger }: KialiSources, links: NonNullable<KialiOptions['links']>): object {
  const { istiod } = stack.environment.facts;
  const linked = (to?: string): object => (to === undefined ? {} : { external_url: to });
  const shown = [...new Set([...watched, istiod.namespace])].sort();
  return {
    auth: { strategy: 'anonymous' },
    deployment: {
      cluster_wide_access: true,
      discovery_selectors: { default: [{ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: shown }] }] },
      instance_name: name,
      namespace: stack.name,
      view_only_mode: true,
    },
    external_services: {
      custom_dashboards: { enabled: false },
      grafana: grafana ? { enabled: true, ...linked(links.grafana), internal_url: 'http://grafana:3000' } : { enabled: false },
      istio: { istio_api_enabled: false, root_namespace: istiod.namespace }, // it would need a way into istiod's pods
      prometheus: { url: 'http://prometheus:9090' },
      tracing: jaeger ? { enabled: true, ...linked(links.jaeger), internal_url: 'http://jaeger:16686', provider: 'jaeger', use_grpc: false } : { enabled: false },
    },
    istio_namespace: istiod.namespace,
    kiali_feature_flags: { disabled_features: ['logs-tab'] },
    server: { observability: { metrics: { enabled: false } }, port: 20001, web_root: '/' },
  };
}
