import { ApiObject, Duration } from 'cdk8s';
import { parse } from 'yaml';
import {
  type EnvironmentProps, type IngressGatewayProps, MeshNamespace, MeshedMicroservice, OidcLogin, type OidcLoginProps, Operation, Port, Text,
} from '../../../src';
import { at, container, expectRefusal, listAt, objectIn, world } from '../world';
import { login } from './login';

function system(props: Partial<OidcLoginProps> = {}, ingress: Partial<IngressGatewayProps> = {}, environment: EnvironmentProps = {}) {
  const made = world(environment);
  const parts = login(made.shop, props, ingress);
  parts.gateway.routes(parts.pages, { operations: ['read'] });
  return { ...made, ...parts };
}

const problems = ({ app }: Pick<ReturnType<typeof system>, 'app'>): string => app.node.findAll().flatMap((each) => each.node.validate()).join('\n');
const settings = (made: ReturnType<typeof system>): string => String(Object.values(Object(at(objectIn(made.login, 'ConfigMap'), 'data')))[0]);

test('the gateway asks about every request for its hosts but those of the proxy itself, and those over plain HTTP', () => {
  const operation = { hosts: ['open.example', 'open.example:*', 'shop.example', 'shop.example:*'], notPaths: ['/oauth2', '/oauth2/*'] };
  const made = system({}, { hosts: ['shop.example', 'open.example'] });
  expect(at(objectIn(made.login, 'AuthorizationPolicy', 'shop-oauth2-proxy'), 'metadata.namespace')).toBe('istio-system');
  expect(at(objectIn(made.login, 'AuthorizationPolicy', 'shop-oauth2-proxy'), 'spec')).toEqual({
    action: 'CUSTOM',
    provider: { name: 'shop-oauth2-proxy' },
    rules: [
      { to: [{ operation }], when: [{ key: 'connection.sni', values: ['*'] }] },
      { to: [{ operation: { ...operation, notPorts: ['80', '8080'] } }] },
    ],
    selector: { matchLabels: { istio: 'ingressgateway' } },
  });
});

test('public paths need no login, and nobody says there who he is', () => {
  const { login: made } = system({ publicPaths: ['/health', '/static/*'] }, {}, { pathNormalization: 'DECODE_AND_MERGE_SLASHES' });
  for (const rule of listAt(objectIn(made, 'AuthorizationPolicy', 'shop-oauth2-proxy'), 'spec.rules')) {
    expect(at(rule, 'to.0.operation.notPaths')).toEqual(['/oauth2', '/oauth2/*', '/health', '/static', '/static/*']);
  }
  const to = [{ operation: { hosts: ['shop.example', 'shop.example:*'], paths: ['/health', '/static', '/static/*'] } }];
  expect(objectIn(made, 'AuthorizationPolicy', 'shop-oauth2-proxy-public')).toMatchObject({
    metadata: { namespace: 'istio-system' },
    spec: {
      action: 'DENY',
      rules: ['access-token', 'email', 'user', 'groups', 'preferred-username'].map((word) =>
        ({ to, when: [{ key: `request.headers[x-auth-request-${word}]`, values: ['*'] }] })),
      selector: { matchLabels: { istio: 'ingressgateway' } },
    },
  });
});

test('other hosts of the gateway stay as they are', () => {
  const made = system({ hosts: ['shop.example'] }, { hosts: ['shop.example', 'open.example'] });
  expect(JSON.stringify(objectIn(made.login, 'AuthorizationPolicy', 'shop-oauth2-proxy'))).not.toContain('open.example');
  expect(JSON.stringify(objectIn(made.gateway, 'VirtualService', 'open-example'))).not.toContain('oauth2');
});

const routes = ({ gateway }: Pick<ReturnType<typeof system>, 'gateway'>): readonly unknown[] => listAt(objectIn(gateway, 'VirtualService'), 'spec.http');
const matchesOf = (made: ReturnType<typeof system>, host: string): readonly unknown[] =>
  routes(made).filter((route) => at(route, 'route.0.destination.host') === `${host}.shop.svc.cluster.local`).flatMap((route) => listAt(route, 'match'));

test('the proxy\'s own pages come before those of the shop, by whatever method, and are asked for once', () => {
  const made = system();
  expect(matchesOf(made, 'oauth2-proxy')).toEqual([{ uri: { exact: '/oauth2' } }, { uri: { prefix: '/oauth2/' } }, { uri: { exact: '/robots.txt' } }]);
  expect(at(routes(made)[0], 'route.0.destination.host')).toBe('oauth2-proxy.shop.svc.cluster.local');
  expect(at(routes(made)[0], 'retries.attempts')).toBe(0); // a code is good for one time
});

test('the proxy\'s own pages come before a shop whose paths are all parameters, or not told apart', () => {
  const made = system();
  const tenants = new MeshedMicroservice(made.shop, 'tenants', {
    ...container, port: Port.http(80), operations: { read: Operation.http(['GET', 'HEAD', 'PUT'], '/{tenant}/{page}') },
  });
  const blind = new MeshedMicroservice(made.shop, 'blind', { ...container, port: Port.http(80) });
  made.gateway.routes(tenants, { operations: ['read'] });
  made.gateway.routes(blind, {});
  const hosts = routes(made).map((route) => String(at(route, 'route.0.destination.host')).split('.')[0]);
  expect(hosts.lastIndexOf('oauth2-proxy')).toBeLessThan(Math.min(hosts.indexOf('tenants'), hosts.indexOf('blind')));
});

test('nothing that the proxy answers with 200 of itself is asked of it for the application', () => {
  const made = system();
  const { livenessProbe, readinessProbe } = Object(at(objectIn(made.login, 'Deployment'), 'spec.template.spec.containers.0'));
  const own = [at(livenessProbe, 'httpGet.path'), at(readinessProbe, 'httpGet.path')];
  expect(own).toEqual(['/oauth2/ping', '/oauth2/ready']);
  for (const [name, path] of [['ping_path', own[0]], ['ready_path', own[1]]]) expect(settings(made)).toContain(`${name} = "${path}"\n`);
});

test('what the proxy may leave out is taken from what clients say, on every way to the shop', () => {
  const made = system();
  const orders = new MeshedMicroservice(made.shop, 'orders', { ...container, port: Port.http(80), operations: { read: Operation.http('GET', '/orders/*') } });
  made.gateway.routes(orders, {
    operations: ['read'], headers: { request: { set: { 'x-auth-request-groups': 'nobody' }, remove: ['x-other'] }, response: { remove: ['server'] } },
  });
  made.gateway.delegates('/invoices', { to: { name: 'invoices', namespace: 'invoices' } });
  const found = routes(made).map((route) => [at(route, 'delegate.name') ?? String(at(route, 'route.0.destination.host')).split('.')[0], at(route, 'headers')]);
  const remove = ['x-auth-request-groups', 'x-auth-request-preferred-username'];
  expect(Object.fromEntries(found)).toEqual({
    'oauth2-proxy': undefined,
    'pages': { request: { remove } },
    'invoices': { request: { remove } },
    'orders': {
      request: { set: { 'x-auth-request-groups': 'nobody' }, remove: ['x-other', 'x-auth-request-preferred-username'] }, response: { remove: ['server'] },
    },
  });
});

test('hosts without a login keep the headers of clients', () => {
  const { gateway } = system({ hosts: ['shop.example'] }, { hosts: ['shop.example', 'open.example'] });
  expect(listAt(objectIn(gateway, 'VirtualService', 'open-example'), 'spec.http').map((route) => at(route, 'headers'))).toEqual([undefined]);
});

test('a path of programs is one with a query too', () => {
  const [, list] = /^api_routes = (.*)$/m.exec(settings(system({ apiPaths: ['/api/*', '/v1/{id}'] })))!;
  const patterns = (JSON.parse(list) as string[]).map((pattern) => new RegExp(pattern));
  for (const [request, isOne] of [
    ['/api', true], ['/api?x=1', true], ['/api/7?x=/y', true], ['/v1/7?next=/x', true], ['/apix', false], ['/v1/7/8', false], ['/v1', false],
  ] as const) expect([request, patterns.some((pattern) => pattern.test(request))]).toEqual([request, isOne]);
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
    'allowed_groups = ["staff"]', 'cookie_expire = "3600s"', 'cookie_refresh = "120s"',
    'redirect_url = "https://shop.example/oauth2/callback"', 'provider_ca_files = ["/etc/issuer/ca.crt"]', 'scope = "openid email profile"',
  ]) expect(settings(made).split('\n')).toContain(line);
  expect(at(objectIn(made.login, 'Deployment'), 'spec.template.spec.volumes.1.configMap.name')).toBe('issuer-ca');
});

test('the proxy starts again when it is told something else, and only then', () => {
  const revision = (props: Partial<OidcLoginProps>): unknown =>
    Object(at(objectIn(system(props).login, 'Deployment'), 'spec.template.metadata.annotations'))['checksum/config'];
  expect(revision({ groups: ['staff'] })).toMatch(/^[0-9a-f]{16}$/);
  expect(revision({ groups: ['staff'] })).toBe(revision({ groups: ['staff'], replicas: 2 }));
  expect(revision({ groups: ['staff'] })).not.toBe(revision({ groups: ['guests'] }));
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
    ['scopes without openid', { scopes: ['email'] }, {}, 'got email', 'add openid'],
    ['scopes without email, with which nobody would get in', { scopes: ['openid'] }, {}, 'got openid', 'add email'],
    ['programs that are everything, so that nobody could log in', { apiPaths: ['/*'] }, {}, 'apiPaths', "got '/*'"],
    ['a group without a name', { groups: [''] }, {}, 'groups'],
    ['a path that is none', { apiPaths: ['api'] }, {}, "'api'"],
    ['a public path that is everything', { publicPaths: ['/*'] }, {}, "'/*'", 'leave the host out of it'],
    ['a public path with a parameter', { publicPaths: ['/{page}'] }, {}, "'/{page}'", "with '/*'"],
    ['a public path that is none', { publicPaths: ['static'] }, {}, "publicPaths: path must begin with '/', got 'static'"],
    ['a public path of the login itself', { publicPaths: ['/oauth2/start'] }, {}, "'/oauth2/start'", 'its own paths'],
    ['what search engines ask for', { publicPaths: ['/robots.txt'] }, {}, "'/robots.txt'", 'its own paths'],
    ['all below a public path, where it may be decoded later', { publicPaths: ['/static/*'] }, {}, "'/static/*' and BASE", '/static/..%2Forders is /orders'],
    ['tokens that are never new', { session: Duration.minutes(1), refresh: Duration.minutes(1) }, {}, 'less than session', 'got 60s and 60s'],
    ['parts of a second', { refresh: Duration.millis(1500) }, {}, 'whole seconds'],
    ['a host that the gateway does not serve', { hosts: ['other.example'] }, {}, "'other.example'", 'it has shop.example'],
    ['a host with a wildcard', {}, { hosts: ['*.shop.example'] }, "'*.shop.example'", 'hosts without *'],
    ['a gateway without TLS', {}, { tls: undefined }, 'needs TLS', 'give staging/shop/gateway tls'],
  ])('%s', (_, props, ingress, ...parts) => {
    expectRefusal(() => system(props, ingress), ...parts);
  });

  test.each<[string, Partial<OidcLoginProps>, string]>([
    ['an address with a password', { issuer: { url: 'https://:hunter2@id.example' } }, 'issuer.url must be an address with https, got one with a user'],
    ['a text for a reference', { clientSecret: 'hunter2' as never }, 'clientSecret must be a key of a Secret, got a text of 7 characters'],
    ['a value for a key', { cookieSecret: { secret: { name: 'login' }, key: 'hunter2=' } }, 'cookieSecret must be a key of a Secret, got something else'],
  ])('%s, and does not repeat it', (_, props, message) => {
    expectRefusal(() => system(props), message);
    expect(() => system(props)).toThrow(/^(?!.*hunter2)/s);
  });

  test('two logins of one host', () => {
    const made = system();
    const secret = { secret: { name: 'login' }, key: 'a' };
    expectRefusal(() => new OidcLogin(made.shop, 'second', {
      gateway: made.gateway, issuer: { url: 'https://id.example' }, clientId: 'shop', clientSecret: secret, cookieSecret: secret,
      resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
    }), '[staging/shop/second]', 'got shop.example that staging/shop/oauth2-proxy guards');
  });

  test.each<[string, (made: ReturnType<typeof system>) => void, string]>([
    ['an operation', ({ shop, gateway }) => gateway.routes(new MeshedMicroservice(shop, 'own', {
      ...container, port: Port.http(80), operations: { start: Operation.http('GET', '/oauth2/authorization/{id}') },
    }), { operations: ['start'] }), '/oauth2/authorization/{}'],
    ['a prefix', ({ shop, gateway }) => gateway.routes(new MeshedMicroservice(shop, 'own', { ...container, port: Port.http(80) }), { pathPrefix: '/oauth2/x' }),
      '/oauth2/x/*'],
    ['a delegate', ({ gateway }) => gateway.delegates('/oauth2/x', { to: { name: 'own', namespace: 'own' } }), '/oauth2/x/*'],
    ['a file', ({ gateway }) => gateway.redirects('/robots.txt', { to: { path: '/other.txt' } }), '/robots.txt'],
  ])('%s below the login\'s own paths, which needs no login', (_, add, path) => {
    const made = system();
    add(made);
    expect(problems(made)).toContain(`/oauth2/* and /robots.txt are the login's own, where nobody has to log in, got shop.example${path}; `);
  });

  test('cors behind it', () => {
    const made = world();
    const { gateway, pages } = login(made.shop, {});
    gateway.routes(pages, { operations: ['read'], cors: { allowOrigins: [Text.exact('https://other.example')] } });
    expect(problems(made)).toContain('cors is of no use behind a login');
  });

  test('two logins at one ingress gateway, which Istio would have deny everything', () => {
    const made = system();
    login(new MeshNamespace(made.staging, 'bar'), {}, { hosts: ['bar.example'], tls: { credentialName: 'bar-tls' } });
    expect(problems(made)).toContain('[staging/bar/oauth2-proxy/AuthorizationPolicy] pods must have one provider, or everything is denied, ' +
      "got 'bar-oauth2-proxy' beside 'shop-oauth2-proxy' of staging/shop/oauth2-proxy/AuthorizationPolicy in namespace istio-system; ");
  });

  test('but not where istiod is told to let there be several', () => {
    const made = system({}, {}, { severalProviders: true });
    const bar = new MeshNamespace(made.staging, 'bar');
    const parts = login(bar, {}, { hosts: ['bar.example'], tls: { credentialName: 'bar-tls' } });
    parts.gateway.routes(parts.pages, { operations: ['read'] });
    expect(problems(made)).toBe('');
    const values: unknown = parse(made.app.render().get('staging/istiod-values.yaml')!);
    expect(made.app.render().get('staging/prerequisites.md')).toContain('| Istio 1.30 or newer, with PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS for istiod');
    expect(at(values, 'env')).toEqual({ PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS: 'true' });
    expect(listAt(values, 'meshConfig.extensionProviders').map((each) => at(each, 'name'))).toEqual(['bar-oauth2-proxy', 'shop-oauth2-proxy']);
  });

  test.each([
    ['of the same provider', { provider: 'shop-oauth2-proxy', labels: { istio: 'ingressgateway' } }, false],
    ['of other pods', { provider: 'ours', labels: { istio: 'egressgateway' } }, false],
    ['of some of the pods', { provider: 'ours', labels: { istio: 'ingressgateway', zone: 'a' } }, true],
  ])('a second policy beside a login, %s', (_, { provider, labels }, isRefused) => {
    const made = system({}, {}, { extensionProviders: ['ours'] });
    new ApiObject(made.shop, 'Own', {
      apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'own', namespace: 'istio-system' },
      spec: { action: 'CUSTOM', provider: { name: provider }, rules: [{}], selector: { matchLabels: labels } },
    });
    expect(problems(made).includes('pods must have one provider')).toBe(isRefused);
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
