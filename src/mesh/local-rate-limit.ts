import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type {
  EnvoyFilterProps, EnvoyFilterSpecConfigPatches, EnvoyFilterSpecConfigPatchesApplyTo, EnvoyFilterSpecConfigPatchesMatchContext,
  EnvoyFilterSpecConfigPatchesPatchOperation,
} from '../../imports/networking.istio.io';
import { Operation } from '../graph/operation';
import { Callee, portOf } from '../graph/party';
import { Port } from '../graph/port';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { reject } from '../manifest/reject';

/** How many requests each pod of a service lets through, as a bucket of tokens: a request takes one, and they come back evenly. */
export interface RateLimit<Op extends string = never> {
  /** Requests that one port of one pod lets through in each `per`, a whole number of 1 or more. */
  readonly requests: number;
  /** The time in which an empty bucket gets `requests` tokens, 50 ms or more. */
  readonly per: Duration;
  /** Requests that it lets through at once after a pause, a whole number of 1 or more. @default - as many as `requests` */
  readonly burst?: number;
  /** The operations that are limited, all together; none may share paths with another one. @default - every request */
  readonly operations?: readonly [Op, ...Op[]];
}

/** Envoy counts tokens in 32 bits. Source: `type.v3.TokenBucket`. */
const MOST = 2 ** 32 - 1;
/** Envoy refuses to fill more often. Source: `LocalRateLimit.token_bucket`. */
const LEAST_MILLISECONDS = 50;

/** Limits what each pod lets through, all versions alike: Istio has no object for it, so it is a filter of the pods' proxies. */
export function localRateLimit(scope: Construct, callee: Callee, limit: RateLimit<string>): Manifest<EnvoyFilterProps> {
  checkNumbers(scope, limit);
  const limited = limit.operations?.map((name) => limitedOperation(scope, callee, name));
  const ports = callee.ports.filter((port) => port.carriesRequests && (limited?.some((each) => portOf(callee, each) === port) ?? true));
  if (ports.length === 0) {
    const got = callee.ports.map(({ protocol }) => protocol).join(', ');
    reject(scope, `rateLimit needs a port of http or grpc, got ${got}; limit connections instead, with connectionPool.maxConnections`);
  }
  return new Manifest(scope, 'RateLimit', kinds.EnvoyFilter, { name: rateLimitName(callee.name) }, () => ({
    spec: {
      configPatches: ports.map((port) => beforeRouter(port, filterConfig(port, limit, limited?.filter((each) => portOf(callee, each) === port)))),
      priority: 10, // Istio's analyzer doubts a relative patch without one (IST0151)
      workloadSelector: { labels: { ...callee.pods?.podLabels } },
    },
  }));
}

/** Name of the filter of a service. */
export function rateLimitName(service: string): string {
  return `${service}-rate-limit`;
}

function checkNumbers(construct: Construct, { requests, per, burst, operations }: RateLimit<string>): void {
  for (const [name, value] of Object.entries({ requests, burst })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MOST)) continue;
    reject(construct, `rateLimit.${name} must be a whole number from 1 to ${MOST}, got ${value}; for fewer than one choose a longer rateLimit.per`);
  }
  const milliseconds = per.toMilliseconds();
  if (milliseconds < LEAST_MILLISECONDS) {
    reject(construct, `rateLimit.per must be ${LEAST_MILLISECONDS}ms or more, got ${milliseconds}ms; choose a longer time and more requests`);
  }
  if (operations && operations.length === 0) reject(construct, 'rateLimit.operations must name at least one, got none; leave it out to limit every request');
}

/** An operation whose requests a filter can tell from all others: it has no order of precedence, as routes have. */
function limitedOperation(construct: Construct, callee: Callee, name: string): Operation {
  const { [name]: operation, ...others } = callee.operations;
  if (operation === undefined) {
    reject(construct, `rateLimit.operations must be operations of the service, got '${name}'; it has ${Object.keys(others).join(', ') || 'none'}`);
  }
  const [shared] = Object.entries(others).find(([, other]) => portOf(callee, other) === portOf(callee, operation) && other.overlaps(operation)) ?? [];
  if (shared === undefined) return operation;
  return reject(construct, `rateLimit.operations must have requests of their own, got '${name}' that shares some with '${shared}'; give them other paths`);
}

/** Before the router is after everything that refuses: requests that are not allowed take no token from those that are. */
function beforeRouter(port: Port, config: object): EnvoyFilterSpecConfigPatches {
  return {
    applyTo: enumerated<EnvoyFilterSpecConfigPatchesApplyTo>('HTTP_FILTER'),
    match: {
      context: enumerated<EnvoyFilterSpecConfigPatchesMatchContext>('SIDECAR_INBOUND'),
      listener: {
        filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager', subFilter: { name: 'envoy.filters.http.router' } } },
        portNumber: port.targetPort,
      },
    },
    patch: {
      operation: enumerated<EnvoyFilterSpecConfigPatchesPatchOperation>('INSERT_BEFORE'),
      value: { name: 'envoy.filters.http.local_ratelimit', typed_config: config },
    },
  };
}

/** Source: `envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit`. */
function filterConfig({ protocol }: Port, { requests, per, burst = requests }: RateLimit<string>, operations?: readonly Operation[]): object {
  const always = { default_value: { numerator: 100 } }; // Envoy's own default is 0 %: a filter that does nothing
  const bucket = { token_bucket: { fill_interval: `${per.toMilliseconds() / 1000}s`, max_tokens: burst, tokens_per_fill: requests } };
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
    'filter_enabled': always,
    'filter_enforced': always,
    // callers repeat UNAVAILABLE, Envoy's own answer, and leave out a pod that gives it
    ...(protocol === 'grpc' ? { rate_limited_as_resource_exhausted: true } : { response_headers_to_add: [retryAfter(requests, per)] }),
    'stat_prefix': 'rate_limit',
    ...(operations ? onlyFor(operations, bucket) : bucket),
  };
}

/** When the next token is there: the header has whole seconds, and Envoy writes none of its own before 1.39. */
function retryAfter(requests: number, per: Duration): object {
  return { header: { key: 'retry-after', value: String(Math.ceil(per.toMilliseconds() / 1000 / requests)) } };
}

/** One bucket for all requests that are one of the operations; the others need no token. */
function onlyFor(operations: readonly Operation[], bucket: object): object {
  const limited = 'limited';
  return {
    descriptors: [{ entries: [{ key: 'header_match', value: limited }], ...bucket }],
    rate_limits: operations.map((operation) => ({ actions: [{ header_value_match: { descriptor_value: limited, headers: headersOf(operation) } }] })),
  };
}

function headersOf({ methods, path }: Operation): readonly object[] {
  const method = methods.length === 1 ? { exact: methods[0] } : { safe_regex: { regex: methods.join('|') } };
  return [{ name: ':method', string_match: method }, { name: ':path', string_match: { safe_regex: { regex: path.requestRegex() } } }];
}
