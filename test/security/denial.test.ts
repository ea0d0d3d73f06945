import { type DenialOptions, IngressGateway, JwtAuthentication, MeshNamespace, MeshedMicroservice, Operation, Port, TokenLocation } from '../../src';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from '../mesh/world';

const keys = [{ kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' }]; // RFC 7517, A.1
const issuers = { id: { issuer: 'https://id.example', jwks: { keys }, audiences: ['shop'], claims: ['groups', 'status'], from: [TokenLocation.header('x-id')] } } as const;
const suspended = { claim: 'status', values: ['suspended'] } as const;

function system() {
  const made = world({ pathNormalization: 'MERGE_SLASHES' });
  const orders = new MeshedMicroservice(made.shop, 'orders', {
    ...container,
    port: Port.http(80, { targetPort: 8080 }),
    operations: { read: Operation.http('GET', '/api/*'), refund: Operation.http('POST', '/api/refunds') },
  });
  const gateway = new IngressGateway(made.shop, 'gateway', { hosts: ['shop.example', '*.shop.example'] });
  gateway.routes(orders, { operations: ['read', 'refund'] });
  client(made.shop, 'desk').calls(orders, { operations: ['refund'] });
  return { ...made, orders, gateway };
}

const problems = ({ app }: Pick<ReturnType<typeof system>, 'app'>): string => app.node.findAll().flatMap((each) => each.node.validate()).join('\n');
const policy = ({ orders }: ReturnType<typeof system>, name: string): unknown => objectIn(orders, 'AuthorizationPolicy', `orders-${name}`);

const isDry = (object: unknown): boolean => JSON.stringify(at(object, 'metadata.annotations')).includes('"istio.io/dry-run":"true"');

test('a denial is a policy of its own beside what calls declare', () => {
  const made = system();
  new JwtAuthentication(made.orders, 'tokens', { issuers, requires: [{}] });
  made.orders.denies('suspended', { requests: [Operation.http(['DELETE', 'GET'], '/api/admin/*')], notNamespaces: ['audit'], claims: [suspended] });
  expect(at(policy(made, 'suspended'), 'spec')).toEqual({
    action: 'DENY',
    rules: [{
      from: [{ source: { notNamespaces: ['audit'] } }],
      to: [{ operation: { methods: ['DELETE', 'GET'], paths: ['/api/admin', '/api/admin/*'] } }],
      when: [{ key: 'request.auth.claims[status]', values: ['suspended'] }],
    }],
    selector: { matchLabels: { app: 'orders' } },
  });
  expect(isDry(policy(made, 'suspended'))).toBe(false);
  expect(problems(made)).toBe('');
});

test('a dry run counts and refuses nothing, by an annotation and never as AUDIT', () => {
  const made = system();
  made.orders.denies('lab', { namespaces: ['lab'], dryRun: true });
  expect(isDry(policy(made, 'lab'))).toBe(true);
  expect(at(policy(made, 'lab'), 'spec.action')).toBe('DENY');
});

test('a namespace that only counts counts denials too', () => {
  const { staging } = world();
  const joining = new MeshNamespace(staging, 'joining', { authorization: 'dry-run', networkPolicies: 'open' });
  const web = new MeshedMicroservice(joining, 'web', { ...container, port: Port.http(80) });
  web.denies('lab', { namespaces: ['lab'] });
  expect(isDry(objectIn(web, 'AuthorizationPolicy', 'web-lab'))).toBe(true);
});

test('a claim leaves ports alone at which no token is read', () => {
  const { shop } = world();
  const mixed = new MeshedMicroservice(shop, 'mixed', { ...container, port: [Port.http(80, { targetPort: 8080 }), Port.tcp(5432, { name: 'tcp-sql' })] });
  new JwtAuthentication(mixed, 'tokens', { issuers, requires: [{}] });
  mixed.denies('suspended', { claims: [suspended] });
  expect(at(objectIn(mixed, 'AuthorizationPolicy', 'mixed-suspended'), 'spec.rules.0.to')).toEqual([{ operation: { ports: ['8080'] } }]);
});

describe('fails for a denial', () => {
  test.each<[string, DenialOptions<'read' | 'refund'>, ...string[]]>([
    ['of all that the gateway routes', { namespaces: ['istio-system'] }, 'lock the gateway out', 'orders read'],
    ['of an operation that the gateway routes', { operations: ['refund'] }, 'lock the gateway out', 'orders refund'],
    ['of paths around an operation', { requests: [Operation.http(['GET', 'POST'], '/*')], notNamespaces: ['shop'] }, 'lock the gateway out', 'orders read'],
    ['of all that a call asks', { namespaces: ['shop'] }, 'got none of staging/shop/desk for orders refund', 'remove the call'],
  ])('%s', (_, options, ...parts) => {
    const made = system();
    made.orders.denies('wrong', options);
    for (const part of ['[staging/shop/orders] ', ...parts]) expect(problems(made)).toContain(part);
  });

  test('by a claim that no issuer gives', () => {
    const made = system();
    made.orders.denies('suspended', { claims: [suspended] });
    expect(problems(made)).toContain('an issuer of orders gives, got "status"; it reads no token, so give it a JwtAuthentication');
  });

  test('by a claim that each of its tokens must have', () => {
    const made = system();
    new JwtAuthentication(made.orders, 'tokens', { issuers, requires: [{ claims: [{ claim: 'groups', values: ['shop-a', 'shop-b'] }] }] });
    made.orders.denies('groups', { claims: [{ claim: 'groups', values: ['shop-*'] }] });
    expect(problems(made)).toContain('lock the gateway out');
  });

  test.each<[string, DenialOptions, ...string[]]>([
    ['of nothing', {}, 'got nothing'],
    ['of an unknown operation', { operations: ['raed'] }, "'raed'", 'read, refund'],
    ['of a path that is none', { requests: [Operation.http('GET', 'api')] }, "'api'"],
    ['of a namespace that is none', { namespaces: ['Lab_1'] }, "'Lab_1'"],
    ['by a claim that is a number', { claims: [{ claim: 'iat', values: ['1'] }] }, '"iat"'],
  ])('%s', (_, options, ...parts) => {
    expectRefusal(() => system().orders.denies('wrong', options as DenialOptions<'read'>), '[staging/shop/orders]', ...parts);
  });

  test('of requests where only bytes are seen', () => {
    const store = new MeshedMicroservice(world().shop, 'store', { ...container, port: Port.tcp(5432) });
    expectRefusal(() => store.denies('wrong', { requests: [Operation.http('GET', '/')] }), 'tcp port');
  });
});

describe('at a gateway', () => {
  test('a denial names its hosts and stands with the pods, since they are shared', () => {
    const { gateway } = system();
    gateway.denies('office', { hosts: ['shop.example'], paths: ['/admin/*'], notRemoteIpBlocks: ['203.0.113.0/24', '2001:db8::/32'] });
    const found = objectIn(gateway, 'AuthorizationPolicy');
    expect(at(found, 'metadata')).toMatchObject({ name: 'gateway-office', namespace: 'istio-system' });
    expect(at(found, 'spec')).toEqual({
      action: 'DENY',
      rules: [{
        from: [{ source: { notRemoteIpBlocks: ['203.0.113.0/24', '2001:db8::/32'] } }],
        to: [{ operation: { hosts: ['shop.example', 'shop.example:*'], paths: ['/admin', '/admin/*'] } }],
      }],
      selector: { matchLabels: { istio: 'ingressgateway' } },
    });
  });

  test('a dry run says so', () => {
    const { gateway } = system();
    gateway.denies('office', { hosts: ['shop.example'], remoteIpBlocks: ['203.0.113.0/24'], dryRun: true });
    expect(isDry(objectIn(gateway, 'AuthorizationPolicy'))).toBe(true);
  });

  test.each<[string, Parameters<IngressGateway['denies']>[1], ...string[]]>([
    ['a range that is none', { hosts: ['shop.example'], remoteIpBlocks: ['203.0.113.0'] }, "'203.0.113.0'"],
    ['everybody', { hosts: ['shop.example'], remoteIpBlocks: ['0.0.0.0/0'] }, "'0.0.0.0/0'", 'everybody'],
    ['no range', { hosts: ['shop.example'] }, 'both or none'],
    ['hosts of others', { remoteIpBlocks: ['203.0.113.0/24'] }, "'*.shop.example'", 'named'],
    ['a path that is none', { hosts: ['shop.example'], paths: ['admin'], remoteIpBlocks: ['203.0.113.0/24'] }, "'admin'"],
  ])('fails for %s', (_, options, ...parts) => {
    expectRefusal(() => system().gateway.denies('wrong', options), '[staging/shop/gateway]', ...parts);
  });
});

test('nothing is denied by itself', () => {
  expect(objectsIn(system().shop).filter((each) => at(each, 'spec.action') !== undefined)).toEqual([]);
});
