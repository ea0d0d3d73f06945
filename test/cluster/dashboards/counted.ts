/** Clusters of a proxy that lead to a host of the mesh, in istiod's words: `outbound|80|v1|frontend.demo-app.svc.cluster.local`. */
const clusters = `cluster_name=~${JSON.stringify('outbound\\|.*')}`;
const counter = (name: string): string => `envoy_cluster_upstream_${name}{${clusters}}`;
/** One counter a status. */
const requests = copied(`{__name__=~"envoy_cluster_upstream_rq_[0-9]{3}",${clusters}}`, 'response_code', '__name__', '.*_([0-9]{3})');

/** What each label of Istio's is, by the label of Envoy's or of the scrape that says it. Pods are called as Deployments call them. */
const labels: readonly (readonly [label: string, from: string, pattern: string])[] = [
  ['destination_service', 'cluster_name', '(?:[^|]*\\|){3}([^;]+);?'],
  ['destination_service_name', 'cluster_name', '(?:[^|]*\\|){3}([^;.]+)\\..*'],
  ['destination_service_namespace', 'cluster_name', '(?:[^|]*\\|){3}[^;.]+\\.([^;.]+)\\..*'],
  ['destination_canonical_revision', 'cluster_name', '(?:[^|]*\\|){2}([^|]*)\\|.*'],
  ['source_canonical_service', 'pod', '(.+?)(?:-canary)?-[a-z0-9]+-[a-z0-9]{5}'],
  ['source_workload_namespace', 'namespace', '(.+)'],
];

/**
 * Rules by which Prometheus has what Istio's own filters would count, which the Envoys of a run do not have: the same requests, as Envoy's clusters count
 * them where the caller is. What a cluster does not know (flags, gRPC's status, who was refused by whom) is not there.
 */
export function countedByClusters(): object {
  const record = (name: string, values: string): object => ({
    record: name, labels: { reporter: 'source' }, expr: labels.reduce((inner, [label, from, pattern]) => copied(inner, label, from, pattern), values),
  });
  return {
    groups: [{
      name: 'counted-by-clusters',
      interval: '2s',
      rules: [
        record('istio_requests_total', requests),
        record('istio_request_duration_milliseconds_bucket', counter('rq_time_bucket')),
        record('istio_request_duration_milliseconds_count', counter('rq_time_count')),
        record('istio_tcp_connections_opened_total', counter('cx_total')),
        record('istio_tcp_connections_closed_total', counter('cx_destroy')),
        record('istio_tcp_sent_bytes_total', counter('cx_rx_bytes_total')), // sent is what is answered
        record('istio_tcp_received_bytes_total', counter('cx_tx_bytes_total')),
      ],
    }],
  };
}

function copied(values: string, label: string, from: string, pattern: string): string {
  return `label_replace(${values}, "${label}", "$1", "${from}", ${JSON.stringify(pattern)})`;
}
