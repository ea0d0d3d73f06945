import { Duration } from 'cdk8s';
import { Exposure } from './exposure';
import { HeaderOperations } from './header-operations';
import { Objective } from './objective';
import { Callee, Caller, hasSeveralPorts, portOf } from './party';
import { Port } from './port';
import { Retries } from './retries';
import { TrafficPolicy } from './traffic-policy';

/** A call as declared: who calls whom, for what, and how long it may take. */
export interface Edge {
  /** Who calls. */
  readonly caller: Caller;
  /** Who is called. */
  readonly callee: Callee;
  /** Operations of the callee; empty where it has none. */
  readonly operations: readonly string[];
  /** Port of a callee without operations. @default - its first port */
  readonly port?: string;
  /** The caller's own operations that cause it. @default - all of them */
  readonly during?: readonly string[];
  /** Whether nobody waits for it. */
  readonly background: boolean;
  /** Whether it happens after the caller's other sequential calls, so that their times add up. */
  readonly sequential: boolean;
  /** How long it may take, all retries included. @default - `defaultTimeout` where it carries requests */
  readonly timeout?: Duration;
  /** What happens when it fails. @default - idempotent operations are tried twice more, others never */
  readonly retries?: Retries;
  /** Headers that are written or removed on the way. @default - none */
  readonly headers?: HeaderOperations;
  /** How it is carried, where it says more than the callee. @default - as the callee says */
  readonly trafficPolicy?: TrafficPolicy;
  /** A policy that is written and not used: the commit before it is, and the commit after. @default - none */
  readonly standbyTrafficPolicy?: TrafficPolicy;
  /** What this caller may count on. @default - what the callee promises to all */
  readonly slo?: Objective;
  /** How requests come in from outside, where the caller is a gateway. @default - they come from the mesh */
  readonly exposure?: Exposure;
}

/** Whether the caller makes this call while it serves an operation of its own. */
export function happensDuring(edge: Edge, operation: string): boolean {
  return edge.during?.includes(operation) ?? true;
}

/** How long a call may take that does not say. */
export const defaultTimeout = Duration.seconds(5);

/** How long a call may take, all retries included. */
export function timeoutOf({ timeout }: Edge): Duration {
  return timeout ?? defaultTimeout;
}

/** Whether the mesh sees the requests of a call, so that it can route, limit and repeat them. */
export function carriesRequests(edge: Edge): boolean {
  return portsOf(edge).every((port) => port.carriesRequests);
}

/** Ports that a call goes to, each once, lowest first. */
export function portsOf(edge: Edge): readonly Port[] {
  const { callee } = edge;
  if (!hasSeveralPorts(callee)) return callee.ports;
  const named = callee.ports.find((port) => port.name === edge.port) ?? callee.ports[0];
  const ports = edge.operations.length === 0 ? [named] : edge.operations.map((name) => portOf(callee, callee.operations[name]));
  return [...new Set(ports)].sort((a, b) => a.number - b.number);
}

/** `checkoutservice placeOrder`: who is called and for what, for messages. */
export function inBrief(edge: Edge): string {
  return [edge.callee.name, edge.operations.join(', ')].join(' ').trim();
}

/** What `durationInWords` wrote. */
export function durationFromWords(words: string): Duration {
  return words.endsWith('ms') ? Duration.millis(Number(words.slice(0, -2))) : Duration.seconds(Number(words.slice(0, -1)));
}

/** The same in milliseconds; none is no limit. */
export function millisecondsOf(words: string | null | undefined): number {
  return words == null ? Infinity : durationFromWords(words).toMilliseconds();
}

/** How long a call may take, as a person would write it: `5s`, `300ms`. */
export function durationInWords(duration: Duration): string {
  const milliseconds = duration.toMilliseconds();
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
