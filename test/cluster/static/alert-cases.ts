import type { InputSeries } from './promtool';

/** When an alert fires, and a like case when it must not: what Prometheus has. */
export interface AlertCase {
  readonly alert: string;
  /** When one looks. */
  readonly at: string;
  /** Time from one sample to the next, less than the 5 min that Prometheus looks back. @default '1m' */
  readonly every?: string;
  readonly fires: InputSeries;
  readonly quiet: InputSeries;
}

const host = 'destination_service="web.shop.svc.cluster.local",destination_service_namespace="shop"';
const requests = (more: string): string => `istio_requests_total{reporter="source",${host},${more}}`;
const gateway = 'source_workload_namespace="istio-system",source_canonical_service="istio-ingressgateway"';
/** A hundred requests a minute, of which so many fail. */
const failing = (failed: number, length: string, version = 'v1'): InputSeries => ({
  [requests(`${gateway},destination_canonical_revision="${version}",response_code="200"`)]: `0+${100 - failed}x${length}`,
  [requests(`${gateway},destination_canonical_revision="${version}",response_code="503"`)]: `0+${failed}x${length}`,
});
const slow = (late: number, length: string, version = 'v1'): InputSeries => {
  const of = (what: string, more = ''): string =>
    `istio_request_duration_milliseconds_${what}{reporter="source",${host},destination_canonical_revision="${version}"${more}}`;
  const buckets = { '250': 100 - late, '500': 100 - late, '1000': 100, '+Inf': 100 };
  return {
    ...Object.fromEntries(Object.entries(buckets).map(([le, count]) => [of('bucket', `,le="${le}"`), `0+${count}x${length}`])),
    [of('count')]: `0+100x${length}`,
  };
};
const jobs = ['alertmanager', 'cadvisor', 'cert-manager', 'gateways', 'hosts', 'kube-state-metrics', 'kubelet'];
const probe = (what: string, value: number): InputSeries => ({ [`probe_${what}{namespace="shop",instance="https://shop.example/"}`]: `${value}x120` });
const ofShop = (metric: string, more: string): string => `${metric}{namespace="shop",${more}}`;

/** Every alert once each way. Numbers count from 1970: `time()` is what one looks at. */
export const alertCases: readonly AlertCase[] = [
  // all requests fail, and nothing is beside them that succeeds
  { alert: 'ErrorBudgetBurnsFast', at: '70m', fires: { [requests(`${gateway},response_code="503"`)]: '0+100x70' }, quiet: failing(0.5, '70') },
  { alert: 'ErrorBudgetBurns', at: '1d', every: '4m', fires: failing(0.5, '360'), quiet: failing(0.05, '360') },
  { alert: 'LatencyBudgetBurnsFast', at: '70m', fires: slow(20, '70'), quiet: slow(5, '70') },
  { alert: 'LatencyBudgetBurns', at: '1d', every: '4m', fires: slow(5, '360'), quiet: slow(0.5, '360') },
  {
    alert: 'CanaryFailsMore',
    at: '30m',
    fires: { ...failing(0, '30'), ...failing(5, '30', 'canary') },
    quiet: { ...failing(5, '30'), ...failing(5, '30', 'canary') },
  },
  {
    alert: 'CanaryIsSlower',
    at: '30m',
    fires: { ...slow(0, '30'), ...slow(50, '30', 'canary'), ...failing(0, '30', 'canary') },
    quiet: { ...slow(50, '30'), ...slow(50, '30', 'canary'), ...failing(0, '30', 'canary') },
  },
  {
    alert: 'PodRestarts',
    at: '30m',
    fires: { [ofShop('kube_pod_container_status_restarts_total', 'pod="web-1",container="server"')]: '5x10 8x20' },
    quiet: { [ofShop('kube_pod_container_status_restarts_total', 'pod="web-1",container="server"')]: '5x10 7x20' },
  },
  { alert: 'AutoscalerAtLimit', at: '30m', fires: autoscaler(5), quiet: autoscaler(4) },
  { alert: 'StoreNotReady', at: '10m', fires: store(0), quiet: store(1) },
  { alert: 'VolumeFills', at: '30m', fires: volume(4), quiet: volume(10) },
  {
    alert: 'ScheduledJobMissed',
    at: '3h',
    fires: { [job('last_schedule_time')]: '60x200', [job('last_successful_time')]: '0x200' },
    quiet: { [job('last_schedule_time')]: '60x200', [job('last_successful_time')]: '120x200' },
  },
  {
    alert: 'CertificateExpires',
    at: '2h',
    fires: { 'certmanager_certificate_expiration_timestamp_seconds{name="shop-tls",namespace="istio-system"}': `${10 * 86_400}x120` },
    quiet: { 'certmanager_certificate_expiration_timestamp_seconds{name="shop-tls",namespace="istio-system"}': `${60 * 86_400}x120` },
  },
  { alert: 'PlaintextSeen', at: '10m', fires: connections('none'), quiet: connections('mutual_tls') },
  { alert: 'HostUnreachable', at: '10m', fires: probe('success', 0), quiet: probe('success', 1) },
  { alert: 'ServedCertificateExpires', at: '2h', fires: probe('ssl_earliest_cert_expiry', 10 * 86_400), quiet: probe('ssl_earliest_cert_expiry', 60 * 86_400) },
  {
    alert: 'MetricsMissing',
    at: '20m',
    fires: { [ofShop('up', 'job="sidecars",pod="web-1"')]: '0x20', [ofShop('up', 'job="sidecars",pod="web-2"')]: '1x20' },
    quiet: { [ofShop('up', 'job="sidecars",pod="web-1"')]: '1x20' },
  },
  {
    alert: 'ProxiesRejectConfiguration',
    at: '14m',
    fires: { 'pilot_total_xds_rejects{type="cds",pod="istiod-1"}': '_x5 6x10' }, // it is not there before the first
    quiet: { 'pilot_total_xds_rejects{type="cds",pod="istiod-1"}': '7x30' },
  },
  {
    alert: 'MeshRootCertificateExpires',
    at: '2h',
    fires: { 'citadel_server_root_cert_expiry_timestamp{pod="istiod-1"}': `${20 * 86_400}x120` },
    quiet: { 'citadel_server_root_cert_expiry_timestamp{pod="istiod-1"}': `${3000 * 86_400}x120` },
  },
  {
    alert: 'WatcherMissing',
    at: '20m',
    fires: Object.fromEntries(jobs.map((job) => [`up{job="${job}"}`, job === 'gateways' ? '0x20' : '1x20'])),
    quiet: Object.fromEntries(jobs.map((job) => [`up{job="${job}"}`, '1x20'])),
  },
  {
    alert: 'ControlPlaneMetricsMissing',
    at: '20m',
    fires: { 'up{job="istiod",pod="istiod-1"}': '0x20' },
    quiet: { 'up{job="istiod",pod="istiod-1"}': '0x20', 'up{job="istiod",pod="istiod-2"}': '1x20' },
  },
];

function autoscaler(current: number): InputSeries {
  const of = (what: string): string => ofShop(`kube_horizontalpodautoscaler_${what}`, 'horizontalpodautoscaler="web"');
  return { [of('status_current_replicas')]: `${current}x30`, [of('spec_max_replicas')]: '5x30', [of('spec_min_replicas')]: '2x30' };
}

function store(ready: number): InputSeries {
  const of = (what: string): string => ofShop(`kube_statefulset_${what}`, 'statefulset="redis"');
  return { [of('status_replicas_ready')]: `${ready}x10`, [of('replicas')]: '1x10' };
}

function volume(percentFree: number): InputSeries {
  const of = (what: string): string => ofShop(`kubelet_volume_stats_${what}_bytes`, 'persistentvolumeclaim="data-redis-0"');
  return { [of('available')]: `${percentFree}x30`, [of('capacity')]: '100x30' };
}

function job(what: string): string {
  return ofShop(`kube_cronjob_status_${what}`, 'cronjob="redis-backup"');
}

function connections(policy: string): InputSeries {
  const labels = `reporter="destination",connection_security_policy="${policy}",destination_workload="redis",destination_workload_namespace="shop"`;
  return { [`istio_tcp_connections_opened_total{${labels}}`]: '_x6 1x10' }; // one long connection
}
