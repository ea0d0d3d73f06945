import { Construct } from 'constructs';
import type { DestinationRuleProps, DestinationRuleSpecTrafficPolicyTlsMode } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { isDnsName } from '../graph/host-name';
import { Callee } from '../graph/party';
import { Port } from '../graph/port';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
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
  checkPorts(scope, callee.ports);
  const wrong = subjectAltNames.find((name) => !isDnsName(name));
  if (wrong !== undefined) reject(scope, `subjectAltNames must be DNS names, got '${wrong}'; write those of the server's certificate`);
  if (caCertificates !== 'system' && !caCertificates.startsWith('/')) {
    reject(scope, `caCertificates must be 'system' or the path of a file in the proxy, got '${caCertificates}'; write for example '/etc/certs/ca.pem'`);
  }
  const mode = enumerated<DestinationRuleSpecTrafficPolicyTlsMode>('SIMPLE');
  return new Manifest(scope, 'DestinationRule', kinds.DestinationRule, { name: callee.name }, () => ({
    spec: {
      exportTo: exportTo(graph, callee),
      host: callee.host,
      trafficPolicy: { tls: { caCertificates, mode, sni: callee.host, subjectAltNames: [...subjectAltNames] } },
    },
  }));
}

/** A DestinationRule begins TLS at every port of its host. */
function checkPorts(scope: Construct, ports: readonly Port[]): void {
  const spoken = ports.find(({ protocol }) => protocol === 'tls');
  if (spoken) {
    const instead = `Port.http(80, { targetPort: ${spoken.number} })`;
    reject(scope, `TLS must be begun once, got tls for port ${spoken.number} where the program speaks it already; use ${instead}`);
  }
  if (ports.some(({ targetPort }) => targetPort === 80)) {
    reject(scope, 'TLS must be begun where the server speaks it, got tls for its port 80, which is that of plain HTTP; use Port.http(80, { targetPort: 443 })');
  }
  const bytes = ports.find(({ carriesRequests }) => !carriesRequests);
  if (bytes && ports.some(({ carriesRequests }) => carriesRequests)) {
    const why = 'where a server that speaks first would be waited for in vain';
    reject(scope, `TLS is begun at every port of a host, got tls for ${bytes.protocol} ${bytes.number} too, ${why}; declare requests alone, or bytes alone`);
  }
}
