import { Construct } from 'constructs';
import { DestinationRule, DestinationRuleProps, DestinationRuleSpecTrafficPolicyTlsMode } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { isDnsName } from '../graph/host-name';
import { Callee } from '../graph/party';
import { Manifest } from '../manifest/manifest';
import { reject } from '../manifest/reject';
import { exportTo } from './export-to';

/** TLS that the proxies of callers begin with a server outside of the mesh, whose certificate they check. */
export interface TlsOrigination {
  /** Names of which the server's certificate must have one. @default - its host */
  readonly subjectAltNames?: readonly [string, ...string[]];
  /**
   * Who may have signed that certificate: path of a file in the proxy, or `system`, which are the authorities of the proxy's own image.
   * @default 'system'
   */
  readonly caCertificates?: string;
}

/** How proxies begin TLS with a callee. What is sent as server name is its host, whatever the program says in its requests. */
export function tlsOrigination(scope: Construct, graph: Calls, callee: Callee, tls: TlsOrigination): Manifest<DestinationRuleProps> {
  const { subjectAltNames = [callee.host], caCertificates = 'system' } = tls;
  const spoken = callee.ports.find(({ protocol }) => protocol === 'tls');
  if (spoken) {
    const instead = `Port.http(80, { targetPort: ${spoken.number} })`;
    reject(scope, `TLS must be begun once, got tls for port ${spoken.number} where the program speaks it already; use ${instead}`);
  }
  const wrong = subjectAltNames.find((name) => !isDnsName(name));
  if (wrong !== undefined) reject(scope, `subjectAltNames must be DNS names, got '${wrong}'; write those of the server's certificate`);
  if (caCertificates !== 'system' && !caCertificates.startsWith('/')) {
    reject(scope, `caCertificates must be 'system' or the path of a file in the proxy, got '${caCertificates}'; write for example '/etc/certs/ca.pem'`);
  }
  const { SIMPLE: mode } = DestinationRuleSpecTrafficPolicyTlsMode;
  return new Manifest(scope, 'DestinationRule', DestinationRule, { name: callee.name }, () => ({
    spec: {
      exportTo: exportTo(graph, callee),
      host: callee.host,
      trafficPolicy: { tls: { caCertificates, mode, sni: callee.host, subjectAltNames: [...subjectAltNames] } },
    },
  }));
}
