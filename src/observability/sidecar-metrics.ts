/** Where the agent of a pod gives what its application, its proxy and itself count, merged; from there mutual TLS is not asked for. Source: Istio, ports. */
export const mergedMetrics = { port: 15020, path: '/stats/prometheus' } as const;

/** Name of the only port of a pod that the injector declares for metrics, 15090, where Envoy alone answers. */
export const declaredPort = { name: 'http-envoy-prom', number: 15090 } as const;

/** Port of istiod's own metrics. */
export const istiodMetrics = { port: 15014, name: 'http-monitoring' } as const;

/** Statistics of Envoy that panels ask for, beside those that Istio's proxies give anyway. Source: Istio, `proxyStatsMatcher`. */
export const proxyStatsMatcher = {
  inclusionRegexps: [
    'cluster\\.outbound.*\\.(upstream_rq_retry|upstream_rq_pending_overflow|outlier_detection\\.ejections_active)',
    'rate_limit\\.http_local_rate_limit\\.rate_limited',
  ],
} as const;

/** Port of cert-manager's metrics. Source: cert-manager, its Helm chart. */
export const certManagerMetrics = { port: 9402, name: 'http-metrics' } as const;
