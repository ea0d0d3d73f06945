import { Duration } from 'cdk8s';
import { localityProblem } from './locality-problem';
import { HashKey, LoadBalancer, Warmup } from './load-balancer';
import { Port } from './port';
import { ConnectionPool, OutlierDetection, TrafficPolicy, failsOver, passesThrough } from './traffic-policy';

const highest = { int32: 2 ** 31 - 1, uint32: 2 ** 32 - 1 }; // what the CRD can hold

/** What is wrong with a policy for a callee with these ports, or undefined. */
export function trafficPolicyProblem(policy: TrafficPolicy, ports: readonly Port[]): string | undefined {
  const { loadBalancer, connectionPool, outlierDetection, locality } = policy;
  const said = Object.values(policy).filter((each) => each !== undefined && (typeof each !== 'object' || Object.keys(each).length > 0));
  if (said.length === 0) return 'it must say something, got nothing; remove it';
  return (connectionPool && poolProblem(connectionPool, ports))
    ?? (loadBalancer && balancerProblem(loadBalancer, ports))
    ?? (outlierDetection && detectionProblem(outlierDetection, ports))
    ?? (locality && localityProblem(locality))
    ?? combinationProblem(policy, ports);
}

const numbersOfRequests = ['http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'maxRetries'] as const;

function poolProblem(pool: ConnectionPool, ports: readonly Port[]): string | undefined {
  const given = (name: keyof ConnectionPool): boolean => pool[name] !== undefined;
  const ofRequests = numbersOfRequests.find(given);
  if (ofRequests && !carryRequests(ports)) {
    return `connectionPool.${ofRequests} limits requests, which the mesh does not see here, got ${pool[ofRequests]}; use maxConnections, or remove it`;
  }
  if (given('http1MaxPendingRequests') && !speakHttp(ports)) {
    return `connectionPool.http1MaxPendingRequests needs a port that speaks HTTP, got ${pool.http1MaxPendingRequests} for gRPC alone; use http2MaxRequests`;
  }
  for (const name of ['maxConnections', ...numbersOfRequests] as const) {
    const value = pool[name];
    const isRight = value === undefined || isWhole(value, 1, highest.int32);
    if (!isRight) return `connectionPool.${name} must be a whole number from 1 to ${highest.int32}, got ${value}`;
  }
  return durationProblem('connectionPool.connectTimeout', pool.connectTimeout) ?? durationProblem('connectionPool.idleTimeout', pool.idleTimeout);
}

/** What HTTP calls a token: names of headers and cookies. Source: RFC 9110, section 5.6.2. */
const token = /^[\w!#$%&'*+.^`|~-]+$/;

function balancerProblem({ balancing }: LoadBalancer, ports: readonly Port[]): string | undefined {
  if (balancing.kind === 'roundRobin' || balancing.kind === 'leastRequest') return balancing.warmup && warmupProblem(balancing.warmup);
  if (balancing.kind === 'random' || balancing.kind === 'passthrough' || balancing.kind === 'sourceIp') return undefined;
  const { kind, name } = balancing;
  if (kind === 'queryParameter' ? name === '' : !token.test(name)) return `loadBalancer must have the name of a ${words[kind]}, got '${name}'`;
  if (!carryRequests(ports)) {
    return `loadBalancer by ${words[kind]} needs requests, which the mesh does not see here, got '${name}'; use LoadBalancer.bySourceIp()`;
  }
  if (kind === 'queryParameter' && !speakHttp(ports)) return `loadBalancer by query parameter needs HTTP, got '${name}' for gRPC alone; use a header`;
  return balancing.kind === 'cookie' ? cookieProblem(balancing) : undefined;
}

const words = { header: 'header', cookie: 'cookie', queryParameter: 'query parameter' } as const;

function cookieProblem({ set }: Extract<HashKey, { kind: 'cookie' }>): string | undefined {
  const milliseconds = set?.ttl.toMilliseconds() ?? 0;
  if (milliseconds % 1000 !== 0) return `loadBalancer cookie's ttl must be whole seconds, 0 or more, got ${milliseconds}ms`;
  if (set?.path !== undefined && !set.path.startsWith('/')) return `loadBalancer cookie's path must begin with /, got '${set.path}'`;
  return undefined;
}

function warmupProblem({ duration, aggression = 1, minimumPercent = 10 }: Warmup): string | undefined {
  if (!(aggression > 0 && Number.isFinite(aggression))) return `loadBalancer's warmup.aggression must be more than 0, got ${aggression}`;
  if (!(minimumPercent >= 0 && minimumPercent <= 100)) return `loadBalancer's warmup.minimumPercent must be from 0 to 100, got ${minimumPercent}`;
  return durationProblem('loadBalancer\'s warmup.duration', duration);
}

function detectionProblem(detection: OutlierDetection | 'none', ports: readonly Port[]): string | undefined {
  if (!carryRequests(ports)) return `outlierDetection counts answers, which the mesh does not see here, got ${inBrief(detection)}; remove it`;
  if (detection === 'none') return undefined;
  const { consecutive5xxErrors = 0, consecutiveGatewayErrors = 5, maxEjectionPercent: percent = 50 } = detection;
  for (const [name, value] of Object.entries({ consecutive5xxErrors, consecutiveGatewayErrors })) {
    if (!isWhole(value, 0, highest.uint32)) return `outlierDetection.${name} must be a whole number from 0 to ${highest.uint32}, got ${value}`;
  }
  if (consecutive5xxErrors + consecutiveGatewayErrors === 0) return 'outlierDetection must count something, got 0 for both errors; say \'none\'';
  if (!isWhole(percent, 1, 99)) {
    const why = percent === 100 ? ', which would leave out every pod of a version' : '';
    return `outlierDetection.maxEjectionPercent must be a whole number from 1 to 99, got ${percent}${why}; leave it out for all pods but one`;
  }
  return durationProblem('outlierDetection.interval', detection.interval) ?? durationProblem('outlierDetection.baseEjectionTime', detection.baseEjectionTime);
}

/** What each is right by itself and has no effect beside the other. Of a caller's policy it is what comes out beside the callee's. */
export function combinationProblem(policy: TrafficPolicy, ports: readonly Port[]): string | undefined {
  const { outlierDetection, locality } = policy;
  if (failsOver(policy) && !carryRequests(ports)) {
    return `locality ${inBrief(locality)} leads away from pods that fail, which needs requests that the mesh sees, got none; use distribute, or remove it`;
  }
  if (failsOver(policy) && outlierDetection === 'none') {
    return `locality ${inBrief(locality)} leads away from pods that are left out, got outlierDetection 'none'; say locality 'off', or let pods be left out`;
  }
  const useless = [outlierDetection && 'outlierDetection', locality && 'locality'].filter((each) => typeof each === 'string');
  if (passesThrough(policy) && useless.length > 0) {
    return `loadBalancer passthrough chooses no pod, so that none can be preferred or left out, got ${useless.join(', ')}; remove one of them`;
  }
  return undefined;
}

function inBrief(value: TrafficPolicy['outlierDetection'] | TrafficPolicy['locality']): string {
  return typeof value === 'object' ? Object.keys(value).join(', ') : `'${value}'`;
}

function carryRequests(ports: readonly Port[]): boolean {
  return ports.some((port) => port.carriesRequests);
}

function speakHttp(ports: readonly Port[]): boolean {
  return ports.some(({ protocol }) => protocol === 'http');
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Source: the CRD's own least, and Istio's validation of durations. */
function durationProblem(what: string, duration: Duration | undefined): string | undefined {
  const milliseconds = duration?.toMilliseconds() ?? 1;
  return isWhole(milliseconds, 1, Infinity) ? undefined : `${what} must be whole milliseconds, 1 or more, got ${milliseconds}ms`;
}
