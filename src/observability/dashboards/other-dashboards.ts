import { Callee } from '../../graph/party';
import { escaped, rate, series, sumBy } from '../promql';
import { bySource, failureRatio, speaksGrpc, trafficTo } from '../requests';
import { WatchedNamespace } from '../watched';
import type { DashboardSpec, PanelSpec } from './panels';
import { meshUid, uidOf } from './uid';

const window = '$__rate_interval';

/** A system: all its services beside each other, and what crosses its border. */
export function systemDashboard(watched: WatchedNamespace): DashboardSpec {
  const traffic = { ...bySource, destination_service_namespace: watched.name };
  const byService = ['destination_service_name'];
  const services = watched.services.map(({ name }) => name);
  const stores = watched.callees.filter(isStore).map(({ name }) => name);
  const told = { window, grpc: watched.services.some(speaksGrpc) };
  return {
    uid: uidOf(watched.name),
    title: watched.system,
    tags: [watched.system, 'system'],
    links: { ...Object.fromEntries([...services, ...stores].map((name) => [name, uidOf(watched.name, name)])), Mesh: meshUid },
    sections: [
      {
        title: 'Services',
        panels: [
          { title: 'Requests', unit: 'reqps', curves: { '{{destination_service_name}}': sumBy(byService, rate(series('istio_requests_total', traffic), window)) } },
          { title: 'Share that fails', unit: 'percentunit', curves: { '{{destination_service_name}}': failureRatio(traffic, { labels: byService, ...told }) } },
          { title: 'Requests by who calls', unit: 'reqps', curves: { '{{source_canonical_service}}': sumBy(['source_canonical_service'], rate(series('istio_requests_total', traffic), window)) } },
          { title: 'Refused by policies', unit: 'reqps', curves: { '{{source_canonical_service}} to {{destination_service_name}}': sumBy(['source_canonical_service', ...byService], rate(series('istio_requests_total', { ...traffic, response_code: '403' }), window)) } },
        ],
      },
      ...(watched.probed.length > 0 ? [{ title: 'From outside', panels: hostPanels(watched) }] : []),
      { title: 'What they have', panels: [restarts(watched), ...(watched.known.nodes ? [volumes(watched)] : [])] },
    ],
  };
}

function hostPanels({ name: namespace, probed }: WatchedNamespace): readonly PanelSpec[] {
  const left = `${series('probe_ssl_earliest_cert_expiry', { namespace })} - time()`;
  return [
    { title: 'Hosts that answer', unit: 'short', curves: { '{{instance}}': series('probe_success', { namespace }) } },
    { title: 'Time until they answer', unit: 's', curves: { '{{instance}}': series('probe_duration_seconds', { namespace }) } },
    ...(probed.some(({ tls }) => tls) ? [{ title: 'Time left of the certificate they show', unit: 's' as const, curves: { '{{instance}}': left } }] : []),
  ];
}

/** Whether a callee keeps data: nobody's requests are seen there. */
export function isStore({ ports }: Callee): boolean {
  return ports.every((port) => !port.carriesRequests);
}

/** A store: connections and bytes, by caller; the mesh sees no more. */
export function storeDashboard(watched: WatchedNamespace, store: Callee): DashboardSpec {
  const by = ['source_canonical_service'];
  const traffic = trafficTo(store);
  const counter = (name: 'opened' | 'closed'): string => sumBy(by, rate(series(`istio_tcp_connections_${name}_total`, traffic), window));
  const bytes = (name: 'sent' | 'received'): string => sumBy(by, rate(series(`istio_tcp_${name}_bytes_total`, traffic), window));
  const of = { namespace: watched.name, pod: `${store.name}-0` };
  return {
    uid: uidOf(watched.name, store.name),
    title: `${watched.system} / ${store.name}`,
    tags: [watched.system, 'store'],
    links: { [watched.system]: uidOf(watched.name) },
    sections: [
      {
        title: 'Who connects',
        panels: [
          { title: 'Connections opened', unit: 'cps', curves: { '{{source_canonical_service}}': counter('opened') } },
          { title: 'Connections closed', unit: 'cps', curves: { '{{source_canonical_service}}': counter('closed') } },
          { title: 'Answers', unit: 'binBps', curves: { '{{source_canonical_service}}': bytes('sent') } },
          { title: 'Questions', unit: 'binBps', curves: { '{{source_canonical_service}}': bytes('received') } },
        ],
      },
      {
        title: 'What it has',
        panels: [
          restarts(watched, store.name),
          ...(watched.known.nodes ? [
            volumes(watched, store.name),
            { title: 'Memory', unit: 'bytes' as const, curves: { '{{pod}} {{container}}': sumBy(['pod', 'container'], series('container_memory_working_set_bytes', { ...of, container: { not: /POD|/ } })) } },
          ] : []),
        ],
      },
    ],
  };
}

/** The mesh itself: what istiod sends, who refuses it, and when certificates end. */
export function meshDashboard(): DashboardSpec {
  return {
    uid: meshUid,
    title: 'Mesh',
    tags: ['mesh'],
    links: {},
    sections: [{
      title: 'Control plane',
      panels: [
        { title: 'Pushes', unit: 'cps', curves: { '{{type}}': sumBy(['type'], rate(series('pilot_xds_pushes'), window)) } },
        { title: 'Refused by proxies, in all', unit: 'short', curves: { '{{type}}': sumBy(['type'], series('pilot_total_xds_rejects')) } },
        { title: 'Time until proxies know', unit: 's', curves: { P99: `histogram_quantile(0.99, ${sumBy(['le'], rate(series('pilot_proxy_convergence_time_bucket'), window))})` } },
        { title: 'Proxies connected', unit: 'short', curves: { '{{version}}': sumBy(['version'], series('pilot_xds')) } },
        { title: 'Time left of the root certificate', unit: 's', curves: { root: `${series('citadel_server_root_cert_expiry_timestamp')} - time()` } },
        { title: 'Time left of certificates', unit: 's', curves: { '{{name}}': `${series('certmanager_certificate_expiration_timestamp_seconds')} - time()` } },
      ],
    }],
  };
}

function restarts({ name: namespace }: WatchedNamespace, store?: string): PanelSpec {
  const of = { namespace, ...(store !== undefined && { pod: `${store}-0` }) };
  return { title: 'Restarts in an hour', unit: 'short', curves: { '{{pod}} {{container}}': `increase(${series('kube_pod_container_status_restarts_total', of)}[1h])` } };
}

function volumes({ name: namespace }: WatchedNamespace, store?: string): PanelSpec {
  const of = { namespace, ...(store !== undefined && { persistentvolumeclaim: new RegExp(`.*-${escaped(store)}-0`) }) };
  const left = `${series('kubelet_volume_stats_available_bytes', of)} / ${series('kubelet_volume_stats_capacity_bytes', of)}`;
  return { title: 'Share of the volume that is left', unit: 'percentunit', curves: { '{{persistentvolumeclaim}}': left } };
}
