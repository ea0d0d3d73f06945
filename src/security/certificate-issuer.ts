import type { IssuerSpec, IssuerSpecAcmeSolversDns01 } from '../../imports/cert-manager.io';

/** How an ACME issuer is asked. */
export interface AcmeOptions {
  /** Who holds the account. Let's Encrypt has written to nobody about certificates that end since 4 June 2025: cert-manager's metrics tell. */
  readonly email: string;
  /** How we show that a name is ours: by a record in its zone, for which cert-manager needs the zone's provider and a reference to its credentials. */
  readonly dns01: IssuerSpecAcmeSolversDns01;
  /** Its directory. @default 'https://acme-v02.api.letsencrypt.org/directory' */
  readonly server?: string;
}

/** Who signs a certificate: an Issuer of cert-manager. */
export class CertificateIssuer {
  /** One that is there already, most often a ClusterIssuer of the platform. */
  public static existing(reference: { readonly name: string; readonly kind: 'Issuer' | 'ClusterIssuer' }): CertificateIssuer {
    return new CertificateIssuer(undefined, reference);
  }

  /** Nobody: the certificate signs itself, and browsers warn. For places where that does no harm. */
  public static selfSigned(): CertificateIssuer {
    return new CertificateIssuer(() => ({ selfSigned: {} }));
  }

  /**
   * Let's Encrypt, or another that speaks ACME. Names are shown to be ours by DNS-01 alone: for HTTP-01 cert-manager would make an Ingress that nobody
   * reviews, for a host whose port 80 the Gateway serves already.
   */
  public static acme({ email, dns01, server = 'https://acme-v02.api.letsencrypt.org/directory' }: AcmeOptions): CertificateIssuer {
    return new CertificateIssuer((name) => ({
      acme: { email, privateKeySecretRef: { name: `${name}-account` }, server, solvers: [{ dns01 }] },
    }), undefined, acmeProblem(email, server, dns01));
  }

  private constructor(
    /** What an Issuer of a name says, where one is made. */
    public readonly spec: ((name: string) => IssuerSpec) | undefined,
    /** The one that is there already. */
    public readonly reference?: { readonly name: string; readonly kind: 'Issuer' | 'ClusterIssuer' },
    /** What is wrong with it, if anything. */
    public readonly problem?: string,
  ) {}
}

function acmeProblem(email: string, server: string, dns01: IssuerSpecAcmeSolversDns01): string | undefined {
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) return `email must be an address, got '${email}'`;
  if (!URL.canParse(server) || !server.startsWith('https://')) return `server must be an address with https, got '${server}'`;
  const providers = Object.entries(dns01).filter(([name, given]) => name !== 'cnameStrategy' && given !== undefined).map(([name]) => name);
  return providers.length === 1 ? undefined : `dns01 must have one provider, got ${providers.join(', ') || 'none'}; name that of the zone`;
}
