import { Callee } from '../../graph/party';
import { versionsOf } from '../alerts/release-alerts';
import { budgetOf } from '../objectives';
import { escaped, rate, series, sumBy } from '../promql';
import { comparedBy, duration, failureRatio, hostsOf, speaksGrpc, trafficTo } from '../requests';
import { WatchedNamespace } from '../watched';
import { objectiveSection } from './objective-panels';
import type { DashboardSpec, PanelSpec, SectionSpec } from './panels';
import { meshUid, uidOf } from './uid';

const window = '$__rate_interval';
const byCaller = ['source_canonical_service'];

const above = (at: number): PanelSpec['limit'] => ({ at, bad: 'above' });

/** A service: what its callers see, by caller, then what it has, then its releases. */
export function serviceDashboard(watched: WatchedNamespace, callee: Callee): DashboardSpec {
  const callers = new Set(watched.calls.filter((edge) => edge.callee === callee).map(({ caller }) => caller)).size;
  return {
    uid: uidOf(watched.name, callee.name),
    title: `${watched.system} / ${callee.name}`,
    tags: [watched.system, 'service'],
    links: { [watched.system]: uidOf(watched.name), Mesh: meshUid },
    sections: [
      { title: `What its callers see (${callers} declared)`, panels: requestPanels(callee) },
      ...objectiveSection(watched, callee),
      { title: 'How requests are carried', panels: carriagePanels(watched, callee) },
      ...(watched.known.nodes ? [{ title: 'What its pods have', panels: podPanels(watched, callee) }] : []),
      ...releaseSection(callee),
    ],
  };
}

/** Rate, errors and duration, the median and the slowest, by caller. */
function requestPanels(callee: Callee): readonly PanelSpec[] {
  const { slo } = callee;
  const traffic = trafficTo(callee);
  const told = { labels: byCaller, window, grpc: speaksGrpc(callee) };
  const latency = (percentile: number) => duration(traffic, percentile, byCaller, window);
  return [
    { title: 'Requests', unit: 'reqps', curves: { '{{source_canonical_service}}': sumBy(byCaller, rate(series('istio_requests_total', traffic), window)) } },
    {
      title: 'Share that fails', unit: 'percentunit', curves: { '{{source_canonical_service}}': failureRatio(traffic, told) },
      limit: slo?.availability === undefined ? undefined : above(Number(budgetOf(slo, 'availability').toPrecision(6))),
    },
    { title: 'Median duration', unit: 'ms', curves: { '{{source_canonical_service}}': latency(50) } },
    {
      title: 'P90 and P99 of the duration', unit: 'ms', limit: slo?.latency && above(slo.latency.below.toMilliseconds()),
      curves: { 'P90 {{source_canonical_service}}': latency(90), 'P99 {{source_canonical_service}}': latency(99) },
    },
  ];
}

/** What happens on the way: Envoy's own words, by what the callers' proxies count. */
function carriagePanels(watched: WatchedNamespace, callee: Callee): readonly PanelSpec[] {
  const cluster = new RegExp(`outbound\\|.*\\|(${hostsOf(callee).map(escaped).join('|')});?`);
  const of = { cluster_name: cluster };
  const flagged = (flag: string): string => sumBy(byCaller, rate(series('istio_requests_total', { ...trafficTo(callee), response_flags: new RegExp(`(.*,)?${flag}(,.*)?`) }), window));
  const pods = { namespace: callee.namespace, pod: podsOf(callee) };
  return [
    { title: 'Retries', unit: 'reqps', curves: { '{{pod}}': sumBy(['pod'], rate(series('envoy_cluster_upstream_rq_retry', of), window)) } },
    {
      title: 'Turned away by circuit breakers', unit: 'reqps',
      curves: { 'overflow {{pod}}': sumBy(['pod'], rate(series('envoy_cluster_upstream_rq_pending_overflow', of), window)), 'UO {{source_canonical_service}}': flagged('UO') },
    },
    ...(watched.canEject(callee)
      ? [{ title: 'Pods ejected', unit: 'short' as const, curves: { 'seen by {{pod}}': sumBy(['pod'], series('envoy_cluster_outlier_detection_ejections_active', of)) } }] : []),
    ...(watched.isRateLimited(callee)
      ? [{ title: 'Rate limited', unit: 'reqps' as const, curves: { '{{pod}}': sumBy(['pod'], rate(series('envoy_rate_limit_http_local_rate_limit_rate_limited', pods), window)) } }] : []),
  ];
}

function podPanels(watched: WatchedNamespace, callee: Callee): readonly PanelSpec[] {
  const [namespace, { name, versions }] = [watched.name, callee];
  const of = { namespace, pod: podsOf({ name, versions }), container: { not: /istio-proxy|POD|/ } };
  const share = (used: string, limit: 'cpu' | 'memory'): string =>
    `${sumBy(['pod'], used)} / ${sumBy(['pod'], series('kube_pod_container_resource_limits', { ...of, resource: limit }))}`;
  const replicas = (what: 'status_current' | 'spec_max'): string => series(`kube_horizontalpodautoscaler_${what}_replicas`, { namespace, horizontalpodautoscaler: name });
  return [
    { title: 'CPU, share of the limit', unit: 'percentunit', limit: above(1), curves: { '{{pod}}': share(rate(series('container_cpu_usage_seconds_total', of), window), 'cpu') } },
    { title: 'Memory, share of the limit', unit: 'percentunit', limit: above(1), curves: { '{{pod}}': share(series('container_memory_working_set_bytes', of), 'memory') } },
    { title: 'Restarts in an hour', unit: 'short', curves: { '{{pod}}': `increase(${series('kube_pod_container_status_restarts_total', of)}[1h])` } },
    ...(watched.isScaled(callee)
      ? [{ title: 'Replicas', unit: 'short' as const, curves: { running: replicas('status_current'), 'at most': replicas('spec_max') } }] : []),
  ];
}

/** Pods of Deployments: those of a store of a like name are called otherwise. Source: Kubernetes, names of ReplicaSets and their pods. */
function podsOf({ name, versions }: Pick<Callee, 'name' | 'versions'>): RegExp {
  const others = versions().slice(1).map((version) => escaped(version.name));
  return new RegExp(`${escaped(name)}${others.length > 0 ? `(-(${others.join('|')}))?` : ''}-[a-z0-9]+-[a-z0-9]{5}`);
}

/** The version that serves beside the new one, on the same axes. */
function releaseSection(callee: Callee): readonly SectionSpec[] {
  const versions = versionsOf(callee);
  if (!versions) return [];
  const byVersion = ['destination_canonical_revision'];
  const traffic = comparedBy(callee);
  return [{
    title: `Release: ${versions.join(' and ')}`,
    panels: [
      { title: 'Requests', unit: 'reqps', curves: { '{{destination_canonical_revision}}': sumBy(byVersion, rate(series('istio_requests_total', traffic), window)) } },
      { title: 'Share that fails', unit: 'percentunit', curves: { '{{destination_canonical_revision}}': failureRatio(traffic, { labels: byVersion, window, grpc: speaksGrpc(callee) }) } },
      { title: 'P99 of the duration', unit: 'ms', curves: { '{{destination_canonical_revision}}': duration(traffic, 99, byVersion, window) } },
    ],
  }];
}
