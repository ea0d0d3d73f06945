import { Construct } from 'constructs';
import type { TelemetryProps } from '../../imports/telemetry.istio.io';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { Surroundings } from './surroundings';

/**
 * Which requests the proxies of a namespace write to their standard output, a line each where it was sent and one where it arrived. `errors`: those
 * answered by 400 or more, by a gRPC status other than OK or not at all, and connections that failed.
 */
export type AccessLog = 'all' | 'errors' | 'none';

/**
 * Conditions on what Envoy knows of a request; one that asks what it does not know is as good as false. Of an answer that is not gRPC it makes a gRPC status
 * from its HTTP code, and of 200 it makes UNKNOWN. Source: Envoy, "Attributes", and what a real one wrote.
 */
const isError = [
  'response.code >= 400',
  "(request.headers['content-type'].startsWith('application/grpc') && response.grpc_status > 0)",
  'response.flags > 0',
].join(' || ');

/** Writes to standard output; every mesh has it. Source: Istio, "Envoy Access Logs". */
const providers = [{ name: 'envoy' }];

const logging = {
  all: { providers },
  errors: { providers, filter: { expression: isError } },
  none: { disabled: true },
} satisfies Record<AccessLog, object>;

/** Of whom. */
export interface NamespaceTelemetryOptions {
  /** Name of the namespace. */
  readonly namespace: string;
  /** Which requests are written. @default - those that the mesh is installed to write */
  readonly accessLog?: AccessLog;
}

/** What the proxies of a namespace tell. Of several Telemetries for all of its pods Istio takes the oldest, so there is one. Source: Istio, "Telemetry API". */
export class NamespaceTelemetry {
  private written?: Manifest<TelemetryProps>;

  /** @param component whose file it is written to, once there is something to write */
  constructor(private readonly component: Construct, private readonly surroundings: Surroundings, private readonly at: NamespaceTelemetryOptions) {
    if (at.accessLog || surroundings.tracingOf(at.namespace)) this.write();
  }

  /** Writes it, now that there is something to write. */
  public write(): void {
    const { namespace, accessLog } = this.at;
    this.written ??= new Manifest(this.component, 'Telemetry', kinds.Telemetry, { name: 'default' }, () => {
      const tracing = this.surroundings.tracingOf(namespace);
      return {
        spec: {
          ...(accessLog && { accessLogging: [logging[accessLog]] }),
          ...(tracing && { tracing: [{ providers: [{ name: tracing.provider }], randomSamplingPercentage: tracing.samplingPercentage }] }),
        },
      };
    });
  }
}
