import { type CertificateIssuer, IngressGateway, type IngressGatewayProps, type MeshNamespace, TlsCertificate } from '../index';

/** Where people reach a system. */
export interface PublicIngress extends IngressGatewayProps {
  /** Who signs the certificate of its hosts, where they are served by TLS. @default - somebody makes the Secret */
  readonly certificates?: CertificateIssuer;
}

/** The gateway of a system, with its certificate. */
export function publicGateway(namespace: MeshNamespace, { certificates, ...props }: PublicIngress): IngressGateway {
  const gateway = new IngressGateway(namespace, 'gateway', props);
  if (certificates) new TlsCertificate(gateway, 'certificate', { issuer: certificates });
  return gateway;
}
