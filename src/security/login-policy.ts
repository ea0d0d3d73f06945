import { Construct } from 'constructs';
import type { AuthorizationPolicyProps, AuthorizationPolicySpecAction } from '../../imports/security.istio.io';
import { PodPeer } from '../graph/environment-facts';
import { withAnyPort } from '../graph/host-name';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';

/** What a gateway asks an external authorizer about. */
export interface AskedFor {
  /** Hosts whose requests it decides about. */
  readonly hosts: readonly string[];
  /** Paths that it does not decide about. */
  readonly notPaths: readonly string[];
  /** Name of the extension provider. */
  readonly provider: string;
}

/** Ports at which pods of a gateway speak plain HTTP. Source: Istio, `istioctl install` (8080) and the Helm chart `gateway` (80). */
const plainPorts = ['80', '8080'];

/**
 * Asks an external authorizer before anything else is decided. It stands with the gateway's pods, which other systems share, so that it names hosts.
 * Not about plain HTTP, which the gateway sends to https: no cookie is kept over it, and a certificate's challenge comes by it. What comes by TLS is asked
 * about at any port, and so is what comes without at another one.
 */
export function loginPolicy(scope: Construct, gateway: PodPeer, name: string, { hosts, notPaths, provider }: AskedFor): Manifest<AuthorizationPolicyProps> {
  const operation = { hosts: withAnyPort(hosts), notPaths: [...notPaths] };
  return new Manifest(scope, 'AuthorizationPolicy', kinds.AuthorizationPolicy, { name, namespace: gateway.namespace }, () => ({
    spec: {
      action: enumerated<AuthorizationPolicySpecAction>('CUSTOM'),
      provider: { name: provider },
      rules: [
        { to: [{ operation }], when: [{ key: 'connection.sni', values: ['*'] }] },
        { to: [{ operation: { ...operation, notPorts: [...plainPorts] } }] },
      ],
      selector: { matchLabels: { ...gateway.podLabels } },
    },
  }));
}

/**
 * Refuses clients that say who they are where nobody asks. It takes the paths that `loginPolicy` leaves out, by the same match.
 * Its name is that of the login's policy with `-public`.
 */
export function publicPolicy(
  scope: Construct, gateway: PodPeer, name: string, { hosts, paths, headers }: { readonly [words in 'hosts' | 'paths' | 'headers']: readonly string[] },
): Manifest<AuthorizationPolicyProps> {
  const to = [{ operation: { hosts: withAnyPort(hosts), paths: [...paths] } }];
  return new Manifest(scope, 'PublicPaths', kinds.AuthorizationPolicy, { name: `${name}-public`, namespace: gateway.namespace }, () => ({
    spec: {
      action: enumerated<AuthorizationPolicySpecAction>('DENY'),
      rules: headers.map((header) => ({ to, when: [{ key: `request.headers[${header}]`, values: ['*'] }] })),
      selector: { matchLabels: { ...gateway.podLabels } },
    },
  }));
}
