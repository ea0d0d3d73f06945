import { Duration } from 'cdk8s';
import { Address } from '../graph/address';
import { HeaderOperations } from '../graph/header-operations';
import { Objective } from '../graph/objective';
import { Operation } from '../graph/operation';
import { Callee } from '../graph/party';
import { Retries } from '../graph/retries';
import { TrafficPolicy } from '../graph/traffic-policy';
import { EnvVars } from '../workload/container';

/**
 * A construct that can be called. `Op` are the names of its operations, so that a misspelt one does not compile;
 * `To` is what a caller is told of where it is.
 */
export interface Callable<Op extends string = never, To = Address> {
  /** What it is in the call graph. */
  readonly party: Callee;
  /** What can be asked of it. */
  readonly operations: Readonly<Record<Op, Operation>>;
  /** What callers are told beside host and port. @default - nothing */
  readonly told?: (to: Address) => To;
}

/** Options of every call. `Own` are the names of the caller's operations. */
export interface CommonCallOptions<Own extends string, To = Address> {
  /** The caller's own operations that cause it: a retry of one of them repeats it, and it must fit in their time. @default - all */
  readonly during?: readonly Own[];
  /** Whether nobody waits for it. @default false */
  readonly background?: boolean;
  /** Environment variables of the caller that say where the callee is, and where its secrets are. @default - none */
  readonly env?: (to: To) => EnvVars;
}

/** How the requests of one caller are carried. */
export interface CallerPolicyOptions {
  /** How its requests are carried, where it says more than the callee; it holds for all calls between the two. @default - as the callee says */
  readonly trafficPolicy?: TrafficPolicy;
  /** A traffic policy that is written and not used: the commit before it is, and the commit after. @default - none */
  readonly standbyTrafficPolicy?: TrafficPolicy;
}

/** Options of a call that carries requests. */
export interface RequestCallOptions<Own extends string, To = Address> extends CommonCallOptions<Own, To>, CallerPolicyOptions {
  /** How long it may take, all retries included. @default Duration.seconds(5) */
  readonly timeout?: Duration;
  /** What happens when it fails. @default - idempotent operations that lead to nothing else are tried twice more, all others never */
  readonly retries?: Retries;
  /** Whether it waits for the caller's other sequential calls, so that their times add up. @default false */
  readonly sequential?: boolean;
  /** Headers that the caller's proxy writes or removes. @default - none */
  readonly headers?: HeaderOperations;
  /** What this caller may count on over 30 days, whatever it asks of the callee. @default - what the callee promises to all */
  readonly slo?: Objective;
}

/** Options of calls that come from elsewhere: through a gateway, or from another repository. */
export interface InboundOptions extends CallerPolicyOptions {
  /** How long a request may take, all retries included. @default Duration.seconds(5) */
  readonly timeout?: Duration;
  /** What happens when it fails. @default - idempotent operations that lead to nothing else are tried twice more, all others never */
  readonly retries?: Retries;
  /** Headers that the proxy on the way in writes or removes. @default - none */
  readonly headers?: HeaderOperations;
  /** What these callers may count on over 30 days, whatever they ask of the callee. @default - what the callee promises to all */
  readonly slo?: Objective;
}

/** Options of calls from elsewhere to a callee with operations. */
export interface OperationInboundOptions<Op extends string> extends InboundOptions {
  /** What can be asked from there: nothing else can. */
  readonly operations: readonly [Op, ...Op[]];
}

/** Options of calls from elsewhere to a callee that does not tell operations apart. */
export interface PortInboundOptions extends InboundOptions {
  /** Name of the port. @default - the callee's first */
  readonly port?: string;
}

/** Options of `MeshedMicroservice.allows`: with operations, it has to say which, or name a port that has none. */
export type AllowOptions<Op extends string> =
  [Op] extends [never] ? PortInboundOptions : OperationInboundOptions<Op> | PortInboundOptions & { readonly port: string };

/** Options of a call to a callee that does not tell operations apart. */
export interface PortCallOptions<Own extends string, To = Address> extends RequestCallOptions<Own, To> {
  /** Name of the port. @default - the callee's first */
  readonly port?: string;
}

/** Options of a call to a callee with operations. */
export interface OperationCallOptions<Op extends string, Own extends string, To = Address> extends RequestCallOptions<Own, To> {
  /** What the caller asks: it may do this and nothing else. */
  readonly operations: readonly [Op, ...Op[]];
}

/** Options of a call to a port without operations, of a callee that has operations at other ports. */
export interface NamedPortCallOptions<Own extends string, To = Address> extends PortCallOptions<Own, To> {
  /** Name of the port. */
  readonly port: string;
}

/** Options of a call: a callee with operations wants to know which. The compiler's messages speak of the last form. */
export type CallOptions<Op extends string, Own extends string, To = Address> =
  [Op] extends [never] ? PortCallOptions<Own, To> : NamedPortCallOptions<Own, To> | OperationCallOptions<Op, Own, To>;
