import { Duration } from 'cdk8s';
import { reject } from '../../manifest/reject';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { Resources } from '../../workload/quantity';
import { VolumeClaim } from '../../workload/resource-limited-stateful-set';
import { jaeger, spansPort } from './jaeger';

/** Whose requests are followed through all services that they reach, and how long that is kept. */
export interface TracesOptions {
  /** Share of the requests, above 0 to 100. Who is asked first decides for all that follow. */
  readonly samplingPercentage: number;
  /** Storage of what was collected. */
  readonly storage: VolumeClaim;
  /** How long it is kept, whole days. @default Duration.days(3) */
  readonly retention?: Duration;
  /** Requests and limits of Jaeger. @default - cpu 100m to 1, memory 512Mi to 1Gi */
  readonly resources?: Resources;
}

/**
 * Lets the proxies of namespaces send spans to a Jaeger of the stack, and the programs that know how to. What comes through a gateway is followed from the
 * first service on. @throws ConfigurationError on a share that is none, and on a namespace that is somebody else's or is traced already
 */
export function traces(stack: MeshNamespace, watched: readonly MeshNamespace[], options: TracesOptions): MeshedMicroservice {
  const { samplingPercentage } = options;
  const { environment, node: { id } } = stack;
  if (!(samplingPercentage > 0 && samplingPercentage <= 100)) {
    reject(stack, `traces.samplingPercentage must be above 0 and at most 100, got ${samplingPercentage}; leave traces out where there are none`);
  }
  const names = watched.map(({ name }) => name).sort();
  const service = jaeger(stack, names, options);
  const { host } = service.party;
  const tracing = { provider: `${id}-jaeger`, samplingPercentage, collector: `${host}:${spansPort}` };
  environment.provide(stack, tracing.provider, { opentelemetry: { service: host, port: spansPort } });
  environment.surroundings.letCall({ host, ports: [spansPort], namespace: stack.name, podLabels: { ...service.party.podLabels }, callers: names });
  for (const namespace of watched) {
    if (!namespace.telemetry) {
      reject(stack, `traces are for namespaces of this app, got ${namespace.node.path}, which is joined; let a stack without traces watch it`);
    }
    if (!environment.surroundings.trace(namespace.name, tracing)) {
      reject(stack, `one stack traces a namespace, got ${namespace.node.path}, which another one does; leave traces out of one of them`);
    }
    namespace.telemetry.write();
  }
  return service;
}
