import { Construct } from 'constructs';
import type { CertificateProps, IssuerProps } from '../../imports/cert-manager.io';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkObjectName, uniqueId } from '../manifest/names';
import { reject } from '../manifest/reject';
import { CertificateIssuer } from '../security/certificate-issuer';

/** What serves hosts to the outside: an `IngressGateway` or a `NginxIngress`. */
export interface HostsByTls extends Construct {
  /** Its hosts. */
  readonly hosts: readonly string[];
  /** Name of the Secret with their certificate, if it serves them by TLS. */
  readonly credentialName?: string;
  /** Namespace of that Secret. */
  readonly credentialNamespace: string;
}

/** Properties of `TlsCertificate`. */
export interface TlsCertificateProps {
  /** Who signs it. */
  readonly issuer: CertificateIssuer;
}

/**
 * The certificate of a gateway's hosts, which cert-manager makes and renews: for them and no other, in the Secret that the gateway's `tls`
 * names, where that is looked for. Its scope is the gateway, and it stands in its file.
 *
 * No Role comes with it: istiod lets a gateway have Secrets whose identity may `list` all Secrets of its namespace, which a Role for one Secret would not
 * do, and which the gateways of `istioctl` and of Istio's Helm chart bring. Source: Istio 1.31, pilot/pkg/credentials/kube.
 */
export class TlsCertificate extends Construct {
  /** What cert-manager makes. */
  public readonly certificate: Manifest<CertificateProps>;
  /** Who signs it, where that is not somebody who is there already. */
  public readonly issuer?: Manifest<IssuerProps>;

  /** @throws ConfigurationError for a gateway without TLS, and for hosts that the issuer cannot vouch for */
  constructor(gateway: HostsByTls, id: string, { issuer }: TlsCertificateProps) {
    super(gateway, uniqueId(gateway, id));
    const { hosts, credentialNamespace: namespace } = gateway;
    const credentialName = gateway.credentialName ?? reject(this, `a certificate needs a gateway with TLS, got ${gateway.node.path} without; give it tls`);
    if (hosts.includes('*')) reject(this, "a certificate is for hosts by name, got '*'; name the hosts of the gateway");
    if (issuer.problem !== undefined) reject(this, issuer.problem);
    if (issuer.reference) checkObjectName(this, 'issuer.name', issuer.reference.name);
    const metadata = { name: credentialName, namespace };
    const spec = issuer.spec?.(credentialName);
    if (spec) this.issuer = new Manifest(this, 'Issuer', kinds.Issuer, metadata, () => ({ spec }));
    const { kind, name } = issuer.reference ?? { kind: 'Issuer', name: credentialName };
    this.certificate = new Manifest(this, 'Resource', kinds.Certificate, metadata, () => ({
      spec: {
        commonName: spec?.selfSigned && credentialName, // it is its own issuer, which must have a name: RFC 5280, 4.1.2.4
        dnsNames: [...namesOf(hosts)],
        issuerRef: { kind, name },
        secretName: credentialName,
      },
    }));
  }
}

/** Hosts that no wildcard of the others covers: Let's Encrypt refuses an order with both. Source: Boulder, ra/ra.go. */
function namesOf(hosts: readonly string[]): readonly string[] {
  return hosts.filter((host) => host.startsWith('*') || !hosts.includes(host.replace(/^[^.]+/, '*')));
}
