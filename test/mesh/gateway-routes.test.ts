import { Duration } from 'cdk8s';
import { type CorsPolicy, IngressGateway, MeshedMicroservice, Operation, Port, Text } from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, world } from './world';

const HOST = 'store.example';

/** A store, and invoices that it shares a host with. */
function storeWith() {
  const { app, shop } = world();
  const store = new MeshedMicroservice(shop, 'store', { ...container, port: Port.http(80), operations: { pages: Operation.http(['GET', 'HEAD'], '/*') } });
  const invoice = new MeshedMicroservice(shop, 'invoice', {
    ...container,
    port: Port.http(80),
    operations: { read: Operation.http('GET', '/api/*'), one: Operation.http('GET', '/api/invoices/{id}'), write: Operation.http('POST', '/api/*') },
  });
  const gateway = new IngressGateway(shop, 'gateway', { hosts: [HOST] });
  gateway.routes(store, { operations: ['pages'] });
  return { app, shop, store, invoice, gateway };
}

const routes = (gateway: IngressGateway): readonly unknown[] => listAt(objectIn(gateway, 'VirtualService'), 'spec.http');
const uris = (route: unknown): unknown => listAt(route, 'match').map((match) => at(match, 'uri'));

describe('a path prefix', () => {
  test('is asked for from outside, and taken off on the way in', () => {
    const { gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['read', 'one'], pathPrefix: '/services/invoice' });
    const [route] = routes(gateway);
    expect(uris(route)).toEqual([
      { regex: '/services/invoice/api/invoices/[^/]+' }, { exact: '/services/invoice/api' }, { prefix: '/services/invoice/api/' },
    ]);
    expect(at(route, 'rewrite')).toEqual({ uriRegexRewrite: { match: '^/services/invoice/?(.*)$', rewrite: '/\\1' } });
  });

  test.each([['/services/invoice/api', '/api'], ['/services/invoice/', '/'], ['/services/invoice', '/'], ['/services/invoice/a/services/b', '/a/services/b']])(
    'leaves of %s what the service answers, %s', (asked, answered) => {
      const { gateway, invoice } = storeWith();
      gateway.routes(invoice, { operations: ['read'], pathPrefix: '/services/invoice' });
      const { match, rewrite } = Object(at(routes(gateway)[0], 'rewrite.uriRegexRewrite'));
      expect(asked.replace(new RegExp(match), rewrite.replace('\\1', '$1'))).toBe(answered);
    });

  test('changes no permission: the service is asked for its own paths', () => {
    const { gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['read'], pathPrefix: '/services/invoice' });
    expect(at(objectIn(invoice, 'AuthorizationPolicy'), 'spec.rules.0.to.0.operation.paths')).toEqual(['/api', '/api/*']);
  });

  test('comes before what is less specific, whatever the order of declarations', () => {
    const { gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['read'], pathPrefix: '/services/invoice' });
    expect(routes(gateway).map((route) => at(route, 'route.0.destination.host'))).toEqual(['invoice.shop.svc.cluster.local', 'store.shop.svc.cluster.local']);
  });

  test('holds for a service that does not tell its operations apart', () => {
    const { gateway, shop } = storeWith();
    gateway.routes(new MeshedMicroservice(shop, 'old', { ...container, port: Port.http(80) }), { pathPrefix: '/old' });
    expect(uris(routes(gateway)[0])).toEqual([{ exact: '/old' }, { prefix: '/old/' }]);
  });

  test('tells two services of equal paths apart', () => {
    const { gateway, invoice, shop } = storeWith();
    const product = new MeshedMicroservice(shop, 'product', { ...container, port: Port.http(80), operations: { read: Operation.http('GET', '/api/*') } });
    gateway.routes(invoice, { operations: ['read'], pathPrefix: '/services/invoice' });
    gateway.routes(product, { operations: ['read'], pathPrefix: '/services/product' });
    expect(routes(gateway)).toHaveLength(3);
  });

  test('is asked for with a slash at its end or without', () => {
    const { gateway, shop } = storeWith();
    const app = new MeshedMicroservice(shop, 'app', { ...container, port: Port.http(80), operations: { home: Operation.http('GET', '/') } });
    gateway.routes(app, { operations: ['home'], pathPrefix: '/app' });
    expect(uris(routes(gateway)[0])).toEqual([{ exact: '/app' }, { exact: '/app/' }]);
  });

  test.each(['services', '/', '/services/', '/a//b', '/{id}', '/a*'])('fails for %j', (pathPrefix) => {
    const { gateway, invoice } = storeWith();
    expectRefusal(() => gateway.routes(invoice, { operations: ['read'], pathPrefix }), '[staging/shop/gateway]', 'pathPrefix', `'${pathPrefix}'`);
  });
});

describe('pages of other origins', () => {
  const cors: CorsPolicy = { allowOrigins: [Object.assign(Text.exact('https://shop.example'), { team: 'web' })], allowHeaders: ['content-type'], maxAge: Duration.minutes(10) };

  test('ask first, on each route that is open to them, and hear every method of it', () => {
    const { gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['read', 'write'], cors });
    const open = routes(gateway).filter((route) => at(route, 'corsPolicy') !== undefined);
    expect(open.map((route) => at(route, 'match.0.method'))).toEqual([{ regex: 'GET|OPTIONS' }, { regex: 'OPTIONS|POST' }]);
    for (const route of open) {
      expect(at(route, 'corsPolicy')).toEqual({
        allowHeaders: ['content-type'], allowMethods: ['GET', 'POST'], allowOrigins: [{ exact: 'https://shop.example' }], maxAge: '600s',
      });
    }
  });

  test('gain no permission by asking', () => {
    const { gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['read'], cors });
    expect(at(objectIn(invoice, 'AuthorizationPolicy'), 'spec.rules.0.to.0.operation.methods')).toEqual(['GET']);
  });

  test.each<[string, CorsPolicy, string]>([
    ['an origin with a path', { allowOrigins: [Text.exact('https://shop.example/')] }, 'without a path'],
    ['cookies for everybody', { allowOrigins: [Text.exact('*')], allowCredentials: true }, 'name them'],
    ['cookies for every site', { allowOrigins: [Text.regex('https?://.*')], allowCredentials: true }, 'name them'],
    ['parts of seconds', { ...cors, maxAge: Duration.millis(1500) }, '1500ms'],
    ['what is no header', { ...cors, exposeHeaders: ['x y'] }, "'x y'"],
  ])('fail for %s', (_, wrong, word) => {
    const { gateway, invoice } = storeWith();
    expectRefusal(() => gateway.routes(invoice, { operations: ['read'], cors: wrong }), '[staging/shop/gateway]', 'cors', word);
  });

  test('fail where routes whose paths overlap have two', () => {
    const { app, gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['one'], cors });
    gateway.routes(invoice, { operations: ['write'], cors: { allowOrigins: [Text.exact('https://partner.example')] } });
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'one cors policy', HOST);
  });

  test('fail where an operation answers OPTIONS itself', () => {
    const { gateway, shop } = storeWith();
    const api = new MeshedMicroservice(shop, 'api', { ...container, port: Port.http(80), operations: { ask: Operation.http(['GET', 'OPTIONS'], '/x') } });
    expectRefusal(() => gateway.routes(api, { operations: ['ask'], cors }), '[staging/shop/gateway]', 'answers OPTIONS', 'ask');
  });

  test('fail where two routes of one path differ', () => {
    const { app, gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['read'], cors });
    gateway.routes(invoice, { operations: ['write'] });
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'one cors policy', `${HOST}/api/*`);
  });
});

describe('headers', () => {
  test('are written and removed on the way in, and on the way back', () => {
    const { gateway, invoice } = storeWith();
    const headers = { request: { set: { 'x-edge': 'shop' }, remove: ['x-debug'] }, response: { remove: ['server'] } };
    gateway.routes(invoice, { operations: ['read'], headers });
    expect(at(routes(gateway)[0], 'headers')).toEqual(headers);
  });

  test('of a call in the mesh are those of its caller alone', () => {
    const { shop, invoice } = storeWith();
    client(shop, 'desk').calls(invoice, { operations: ['read'], headers: { request: { add: { 'x-team': 'desk' } } } });
    client(shop, 'office').calls(invoice, { operations: ['read'] });
    const [ofDesk, ofOffice] = listAt(objectIn(invoice, 'VirtualService'), 'spec.http');
    expect([at(ofDesk, 'headers'), at(ofOffice, 'headers')]).toEqual([{ request: { add: { 'x-team': 'desk' } } }, undefined]);
  });

  test.each(['', '100%%', '%REQ(x-user)%', 'at %START_TIME%', '%REQ(x-a?x-b):8%', 'für'])('may have the value %j', (value) => {
    const { gateway, invoice } = storeWith();
    gateway.routes(invoice, { operations: ['read'], headers: { request: { set: { 'x-edge': value } } } });
    expect(at(routes(gateway)[0], 'headers.request.set.x-edge')).toBe(value);
  });

  test.each<[object, string]>([
    [{}, 'neither'], [{ request: {} }, 'nothing'], [{ request: { set: { 'X-Edge': '1' } } }, "'X-Edge'"], [{ request: { set: { host: 'a' } } }, "'host'"],
    [{ response: { set: { a: '1' }, remove: ['a'] } }, "'a'"],
    [{ request: { set: { a: '100%' } } }, "as %%, got '100%'"], [{ response: { add: { a: '10%-20%' } } }, "as %%, got '10%-20%'"],
    [{ request: { set: { a: 'b\nc' } } }, 'one line of text, got "b\\nc"'],
  ])('fails for %j', (headers, word) => {
    const { gateway, invoice } = storeWith();
    expectRefusal(() => gateway.routes(invoice, { operations: ['read'], headers }), '[staging/shop/gateway]', 'invoice read', 'headers', word);
  });

  test('fails where the mesh sees none', () => {
    const { shop } = storeWith();
    const store = new MeshedMicroservice(shop, 'database', { ...container, port: Port.tcp(5432) });
    expectRefusal(() => client(shop, 'desk').calls(store, { headers: { request: { remove: ['a'] } } }), '[staging/shop/desk]', 'tcp port', 'headers');
  });
});

describe('a redirect', () => {
  test('comes before what is less specific, with another path or host', () => {
    const { gateway } = storeWith();
    gateway.redirects('/old', { to: { path: '/new' }, code: 308 });
    gateway.redirects('/help/*', { to: { host: 'help.example' } });
    expect(routes(gateway).slice(0, 2)).toEqual([
      { match: [{ uri: { exact: '/help' } }, { uri: { prefix: '/help/' } }], redirect: { authority: 'help.example' } },
      { match: [{ uri: { exact: '/old' } }], redirect: { redirectCode: 308, uri: '/new' } },
    ]);
  });

  test('is enough for a host', () => {
    const { app, shop } = world();
    new IngressGateway(shop, 'gateway', { hosts: ['www.example'] }).redirects('/*', { to: { host: 'shop.example' } });
    expect(() => app.render()).not.toThrow();
  });

  test.each<[string, string, { host?: string; path?: string }, string]>([
    ['nothing new', '/old', {}, 'neither'], ['what is no host', '/old', { host: 'a b' }, "'a b'"],
    ['a path without a slash', '/old', { path: 'new' }, "'new'"], ['what is no path', 'old', { path: '/new' }, "'old'"],
    ['a path that is a pattern', '/old', { path: '/new/*' }, "'/new/*'"],
  ])('fails for %s', (_, path, to, word) => {
    expectRefusal(() => storeWith().gateway.redirects(path, { to }), '[staging/shop/gateway]', word);
  });

  test.each<[string, string[], string, { host?: string; path?: string }]>([
    ['a path below it', [HOST], '/old/*', { path: '/old/new' }], ['its own host', [HOST], '/old', { host: HOST }],
    ['a host that it answers for', ['*'], '/*', { host: 'shop.example' }], ['a host below its own', ['*.example'], '/*', { host: 'www.example' }],
  ])('fails for one to itself: %s', (_, hosts, path, to) => {
    const { app, shop } = world();
    new IngressGateway(shop, 'gateway', { hosts }).redirects(path, { to });
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'leads to itself');
  });

  test('may lead below itself, to what a more specific route answers', () => {
    const { app, shop, invoice } = storeWith();
    const other = new IngressGateway(shop, 'other', { hosts: ['other.example'] });
    other.routes(invoice, { operations: ['read'] });
    other.redirects('/*', { to: { path: '/api' } });
    expect(() => app.render()).not.toThrow();
  });

  test('fails where it takes all requests of a service that does not tell them apart', () => {
    const { app, shop } = world();
    const gateway = new IngressGateway(shop, 'gateway', { hosts: [HOST] });
    gateway.routes(new MeshedMicroservice(shop, 'old', { ...container, port: Port.http(80) }), { pathPrefix: '/old' });
    gateway.redirects('/old/*', { to: { host: 'old.example' } });
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'two answers', `${HOST}/old/*`);
  });

  test('fails where a route answers the same path', () => {
    const { app, gateway } = storeWith();
    gateway.redirects('/*', { to: { host: 'shop.example' } });
    expectRefusal(() => app.render(), '[staging/shop/gateway]', 'two answers', `${HOST}/*`);
  });
});
