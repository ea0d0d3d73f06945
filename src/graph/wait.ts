import { Duration } from 'cdk8s';
import { Calls } from './calls';
import { Edge, carriesRequests, durationInWords, happensDuring, timeoutOf } from './edge';
import { isLifted } from './fault';
import { Callee } from './party';

/** Somebody waits for somebody: one operation of one call. */
export interface Wait {
  /** The call. */
  readonly edge: Edge;
  /** What is asked. @default - anything, of a callee that does not tell its operations apart */
  readonly operation?: string;
}

/** What a caller waits for in one call: each operation by itself. */
export function waitsOf(edge: Edge): readonly Wait[] {
  return edge.operations.length > 0 ? edge.operations.map((operation) => ({ edge, operation })) : [{ edge }];
}

/** What a callee in turn waits for while it serves an operation, or any of them. */
export function causedBy(graph: Calls, callee: Callee, operation?: string): readonly Wait[] {
  const edges = graph.from(callee).filter((next) => !next.background && (operation === undefined || happensDuring(next, operation)));
  return edges.flatMap(waitsOf);
}

/** How long a row of calls may take altogether. */
export function sumOf(waits: readonly Wait[]): Duration {
  return Duration.millis(waits.reduce((total, { edge }) => total + timeoutOf(edge).toMilliseconds(), 0));
}

/** Whether the mesh ends it when it takes too long: neither bytes that it does not read, nor streams, nor where a fault stands in its place. */
export function hasTimeout({ edge, operation }: Wait): boolean {
  const streams = operation !== undefined && edge.callee.operations[operation].streams;
  return carriesRequests(edge) && !streams && !isLifted(edge, operation, 'timeout');
}

/** `frontend → checkoutservice placeOrder 10s` */
export function inWords(wait: Wait): string {
  return `${wait.edge.caller.name} → ${calleeInWords(wait)}`;
}

/** `checkoutservice placeOrder 10s` */
export function calleeInWords(wait: Wait): string {
  const { edge, operation } = wait;
  const time = hasTimeout(wait) ? durationInWords(timeoutOf(edge)) : undefined;
  return [edge.callee.name, operation, time].filter((word) => word !== undefined).join(' ');
}
