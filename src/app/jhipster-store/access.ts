import { type ExternalSecretProps, type IngressGateway, JwtAuthentication, type JwtIssuer, type MeshNamespace, OidcLogin } from '../../index';
import { secretOf } from '../secret-of';
import type { StoreServices } from './services';

/** Who may use the store. */
export interface StoreAccessOptions {
  /** Who says who somebody is: the address of a Keycloak realm. */
  readonly issuer: string;
  /** Whom its access tokens are for. */
  readonly audience: string;
  /** What has the secrets. @default - somebody makes Secrets of their names */
  readonly vault?: ExternalSecretProps['store'];
}

/** Nobody gets in without a login, and services look at its token themselves; JHipster's own token stays where it is, in `Authorization`. */
export function storeAccess(shop: MeshNamespace, gateway: IngressGateway, services: StoreServices, options: StoreAccessOptions): void {
  const { issuer, audience, vault } = options;
  const secret = secretOf(shop, 'login', { 'client-secret': 'jhipster-store/login', 'cookie-secret': 'jhipster-store/login' }, vault);
  const login = new OidcLogin(shop, 'oauth2-proxy', {
    gateway,
    issuer: { url: issuer },
    clientId: audience,
    clientSecret: secret('client-secret'),
    cookieSecret: secret('cookie-secret'),
    resources: { cpu: ['50m', '200m'], memory: ['64Mi', '128Mi'] },
    apiPaths: ['/api/*', '/management/*', '/services/*'],
  });
  const people: JwtIssuer = {
    issuer, audiences: [audience], jwks: { uri: `${issuer}/protocol/openid-connect/certs` }, claims: [['realm_access', 'roles']], from: [login.token],
  };
  const issuers = { people };
  const from = [gateway] as const;
  const entities = { operations: ['read', 'create', 'replace', 'patch'], from } as const;
  new JwtAuthentication(services.store, 'people', { issuers, requires: [entities] });
  new JwtAuthentication(services.product, 'people', { issuers, requires: [entities] });
  new JwtAuthentication(services.notification, 'people', { issuers, requires: [entities] });
  new JwtAuthentication(services.invoice, 'people', {
    issuers,
    requires: [
      { operations: ['read'], from },
      { operations: ['create', 'replace', 'patch'], from, claims: [{ claim: ['realm_access', 'roles'], values: ['billing'] }] },
    ],
  });
}
