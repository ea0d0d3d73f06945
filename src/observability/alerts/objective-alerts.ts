import { latencyInWords } from '../../graph/objective';
import { Promised, burns, pageRates, promisesOf, ticketRates } from '../objectives';
import { trafficOf } from '../requests';
import { WatchedNamespace } from '../watched';
import { NamespaceAlert, Question, Raised } from './alert';

type What = 'availability' | 'latency';

/** Who promises, to whom, and what, as labels: alerts are grouped by them. */
function labelsOf(promised: Promised, what: What, watched: WatchedNamespace): Readonly<Record<string, string>> {
  const { callee, caller, slo } = promised;
  const owner = watched.ownerOf(callee);
  return {
    ...(owner === undefined ? {} : { owner }),
    service: callee.name,
    ...(caller && { caller: trafficOf(caller).source_canonical_service }),
    objective: what === 'availability' ? `${slo.availability} %` : latencyInWords(slo.latency!),
  };
}

const raised = (what: What, rates: typeof pageRates) => (watched: WatchedNamespace): readonly Raised[] =>
  promisesOf(watched).filter(({ slo }) => slo[what] !== undefined).flatMap((promised) => {
    const expr = burns(promised, what, rates);
    return expr === undefined ? [] : [{ expr, labels: labelsOf(promised, what, watched) }];
  });

const who = '{{ $labels.service }}{{ with $labels.caller }} as {{ . }} calls it{{ end }}';
const requests = 'istio_requests_total{reporter="source",destination_service="<destination_service>"';
const failures: readonly Question[] = [
  { question: 'Who gets bad answers, which, and by whose fault (flag)?', query: `sum by (source_canonical_service, response_code, grpc_response_status, response_flags) (rate(${requests},response_code!~"[123].."}[5m]))` },
  { question: 'Is it one version?', query: `sum by (destination_version, response_code) (rate(${requests}}[5m]))` },
  { question: 'Whom it calls: do those fail?', query: 'sum by (destination_service, response_code) (rate(istio_requests_total{reporter="source",source_canonical_service="<service>",response_code=~"5.."}[5m]))' },
];
const slowness: readonly Question[] = [
  { question: 'Who waits how long?', query: 'histogram_quantile(0.99, sum by (le, source_canonical_service) (rate(istio_request_duration_milliseconds_bucket{reporter="source",destination_service="<destination_service>"}[5m])))' },
  { question: 'Is it one version?', query: 'histogram_quantile(0.99, sum by (le, destination_version) (rate(istio_request_duration_milliseconds_bucket{reporter="source",destination_service="<destination_service>"}[5m])))' },
  { question: 'Does it get too little CPU?', query: 'sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{namespace="<namespace>",container!="istio-proxy"}[5m])) / sum by (pod) (rate(container_cpu_cfs_periods_total{namespace="<namespace>",container!="istio-proxy"}[5m]))' },
];
const afterFailures = [
  'A new version or a canary that is worse: set its weight to 0 in code, or revert the commit; Argo CD applies it.',
  'Flag UH or UF: no pod is ready; see its events and its log. UO: a circuit breaker of `trafficPolicy` is open; more pods, or a higher limit.',
  'Flag UT: a timeout; the callee behind it is slow. Code 403: a policy refuses it; the caller must declare the call.',
];
const afterSlowness = [
  'A new version or a canary that is slower: set its weight to 0 in code, or revert the commit; Argo CD applies it.',
  'Throttled pods: raise the limit of CPU, or let more pods run (`replicas`). A slow callee behind it: go on there.',
];
const budget = 'It is measured over 30 days. ';

/** Alerts of objectives: each as a page where the budget would be gone within days, and as a ticket where it would not last the month. */
export const objectiveAlerts: readonly NamespaceAlert[] = [
  {
    name: 'ErrorBudgetBurnsFast',
    severity: 'page',
    for: '2m',
    summary: `${who}: {{ $value | humanizePercentage }} of the requests fail, objective {{ $labels.objective }}`,
    impact: 'Callers get errors; at this rate the errors that 30 days may have are used up within two to five days.',
    meaning: `${budget}The share of bad answers (5xx, or gRPC's faults of a server) was 14.4 times what the objective allows for an hour and for the last five minutes, or six times for six hours and the last half.`,
    ask: failures,
    then: afterFailures,
    raised: raised('availability', pageRates),
  },
  {
    name: 'ErrorBudgetBurns',
    severity: 'ticket',
    for: '15m',
    summary: `${who}: {{ $value | humanizePercentage }} of the requests fail, objective {{ $labels.objective }}`,
    impact: 'Some callers get errors; at this rate the objective will be missed this month.',
    meaning: `${budget}The share of bad answers was three times what the objective allows for a day and the last two hours, or as much as it allows for three days and the last six hours.`,
    ask: failures,
    then: afterFailures,
    raised: raised('availability', ticketRates),
  },
  {
    name: 'LatencyBudgetBurnsFast',
    severity: 'page',
    for: '2m',
    summary: `${who}: {{ $value | humanizePercentage }} of the requests are too slow, objective {{ $labels.objective }}`,
    impact: 'Callers wait too long, and may run into their timeouts.',
    meaning: `${budget}The share of slow answers was 14.4 times what the objective allows for an hour and for the last five minutes, or six times for six hours and the last half.`,
    ask: slowness,
    then: afterSlowness,
    raised: raised('latency', pageRates),
  },
  {
    name: 'LatencyBudgetBurns',
    severity: 'ticket',
    for: '15m',
    summary: `${who}: {{ $value | humanizePercentage }} of the requests are too slow, objective {{ $labels.objective }}`,
    impact: 'Some callers wait too long; at this rate the objective will be missed this month.',
    meaning: `${budget}The share of slow answers was three times what the objective allows for a day and the last two hours, or as much as it allows for three days and the last six hours.`,
    ask: slowness,
    then: afterSlowness,
    raised: raised('latency', ticketRates),
  },
];
