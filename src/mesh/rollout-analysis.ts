import { Duration } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { hostsOfReleases } from '../graph/controlled-release';
import { serverFaults } from '../graph/grpc-status';
import { LatencyObjective } from '../graph/objective';
import { Callee } from '../graph/party';
import { Manifest } from '../manifest/manifest';
import { reject } from '../manifest/reject';
import { Kind } from '../manifest/typed-kind';
import { inMinutes } from '../workload/rollout';
import { wholeSeconds } from '../workload/whole-seconds';
import { Step } from './step';

/** What the new version is measured by: how many requests it answers well, how fast it answers, or both. */
export type RolloutAnalysis = RolloutAnalysisOptions & (
  | { readonly successRate: number; readonly latency?: LatencyObjective }
  | { readonly successRate?: number; readonly latency: LatencyObjective }
);

/** How the new version is measured, and when that ends a release. */
export interface RolloutAnalysisOptions {
  /** Share of the requests that have to be answered well, in percent, more than 0 to 100: not by 5xx or gRPC's faults of a server. @default - not measured */
  readonly successRate?: number;
  /** How fast requests have to be answered. @default - not measured */
  readonly latency?: LatencyObjective;
  /** Time from one measurement to the next, which is also what one looks at; several times what Prometheus scrapes by. @default Duration.minutes(1) */
  readonly interval?: Duration;
  /** How many measurements are made, 1 or more. @default - until the release is over */
  readonly count?: number;
  /** How many of them may fail; one more takes the release back. @default 0 */
  readonly failureLimit?: number;
  /** How many of them may find no request at all; one more makes the release wait for somebody. @default 0 */
  readonly inconclusiveLimit?: number;
  /** Address of Prometheus, as the controller reaches it. @default - what the environment says */
  readonly prometheus?: string;
}

/** One measurement. Source: argoproj.io/v1alpha1, Metric, as much of it as is written. */
export interface AnalysisMetric {
  /** Name, such as `latency`. */
  readonly name: string;
  /** Time from one measurement to the next. */
  readonly interval: string;
  /** Time to the first one. */
  readonly initialDelay: string;
  /** How many are made. @default - until the release is over */
  readonly count?: number;
  /** How many may fail. @default 0 */
  readonly failureLimit?: number;
  /** How many may neither succeed nor fail. @default 0 */
  readonly inconclusiveLimit?: number;
  /** When one succeeds. */
  readonly successCondition: string;
  /** When one fails. */
  readonly failureCondition: string;
  /** Who is asked, and what. */
  readonly provider: { readonly prometheus: { readonly address: string; readonly query: string } };
}

/** Properties of an AnalysisTemplate. */
export interface AnalysisTemplateProps {
  /** What is measured. */
  readonly spec: { readonly metrics: readonly AnalysisMetric[] };
}

const usualInterval = Duration.minutes(1);

const AnalysisTemplate: Kind<AnalysisTemplateProps> = {
  GVK: { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate' },
  manifest: (props) => props,
};

/** How the pods of a release are measured while it goes on. @throws ConfigurationError on what cannot be measured */
export function analysisTemplate(
  scope: Construct, callee: Callee, analysis: RolloutAnalysis, usualAddress: string | undefined,
): Manifest<AnalysisTemplateProps> {
  checkAnalysis(scope, callee, analysis);
  const address = checkAddress(scope, analysis.prometheus ?? usualAddress);
  const metrics = metricsOf(scope, callee, analysis, address);
  return new Manifest(scope, 'AnalysisTemplate', AnalysisTemplate, { name: callee.name }, () => ({ spec: { metrics } }));
}

/** Refuses a release that is over before it is measured: the first measurement comes when the first interval is over. */
export function checkMeasured(construct: IConstruct, { interval = usualInterval }: RolloutAnalysisOptions, steps: readonly Step[]): void {
  const waits = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  if (waits > interval.toMilliseconds() / 1000) return;
  reject(construct, `rollout.analysis measures first after its interval of ${inMinutes(interval)}, got pauses of ${waits}s in all, so that a release ends ` +
  'unmeasured; pause longer, or measure more often');
}

function checkAnalysis(construct: IConstruct, { operations }: Callee, { successRate, latency, count, failureLimit, inconclusiveLimit }: RolloutAnalysis): void {
  if (successRate !== undefined && !(successRate > 0 && successRate <= 100)) {
    reject(construct, `rollout.analysis.successRate must be more than 0 and at most 100 percent, got ${successRate}`);
  }
  if (latency && !(latency.percentile > 0 && latency.percentile < 100)) {
    reject(construct, `rollout.analysis.latency.percentile must be between 0 and 100, got ${latency.percentile}`);
  }
  const all = Object.values(operations);
  if (latency && all.length > 0 && all.every(({ streams }) => streams)) {
    reject(construct, 'rollout.analysis.latency needs requests that end by themselves, got operations that all stream; measure successRate');
  }
  for (const [name, value, least] of [['count', count, 1], ['failureLimit', failureLimit, 0], ['inconclusiveLimit', inconclusiveLimit, 0]] as const) {
    if (value !== undefined && (!Number.isInteger(value) || value < least)) {
      reject(construct, `rollout.analysis.${name} must be a whole number of ${least} or more, got ${value}`);
    }
    if (value !== undefined && value > (count ?? Infinity)) reject(construct, `rollout.analysis.${name} must be at most count, got ${value} of ${count}`);
  }
  if (failureLimit !== undefined && failureLimit === count) {
    reject(construct, `rollout.analysis.failureLimit must be less than count, got ${failureLimit} of ${count}, by which no release is taken back; lower it`);
  }
}

function checkAddress(construct: IConstruct, address: string | undefined): string {
  if (address === undefined) {
    return reject(construct, 'rollout.analysis asks Prometheus, got no address; give rollout.analysis.prometheus, or prometheusAddress to the Environment');
  }
  if (!/^https?:\/\/[^\s/]+(\/\S*)?$/.test(address)) reject(construct, `rollout.analysis.prometheus must be an http address, got '${address}'`);
  return address;
}

/** A measurement neither succeeds nor fails where nobody asked: no series is an empty result, no request in the time is not a number. */
function metricsOf(construct: IConstruct, callee: Callee, analysis: RolloutAnalysis, address: string): readonly AnalysisMetric[] {
  const { interval = usualInterval, successRate, latency, count, failureLimit, inconclusiveLimit } = analysis;
  wholeSeconds(construct, 'rollout.analysis.interval', interval, 10);
  const limit = latency && latencyMilliseconds(construct, latency);
  const window = inMinutes(interval);
  const metric = (name: string, good: string, bad: string, query: string): AnalysisMetric => ({
    name, interval: window, initialDelay: window, count, failureLimit, inconclusiveLimit,
    successCondition: `len(result) > 0 && result[0] ${good}`,
    failureCondition: `len(result) > 0 && result[0] ${bad}`,
    provider: { prometheus: { address, query } },
  });
  return [
    ...(successRate === undefined ? [] : [metric('success-rate', `>= ${successRate}`, `< ${successRate}`, successRateQuery(callee, window))]),
    ...(limit === undefined || !latency ? [] : [metric('latency', `< ${limit}`, `>= ${limit}`, latencyQuery(callee, latency, window))]),
  ];
}

function latencyMilliseconds(construct: IConstruct, { below }: LatencyObjective): number {
  const milliseconds = below.toMilliseconds();
  if (Number.isInteger(milliseconds) && milliseconds >= 1) return milliseconds;
  return reject(construct, `rollout.analysis.latency.below must be whole milliseconds, 1 or more, got ${milliseconds}ms`);
}

/** Requests to the canary as its callers' proxies count them: only they know by which host they sent them. */
function canarySeries({ host, namespace }: Callee): string {
  const [name] = hostsOfReleases(host)[1].split('.');
  return `reporter="source",destination_service_name="${name}",destination_service_namespace="${namespace}"`;
}

/** All requests but those that failed, in percent: counted so, a version that fails every request has a rate, and it is 0. */
function successRateQuery(callee: Callee, window: string): string {
  const rate = (more: string): string => `sum(rate(istio_requests_total{${canarySeries(callee)}${more}}[${window}]))`;
  const isGrpc = callee.ports.some(({ protocol }) => protocol === 'grpc');
  const failed = [',response_code=~"5.."', ...(isGrpc ? [`,response_code!~"5..",grpc_response_status=~"${serverFaults}"`] : [])]
    .map((more) => `(${rate(more)} or vector(0))`);
  const all = failed.length > 1 ? `(\n    ${failed.join('\n    + ')}\n  )` : failed[0];
  return `100 - 100 * (\n  ${all}\n  / ${rate('')}\n)`; // divided first: where all fail, that is 1 and nothing beside it
}

function latencyQuery(callee: Callee, { percentile }: LatencyObjective, window: string): string {
  const share = Number((percentile / 100).toFixed(6));
  return `histogram_quantile(${share}, sum by (le) (rate(istio_request_duration_milliseconds_bucket{${canarySeries(callee)}}[${window}])))`;
}
