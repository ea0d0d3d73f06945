import { Callee } from '../../graph/party';
import { rate, series } from '../promql';
import { comparedBy, duration, failureRatio, speaksGrpc } from '../requests';
import { WatchedNamespace } from '../watched';
import { NamespaceAlert, Raised } from './alert';

const window = '10m';

/** Versions of a callee that get requests side by side: that which serves, and the new one. */
export function versionsOf(callee: Callee): readonly [stable: string, canary: string] | undefined {
  const [stable, canary] = callee.versions();
  return canary && [stable.name, canary.name];
}

/** One rule a service that has two versions. */
const raised = (worse: (callee: Callee, stable: string, canary: string) => string) => (watched: WatchedNamespace): readonly Raised[] =>
  watched.services.flatMap((callee) => {
    const versions = versionsOf(callee);
    const owner = watched.ownerOf(callee);
    return versions ? [{ expr: worse(callee, ...versions), labels: { ...(owner === undefined ? {} : { owner }), service: callee.name, version: versions[1] } }] : [];
  });

/** By the revision, not the version: proxies know it of a pod that never answered too, though of no pod at all. */
const of = (callee: Callee, version: string) => ({ ...comparedBy(callee), destination_canonical_revision: version });
/** A share of a handful of requests says nothing: one of them a minute is the least. */
const isAsked = (callee: Callee, version: string): string => `sum(${rate(series('istio_requests_total', of(callee, version)), window)}) > 1 / 60`;

const failures = (callee: Callee, version: string): string => failureRatio(of(callee, version), { labels: [], window, grpc: speaksGrpc(callee) });

const ask = [
  { question: 'How do the versions answer?', query: 'sum by (destination_canonical_revision, response_code) (rate(istio_requests_total{reporter="source",destination_canonical_service="<service>"}[10m]))' },
  { question: 'How long do they take?', query: 'histogram_quantile(0.99, sum by (le, destination_canonical_revision) (rate(istio_request_duration_milliseconds_bucket{reporter="source",destination_canonical_service="<service>"}[10m])))' },
];
const copies = 'Where the new version gets copies alone, its callers do not count them: ask with `reporter="destination"` then.';
const then = ['Set `at: 0` of its CanaryRelease and merge: all requests go to the version that serves, no pod restarts.', 'See the log of its pods: label `version` is its name.'];

/** Alerts of releases: the new version is compared with the one that serves beside it, at the same time and under the same load. */
export const releaseAlerts: readonly NamespaceAlert[] = [
  {
    name: 'CanaryFailsMore',
    severity: 'page',
    for: '5m',
    summary: '{{ $labels.service }}: {{ $value | humanizePercentage }} more of the requests fail at version {{ $labels.version }} than at the one that serves',
    impact: 'Those who are sent to the new version get errors that others do not.',
    meaning: `For ten minutes the share of bad answers of the new version was more than a hundredth above that of the version beside it, with a request a minute or more. ${copies}`,
    ask,
    then,
    raised: raised((callee, stable, canary) => [
      '(', failures(callee, canary), ')', '-', '(', failures(callee, stable), 'or vector(0)', ')', '> 0.01',
      `and ${isAsked(callee, canary)}`,
    ].join('\n')),
  },
  {
    name: 'CanaryIsSlower',
    severity: 'ticket',
    for: '10m',
    summary: '{{ $labels.service }}: 99 % of the requests take {{ $value | humanize }} times as long at version {{ $labels.version }} as at the one that serves',
    impact: 'Those who are sent to the new version wait longer than others.',
    meaning: `For ten minutes the 99th percentile of the new version was more than one and a half times that of the version beside it, with a request a minute or more. ${copies}`,
    ask,
    then,
    raised: raised((callee, stable, canary) => [
      duration(of(callee, canary), 99, [], window),
      `/ ${duration(of(callee, stable), 99, [], window)}`,
      '> 1.5',
      `and ${isAsked(callee, canary)}`,
    ].join('\n')),
  },
];
