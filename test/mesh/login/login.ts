import {
  IngressGateway, type IngressGatewayProps, type MeshNamespace, MeshedMicroservice, OidcLogin, type OidcLoginProps, Operation, Port,
} from '../../../src';
import { container } from '../world';

/** A shop behind a login. */
export function login(shop: MeshNamespace, props: Partial<OidcLoginProps>, ingress: Partial<IngressGatewayProps> = {}) {
  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example'], tls: { credentialName: 'shop-tls' }, ...ingress });
  const pages = new MeshedMicroservice(shop, 'pages', {
    ...container, port: Port.http(80), operations: { read: Operation.http(['GET', 'HEAD'], '/*') },
  });
  const secret = { name: 'login' };
  const made = new OidcLogin(shop, 'oauth2-proxy', {
    gateway,
    issuer: { url: 'https://id.example/realms/shop' },
    clientId: 'shop',
    clientSecret: { secret, key: 'client-secret' },
    cookieSecret: { secret, key: 'cookie-secret' },
    resources: container.resources,
    ...props,
  });
  return { gateway, pages, login: made };
}
