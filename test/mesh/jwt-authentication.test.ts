import { generateKeyPairSync } from 'node:crypto';
import {
  type ClaimCondition, IngressGateway, JwtAuthentication, type JwtIssuer, MeshNamespace, MeshedMicroservice, Operation, Port, RemoteCaller, TokenLocation,
} from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, world } from './world';

const keys = [{ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), kid: 'one' }];
const customers: JwtIssuer = {
  issuer: 'https://id.example/customers', jwks: { keys }, audiences: ['shop'], from: [TokenLocation.header('x-id-token'), TokenLocation.cookie('id')],
};
const staff: JwtIssuer = {
  ...customers, issuer: 'https://id.example/staff', claims: [['realm_access', 'roles']], from: [TokenLocation.header('x-staff', { prefix: 'Bearer ' })],
};
const refunder: ClaimCondition = { claim: ['realm_access', 'roles'], values: ['refunds'] };

function system() {
  const { app, staging, shop } = world();
  const orders = new MeshedMicroservice(shop, 'orders', {
    ...container,
    port: Port.http(80, { targetPort: 8080 }),
    exported: true,
    operations: {
      pages: Operation.http(['GET', 'HEAD'], '/*'), read: Operation.http('GET', '/api/*'), refund: Operation.http('POST', '/api/refunds'),
    },
  });
  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example'] });
  gateway.routes(orders, { operations: ['pages', 'read', 'refund'] });
  return { app, staging, shop, orders, gateway };
}

type Orders = ReturnType<typeof system>['orders'];
const rulesOf = (orders: Orders): readonly unknown[] => listAt(objectIn(orders, 'AuthorizationPolicy', 'orders'), 'spec.rules');
const problems = ({ app }: ReturnType<typeof system>): string => app.node.findAll().flatMap((each) => each.node.validate()).join('\n');
const GATEWAY = 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account';

test('writes what tokens are accepted, issuers sorted and keys in one line', () => {
  const { orders } = system();
  new JwtAuthentication(orders, 'tokens', { issuers: { staff, customers }, requires: [{ operations: ['read'] }] });
  const rules = listAt(objectIn(orders, 'RequestAuthentication'), 'spec.jwtRules');
  expect(rules).toEqual([
    {
      issuer: customers.issuer, jwks: JSON.stringify({ keys }), audiences: ['shop'], fromHeaders: [{ name: 'x-id-token' }], fromCookies: ['id'],
    },
    { issuer: staff.issuer, jwks: JSON.stringify({ keys }), audiences: ['shop'], fromHeaders: [{ name: 'x-staff', prefix: 'Bearer ' }] },
  ]);
  expect(at(objectIn(orders, 'RequestAuthentication'), 'spec.selector.matchLabels')).toEqual({ app: 'orders' });
});

test('keys by address stand as an address, and add neither a host nor a way out', () => {
  const [plain, remote] = [system().orders, system().orders];
  new JwtAuthentication(plain, 'tokens', { issuers: { customers }, requires: [{}] });
  new JwtAuthentication(remote, 'tokens', { issuers: { customers: { ...customers, jwks: { uri: 'https://id.example/keys' } } }, requires: [{}] });
  expect(at(objectIn(remote, 'RequestAuthentication'), 'spec.jwtRules.0')).toMatchObject({ jwksUri: 'https://id.example/keys' });
  for (const kind of ['Sidecar', 'NetworkPolicy', 'AuthorizationPolicy']) expect(objectIn(remote, kind)).toEqual(objectIn(plain, kind));
});

test('an operation needs the token beside the identity that its call has', () => {
  const { orders } = system();
  new JwtAuthentication(orders, 'tokens', {
    issuers: { customers, staff }, requires: [{ operations: ['pages', 'read'] }, { operations: ['refund'], of: ['staff'], claims: [refunder] }],
  });
  expect(rulesOf(orders)).toEqual([
    {
      from: [{ source: { principals: [GATEWAY], requestPrincipals: ['https://id.example/customers/*', 'https://id.example/staff/*'] } }],
      to: [{ operation: { methods: ['GET'], paths: ['/api', '/api/*'] } }, { operation: { methods: ['GET', 'HEAD'], paths: ['/*'] } }],
    },
    {
      from: [{ source: { principals: [GATEWAY], requestPrincipals: ['https://id.example/staff/*'] } }],
      to: [{ operation: { methods: ['POST'], paths: ['/api/refunds'] } }],
      when: [{ key: 'request.auth.claims[realm_access][roles]', values: ['refunds'] }],
    },
  ]);
});

test('an operation without a token does not open what another one needs it for', () => {
  const { orders } = system();
  new JwtAuthentication(orders, 'tokens', { issuers: { customers }, requires: [{ operations: ['read'] }] });
  expect(at(rulesOf(orders)[0], 'to')).toEqual([
    { operation: { methods: ['GET'], paths: ['/*'], notPaths: ['/api', '/api/*'] } },
    { operation: { methods: ['HEAD'], paths: ['/*'] } },
    { operation: { methods: ['POST'], paths: ['/api/refunds'] } },
  ]);
});

test('one caller needs a token and another does not', () => {
  const { orders, shop, gateway } = system();
  client(shop, 'report').calls(orders, { operations: ['read'] });
  new JwtAuthentication(orders, 'tokens', { issuers: { customers }, requires: [{ operations: ['read'], from: [gateway] }] });
  const ofReport = rulesOf(orders).filter((rule) => at(rule, 'from.0.source.principals.0') === 'cluster.local/ns/shop/sa/report');
  expect(ofReport).toEqual([
    { from: [{ source: { principals: ['cluster.local/ns/shop/sa/report'] } }], to: [{ operation: { methods: ['GET'], paths: ['/api', '/api/*'] } }] },
  ]);
});

test('gateways of one identity are one caller: neither opens what the other needs a token for', () => {
  const { orders, shop, gateway } = system();
  new IngressGateway(shop, 'other', { hosts: ['other.example'] }).routes(orders, { operations: ['read'] });
  new JwtAuthentication(orders, 'tokens', { issuers: { customers }, requires: [{ operations: ['read'], from: [gateway] }] });
  const open = rulesOf(orders).filter((rule) => at(rule, 'from.0.source.requestPrincipals') === undefined);
  expect(JSON.stringify(open.map((rule) => at(rule, 'to')))).not.toContain('"paths":["/api","/api/*"]');
});

test('a service without operations needs it at ports that carry requests, and not at the others', () => {
  const { shop } = world();
  const callee = new MeshedMicroservice(shop, 'mixed', { ...container, port: [Port.http(80, { targetPort: 8080 }), Port.tcp(5432, { name: 'tcp-sql' })] });
  const caller = client(shop, 'caller');
  caller.calls(callee, {});
  caller.calls(callee, { port: 'tcp-sql' });
  new JwtAuthentication(callee, 'tokens', { issuers: { customers }, requires: [{}] });
  const rules = listAt(objectIn(callee, 'AuthorizationPolicy'), 'spec.rules');
  expect(rules.map((rule) => [at(rule, 'from.0.source.requestPrincipals') !== undefined, at(rule, 'to')])).toEqual([
    [false, [{ operation: { ports: ['5432'] } }]], [true, [{ operation: { ports: ['8080'] } }]],
  ]);
});

const authenticate = (issuers: Record<string, JwtIssuer>, orders = system().orders): unknown =>
  new JwtAuthentication(orders, 'tokens', { issuers, requires: [{}] });
const withKeys = (...these: readonly object[]): (() => unknown) => () =>
  authenticate({ customers: { ...customers, jwks: { keys: these.map((each) => ({ ...each })) } } });

describe('fails for', () => {
  test.each<[string, () => unknown, ...string[]]>([
    ['a key that is a secret', withKeys({ kty: 'oct', k: 'planted-secret' }), 'jwks.keys[0]', "'oct'", 'leave such tokens to the application'],
    ['a private key', withKeys(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })), 'private d', 'remove them'],
    ['no key', withKeys(), 'jwks must have a key'],
    ['a key that lacks something', withKeys({ kty: 'RSA', n: 'AQAB' }), 'got no e'],
    ['a key of an unknown kind', withKeys({ kty: 'XYZ' }), '"XYZ"'],
    ['two keys of one kid', withKeys(keys[0], keys[0]), '"one"', 'remove one'],
    ['an issuer twice', () => authenticate({ a: customers, b: { ...staff, issuer: customers.issuer } }), `'${customers.issuer}' twice`],
    ['an issuer with a wildcard', () => authenticate({ a: { ...customers, issuer: 'https://*' } }), "'https://*'"],
    ['keys over plaintext', () => authenticate({ a: { ...customers, jwks: { uri: 'http://id.example/keys' } } }), 'https', "'http://id.example/keys'"],
    ['keys inside of the mesh', () => authenticate({ a: { ...customers, jwks: { uri: 'https://id.shop.svc.cluster.local/keys' } } }), 'outside of the mesh'],
    ['an empty audience', () => authenticate({ a: { ...customers, audiences: [' '] } }), 'audiences', "' '"],
    ['a claim of the issuer with brackets', () => authenticate({ a: { ...customers, claims: ['a[b]'] } }), '"a[b]"'],
    ['a header in upper case', () => authenticate({ a: { ...customers, from: [TokenLocation.header('X-Token')] } }), "'X-Token'"],
  ])('%s', (_, run, ...parts) => {
    expectRefusal(run, '[staging/shop/orders/tokens]', ...parts);
  });

  test('a secret key, without saying it', () => {
    expect(withKeys({ kty: 'oct', k: 'planted-secret' })).not.toThrow(/planted-secret/);
  });

  test('a place where the application has tokens of its own', () => {
    const { orders } = system();
    const authorization = TokenLocation.header('authorization', { prefix: 'Bearer ' });
    expectRefusal(() => new JwtAuthentication(orders, 'tokens', {
      issuers: { customers: { ...customers, from: [authorization] } }, requires: [{}], applicationTokens: [authorization],
    }), 'header authorization', '401', 'another header');
  });

  test.each<[string, ClaimCondition, ...string[]]>([
    ['a claim with brackets', { claim: 'realm_access[roles]', values: ['a'] }, '"realm_access[roles]"', "['realm_access', 'roles']"],
    ['a claim without a name', { claim: '', values: ['a'] }, '""'],
    ['a claim that is a number', { claim: 'exp', values: ['1'] }, '"exp"', 'a number'],
    ['the issuer as a claim', { claim: 'iss', values: ['a'] }, 'choose among the issuers'],
    ['an empty value', { claim: 'groups', values: [''] }, '"groups"'],
    ['a claim that the issuer does not give', { claim: 'gruops', values: ['a'] }, '"gruops" that customers does not', 'claims of the issuer'],
  ])('%s', (_, claim, ...parts) => {
    const { orders } = system();
    expectRefusal(() => new JwtAuthentication(orders, 'tokens', { issuers: { customers }, requires: [{ claims: [claim] }] }), ...parts);
  });

  test('a claim that only one of two issuers gives', () => {
    const { orders } = system();
    expectRefusal(() => new JwtAuthentication(orders, 'tokens', { issuers: { customers, staff }, requires: [{ claims: [refunder] }] }),
      '["realm_access","roles"] that customers does not', 'choose issuers with of');
  });

  test('an issuer or an operation that is not declared, one that nothing asks for, and an operation in two requirements', () => {
    const untyped = (requires: readonly object[]) => () =>
      new JwtAuthentication(system().orders, 'tokens', { issuers: { customers, staff }, requires: requires as never });
    expectRefusal(untyped([{ of: ['guests'] }]), "'guests'", 'customers, staff');
    expectRefusal(untyped([{ operations: ['raed'] }]), "'raed'", 'pages, read, refund');
    expectRefusal(untyped([{ of: ['staff'] }]), 'customers that no requirement names');
    expectRefusal(untyped([{ operations: ['read'] }, {}]), 'got read in two');
    expectRefusal(untyped([]), 'requires must say');
  });

  test('a service of bytes, a client, and a namespace that only counts', () => {
    const { staging, shop } = world();
    const store = new MeshedMicroservice(shop, 'store', { ...container, port: Port.tcp(5432) });
    expectRefusal(() => new JwtAuthentication(store, 'tokens', { issuers: { customers }, requires: [{}] }), 'got tcp');
    expectRefusal(() => new JwtAuthentication(client(shop, 'web'), 'tokens', { issuers: { customers }, requires: [{}] }), 'got none');
    const joining = new MeshNamespace(staging, 'joining', { authorization: 'dry-run', networkPolicies: 'open' });
    const web = new MeshedMicroservice(joining, 'web', { ...container, port: Port.http(80) });
    expectRefusal(() => new JwtAuthentication(web, 'tokens', { issuers: { customers }, requires: [{}] }), "'dry-run'");
  });

  test('tokens said in two places', () => {
    const { orders } = system();
    authenticate({ customers }, orders);
    expectRefusal(() => new JwtAuthentication(orders, 'more', { issuers: { staff }, requires: [{}] }), 'orders/more', 'orders/tokens');
  });

  test('a caller of another repository, whose contract does not say so, and somebody who does not call', () => {
    const made = system();
    made.orders.allows(RemoteCaller.of({ namespace: 'bank', serviceAccount: 'ledger' }), { operations: ['read'] });
    new JwtAuthentication(made.orders, 'tokens', { issuers: { customers }, requires: [{ operations: ['read'] }] });
    expect(problems(made)).toContain(
      '[staging/shop/orders/tokens] a contract does not say that a token is needed, got read of orders that staging/bank/ledger');

    const other = system();
    const stranger = client(other.shop, 'stranger');
    new JwtAuthentication(other.orders, 'tokens', { issuers: { customers }, requires: [{ from: [stranger] }] });
    expect(problems(other)).toContain('from must name who calls orders, got staging/shop/stranger');
  });
});

describe('a call that takes the token away on its way', () => {
  const staffOnly = { issuers: { staff }, requires: [{ operations: ['refund'] as const }] } as const;
  const calling = (orders: Orders, shop: MeshNamespace, headers: object): void => {
    client(shop, 'desk').calls(orders, { operations: ['refund'], headers: { request: headers } });
  };

  test.each([{ remove: ['x-staff'] }, { set: { 'x-staff': 'nobody' } }])('fails the synth: %j', (headers) => {
    const made = system();
    new JwtAuthentication(made.orders, 'tokens', staffOnly);
    calling(made.orders, made.shop, headers);
    expect(problems(made)).toContain('[staging/shop/desk] headers must leave the token that orders needs where it is, got x-staff removed or set');
  });

  test('is none where it comes elsewhere, or is not needed', () => {
    const [elsewhere, other] = [system(), system()];
    new JwtAuthentication(elsewhere.orders, 'tokens', { issuers: { customers }, requires: [{ operations: ['refund'] }] });
    calling(elsewhere.orders, elsewhere.shop, { remove: ['x-id-token'] });
    new JwtAuthentication(other.orders, 'tokens', { issuers: { staff }, requires: [{ operations: ['read'] }] });
    calling(other.orders, other.shop, { remove: ['x-staff'] });
    expect(problems(elsewhere) + problems(other)).not.toContain('headers must leave');
  });
});
