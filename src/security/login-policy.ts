import { Construct } from 'constructs';
import { AuthorizationPolicy, AuthorizationPolicyProps, AuthorizationPolicySpecAction } from '../../imports/security.istio.io';
import { PodPeer } from '../graph/environment-facts';
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

/** Asks an external authorizer before anything else is decided. It stands with the gateway's pods, which other systems share, so that it names hosts. */
export function loginPolicy(scope: Construct, gateway: PodPeer, name: string, { hosts, notPaths, provider }: AskedFor): Manifest<AuthorizationPolicyProps> {
  return new Manifest(scope, 'AuthorizationPolicy', AuthorizationPolicy, { name, namespace: gateway.namespace }, () => ({
    spec: {
      action: AuthorizationPolicySpecAction.CUSTOM,
      provider: { name: provider },
      rules: [{ to: [{ operation: { hosts: hosts.flatMap((host) => [host, `${host}:*`]), notPaths: [...notPaths] } }] }],
      selector: { matchLabels: { ...gateway.podLabels } },
    },
  }));
}
