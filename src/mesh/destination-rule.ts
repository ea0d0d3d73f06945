import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { DestinationRule, DestinationRuleProps, DestinationRuleSpecSubsets, DestinationRuleSpecTrafficPolicy } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { durationInWords } from '../graph/edge';
import { Callee, Version } from '../graph/party';
import { Manifest } from '../manifest/manifest';
import { reject } from '../manifest/reject';
import { exportTo } from './export-to';

/** How much one caller's proxy may ask at once, in the words of Istio's connection pool. */
export interface ConnectionPool {
  /** How long opening a connection may take; Istio's own 10 s is longer than most calls may be. @default Duration.seconds(1) */
  readonly connectTimeout?: Duration;
  /** Connections at once. @default - no limit */
  readonly maxConnections?: number;
  /** HTTP/1.1 requests that wait for a connection. @default 1024 */
  readonly http1MaxPendingRequests?: number;
  /** Requests at once, of HTTP/1.1 and HTTP/2. @default 1024 */
  readonly http2MaxRequests?: number;
}

/** How connections to a callee are made, when a pod is left out for a while, and which versions there are. */
export function destinationRule(
  scope: Construct, graph: Calls, callee: Callee, pool: ConnectionPool,
): Manifest<DestinationRuleProps> {
  checkPool(scope, pool);
  return new Manifest(scope, 'DestinationRule', DestinationRule, { name: callee.name }, () => ({
    spec: {
      exportTo: exportTo(graph, callee),
      host: callee.host,
      subsets: carriesRequests(callee) ? callee.versions().map((version) => subsetOf(callee, version)) : undefined,
      trafficPolicy: { connectionPool: connectionPool(callee, pool), outlierDetection: outlierDetection(callee) },
    },
  }));
}

/** The host of a callee's pods of one release. */
interface ReleaseHost {
  readonly name: string;
  readonly host: string;
  /** Whether it has as few pods as a release brings at first. */
  readonly few: boolean;
}

/** How connections to the pods of one release are made: as to the callee, but the few pods that a release brings are never left out. */
export function releaseRule(
  scope: Construct, graph: Calls, callee: Callee, pool: ConnectionPool, { name, host, few }: ReleaseHost,
): Manifest<DestinationRuleProps> {
  const version = few ? { name, minReplicas: 1 } : callee.versions().at(0);
  return new Manifest(scope, `DestinationRule-${name}`, DestinationRule, { name }, () => ({
    spec: {
      exportTo: exportTo(graph, callee),
      host,
      trafficPolicy: { connectionPool: connectionPool(callee, pool), outlierDetection: outlierDetection(callee, version) },
    },
  }));
}

/** A version with its own number of pods is ejected by its own measure; where it must not be, that has to be said. */
function subsetOf(callee: Callee, version: Version): DestinationRuleSpecSubsets {
  const [usual, own] = [outlierDetection(callee), outlierDetection(callee, version)];
  const differs = usual?.maxEjectionPercent !== own?.maxEjectionPercent;
  const trafficPolicy = differs ? { outlierDetection: own ?? { consecutive5XxErrors: 0, consecutiveGatewayErrors: 0 } } : undefined;
  return { name: version.name, labels: { version: version.name }, trafficPolicy };
}

function checkPool(construct: Construct, { connectTimeout, ...limits }: ConnectionPool): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1) reject(construct, `connectionPool.${name} must be a whole number of 1 or more, got ${value}`);
  }
  const milliseconds = connectTimeout?.toMilliseconds() ?? 1;
  if (milliseconds < 1) reject(construct, `connectionPool.connectTimeout must be 1ms or more, got ${milliseconds}ms`); // the CRD's own least
}

function connectionPool(callee: Callee, pool: ConnectionPool): DestinationRuleSpecTrafficPolicy['connectionPool'] {
  const protocols = callee.ports.map((port) => port.protocol);
  const http1 = protocols.includes('http') ? { http1MaxPendingRequests: pool.http1MaxPendingRequests ?? 1024 } : {};
  const requests = carriesRequests(callee) ? { ...http1, http2MaxRequests: pool.http2MaxRequests ?? 1024 } : undefined;
  return {
    http: requests,
    tcp: { connectTimeout: durationInWords(pool.connectTimeout ?? Duration.seconds(1)), maxConnections: pool.maxConnections },
  };
}

function carriesRequests({ ports }: Callee): boolean {
  return ports.some((port) => port.carriesRequests);
}

/** Leaves out a failing pod, but never the last one of a version: a single pod is never left out, nor one of a store. */
function outlierDetection(callee: Callee, version = callee.versions().at(0)): DestinationRuleSpecTrafficPolicy['outlierDetection'] {
  const fewest = version?.minReplicas ?? 1;
  if (fewest < 2 || !carriesRequests(callee)) return undefined;
  return {
    consecutive5XxErrors: 0, // an application's own 500, such as a declined payment, is no sick pod
    consecutiveGatewayErrors: 5,
    maxEjectionPercent: Math.floor((100 * (fewest - 1)) / fewest),
  };
}
