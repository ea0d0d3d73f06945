import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import {
  EnvoyFilter, EnvoyFilterProps, EnvoyFilterSpecConfigPatchesApplyTo, EnvoyFilterSpecConfigPatchesMatchContext, EnvoyFilterSpecConfigPatchesPatchOperation,
} from '../../imports/networking.istio.io';
import { durationInWords } from '../graph/edge';
import { Service } from '../graph/party';
import { Manifest } from '../manifest/manifest';
import { reject } from '../manifest/reject';

/** How many requests one pod serves. */
export interface LocalRateLimit {
  /** Requests that each pod serves at each of its ports, 1 or more; further ones are answered with 429, or RESOURCE_EXHAUSTED where the port speaks gRPC. */
  readonly requests: number;
  /** How long until a pod serves as many again, 50ms or more. Source: Envoy, `TokenBucket.fill_interval` of the local rate limit. */
  readonly per: Duration;
}

const ROUTER = 'envoy.filters.http.router';
const ALWAYS = { default_value: { numerator: 100, denominator: 'HUNDRED' } }; // Envoy's own default is none of the requests

/**
 * Limits the requests that each pod of a service serves. Those that authorization refuses are not counted, since the filter stands after it:
 * directly before the router.
 */
export function localRateLimit(scope: Construct, service: Service, limit: LocalRateLimit): Manifest<EnvoyFilterProps> {
  checkLimit(scope, service, limit);
  const { HTTP_UNDERSCORE_FILTER: httpFilter } = EnvoyFilterSpecConfigPatchesApplyTo;
  const { SIDECAR_UNDERSCORE_INBOUND: inbound } = EnvoyFilterSpecConfigPatchesMatchContext;
  const { INSERT_UNDERSCORE_BEFORE: before } = EnvoyFilterSpecConfigPatchesPatchOperation;
  return new Manifest(scope, 'EnvoyFilter', EnvoyFilter, { name: service.name }, () => ({
    spec: {
      configPatches: [{
        applyTo: httpFilter,
        match: {
          context: inbound,
          listener: { filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager', subFilter: { name: ROUTER } } } },
        },
        patch: { operation: before, value: { name: 'envoy.filters.http.local_ratelimit', typed_config: filterConfig(service, limit) } },
      }],
      priority: 10, // after what others insert: a relative place needs an order
      workloadSelector: { labels: { ...service.podLabels } },
    },
  }));
}

function filterConfig({ ports }: Service, { requests, per }: LocalRateLimit): Record<string, unknown> {
  const speaksGrpc = ports.some(({ protocol }) => protocol === 'grpc');
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
    'filter_enabled': ALWAYS,
    'filter_enforced': ALWAYS,
    // UNAVAILABLE, Envoy's default, is what callers try again
    ...(speaksGrpc ? { rate_limited_as_resource_exhausted: true } : {}),
    'stat_prefix': 'http_local_rate_limiter',
    'token_bucket': { fill_interval: durationInWords(per), max_tokens: requests, tokens_per_fill: requests },
  };
}

function checkLimit(construct: Construct, { ports }: Service, { requests, per }: LocalRateLimit): void {
  if (!ports.some((port) => port.carriesRequests)) {
    reject(construct, `rateLimit counts requests, got a service of ${ports.length === 0 ? 'no port' : 'TCP alone'}; remove it`);
  }
  if (!Number.isInteger(requests) || requests < 1) reject(construct, `rateLimit.requests must be a whole number of 1 or more, got ${requests}`);
  const milliseconds = per.toMilliseconds();
  if (milliseconds < 50) reject(construct, `rateLimit.per must be 50ms or more, as Envoy counts, got ${milliseconds}ms`);
}
