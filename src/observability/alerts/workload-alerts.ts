import { Matchers, escaped, newOf, oneOf, series, sumBy } from '../promql';
import { WatchedNamespace } from '../watched';
import { NamespaceAlert, owned } from './alert';

const day = 24 * 60 * 60;

const logs = 'See `kubectl logs --previous` of the container, and `kubectl describe pod` for its last state.';

/** Alerts of what runs in a namespace. Most of them need kube-state-metrics or the kubelet's own metrics. */
export const workloadAlerts: readonly NamespaceAlert[] = [
  {
    name: 'PodRestarts',
    severity: 'ticket',
    summary: '{{ $labels.pod }}: container {{ $labels.container }} restarted {{ $value | humanize }} times within half an hour',
    impact: 'Requests that it was answering were lost; if all pods do so, nobody is answered.',
    meaning: 'A container ended more than twice within 30 minutes: by itself, by its liveness probe, or since it used more memory than its limit.',
    ask: [
      { question: 'Which containers, how often?', query: 'increase(kube_pod_container_status_restarts_total{namespace="<namespace>"}[30m])' },
      { question: 'How near is memory to the limit?', query: 'max by (pod, container) (container_memory_working_set_bytes{namespace="<namespace>"}) / max by (pod, container) (kube_pod_container_resource_limits{namespace="<namespace>",resource="memory"})' },
    ],
    then: [logs, '`OOMKilled`: raise the limit of memory in code. A liveness probe that asks somebody else: it must not.'],
    // a native sidecar is an init container; 2.5, since Prometheus takes two restarts for a little more
    raised: (watched) => owned(watched, (['kube_pod_container_status_restarts_total', 'kube_pod_init_container_status_restarts_total'] as const).map((counter) =>
      `increase(${series(counter, { namespace: watched.name })}[30m]) > 2.5`).join('\nor\n')),
  },
  {
    name: 'AutoscalerAtLimit',
    severity: 'ticket',
    for: '15m',
    summary: '{{ $labels.horizontalpodautoscaler }} runs as many pods as it may: {{ $value | humanize }}',
    impact: 'More load makes it slower from here on; nothing can be added.',
    meaning: 'For a quarter of an hour the autoscaler wanted as many pods as `max` permits, or more.',
    ask: [
      { question: 'Is it the load?', query: 'sum by (source_canonical_service) (rate(istio_requests_total{reporter="source",destination_canonical_service="<horizontalpodautoscaler>"}[5m]))' },
      { question: 'Is it dearer than before?', query: 'sum(rate(container_cpu_usage_seconds_total{namespace="<namespace>",pod=~"<horizontalpodautoscaler>-.*"}[5m]))' },
    ],
    then: ['Raise `max` of its `replicas` in code, and see that the quota of the namespace permits it.', 'A caller that asks too often: see its retries, and `rateLimit`.'],
    raised: (watched) => (watched.namesOf('HorizontalPodAutoscaler').length === 0 ? [] : owned(watched, [
      series('kube_horizontalpodautoscaler_status_current_replicas', { namespace: watched.name }),
      `>= on (namespace, horizontalpodautoscaler) ${series('kube_horizontalpodautoscaler_spec_max_replicas', { namespace: watched.name })}`,
      `> on (namespace, horizontalpodautoscaler) ${series('kube_horizontalpodautoscaler_spec_min_replicas', { namespace: watched.name })}`,
    ].join('\n'))),
  },
  {
    name: 'StoreNotReady',
    severity: 'page',
    for: '5m',
    summary: '{{ $labels.statefulset }}: its pod is not ready',
    impact: 'All that asks it fails: it has one member.',
    meaning: 'A StatefulSet had fewer ready pods than it should have for five minutes.',
    ask: [{ question: 'Does its pod restart?', query: 'increase(kube_pod_container_status_restarts_total{namespace="<namespace>",pod=~"<statefulset>-.*"}[30m])' }],
    then: [logs, 'Events of the pod: a volume that cannot be attached, a Secret that is not there, a node that is gone.', 'Data that is damaged: `docs/runbooks/restore.md`.'],
    raised: (watched) => (watched.namesOf('StatefulSet').length === 0 ? [] : owned(watched, [
      series('kube_statefulset_status_replicas_ready', { namespace: watched.name }),
      `< on (namespace, statefulset) ${series('kube_statefulset_replicas', { namespace: watched.name })}`,
    ].join('\n'))),
  },
  {
    name: 'VolumeFills',
    severity: 'ticket',
    for: '15m',
    summary: '{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left',
    impact: 'A store that cannot write stops; a backup that does not fit is not made.',
    meaning: 'Less than a twentieth of a volume is left, or less than a fifth that will be gone within four days if the last six hours go on.',
    ask: [{ question: 'How fast does it fill?', query: 'deriv(kubelet_volume_stats_available_bytes{namespace="<namespace>",persistentvolumeclaim="<persistentvolumeclaim>"}[6h])' }],
    then: ['Raise the size of the claim, where its storage class lets it grow; a StatefulSet\'s own template cannot change.', 'Remove what is not needed; for backups lower `retention`.'],
    raised: (watched) => {
      if (!watched.known.nodes || watched.namesOf('StatefulSet').length + watched.namesOf('PersistentVolumeClaim').length === 0) return [];
      const free = series('kubelet_volume_stats_available_bytes', { namespace: watched.name });
      const left = `${free} / ${series('kubelet_volume_stats_capacity_bytes', { namespace: watched.name })}`;
      return owned(watched, `${left} < 0.05\nor\n${left} < 0.2 and predict_linear(${free}[6h], ${4 * day}) < 0`);
    },
  },
  {
    name: 'ScheduledJobMissed',
    severity: 'ticket',
    for: '2h',
    summary: '{{ $labels.cronjob }} has not done its work since it was last due',
    impact: 'What it makes is old: of a backup, all since the last one would be lost with the store.',
    meaning: 'Two hours after the last time it was started it had not ended well, or it is three hours late to be started.',
    ask: [
      { question: 'When did it last end well?', query: 'time() - kube_cronjob_status_last_successful_time{namespace="<namespace>",cronjob="<cronjob>"}' },
      { question: 'When was it last started?', query: 'time() - kube_cronjob_status_last_schedule_time{namespace="<namespace>",cronjob="<cronjob>"}' },
    ],
    then: ['See the log of its last Job: `kubectl logs job/<name>`.', 'Make one by hand once the cause is gone: `kubectl create job --from=cronjob/<cronjob> <cronjob>-by-hand`.'],
    raised: (watched) => {
      const jobs = watched.scheduledJobs;
      if (jobs.length === 0) return [];
      const of = { namespace: watched.name, cronjob: oneOf(jobs) };
      const scheduled = series('kube_cronjob_status_last_schedule_time', of);
      const successful = series('kube_cronjob_status_last_successful_time', of);
      return owned(watched, [
        `${scheduled} > on (namespace, cronjob) ${successful}`,
        `${scheduled} unless on (namespace, cronjob) ${successful}`,
        `time() - ${series('kube_cronjob_next_schedule_time', of)} > 3600`,
      ].join('\nor on (namespace, cronjob)\n'));
    },
  },
  {
    name: 'CertificateExpires',
    severity: 'ticket',
    for: '1h',
    summary: 'Certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}',
    impact: 'When it ends, browsers refuse all that its hosts serve.',
    meaning: 'cert-manager renews a certificate of 90 days when 30 are left; it has been trying for more than two weeks.',
    ask: [{ question: 'Which are next?', query: 'sort(certmanager_certificate_expiration_timestamp_seconds - time())' }],
    then: ['`kubectl describe certificate`, then the CertificateRequest, Order and Challenge that it names: the last one says why.'],
    raised: (watched) => {
      const names = watched.namesOf('Certificate');
      if (names.length === 0 || !watched.known.certificates) return [];
      const ends = series('certmanager_certificate_expiration_timestamp_seconds', { name: oneOf(names) });
      return owned(watched, `${ends} - time() < ${14 * day}`);
    },
  },
  {
    name: 'PlaintextSeen',
    severity: 'page',
    summary: '{{ $labels.destination_workload }} is asked in plaintext',
    impact: 'Somebody without an identity reaches it; what is said can be read and changed on the way.',
    meaning: 'A proxy took requests or connections without mutual TLS, from somebody without a sidecar, though the namespace refuses that: its PeerAuthentication must have been changed beside this repository.',
    ask: [
      { question: 'Who is asked, and by whom?', query: 'sum by (destination_workload, source_workload, source_workload_namespace) (rate(istio_requests_total{reporter="destination",connection_security_policy="none",destination_workload_namespace="<namespace>"}[5m]))' },
    ],
    then: ['`kubectl get peerauthentication -A`: compare it with what is rendered, and let Argo CD sync.', 'A caller without a sidecar that has to be: `Exception.port`, with its reason.'],
    raised: (watched) => (watched.isStrict ? owned(watched, plaintext(watched)) : []),
  },
  {
    name: 'MetricsMissing',
    severity: 'ticket',
    for: '15m',
    summary: 'Pods of {{ $labels.namespace }} cannot be asked for their metrics',
    impact: 'What goes wrong there is not seen: alerts and panels say less than is so.',
    meaning: 'Prometheus knows pods whose proxy did not answer at port 15020 for a quarter of an hour, or it knows no pod of the namespace at all.',
    ask: [{ question: 'Which ones?', query: 'up{namespace="<namespace>"} == 0' }],
    then: ['The NetworkPolicy `allow-mesh` lets the Prometheus in that the environment names: compare its labels.', 'Is the sidecar ready? `kubectl describe pod`.'],
    raised: (watched) => owned(watched, [
      `count by (namespace) (${series('up', { namespace: watched.name })} == 0) > 0`, `absent(${series('up', { namespace: watched.name })})`,
    ].join('\nor\n')),
  },
];

function plaintext(watched: WatchedNamespace): string {
  const expected = watched.plaintextWorkloads;
  const matchers: Matchers<'istio_tcp_connections_opened_total'> = {
    reporter: 'destination',
    connection_security_policy: 'none',
    destination_workload_namespace: watched.name,
    ...(expected.length > 0 && { destination_workload: { not: new RegExp(`(${expected.map(escaped).join('|')})(-.*)?`) } }),
  };
  return [series('istio_requests_total', matchers), series('istio_tcp_connections_opened_total', matchers)]
    .map((counter) => `${sumBy(['destination_workload'], newOf(counter, '5m'))} > 0`).join('\nor\n');
}
