import { ApiObject, Duration } from 'cdk8s';
import { parse } from 'yaml';
import { type IngressGatewayProps, OidcLogin, type OidcLoginProps, Text } from '../../../src';
import { at, expectRefusal, listAt, objectIn, world } from '../world';
import { login } from './login';

function system(props: Partial<OidcLoginProps> = {}, ingress: Partial<IngressGatewayProps> = {}) {
  const made = world();
  const parts = login(made.shop, props, ingress);
  parts.gateway.routes(parts.pages, { operations: ['read'] });
  return { ...made, ...parts };
}

const problems = ({ app }: Pick<ReturnType<typeof system>, 'app'>): string => app.node.findAll().flatMap((each) => each.node.validate()).join('\n');
const settings = (made: ReturnType<typeof system>): string => String(Object.values(Object(at(objectIn(made.login, 'ConfigMap'), 'data')))[0]);

test('the gateway asks about every request for its hosts but those of the proxy itself', () => {
  const made = system({}, { hosts: ['shop.example', 'open.example'] });
  expect(at(objectIn(made.login, 'AuthorizationPolicy', 'shop-oauth2-proxy'), 'metadata.namespace')).toBe('istio-system');
  expect(at(objectIn(made.login, 'AuthorizationPolicy', 'shop-oauth2-proxy'), 'spec')).toEqual({
    action: 'CUSTOM',
    provider: { name: 'shop-oauth2-proxy' },
    rules: [{
      to: [{ operation: { hosts: ['open.example', 'open.example:*', 'shop.example', 'shop.example:*'], notPaths: ['/oauth2', '/oauth2/*'] } }],
    }],
    selector: { matchLabels: { istio: 'ingressgateway' } },
  });
});

test('other hosts of the gateway stay as they are', () => {
  const made = system({ hosts: ['shop.example'] }, { hosts: ['shop.example', 'open.example'] });
  expect(JSON.stringify(objectIn(made.login, 'AuthorizationPolicy', 'shop-oauth2-proxy'))).not.toContain('open.example');
  expect(JSON.stringify(objectIn(made.gateway, 'VirtualService', 'open-example'))).not.toContain('oauth2');
});

test('the proxy\'s own pages come before those of the shop, and are asked for once', () => {
  const routes = listAt(objectIn(system().gateway, 'VirtualService'), 'spec.http');
  expect(at(routes[0], 'route.0.destination.host')).toBe('oauth2-proxy.shop.svc.cluster.local');
  expect(at(routes[0], 'match.1.uri.prefix')).toBe('/oauth2/');
  expect(at(routes[0], 'retries.attempts')).toBe(0); // a code is good for one time
});

test('the proxy may be asked by the gateway alone, and reaches the issuer alone', () => {
  const { login: made } = system({ issuer: { url: 'https://id.example:8443/realms/shop', cidrs: ['203.0.113.7/32'] } });
  const principals = listAt(objectIn(made, 'AuthorizationPolicy', 'oauth2-proxy'), 'spec.rules').flatMap((rule) => at(rule, 'from.0.source.principals'));
  expect(principals).toEqual(['cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account']);
  expect(at(objectIn(made, 'Sidecar'), 'spec.egress')).toEqual([{ hosts: ['./id.example'] }]);
  expect(at(objectIn(made, 'NetworkPolicy'), 'spec.egress')).toEqual([{ ports: [{ port: 8443 }], to: [{ ipBlock: { cidr: '203.0.113.7/32' } }] }]);
});

test('secrets are references, in the environment alone', () => {
  const made = system();
  const env = listAt(objectIn(made.login, 'Deployment'), 'spec.template.spec.containers.0.env');
  expect(env).toEqual([
    { name: 'OAUTH2_PROXY_CLIENT_SECRET', valueFrom: { secretKeyRef: { name: 'login', key: 'client-secret' } } },
    { name: 'OAUTH2_PROXY_COOKIE_SECRET', valueFrom: { secretKeyRef: { name: 'login', key: 'cookie-secret' } } },
  ]);
  expect(settings(made)).not.toMatch(/secret/);
});

test('what is said becomes the proxy\'s configuration', () => {
  const made = system({
    groups: ['staff'], apiPaths: ['/api/*', '/v1/{id}'], session: Duration.hours(1), refresh: Duration.minutes(2),
    issuer: { url: 'https://id.example/realms/shop', certificateAuthority: { configMap: 'issuer-ca', key: 'ca.crt' } },
  });
  for (const line of [
    'allowed_groups = ["staff"]', 'api_routes = ["^/api(/.*)?$","^/v1/[^/]+$"]', 'cookie_expire = "3600s"', 'cookie_refresh = "120s"',
    'redirect_url = "https://shop.example/oauth2/callback"', 'provider_ca_files = ["/etc/issuer/ca.crt"]', 'scope = "openid email profile"',
  ]) expect(settings(made).split('\n')).toContain(line);
  expect(at(objectIn(made.login, 'Deployment'), 'spec.template.spec.volumes.1.configMap.name')).toBe('issuer-ca');
});

test('several hosts have each its own callback', () => {
  expect(settings(system({}, { hosts: ['shop.example', 'other.example'] }))).not.toContain('redirect_url');
});

test('the mesh config defines the provider, in a file that Argo CD takes for no object', () => {
  const made = system();
  const values: unknown = parse(made.app.render().get('staging/istiod-values.yaml')!);
  expect(at(values, 'meshConfig.extensionProviders.0')).toMatchObject({
    name: 'shop-oauth2-proxy', envoyExtAuthzHttp: { service: 'oauth2-proxy.shop.svc.cluster.local', port: 80, statusOnError: '503', timeout: '5s' },
  });
  expect(made.app.render().get('staging/prerequisites.md')).toContain('extension provider shop-oauth2-proxy');
});

test('an environment without a login has no such file', () => {
  const { app } = world();
  expect([...app.render().keys()]).not.toContain('staging/istiod-values.yaml');
});

describe('fails for', () => {
  test.each<[string, Partial<OidcLoginProps>, Partial<IngressGatewayProps>, ...string[]]>([
    ['an issuer without https', { issuer: { url: 'http://id.example' } }, {}, "'http://id.example'", 'with https'],
    ['an issuer with a query', { issuer: { url: 'https://id.example/?a=1' } }, {}, 'what the issuer calls itself'],
    ['a key that is a path', { issuer: { url: 'https://id.example', certificateAuthority: { configMap: 'a', key: '../ca' } } }, {}, "'../ca'"],
    ['no client', { clientId: ' ' }, {}, 'clientId'],
    ['scopes without openid', { scopes: ['email'] }, {}, 'got email', 'add it'],
    ['a group without a name', { groups: [''] }, {}, 'groups'],
    ['a path that is none', { apiPaths: ['api'] }, {}, "'api'"],
    ['tokens that are never new', { session: Duration.minutes(1), refresh: Duration.minutes(1) }, {}, 'less than session', 'got 60s and 60s'],
    ['parts of a second', { refresh: Duration.millis(1500) }, {}, 'whole seconds'],
    ['a host that the gateway does not serve', { hosts: ['other.example'] }, {}, "'other.example'", 'it has shop.example'],
    ['a host with a wildcard', {}, { hosts: ['*.shop.example'] }, "'*.shop.example'", 'hosts without *'],
    ['a gateway without TLS', {}, { tls: undefined }, 'needs TLS', 'give staging/shop/gateway tls'],
  ])('%s', (_, props, ingress, ...parts) => {
    expectRefusal(() => system(props, ingress), ...parts);
  });

  test('two logins of one host', () => {
    const made = system();
    const secret = { secret: { name: 'login' }, key: 'a' };
    expectRefusal(() => new OidcLogin(made.shop, 'second', {
      gateway: made.gateway, issuer: { url: 'https://id.example' }, clientId: 'shop', clientSecret: secret, cookieSecret: secret,
      resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
    }), '[staging/shop/second]', 'got shop.example that staging/shop/oauth2-proxy guards');
  });

  test('cors behind it', () => {
    const made = world();
    const { gateway, pages } = login(made.shop, {});
    gateway.routes(pages, { operations: ['read'], cors: { allowOrigins: [Text.exact('https://other.example')] } });
    expect(problems(made)).toContain('cors is of no use behind a login');
  });

  test('a policy whose provider nobody defines, but not for one that is said to be there', () => {
    for (const [extensionProviders, found] of [[undefined, true], [['ours'], false]] as const) {
      const made = world({ extensionProviders });
      new ApiObject(made.shop, 'Own', {
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: { name: 'own' },
        spec: { action: 'CUSTOM', provider: { name: 'ours' }, rules: [{}] },
      });
      expect(problems(made).includes("provider must be defined, or everything is denied, got 'ours'")).toBe(found);
    }
  });
});
