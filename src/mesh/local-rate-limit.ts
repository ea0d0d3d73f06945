import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import {
  EnvoyFilter, EnvoyFilterProps, EnvoyFilterSpecConfigPatches, EnvoyFilterSpecConfigPatchesApplyTo, EnvoyFilterSpecConfigPatchesMatchContext,
  EnvoyFilterSpecConfigPatchesPatchOperation,
} from '../../imports/networking.istio.io';
import { Callee } from '../graph/party';
import { Port } from '../graph/port';
import { Manifest } from '../manifest/manifest';
import { reject } from '../manifest/reject';

/** How many requests each pod of a service lets through, as a bucket of tokens: a request takes one, and they come back evenly. */
export interface RateLimit {
  /** Requests that one port of one pod lets through in each `per`, a whole number of 1 or more. */
  readonly requests: number;
  /** The time that they are counted over, 50 ms or more: after it an empty bucket is full of `requests` again. */
  readonly per: Duration;
  /** Requests that it lets through at once after a pause, a whole number of 1 or more. @default - as many as `requests` */
  readonly burst?: number;
}

/** Envoy counts tokens in 32 bits. Source: `type.v3.TokenBucket`. */
const MOST = 2 ** 32 - 1;
/** Envoy refuses to fill more often. Source: `LocalRateLimit.token_bucket`. */
const LEAST_MILLISECONDS = 50;

/** Limits what each pod lets through, all versions alike: Istio has no object for it, so it is a filter of the pods' proxies. */
export function localRateLimit(scope: Construct, callee: Callee, limit: RateLimit): Manifest<EnvoyFilterProps> {
  const ports = callee.ports.filter((port) => port.carriesRequests);
  checkLimit(scope, callee, ports, limit);
  return new Manifest(scope, 'RateLimit', EnvoyFilter, { name: `${callee.name}-rate-limit` }, () => ({
    spec: {
      configPatches: ports.map((port) => beforeRouter(port, limit)),
      priority: 10, // Istio's analyzer doubts a relative patch without one (IST0151)
      workloadSelector: { labels: { ...callee.pods?.podLabels } },
    },
  }));
}

function checkLimit(construct: Construct, callee: Callee, limited: readonly Port[], { requests, per, burst }: RateLimit): void {
  if (limited.length === 0) {
    const got = callee.ports.map(({ protocol }) => protocol).join(', ');
    reject(construct, `rateLimit needs a port of http or grpc, got ${got}; limit connections instead, with connectionPool.maxConnections`);
  }
  for (const [name, value] of Object.entries({ requests, burst })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MOST)) continue;
    reject(construct, `rateLimit.${name} must be a whole number from 1 to ${MOST}, got ${value}; for fewer than one choose a longer rateLimit.per`);
  }
  const milliseconds = per.toMilliseconds();
  if (milliseconds >= LEAST_MILLISECONDS) return;
  reject(construct, `rateLimit.per must be ${LEAST_MILLISECONDS}ms or more, got ${milliseconds}ms; choose a longer time and more requests`);
}

/** Before the router is after everything that refuses: requests that are not allowed take no token from those that are. */
function beforeRouter(port: Port, limit: RateLimit): EnvoyFilterSpecConfigPatches {
  return {
    applyTo: EnvoyFilterSpecConfigPatchesApplyTo.HTTP_UNDERSCORE_FILTER,
    match: {
      context: EnvoyFilterSpecConfigPatchesMatchContext.SIDECAR_UNDERSCORE_INBOUND,
      listener: {
        filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager', subFilter: { name: 'envoy.filters.http.router' } } },
        portNumber: port.targetPort,
      },
    },
    patch: {
      operation: EnvoyFilterSpecConfigPatchesPatchOperation.INSERT_UNDERSCORE_BEFORE,
      value: { name: 'envoy.filters.http.local_ratelimit', typed_config: filterConfig(port, limit) },
    },
  };
}

/** Source: `envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit`. */
function filterConfig({ protocol }: Port, { requests, per, burst = requests }: RateLimit): object {
  const always = { default_value: { numerator: 100 } }; // Envoy's own default is 0 %: a filter that does nothing
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
    'filter_enabled': always,
    'filter_enforced': always,
    ...(protocol === 'grpc' ? { rate_limited_as_resource_exhausted: true } : { response_headers_to_add: [retryAfter(requests, per)] }),
    'stat_prefix': 'rate_limit',
    'token_bucket': { fill_interval: `${per.toMilliseconds() / 1000}s`, max_tokens: burst, tokens_per_fill: requests },
  };
}

/** When the next token is there: the header has whole seconds, and Envoy writes none of its own before 1.39. */
function retryAfter(requests: number, per: Duration): object {
  return { header: { key: 'retry-after', value: String(Math.ceil(per.toMilliseconds() / 1000 / requests)) } };
}
