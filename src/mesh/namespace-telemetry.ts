import { Construct } from 'constructs';
import { Telemetry, TelemetrySpec } from '../../imports/telemetry.istio.io';
import { Manifest } from '../manifest/manifest';

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

/** What the proxies of a namespace tell. Of several Telemetries for all of its pods Istio takes the oldest, so there is one. Source: Istio, "Telemetry API". */
export class NamespaceTelemetry {
  private readonly told: TelemetrySpec[] = [];

  /** @param component whose file it is written to, once there is something to write */
  constructor(private readonly component: Construct) {}

  /** Says which requests are written. */
  public log(accessLog: AccessLog): void {
    this.add({ accessLogging: [logging[accessLog]] });
  }

  private add(part: TelemetrySpec): void {
    this.told.push(part);
    if (this.told.length > 1) return;
    new Manifest(this.component, 'Telemetry', Telemetry, { name: 'default' }, () => ({ spec: Object.assign({}, ...this.told) as TelemetrySpec }));
  }
}
