import { Edge } from '../../src/graph/edge';
import { Operation } from '../../src/graph/operation';
import { Service } from '../../src/graph/party';
import { Port } from '../../src/graph/port';
import { RetryPolicy } from '../../src/graph/retries';
import { harmOfRetry, mayBeRepeated } from '../../src/graph/retry-safety';
import { clientOf, edgeOf, externalOf, gatewayOf, graphOf, serviceOf } from './sample-graph';

const onFailure: RetryPolicy = { attempts: 3, retryOn: ['5xx'] };
const read = Operation.grpc('x.Y/Read', { idempotent: true });
const write = Operation.grpc('x.Y/Write');
const client = clientOf('client');
const ports = [Port.grpc(9000)];
const one = (name: string, operation: Operation): Service => serviceOf(name, { ports, operations: { op: operation } });
/** What somebody who is new to a graph would do twice by a retry. */
const harmOf = (edges: readonly Edge[], callee: Service, name: string): readonly string[] | undefined =>
  harmOfRetry(graphOf(...edges), edgeOf(clientOf('new'), callee, [name]), name);
const asking = (...edges: readonly Edge[]): readonly string[] => graphOf(...edges).problems();

describe('what a retry could do twice', () => {
  test('is an operation that is not idempotent', () => {
    const edge = edgeOf(client, one('payment', write), ['op']);
    expect(harmOfRetry(graphOf(edge), edge, 'op')).toEqual(['payment op']);
  });

  test('is nothing where an operation is idempotent and calls nobody', () => {
    const edge = edgeOf(client, one('catalog', read), ['op']);
    expect(harmOfRetry(graphOf(edge), edge, 'op')).toBeUndefined();
  });

  test('is what an idempotent operation leads to, at any distance', () => {
    const [a, b, payment] = [one('a', read), one('b', read), one('payment', write)];
    const edge = edgeOf(client, a, ['op']);
    expect(harmOfRetry(graphOf(edge, edgeOf(a, b, ['op']), edgeOf(b, payment, ['op'])), edge, 'op')).toEqual(['a op', 'b op', 'payment op']);
  });

  test('is what a background call does, too', () => {
    const [a, payment] = [one('a', read), one('payment', write)];
    expect(harmOf([edgeOf(a, payment, ['op'], { background: true })], a, 'op')).toEqual(['a op', 'payment op']);
  });

  test('is only what happens during the operation', () => {
    const shop = serviceOf('shop', { ports, operations: { look: read, buy: Operation.grpc('x.Y/Buy', { idempotent: true }) } });
    const calls = [edgeOf(shop, one('payment', write), ['op'], { during: ['buy'] })];
    expect(harmOf(calls, shop, 'look')).toBeUndefined();
    expect(harmOf(calls, shop, 'buy')).toEqual(['shop buy', 'payment op']);
  });

  test('ends at an operation that says why it is safe', () => {
    const [a, payment] = [one('a', Operation.grpc('x.Y/Pay', { idempotent: { because: 'the order number is the key' } })), one('payment', write)];
    expect(harmOf([edgeOf(a, payment, ['op'])], a, 'op')).toBeUndefined();
  });

  test('is what is asked of those who do not tell their operations apart', () => {
    const front = one('front', read);
    expect(harmOf([edgeOf(front, serviceOf('legacy'), [])], front, 'op')).toEqual(['front op', 'legacy (whose operations are not told apart)']);
    const mail = externalOf('mail', 'smtp.example', Port.tcp(25));
    expect(harmOf([edgeOf(front, mail, [])], front, 'op')).toEqual(['front op', 'mail (whose operations are not told apart)']);
  });

  test('is not what is asked of a store of the cluster, which the operation itself answers for', () => {
    const front = one('front', read);
    expect(harmOf([edgeOf(front, serviceOf('redis', { ports: [Port.tcp(6379)] }), [])], front, 'op')).toBeUndefined();
  });

  test('is found in circles, and circles without harm end', () => {
    const [a, b, payment] = [one('a', read), one('b', read), one('payment', write)];
    const circle = [edgeOf(a, b, ['op']), edgeOf(b, a, ['op'], { background: true })];
    expect(harmOf(circle, a, 'op')).toBeUndefined();
    expect(harmOf([...circle, edgeOf(b, payment, ['op'])], a, 'op')).toEqual(['a op', 'b op', 'payment op']);
  });
});

describe('whether an operation may be done twice', () => {
  test('is found out anew after another call was declared', () => {
    const [a, b, payment] = [one('a', read), one('b', read), one('payment', write)];
    const graph = graphOf(edgeOf(a, b, ['op']));
    expect(mayBeRepeated(graph, a, 'op')).toBe(true);
    graph.addEdge(edgeOf(b, payment, ['op']));
    expect([a, b].map((each) => mayBeRepeated(graph, each, 'op'))).toEqual([false, false]);
  });

  test('is the same whichever of a circle is asked first', () => {
    const [a, b, c, payment] = [one('a', read), one('b', read), one('c', read), one('payment', write)];
    const circle = [edgeOf(a, b, ['op']), edgeOf(b, c, ['op'], { background: true }), edgeOf(c, a, ['op'])];
    for (const asked of [[a, b, c], [b, c, a], [c, a, b], [c, b, a]]) {
      const [harmless, harmful] = [graphOf(...circle), graphOf(...circle, edgeOf(a, payment, ['op']))];
      expect(asked.map((each) => mayBeRepeated(harmless, each, 'op'))).toEqual([true, true, true]);
      expect(asked.map((each) => mayBeRepeated(harmful, each, 'op'))).toEqual([false, false, false]);
    }
  });
});

describe('a request that could also be another operation', () => {
  const orders = serviceOf('orders', {
    operations: { byId: Operation.http('GET', '/orders/{id}'), purge: Operation.http('GET', '/orders/purge', { idempotent: false }) },
  });

  test('is harmed as that one is, where the caller does not call it by name', () => {
    const edge = edgeOf(client, orders, ['byId']);
    expect(harmOfRetry(graphOf(edge), edge, 'byId')).toEqual(['orders purge']);
  });

  test('is not, where the caller calls that by name, so that it has a route before', () => {
    const edge = edgeOf(client, orders, ['byId']);
    expect(harmOfRetry(graphOf(edge, edgeOf(client, orders, ['purge'])), edge, 'byId')).toBeUndefined();
  });

  test('is harmed where only another caller calls that by name', () => {
    const edge = edgeOf(client, orders, ['byId']);
    expect(harmOfRetry(graphOf(edge, edgeOf(clientOf('admin'), orders, ['purge'])), edge, 'byId')).toEqual(['orders purge']);
  });

  test('is not harmed by one that is less specific', () => {
    const edge = edgeOf(client, orders, ['purge']);
    const both = serviceOf('both', { operations: { any: Operation.http('GET', '/*', { idempotent: false }), item: Operation.http('GET', '/items/{id}') } });
    const item = edgeOf(client, both, ['item']);
    expect(harmOfRetry(graphOf(edge, item), item, 'item')).toBeUndefined();
  });

  test('is harmed by one that takes some of its paths, whichever is the more specific', () => {
    const both = serviceOf('both', {
      operations: { item: Operation.http('GET', '/items/{id}'), latest: Operation.http('GET', '/{kind}/latest', { idempotent: false }) },
    });
    const item = edgeOf(client, both, ['item', 'latest']);
    expect(harmOfRetry(graphOf(item), item, 'item')).toEqual(['both latest']);
  });

  test('is not harmed by one on another port', () => {
    const split = serviceOf('split', {
      ports: [Port.http(80), Port.http(81, { name: 'http-admin' })],
      operations: { byId: Operation.http('GET', '/x/{id}'), purge: Operation.http('GET', '/x/purge', { idempotent: false, port: 'http-admin' }) },
    });
    expect(harmOf([], split, 'byId')).toBeUndefined();
  });

  test('is harmed at the next hop as well', () => {
    const front = serviceOf('front', { operations: { order: Operation.http('GET', '/order') } });
    const edge = edgeOf(client, front, ['order']);
    expect(harmOfRetry(graphOf(edge, edgeOf(front, orders, ['byId'])), edge, 'order')).toEqual(['front order', 'orders purge']);
  });

  test('is harmed on a host of the gateway that the other operation is not routed for', () => {
    const gateway = gatewayOf();
    const byId = edgeOf(gateway, orders, ['byId'], { exposure: { hosts: ['a.example', 'b.example'] } });
    const purgeOf = (...hosts: string[]): Edge => edgeOf(gateway, orders, ['purge'], { exposure: { hosts } });
    expect(harmOfRetry(graphOf(byId, purgeOf('a.example')), byId, 'byId')).toEqual(['orders purge']);
    expect(harmOfRetry(graphOf(byId, purgeOf('a.example', 'b.example')), byId, 'byId')).toBeUndefined();
  });
});

describe('a call that asks for retries', () => {
  test('gets them where nothing is done twice', () => {
    expect(asking(edgeOf(client, one('catalog', read), ['op'], { retries: onFailure }))).toEqual([]);
  });

  test('may send again what never left, whatever it does', () => {
    expect(asking(edgeOf(client, one('payment', write), ['op'], { retries: 'beforeSend' }))).toEqual([]);
    expect(asking(edgeOf(client, serviceOf('legacy'), [], { retries: 'beforeSend' }))).toEqual([]);
  });

  test('fails on an operation that is not idempotent', () => {
    expect(asking(edgeOf(client, one('payment', write), ['op'], { retries: onFailure }))).toEqual([
      '[staging/shop/client] payment op must not be retried, got retries that repeat payment op; ' +
      "choose 'none' or 'beforeSend', or say idempotent: { because } on the operation",
    ]);
  });

  test('fails on an operation that leads to one, and says the way', () => {
    const [a, payment] = [one('a', read), one('payment', write)];
    const [problem] = asking(edgeOf(gatewayOf(), a, ['op'], { retries: onFailure, exposure: { hosts: ['a.example'] } }), edgeOf(a, payment, ['op']));
    expect(problem).toMatch(/^\[staging\/shop\/gateway\] a op must not be retried, got retries that repeat a op → payment op; /);
  });

  test('fails on a callee that does not tell its operations apart', () => {
    expect(asking(edgeOf(client, serviceOf('legacy'), [], { retries: onFailure }))).toEqual([
      '[staging/shop/client] calls to legacy cannot be retried, got retries for a callee without operations; declare the idempotent ones',
    ]);
  });

  test('fails on a stream', () => {
    const stream = one('feed', Operation.grpc('x.Y/Watch', { idempotent: true, streams: true }));
    expect(asking(edgeOf(client, stream, ['op'], { retries: onFailure }))).toEqual([
      "[staging/shop/client] feed op streams and cannot be retried, got retries; choose 'none'",
    ]);
  });
});
