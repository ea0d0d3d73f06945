import { Duration } from 'cdk8s';
import {
  Environment, GitOpsApp, IngressGateway, JwtAuthentication, type KeySet, MeshNamespace, MeshedMicroservice, OidcLogin, Operation, Port,
} from '../../../src';
import { NODE_ADDRESS } from '../run/namespaces';

/** Namespace of the lobby. */
export const LOBBY = 'lobby';
/** Where it is for people. */
export const HOST = 'lobby.example.com';
/** Where its news are: an application that trusts the gateway, and looks at no token. */
export const NEWS_HOST = 'news.example.com';
/** Namespace of the desk. */
export const DESK = 'desk';
/** Where guests are received: by a login of its own, at the same gateway. */
export const DESK_HOST = 'desk.example.com';
/** What the issuer knows the desk by. */
export const DESK_CLIENT = 'desk';
/** Who says who people are. */
export const ISSUER_HOST = 'id.example.com';
/** Whom tokens are for. */
export const AUDIENCE = 'urn:lobby';
/** What the issuer knows the lobby by. */
export const CLIENT = 'lobby';

/** Files of a shop that only staff may enter, whose tokens are signed with these keys. */
export function lobby(jwks: KeySet): ReadonlyMap<string, string> {
  const app = new GitOpsApp();
  const environment = new Environment(app, 'test', { interception: 'init', pathNormalization: 'MERGE_SLASHES', severalProviders: true });
  const shop = new MeshNamespace(environment, LOBBY);
  const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
  const orders = new MeshedMicroservice(shop, 'orders', {
    image: 'example.com/server:1', resources, port: Port.http(80, { targetPort: 8080 }),
    operations: { pages: Operation.http(['GET', 'HEAD'], '/*'), read: Operation.http('GET', '/api/*') },
  });
  const news = new MeshedMicroservice(shop, 'news', { image: 'example.com/server:1', resources, port: Port.http(80, { targetPort: 8080 }) });
  const gateway = new IngressGateway(shop, 'gateway', { hosts: [HOST, NEWS_HOST], tls: { credentialName: 'lobby-tls' } });
  gateway.routes(orders, { operations: ['pages', 'read'], hosts: [HOST] });
  gateway.routes(news, { hosts: [NEWS_HOST] });
  const reception = new MeshNamespace(environment, DESK);
  const guests = new MeshedMicroservice(reception, 'guests', { image: 'example.com/server:1', resources, port: Port.http(80, { targetPort: 8080 }) });
  const desk = new IngressGateway(reception, 'gateway', { hosts: [DESK_HOST], tls: { credentialName: 'desk-tls' } });
  desk.routes(guests, {});
  const secret = { name: 'login' };
  const issuer = { url: `https://${ISSUER_HOST}`, cidrs: [`${NODE_ADDRESS}/32`], certificateAuthority: { configMap: 'issuer-ca', key: 'ca.crt' } } as const;
  const known = { resources, clientSecret: { secret, key: 'client-secret' }, cookieSecret: { secret, key: 'cookie-secret' }, issuer, replicas: 1 };
  new OidcLogin(reception, 'desk-login', { ...known, gateway: desk, clientId: DESK_CLIENT });
  const login = new OidcLogin(shop, 'oauth2-proxy', {
    ...known,
    gateway,
    clientId: CLIENT,
    groups: ['staff'],
    apiPaths: ['/api/*'],
    publicPaths: ['/health'],
    refresh: Duration.seconds(5),
  });
  new JwtAuthentication(orders, 'tokens', {
    issuers: {
      staff: {
        issuer: `https://${ISSUER_HOST}`, jwks, audiences: [AUDIENCE], claims: ['groups'], from: [login.token],
        forwardOriginalToken: true, // so that the test sees when it is a new one
      },
    },
    requires: [{ claims: [{ claim: 'groups', values: ['staff'] }] }],
  });
  return app.render();
}
