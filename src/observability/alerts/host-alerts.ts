import { ProbedHost } from '../probes/hosts';
import { series } from '../promql';
import { WatchedNamespace } from '../watched';
import { NamespaceAlert, Raised, owned } from './alert';

type Of = Readonly<Record<'namespace', string>>;

const raised = (isAsked: (host: ProbedHost) => boolean, expr: (of: Of) => string) => (watched: WatchedNamespace): readonly Raised[] =>
  (watched.probed.some(isAsked) ? owned(watched, expr({ namespace: watched.name })) : []);

/** Alerts of the hosts that a system is reached by, as somebody outside sees them. */
export const hostAlerts: readonly NamespaceAlert[] = [
  {
    name: 'HostUnreachable',
    severity: 'page',
    for: '3m',
    summary: '{{ $labels.instance }} does not answer from outside',
    impact: 'Customers see an error, or nothing; services that nobody reaches have no errors of their own.',
    meaning: 'For three minutes the front page was not answered, or by 5xx, or by a certificate that nobody trusts. It is asked by its name, as a customer does.',
    ask: [
      { question: 'What does it answer? 0 is no answer at all.', query: 'probe_http_status_code{namespace="<namespace>",instance="<instance>"}' },
      { question: 'When does the certificate that it shows end?', query: 'probe_ssl_earliest_cert_expiry{namespace="<namespace>",instance="<instance>"} - time()' },
      { question: 'Do requests arrive at the gateway?', query: 'sum by (source_canonical_service, response_code) (rate(istio_requests_total{reporter="source",destination_service_namespace="<namespace>"}[5m]))' },
    ],
    then: [
      'No answer: does its name lead to the gateway\'s address, and has the gateway a ready pod? `kubectl get gateway,virtualservice -n <namespace>`.',
      '503: nobody behind the gateway is ready. A certificate: `kubectl describe certificate`, and its Secret in the gateway\'s namespace.',
    ],
    raised: raised(() => true, (of) => `${series('probe_success', of)} == 0`),
  },
  {
    name: 'ServedCertificateExpires',
    severity: 'ticket',
    for: '1h',
    summary: '{{ $labels.instance }} shows a certificate that ends in {{ $value | humanizeDuration }}',
    impact: 'When it ends, browsers refuse all that the host serves.',
    meaning: 'What the gateway shows ends within two weeks. If cert-manager has a newer one, the gateway does not read it.',
    ask: [{ question: 'Which are next?', query: 'sort(probe_ssl_earliest_cert_expiry - time())' }],
    then: ['Compare it with the Secret that the Gateway names, in the namespace of the gateway\'s pods; then with the Certificate, if there is one.'],
    raised: raised(({ tls }) => tls, (of) => `${series('probe_ssl_earliest_cert_expiry', of)} - time() < ${14 * 24 * 60 * 60}`),
  },
];
