import { Duration } from 'cdk8s';
import { CanaryRelease, type CanaryReleaseProps, IngressGateway, MeshedMicroservice, Operation, Port, Text } from '../../src';
import { routes, shares, shopWith } from './released';
import { at, client, container, expectRefusal, listAt, objectIn, world } from './world';

describe('requests that are always for it', () => {
  const tester = { headers: { 'x-tester': Text.exact('yes') } };

  test('come before those that are shared', () => {
    const [first, second] = routes(shopWith({ always: tester }));
    expect([shares(first), shares(second)]).toEqual([{ canary: undefined }, { v1: 80, canary: 20 }]);
    expect(listAt(first, 'match').map((match) => at(match, 'headers'))).toEqual([{ 'x-tester': { exact: 'yes' } }]);
  });

  test('are any of several', () => {
    const [first] = routes(shopWith({ always: [tester, { cookie: { name: 'beta', value: '1' } }] }));
    expect(listAt(first, 'match').map((match) => Object.keys(Object(at(match, 'headers'))))).toEqual([['x-tester'], ['cookie']]);
  });

  test('may be all of one caller', () => {
    const { shop, orders } = shopWith({ at: 0 });
    const { orders: other } = shopWith({ always: { callers: [client(shop, 'office')] } });
    expect(orders.party.releases()).toHaveLength(1);
    expect(other.party.releases()).toHaveLength(1);
  });

  test.each<[string, Partial<CanaryReleaseProps>, string]>([
    ['are taken twice', { match: [tester, { ...tester, queryParams: { a: Text.exact('1') } }] }, 'match[1]'],
    ['are shared as well', { always: { headers: { 'x-tester': Text.regex('.*') } }, match: tester }, 'match[0]'],
    ['have nothing', { match: {} }, 'nothing'],
    ['have no parameter', { match: { queryParams: {} } }, 'nothing'],
    ['have a parameter without a name', { match: { queryParams: { '': Text.exact('1') } } }, 'match.queryParams must have names'],
    ['have what Istio does not read', { match: { headers: { authority: Text.exact('a.example') } } }, "'authority'"],
  ])('fail where they %s', (_, props, word) => {
    expectRefusal(() => shopWith(props), '[staging/shop/orders/canary]', word);
  });
});

test.each(['match', 'always'] as const)('fails for callers in %s that never call', (prop) => {
  const { shop, app, orders } = shopWith({ at: 0 });
  const stock = new MeshedMicroservice(shop, 'stock', { ...container, port: Port.http(80), operations: { get: Operation.http('GET', '/') } });
  client(shop, 'office').calls(stock, { operations: ['get'] });
  new CanaryRelease(stock, 'canary', { at: 20, [prop]: { callers: [orders] } });
  expectRefusal(() => app.render(), '[staging/shop/stock/canary]', 'callers must call stock', 'got orders');
});

describe('a browser', () => {
  const maxAge = Duration.hours(1);

  /** Orders that browsers reach. */
  function opened(props: Partial<CanaryReleaseProps>) {
    const shop = shopWith({ sticky: { maxAge }, ...props });
    const gateway = new IngressGateway(shop.shop, 'gateway', { hosts: ['shop.example'] });
    gateway.routes(shop.orders, { operations: ['list'] });
    return { ...shop, gateway, http: listAt(objectIn(gateway, 'VirtualService'), 'spec.http') };
  }

  test('stays with the version that it got', () => {
    const { http } = opened({});
    expect(http.map(shares)).toEqual([{ canary: undefined }, { v1: undefined }, { v1: 80, canary: 20 }]);
    expect(http.slice(0, 2).map((route) => at(route, 'match.0.headers.cookie.regex'))).toEqual([
      '(.*; *)?shop-orders-release=canary(;.*)?', '(.*; *)?shop-orders-release=v1(;.*)?',
    ]);
    expect(listAt(http[2], 'route').map((each) => at(each, 'headers.response.add.set-cookie'))).toEqual(
      ['v1', 'canary'].map((version) => `shop-orders-release=${version}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax`));
  });

  test.each([0, 100])('is told nothing at %d percent, where all get the same', (share) => {
    expect(JSON.stringify(opened({ at: share }).http)).not.toContain('cookie');
  });

  test('has its requests copied, whichever version it stays with', () => {
    expect(opened({ mirror: 10 }).http.map((route) => at(route, 'mirror.subset'))).toEqual([undefined, 'canary', 'canary']);
  });

  test('is no caller in the mesh', () => {
    expect(JSON.stringify(routes(opened({})))).not.toContain('cookie');
  });

  test.each<[string, Partial<CanaryReleaseProps>, string]>([
    ['two cookies', { match: { cookie: { name: 'a', value: 'b' } } }, 'one cookie'],
    ['parts of seconds', { sticky: { maxAge: Duration.millis(1) } }, 'whole seconds'],
  ])('fails for %s', (_, props, word) => {
    expectRefusal(() => opened(props), '[staging/shop/orders/canary]', word);
  });

  test('fails where its requests are not shared', () => {
    const shop = shopWith({ at: 0 });
    const gateway = new IngressGateway(shop.shop, 'gateway', { hosts: ['shop.example'] });
    const stock = new MeshedMicroservice(shop.shop, 'stock', { ...container, port: Port.http(80), operations: { get: Operation.http('GET', '/') } });
    gateway.routes(stock, { operations: ['get'] });
    shop.desk.calls(stock, { operations: ['get'] });
    new CanaryRelease(stock, 'canary', { at: 20, sticky: { maxAge }, match: { callers: [shop.desk] } });
    expectRefusal(() => shop.app.render(), '[staging/shop/stock/canary]', 'sticky needs browsers');
  });

  test('fails for a service that none reaches', () => {
    expectRefusal(() => shopWith({ sticky: { maxAge } }).app.render(), '[staging/shop/orders/canary]', 'no gateway');
  });
});

describe('a lane with a header', () => {
  const HEADER = 'x-lane';
  const lane = { header: HEADER };

  /** Pages and stock have a second version, orders between them have none. */
  function chain(name = 'canary') {
    const { app, shop } = world();
    const props = { ...container, port: Port.http(80), operations: { get: Operation.http('GET', '/') } };
    const [pages, orders, stock] = ['pages', 'orders', 'stock'].map((id) => new MeshedMicroservice(shop, id, props));
    pages.calls(orders, { operations: ['get'] });
    orders.calls(stock, { operations: ['get'] });
    client(shop, 'desk').calls(pages, { operations: ['get'], timeout: Duration.seconds(10) });
    new CanaryRelease(pages, 'canary', { at: 20, lane });
    new CanaryRelease(stock, name, { at: 0, lane });
    return { app, pages, orders, stock };
  }

  test('is written for what the second version gets, and read where it leads', () => {
    const { pages, stock } = chain();
    const [read, shared] = listAt(objectIn(pages, 'VirtualService'), 'spec.http');
    expect(at(read, `match.0.headers.${HEADER}`)).toEqual({ exact: 'canary' });
    expect(listAt(shared, 'route').map((each) => at(each, `headers.request.set.${HEADER}`))).toEqual([undefined, 'canary']);
    const [reached] = listAt(objectIn(stock, 'VirtualService'), 'spec.http');
    expect([at(reached, `match.0.headers.${HEADER}`), shares(reached)]).toEqual([{ exact: 'canary' }, { canary: undefined }]);
  });

  test('says which services must pass it on', () => {
    const { pages, stock, orders } = chain();
    const said = [pages, orders, stock].map((each) => at(objectIn(each, 'VirtualService'), 'metadata.annotations'));
    expect(said).toEqual([undefined, undefined, { 'meshmart.dev/lane': 'x-lane must be passed on by orders, pages' }]);
  });

  test('fails where its releases have different names', () => {
    expectRefusal(() => chain('next').app.render(), '[staging/shop/stock]', 'one name', "'next'", "'canary'", HEADER);
  });

  test('fails for what is no header', () => {
    expectRefusal(() => shopWith({ lane: { header: 'X-Lane' } }), '[staging/shop/orders/canary]', 'lane.header', "'X-Lane'");
  });
});
