import { Duration } from 'cdk8s';
import { LoadBalancer } from './load-balancer';

/** How many connections one caller's proxy may have, in the words of Istio's connection pool. */
export interface TcpConnectionPool {
  /** How long opening a connection may take, 1 ms or more; Istio's own 10 s is longer than most calls may be. @default Duration.seconds(1) */
  readonly connectTimeout?: Duration;
  /** Connections at once, 1 or more. @default - no limit */
  readonly maxConnections?: number;
  /** How long a connection without use stays open, 1 ms or more. @default - an hour, as Envoy has it */
  readonly idleTimeout?: Duration;
}

/** How much one caller's proxy may ask at once, in the words of Istio's connection pool. */
export interface ConnectionPool extends TcpConnectionPool {
  /** HTTP/1.1 requests that wait for a connection, 1 or more. @default 1024 */
  readonly http1MaxPendingRequests?: number;
  /** Requests at once, of HTTP/1.1 and HTTP/2, 1 or more. @default 1024 */
  readonly http2MaxRequests?: number;
  /** Requests that a connection carries before it is closed, 1 or more. @default - no limit */
  readonly maxRequestsPerConnection?: number;
  /** Retries at once, 1 or more. @default - no limit */
  readonly maxRetries?: number;
}

/** When a pod that fails gets no requests for a while. One pod of each version always stays. */
export interface OutlierDetection {
  /** Answers of 5xx in a row, the application's own included; 0: they do not count. @default 0 */
  readonly consecutive5xxErrors?: number;
  /** Answers of 502, 503 and 504 in a row, and requests without an answer; 0: they do not count. @default 5 */
  readonly consecutiveGatewayErrors?: number;
  /** How often pods are judged, 1 ms or more. @default - 10 s, as Envoy has it */
  readonly interval?: Duration;
  /** How long a pod is left out the first time, 1 ms or more; each further time takes longer. @default - 30 s, as Envoy has it */
  readonly baseEjectionTime?: Duration;
  /** Share of a version's pods that may be left out at once, in percent, 1-99. @default - all but one of those that always run */
  readonly maxEjectionPercent?: number;
}

/** Where requests go from a region whose pods fail. */
export interface Failover {
  /** Region of the caller. */
  readonly from: string;
  /** Region that takes over. */
  readonly to: string;
}

/** How requests of one place spread over places. */
export interface Distribution {
  /** Where the caller is: `region/zone/subzone`, `region/zone/*`, `region/*` or `*`. */
  readonly from: string;
  /** Share of the requests by place, in percent; they sum to 100. Places that are not named get none. */
  readonly to: Readonly<Record<string, number>>;
}

/** Which places requests go to: by one of these ways, or `off`: everywhere alike, however far. */
export type Locality =
  | 'off'
  | { readonly failover: readonly Failover[]; readonly failoverPriority?: never; readonly distribute?: never }
  | { readonly failoverPriority: readonly string[]; readonly failover?: never; readonly distribute?: never }
  | { readonly distribute: readonly Distribution[]; readonly failover?: never; readonly failoverPriority?: never };

/** How requests and connections are carried once it is known where they go. */
export interface TrafficPolicy {
  /** How a pod is chosen. @default - Istio's own: of two pods picked at random, the one with fewer requests under way */
  readonly loadBalancer?: LoadBalancer;
  /** How much one caller's proxy may ask at once. @default - see `ConnectionPool` */
  readonly connectionPool?: ConnectionPool;
  /** When a pod that fails is left out; `none`: never. @default - see `OutlierDetection` */
  readonly outlierDetection?: OutlierDetection | 'none';
  /** Which places requests go to. @default - Istio's own: the nearest, where failing pods are left out, else all */
  readonly locality?: Locality;
}

/**
 * A policy of a callee in which a caller has its own word: setting by setting, but for how a pod and how places are chosen.
 * Where that chooses no pod any more, what the callee says of pods and places falls away.
 */
export function mergedPolicy(callees: TrafficPolicy, own: TrafficPolicy): TrafficPolicy {
  const usual = passesThrough(own) ? { connectionPool: callees.connectionPool } : callees;
  return {
    loadBalancer: own.loadBalancer ?? callees.loadBalancer,
    connectionPool: { ...usual.connectionPool, ...own.connectionPool },
    outlierDetection: mergedDetection(usual.outlierDetection, own.outlierDetection),
    locality: own.locality ?? usual.locality,
  };
}

function mergedDetection(usual: TrafficPolicy['outlierDetection'], own: TrafficPolicy['outlierDetection']): TrafficPolicy['outlierDetection'] {
  return typeof usual === 'object' && typeof own === 'object' ? { ...usual, ...own } : own ?? usual;
}

/** Whether a policy leads requests away from pods that fail, to another place. */
export function failsOver({ locality }: TrafficPolicy): boolean {
  return typeof locality === 'object' && locality.distribute === undefined;
}

/** Whether requests go to the address that the caller connected to, whatever version or pod that is. */
export function passesThrough({ loadBalancer }: TrafficPolicy): boolean {
  return loadBalancer?.balancing.kind === 'passthrough';
}
