import {
  type CertificateIssuer, IngressGateway, type IngressGatewayProps, type IngressRoutes, type MeshNamespace, NginxIngress, TlsCertificate,
} from '../index';

/** Where people reach a system. */
export interface PublicIngress extends IngressGatewayProps {
  /** Who signs the certificate of its hosts, where they are served by TLS. @default - somebody makes the Secret */
  readonly certificates?: CertificateIssuer;
}

/** The same, by Istio's gateway or by ingress-nginx. */
export interface PublicIngressOfEither extends PublicIngress {
  /** Who serves it; what is open is the same. @default 'istio' */
  readonly controller?: 'istio' | 'nginx';
}

/** The gateway of a system, with its certificate. */
export function publicGateway(namespace: MeshNamespace, { certificates, ...props }: PublicIngress): IngressGateway {
  const gateway = new IngressGateway(namespace, 'gateway', props);
  if (certificates) new TlsCertificate(gateway, 'certificate', { issuer: certificates });
  return gateway;
}

/** The way in, by whoever serves it, with its certificate. */
export function publicIngress(namespace: MeshNamespace, { controller = 'istio', ...props }: PublicIngressOfEither): IngressRoutes {
  if (controller === 'istio') return publicGateway(namespace, props);
  const { certificates, ...own } = props;
  const ingress = new NginxIngress(namespace, 'ingress', own);
  if (certificates) new TlsCertificate(ingress, 'certificate', { issuer: certificates });
  return ingress;
}
