// An OpenID provider for one client: believes what a browser says of itself in `?as=<name>` of its page to log in.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Provider } from 'oidc-provider';

const { issuer, address, client, audience, people, jwks, key, certificate, tokenSeconds } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const scope = 'openid email profile';

const provider = new Provider(issuer, {
  clients: [{ ...client, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }],
  jwks,
  cookies: { keys: ['of this run alone'] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups', 'preferred_username'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, ...people[id] }) }),
  issueRefreshToken: () => true,
  extraTokenClaims: (_, token) => ({ groups: people[token.accountId].groups }),
  ttl: { AccessToken: tokenSeconds, IdToken: tokenSeconds },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  async loadExistingGrant({ oidc }) {
    const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
    grant.addOIDCScope(scope);
    grant.addResourceScope(audience, scope);
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope, audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
    },
  },
});

createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (!pathname.startsWith('/interaction/')) return provider.callback()(request, response);
  return provider.interactionFinished(request, response, { login: { accountId: searchParams.get('as') } });
}).listen(443, address);
