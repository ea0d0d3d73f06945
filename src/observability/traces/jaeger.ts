import { Duration, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Port } from '../../graph/port';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { policyPort } from '../../security/network-policy';
import { persistentClaim } from '../../workload/persistent-claim';
import { Probe } from '../../workload/probe';
import { Volume } from '../../workload/volume';
import { wholeDays } from '../../workload/whole-seconds';
import { configMap } from '../embedded/config-map';
import type { TracesOptions } from './traces';

/** Where spans are taken: OTLP by gRPC. Source: OpenTelemetry, "OTLP Specification". */
export const spansPort = 4317;
/** What proxies and programs ask there. Source: as above. */
const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const healthPort = 13133;
const folder = '/var/lib/jaeger';
const name = 'jaeger';

/** A Jaeger that takes spans from namespaces, keeps them on one claim and shows them: its storage is a file that one process has open. */
export function jaeger(stack: MeshNamespace, from: readonly string[], { storage, retention = Duration.days(3), resources }: TracesOptions): MeshedMicroservice {
  const component = new Construct(stack, name);
  const days = wholeDays(stack, 'traces.retention', retention);
  const claim = persistentClaim(component, name, storage);
  const config = configMap(component, name, () => ({ 'jaeger.yaml': Yaml.stringify(configuration(days)) }));
  const service = new MeshedMicroservice(component, name, {
    image: 'docker.io/jaegertracing/jaeger:2.14.0',
    containerName: name,
    args: ['--config=/etc/jaeger/jaeger.yaml'],
    port: [Port.http(16686), Port.grpc(spansPort)],
    replicas: 1,
    resources: resources ?? { cpu: ['100m', '1'], memory: ['512Mi', '1Gi'] },
    runAsUser: 10001,
    readiness: Probe.httpGet('/status', { port: healthPort }),
    liveness: Probe.httpGet('/status', { port: healthPort }),
    startup: Probe.httpGet('/status', { port: healthPort, failureThreshold: 60 }), // it reads what it wrote before it stopped
    terminationGrace: Duration.minutes(1),
    volumes: { '/etc/jaeger': Volume.configMap(config), [folder]: Volume.persistentVolumeClaim(claim.name) },
  });
  admitSpans(component, service, from);
  return service;
}

/** Every pod of the namespaces may send spans, which no call declares: proxies send them by themselves. */
function admitSpans(component: Construct, { party: { podLabels } }: MeshedMicroservice, from: readonly string[]): void {
  new Manifest(component, 'SpansNetworkPolicy', kinds.NetworkPolicy, { name: `${name}-spans` }, () => ({
    spec: {
      podSelector: { matchLabels: { ...podLabels } },
      policyTypes: ['Ingress'],
      ingress: [{
        from: from.map((namespace) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } })),
        ports: [policyPort(spansPort)],
      }],
    },
  }));
  new Manifest(component, 'SpansAuthorizationPolicy', kinds.AuthorizationPolicy, { name: `${name}-spans` }, () => ({
    spec: {
      selector: { matchLabels: { ...podLabels } },
      rules: [{ from: [{ source: { namespaces: [...from] } }], to: [{ operation: { paths: [exportPath], ports: [String(spansPort)] } }] }],
    },
  }));
}

/** Jaeger's configuration, in the words of the OpenTelemetry Collector that it is. Source: Jaeger 2.14, "Configuration", "Badger". */
function configuration(days: number): object {
  const everywhere = (port: number): object => ({ endpoint: `0.0.0.0:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: everywhere(healthPort) },
      jaeger_query: { storage: { traces: 'badger' }, http: everywhere(16686) },
      jaeger_storage: {
        backends: {
          badger: {
            badger: { directories: { keys: `${folder}/keys`, values: `${folder}/values` }, ephemeral: false, ttl: { spans: `${days * 24}h` } },
          },
        },
      },
    },
    receivers: { otlp: { protocols: { grpc: everywhere(spansPort) } } },
    processors: { memory_limiter: { check_interval: '1s', limit_percentage: 75, spike_limit_percentage: 20 }, batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: 'badger' } },
  };
}
