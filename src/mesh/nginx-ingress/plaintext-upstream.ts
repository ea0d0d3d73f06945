import { Construct } from 'constructs';
import type {
  PeerAuthenticationSpecPortLevelMtls, PeerAuthenticationSpecPortLevelMtlsMode,
} from '../../../imports/security.istio.io';
import { Edge, portsOf } from '../../graph/edge';
import { PodPeer } from '../../graph/environment-facts';
import { Service } from '../../graph/party';
import { enumerated } from '../../manifest/enumerated';
import { Exception, annotateExceptions } from '../../manifest/exception';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { rulesFor } from '../../security/authorization-policy';
import { peer, policyPort } from '../../security/network-policy';

/** Who speaks plaintext, and for what. */
interface PlaintextUpstream {
  /** Its pods. */
  readonly controller: PodPeer;
  /** Why. */
  readonly because: string;
  /** What it asks for, known when all is declared. */
  readonly edges: () => readonly Edge[];
}

/**
 * Lets pods without a sidecar ask a service for some operations: beside its own policies, which stay as they are, each with the reason. Nothing but the
 * NetworkPolicy tells those pods from others without an identity.
 */
export function letPlaintextIn(scope: Construct, { name, namespace, podLabels }: Service, { controller, because, edges }: PlaintextUpstream): void {
  const metadata = { name: `${name}-${scope.node.id}` };
  const matchLabels = { ...podLabels };
  const targetPorts = () => [...new Set(edges().flatMap(portsOf))].map(({ targetPort }) => targetPort).sort((a, b) => a - b);
  const mode = enumerated<PeerAuthenticationSpecPortLevelMtlsMode>('PERMISSIVE');
  const objects = [
    new Manifest(scope, `NetworkPolicy-${name}`, kinds.NetworkPolicy, metadata, () => ({
      spec: {
        podSelector: { matchLabels },
        policyTypes: ['Ingress'],
        ingress: [{ from: [peer(controller, namespace)], ports: targetPorts().map((port) => policyPort(port)) }],
      },
    })),
    new Manifest(scope, `PeerAuthentication-${name}`, kinds.PeerAuthentication, metadata, () => ({
      spec: {
        portLevelMtls: Object.fromEntries(targetPorts().map((port): [string, PeerAuthenticationSpecPortLevelMtls] => [String(port), { mode }])),
        selector: { matchLabels },
      },
    })),
    new Manifest(scope, `AuthorizationPolicy-${name}`, kinds.AuthorizationPolicy, metadata, () => ({
      spec: { rules: rulesFor({ notPrincipals: ['*'] }, edges()), selector: { matchLabels } },
    })),
  ];
  const exception = Exception.plaintext({ peer: controller, because });
  for (const object of objects) annotateExceptions(object, [exception], 'plaintext');
}
