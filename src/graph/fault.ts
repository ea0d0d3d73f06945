import { Duration } from 'cdk8s';
import { Edge } from './edge';
import { Caller, Release } from './party';

/** Status codes of gRPC by name. Source: gRPC, `statuscodes`; `OK` is no fault. */
export const grpcStatuses = [
  'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
] as const;

/** A status code of gRPC by name. */
export type GrpcStatus = typeof grpcStatuses[number];

/** Requests that are answered with an error and go nowhere, in the words of Istio's `HTTPFaultInjection.Abort`. */
export type Abort = {
  /** Share of the requests, in percent: 0.0001-100, in steps of 0.0001. */
  readonly percentage: number;
} & (
  /** The HTTP status of the answer, 400-599; a gRPC client reads it as the gRPC status that HTTP's stands for. */
  | { readonly httpStatus: number; readonly grpcStatus?: never }
  | { readonly grpcStatus: GrpcStatus; readonly httpStatus?: never }
);

/** Requests that are held back before they go on, in the words of Istio's `HTTPFaultInjection.Delay`. */
export interface Delay {
  /** Share of the requests, in percent: 0.0001-100, in steps of 0.0001. */
  readonly percentage: number;
  /** How long, 1 ms or more. */
  readonly fixedDelay: Duration;
}

/** What goes wrong on purpose: one of the two, or both. */
export interface Fault {
  /** Requests that are answered with an error. @default - none */
  readonly abort?: Abort;
  /** Requests that are held back. @default - none */
  readonly delay?: Delay;
}

/** What a route with a fault cannot have, since the fault comes before it. */
export type Lifted = 'timeout' | 'retries';

/** A fault, and the requests that it is for. */
export interface InjectedFault extends Fault {
  /** Construct path, for messages. */
  readonly path: string;
  /** Whose requests. @default - everybody's */
  readonly from?: readonly Caller[];
  /** What they ask for. @default - anything */
  readonly operations?: readonly string[];
  /** The version that they reach. @default - any */
  readonly version?: string;
  /** What their routes do without meanwhile. */
  readonly lifts: readonly Lifted[];
}

/** What is wrong with a fault by itself, or undefined. */
export function faultProblem({ abort, delay }: Fault): string | undefined {
  if (!abort && !delay) return 'a fault must abort or delay requests, got neither; give one';
  const status = abort?.httpStatus;
  if (status !== undefined && !(Number.isInteger(status) && status >= 400 && status <= 599)) {
    return `abort.httpStatus must be that of an error, 400-599, got ${status}`;
  }
  const odd = abort?.grpcStatus !== undefined && !grpcStatuses.includes(abort.grpcStatus);
  if (odd) return `abort.grpcStatus must be an error of gRPC, got '${abort.grpcStatus}'; use ${grpcStatuses.join(', ')}`;
  if (delay && delay.fixedDelay.toMilliseconds() < 1) return `delay.fixedDelay must be 1 ms or more, got ${delay.fixedDelay.toMilliseconds()}ms`;
  return percentageProblem('abort', abort) ?? percentageProblem('delay', delay);
}

/** Envoy counts in millionths, and drops what is less. */
function percentageProblem(word: string, part: { readonly percentage: number } | undefined): string | undefined {
  if (!part) return undefined;
  const { percentage } = part;
  const millionths = Math.round(percentage * 10_000);
  if (millionths >= 1 && millionths <= 1_000_000 && Math.abs(millionths - percentage * 10_000) < 1e-6) return undefined;
  return `${word}.percentage must be from 0.0001 to 100 in steps of 0.0001, got ${percentage}`;
}

/** Faults that meet a call for an operation, whatever version it reaches. */
export function faultsOf(edge: Edge, operation: string | undefined): readonly InjectedFault[] {
  const faults = edge.callee.faults?.() ?? [];
  return faults.filter(({ from, operations }) => (from?.includes(edge.caller) ?? true)
    && (operation === undefined ? operations === undefined : operations?.includes(operation) ?? true));
}

/** Whether the routes of a call for an operation do without what they would have. */
export function isLifted(edge: Edge, operation: string | undefined, what: Lifted): boolean {
  return faultsOf(edge, operation).some(({ lifts }) => lifts.includes(what));
}

/** The one of some faults that holds for a release. */
export function faultOn(faults: readonly InjectedFault[], release: Release): InjectedFault | undefined {
  return faults.find(({ version }) => version === undefined || leadsTo(release, version));
}

/** Whether all requests of a release reach one version. */
export function leadsTo({ destinations }: Release, version: string): boolean {
  return destinations.every(({ subset, weight }) => subset === version || weight === 0);
}
