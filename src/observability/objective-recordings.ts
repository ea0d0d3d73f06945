import { Promised, pageRates, period, promisesOf } from './objectives';
import { escaped, recorded } from './promql';
import { bySource, failureCount, failureRatio, requestCount, slowCount, slowRatio, speaksGrpc, underOwnHost } from './requests';
import { RecordingRule, RuleGroup } from './rules';
import { WatchedNamespace } from './watched';

/** The time whose counts are added up to those of the whole period: single requests of 30 days are more than Prometheus reads at once. */
const counted = '5m';
const shortWindows = ['5m', '30m', '1h', '2h', '6h'] as const;
/** Times whose result hardly changes from one minute to the next, and is dear. */
const longWindows = ['1d', '3d'] as const;

/** Promises to all who call, or to single callers, and the labels that tell those apart. */
interface Level {
  readonly name: 'service' | 'call';
  readonly labels: readonly string[];
  readonly promises: readonly Promised[];
}

/** What alerts and panels of objectives read: shares of bad requests over each time, for all services of the namespace at once. */
export function objectiveGroups(watched: WatchedNamespace): readonly RuleGroup[] {
  const promises = promisesOf(watched);
  if (promises.length === 0) return [];
  const host = 'destination_service';
  const levels: readonly Level[] = [
    { name: 'service' as const, labels: [host], promises: promises.filter(({ caller }) => !caller) },
    { name: 'call' as const, labels: ['source_workload_namespace', 'source_canonical_service', host], promises: promises.filter(({ caller }) => caller) },
  ].filter((level) => level.promises.length > 0);
  const over = (window: string): readonly RecordingRule[] => levels.flatMap((level) => shares(watched, level, window));
  return [
    { name: `${watched.name}-objectives`, rules: [...levels.map((level) => requestsOf(watched, level)), ...shortWindows.flatMap(over)] },
    {
      name: `${watched.name}-objectives-long`, interval: '2m',
      rules: [...longWindows.flatMap(over), ...levels.flatMap((level) => sharesOfPeriod(watched, level))],
    },
  ];
}

/** Shares of bad requests over a time, and how many they are where somebody asks. */
function shares(watched: WatchedNamespace, level: Level, window: string): readonly RecordingRule[] {
  const { matchers, ...told } = traffic(watched, level, window);
  const isCounted = window === counted || pageRates.some(({ long }) => long === window);
  const rules = (what: string, ratio: string, count: string, labels?: RecordingRule['labels']): readonly RecordingRule[] => {
    const rule = (operation: string, expr: string): RecordingRule =>
      ({ record: `${level.name}:${what}:${operation}${window}`, expr, ...(labels && { labels: { ...labels } }) });
    return [rule('ratio_rate', ratio), ...(isCounted ? [rule('increase', count)] : [])];
  };
  return [
    ...(hasAvailability(level) ? rules('request_errors', failureRatio(matchers, told), failureCount(matchers, told)) : []),
    ...boundsOf(level).flatMap((bound) =>
      rules('slow_requests', slowRatio(matchers, told, bound), slowCount(matchers, told, bound), { below: `${bound}ms` })),
  ];
}

function requestsOf(watched: WatchedNamespace, level: Level): RecordingRule {
  const { matchers, ...told } = traffic(watched, level, counted);
  return { record: `${level.name}:requests:increase${counted}`, expr: requestCount(matchers, told) };
}

/** Shares of bad requests over the whole period, each of as many short times as there were, so that both sides have counted the same ones as often. */
function sharesOfPeriod({ domain }: WatchedNamespace, level: Level): readonly RecordingRule[] {
  const own = { destination_service: new RegExp(`.+\\.${escaped(domain)}`) };
  const sum = (what: string): string => `sum_over_time(${recorded(`${level.name}:${what}:increase${counted}`, own)}[${period}])`;
  const all = sum('requests');
  const record = (what: string): string => `${level.name}:${what}:ratio_rate${period}`;
  const failures = ['(', `  ${sum('request_errors')}`, `  or 0 * ${all}`, ')', `/ (${all} > 0)`].join('\n');
  const late = `${sum('slow_requests')}\n/ ignoring (below) group_left () (${all} > 0)`;
  return [
    ...(hasAvailability(level) ? [{ record: record('request_errors'), expr: failures }] : []),
    ...(boundsOf(level).length > 0 ? [{ record: record('slow_requests'), expr: late }] : []),
  ];
}

function traffic({ name, services }: WatchedNamespace, { labels }: Level, window: string) {
  return {
    matchers: { ...bySource, destination_service_namespace: name },
    labels, window, grpc: services.some(speaksGrpc), named: underOwnHost(services),
  };
}

function hasAvailability({ promises }: Level): boolean {
  return promises.some(({ slo }) => slo.availability !== undefined);
}

function boundsOf({ promises }: Level): readonly number[] {
  return [...new Set(promises.flatMap(({ slo }) => (slo.latency ? [slo.latency.below.toMilliseconds()] : [])))].sort((a, b) => a - b);
}
