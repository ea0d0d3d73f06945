/** Labels that Istio's proxies put on what they count of requests and connections. Source: Istio, "Istio Standard Metrics". */
const standardLabels = [
  'reporter', 'source_workload', 'source_workload_namespace', 'source_canonical_service', 'source_version', 'source_principal',
  'destination_workload', 'destination_workload_namespace', 'destination_canonical_service', 'destination_canonical_revision',
  'destination_version', 'destination_principal',
  'destination_service', 'destination_service_name', 'destination_service_namespace',
  'request_protocol', 'response_flags', 'connection_security_policy',
] as const;
/** Labels that a scrape of pods adds: `PodMonitor` and our own configuration. Source: Prometheus Operator, relabeling of PodMonitor. */
const targetLabels = ['job', 'instance', 'namespace', 'pod'] as const;
const istioLabels = [...standardLabels, ...targetLabels] as const;
const requestLabels = [...istioLabels, 'response_code', 'grpc_response_status'] as const;
/** Source: Envoy, "Cluster manager statistics", behind Istio's `proxyStatsMatcher`; its tag `envoy.cluster_name`. */
const clusterLabels = ['cluster_name', ...targetLabels] as const;
/** Those of our own configuration: the address that was asked is the instance. */
const probeLabels = ['job', 'instance', 'namespace'] as const;
const container = ['namespace', 'pod', 'container'] as const;

/**
 * Metrics that rules and panels may ask for, each with the labels that it has. What is asked for and not here does not compile.
 * Sources: Istio 1.31 (standard metrics, pilot), Envoy 1.38, kube-state-metrics 2.x (docs/metrics), the kubelet's cAdvisor and volume statistics,
 * cert-manager 1.21 (metrics), blackbox_exporter 0.27, Prometheus.
 */
export const metricLabels = {
  istio_requests_total: requestLabels,
  istio_request_duration_milliseconds_bucket: [...requestLabels, 'le'],
  istio_request_duration_milliseconds_count: requestLabels,
  istio_tcp_connections_opened_total: istioLabels,
  istio_tcp_connections_closed_total: istioLabels,
  istio_tcp_sent_bytes_total: istioLabels,
  istio_tcp_received_bytes_total: istioLabels,
  envoy_cluster_upstream_rq_retry: clusterLabels,
  envoy_cluster_upstream_rq_pending_overflow: clusterLabels,
  envoy_cluster_outlier_detection_ejections_active: clusterLabels,
  envoy_rate_limit_http_local_rate_limit_rate_limited: targetLabels,
  pilot_xds_pushes: ['type', ...targetLabels],
  pilot_total_xds_rejects: ['type', ...targetLabels],
  pilot_xds: ['version', ...targetLabels],
  pilot_proxy_convergence_time_bucket: ['le', ...targetLabels],
  citadel_server_root_cert_expiry_timestamp: targetLabels,
  certmanager_certificate_expiration_timestamp_seconds: ['name', 'exported_namespace', ...targetLabels],
  kube_pod_container_status_restarts_total: container,
  kube_pod_init_container_status_restarts_total: container,
  kube_pod_container_resource_limits: [...container, 'resource', 'unit'],
  kube_horizontalpodautoscaler_status_current_replicas: ['namespace', 'horizontalpodautoscaler'],
  kube_horizontalpodautoscaler_spec_min_replicas: ['namespace', 'horizontalpodautoscaler'],
  kube_horizontalpodautoscaler_spec_max_replicas: ['namespace', 'horizontalpodautoscaler'],
  kube_statefulset_replicas: ['namespace', 'statefulset'],
  kube_statefulset_status_replicas_ready: ['namespace', 'statefulset'],
  kube_cronjob_status_last_schedule_time: ['namespace', 'cronjob'],
  kube_cronjob_status_last_successful_time: ['namespace', 'cronjob'],
  kube_cronjob_next_schedule_time: ['namespace', 'cronjob'],
  container_cpu_usage_seconds_total: container,
  container_memory_working_set_bytes: container,
  container_cpu_cfs_throttled_periods_total: container,
  container_cpu_cfs_periods_total: container,
  kubelet_volume_stats_available_bytes: ['namespace', 'persistentvolumeclaim'],
  kubelet_volume_stats_capacity_bytes: ['namespace', 'persistentvolumeclaim'],
  probe_success: probeLabels,
  probe_duration_seconds: probeLabels,
  probe_http_status_code: probeLabels,
  probe_ssl_earliest_cert_expiry: probeLabels,
  up: targetLabels,
} as const;

/** Name of a metric. */
export type Metric = keyof typeof metricLabels;
/** A label of a metric. */
export type Label<M extends Metric> = typeof metricLabels[M][number];
