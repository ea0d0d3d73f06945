import { hostsOfReleases } from '../graph/controlled-release';
import { serverFaults } from '../graph/grpc-status';
import { Callee, Caller } from '../graph/party';
import { Match, Matchers, escaped, oneOf, rate, series, sumBy } from './promql';

/** What the proxies of those who call count: they also see what never arrives. Each request is counted twice, by both sides. */
export const bySource = { reporter: 'source' } as const;

/** Traffic to a callee, whichever host its releases have. */
export function trafficTo(callee: Callee): { readonly reporter: 'source'; readonly destination_service: Match } {
  return { ...bySource, destination_service: oneOf(hostsOf(callee)) };
}

/** What versions are compared by: what their callers count; where the new one gets copies alone, which callers do not count, what both count themselves. */
export function comparedBy(callee: Callee): Matchers<'istio_requests_total'> {
  if (!isOnlyCopied(callee)) return trafficTo(callee);
  return { reporter: 'destination', destination_workload_namespace: callee.namespace, destination_canonical_service: callee.name };
}

/** Whether a second version gets copies of requests, and no request. */
function isOnlyCopied(callee: Callee): boolean {
  const [, second] = callee.versions();
  const releases = callee.releases();
  const isAsked = releases.some(({ destinations }) => destinations.some(({ subset, weight }) => subset === second?.name && weight !== 0));
  return !isAsked && releases.some(({ mirror }) => mirror !== undefined);
}

/** What tells a caller from others: its proxies give their pods' canonical name. Source: Istio, "Canonical service". */
export function trafficOf(caller: Caller): { readonly source_workload_namespace: string; readonly source_canonical_service: string } {
  const { app, istio } = caller.podLabels; // a gateway of istioctl or of Helm has both, and is often known by the second
  return { source_workload_namespace: caller.namespace, source_canonical_service: app ?? (istio === undefined ? caller.name : `istio-${istio}`) };
}

/** Hosts of a callee: its own, and those between which a controller releases. */
export function hostsOf(callee: Callee): readonly string[] {
  const others = callee.releases().flatMap(({ destinations }) => destinations.flatMap(({ host }) => host ?? []));
  return [...new Set([callee.host, ...others])];
}

/** What is told apart, and how. */
export interface Told {
  /** Labels of the result. */
  readonly labels: readonly string[];
  /** Time that is looked at, such as `5m`. */
  readonly window: string;
  /** Whether some of the requests are gRPC, whose faults HTTP calls 200. */
  readonly grpc: boolean;
  /** Changes labels before values are added up. @default - they stay */
  readonly named?: (values: string) => string;
}

/** How much a counter grew. */
type Grown = (counter: string) => string;

/** Requests that were answered badly: 5xx, or gRPC's faults of a server. */
function failedRequests(matchers: Matchers<'istio_requests_total'>, grpc: boolean, grown: Grown): string {
  const failed = series('istio_requests_total', { ...matchers, response_code: /5../ });
  const faults = series('istio_requests_total', { ...matchers, response_code: { not: /5../ }, grpc_response_status: new RegExp(serverFaults) });
  return [failed, ...(grpc ? [faults] : [])].map(grown).join('\n    or ');
}

/** Share of the requests that were answered badly, 0 to 1. Nothing where nobody asks. Where all fail it is 1, though there is nothing else beside them. */
export function failureRatio(matchers: Matchers<'istio_requests_total'>, told: Told): string {
  const { labels, window, named = same } = told;
  const all = sumBy(labels, named(rate(series('istio_requests_total', matchers), window)));
  const failed = sumBy(labels, named(failedRequests(matchers, told.grpc, (counter) => rate(counter, window))));
  return ['(', `  ${failed}`, `  or 0 * ${all}`, ')', `/ (${all} > 0)`].join('\n');
}

/** How many requests there were. */
export function requestCount(matchers: Matchers<'istio_requests_total'>, { labels, window, named = same }: Omit<Told, 'grpc'>): string {
  return sumBy(labels, named(`increase(${series('istio_requests_total', matchers)}[${window}])`));
}

/** How many requests were answered badly. */
export function failureCount(matchers: Matchers<'istio_requests_total'>, { labels, window, grpc, named = same }: Told): string {
  return sumBy(labels, named(failedRequests(matchers, grpc, (counter) => `increase(${counter}[${window}])`)));
}

/** Share of the requests that took longer than a bound of a bucket, 0 to 1. */
export function slowRatio(matchers: Matchers<'istio_requests_total'>, told: Omit<Told, 'grpc'>, milliseconds: number): string {
  const [fast, all] = inTime(matchers, told, milliseconds, (counter) => rate(counter, told.window));
  return `1 - ${fast}\n/ ${all}`;
}

/** How many requests took longer than a bound of a bucket. */
export function slowCount(matchers: Matchers<'istio_requests_total'>, told: Omit<Told, 'grpc'>, milliseconds: number): string {
  const [fast, all] = inTime(matchers, told, milliseconds, (counter) => `increase(${counter}[${told.window}])`);
  return `${all}\n- ${fast}`;
}

/** Requests that did not take longer than a bound, and all. Prometheus 3 writes the bound `250.0`, and those before it `250`. */
function inTime(
  matchers: Matchers<'istio_requests_total'>, { labels, named = same }: Omit<Told, 'grpc'>, milliseconds: number, grown: Grown,
): readonly [fast: string, all: string] {
  const le = new RegExp(`${escaped(String(milliseconds))}(\\.0)?`);
  const [fast, all] = [
    series('istio_request_duration_milliseconds_bucket', { ...matchers, le }), series('istio_request_duration_milliseconds_count', matchers),
  ];
  return [sumBy(labels, named(grown(fast))), sumBy(labels, named(grown(all)))];
}

/** Whether somebody speaks gRPC to a callee. */
export function speaksGrpc({ ports }: Callee): boolean {
  return ports.some(({ protocol }) => protocol === 'grpc');
}

/** How long requests take, in milliseconds, by percentile. */
export function duration(matchers: Matchers<'istio_requests_total'>, percentile: number, labels: readonly string[], window: string): string {
  const buckets = rate(series('istio_request_duration_milliseconds_bucket', matchers), window);
  return `histogram_quantile(${Number((percentile / 100).toFixed(6))}, ${sumBy(['le', ...labels], buckets)})`;
}

function same(values: string): string {
  return values;
}

/** Hosts between which a controller releases, called by the host of their service. */
export function underOwnHost(callees: readonly Callee[]): (values: string) => string {
  const released = callees.filter((callee) => hostsOf(callee).length > 1);
  return released.length === 0 ? same : (values) => released.reduce((inner, { host }) => {
    const [stable, canary] = hostsOfReleases(host);
    return `label_replace(${inner}, "destination_service", "${host}", "destination_service", ${JSON.stringify(`${escaped(stable)}|${escaped(canary)}`)})`;
  }, values);
}
