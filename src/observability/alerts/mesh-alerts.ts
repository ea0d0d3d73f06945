import { newOf, series } from '../promql';
import { MeshAlert } from './alert';

/** Alerts of the mesh itself. */
export const meshAlerts: readonly MeshAlert[] = [
  {
    name: 'ProxiesRejectConfiguration',
    severity: 'page',
    summary: 'Proxies refuse what istiod sends as {{ $labels.type }}',
    impact: 'They go on with what they had: new routes, policies and addresses do not hold there.',
    meaning: 'An Envoy answered a push of istiod with a NACK within the last ten minutes: an EnvoyFilter or a field that this version of Envoy does not take.',
    ask: [
      { question: 'How often, of which type?', query: 'sum by (type) (increase(pilot_total_xds_rejects[10m]))' },
      { question: 'Which versions of proxies are connected?', query: 'sum by (version) (pilot_xds)' },
    ],
    then: ['The log of istiod names proxy and reason: `kubectl logs -n istio-system deploy/istiod | grep -i nack`.', 'Revert the last commit that changed the object that it names.'],
    raised: () => [{ expr: `sum by (type) (${newOf(series('pilot_total_xds_rejects'), '10m')}) > 0` }],
  },
  {
    name: 'MeshRootCertificateExpires',
    severity: 'page',
    for: '1h',
    summary: 'The root certificate of the mesh ends in {{ $value | humanizeDuration }}',
    impact: 'When it ends, no workload of the mesh can talk to another.',
    meaning: 'The certificate that signs the identities of all workloads ends within 30 days. istiod does not renew one that was given to it.',
    ask: [{ question: 'When exactly?', query: 'citadel_server_root_cert_expiry_timestamp - time()' }],
    then: ['Plug in a new root beside the old one, so that both are trusted while workloads change over: Istio, "Plug in CA Certificates".'],
    raised: () => [{ expr: `${series('citadel_server_root_cert_expiry_timestamp')} - time() < ${30 * 24 * 60 * 60}` }],
  },
  {
    name: 'ControlPlaneMetricsMissing',
    severity: 'page',
    for: '10m',
    summary: 'istiod cannot be asked for its metrics',
    impact: 'If istiod is gone, proxies go on as they are, but no new pod gets an identity and no change arrives.',
    meaning: 'No istiod answered at port 15014 for ten minutes.',
    ask: [{ question: 'Is any there?', query: 'up{job="istiod"}' }],
    then: ['`kubectl get pods -n istio-system -l app=istiod`, and its log.'],
    raised: () => [{ expr: nobodyAnswers('istiod') }],
  },
  {
    name: 'WatcherMissing',
    severity: 'ticket',
    for: '15m',
    summary: 'Nobody answers Prometheus for {{ $labels.job }}',
    impact: 'What it would say is not known: alerts that read it are silent. Without the gateways, errors of those who come from outside are not counted.',
    meaning: 'Of a job that others depend on no target answered for a quarter of an hour, or it has none.',
    ask: [{ question: 'Who is asked, and who answers?', query: 'up{job="<job>"}' }],
    then: ['Are its pods there and ready? May Prometheus reach them (`access.yaml`, NetworkPolicies)?'],
    raised: (jobs) => jobs.map((job) => ({ expr: nobodyAnswers(job), labels: { job } })),
  },
];

function nobodyAnswers(job: string): string {
  return `absent(${series('up', { job })} == 1)`;
}
