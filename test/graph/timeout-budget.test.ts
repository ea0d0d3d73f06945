import { Duration } from 'cdk8s';
import { Edge } from '../../src/graph/edge';
import { Operation } from '../../src/graph/operation';
import { Service } from '../../src/graph/party';
import { Port } from '../../src/graph/port';
import { clientOf, edgeOf, gatewayOf, graphOf, seconds, serviceOf } from './sample-graph';

const operation = Operation.grpc('x.Y/Do');
const ports = [Port.grpc(9000)];
const serviceWith = (name: string): Service => serviceOf(name, { ports, operations: { act: operation } });
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(serviceWith);
const client = clientOf('client');
const calls = (caller: Service | typeof client, callee: Service, amount: number, options: Partial<Edge> = {}): Edge =>
  edgeOf(caller, callee, ['act'], { ...seconds(amount), ...options });
const problems = (...edges: readonly Edge[]): readonly string[] => graphOf(...edges).problems();

describe('the time that a call may take', () => {
  test('fits where nobody waits longer than he may', () => {
    expect(problems(calls(client, a, 5), calls(a, b, 5), calls(b, c, 4))).toEqual([]);
  });

  test('fails where a call takes longer than the one that causes it', () => {
    expect(problems(calls(client, a, 10), calls(a, b, 12))).toEqual([
      '[staging/shop/a] timeouts do not fit, got client → a act 10s < a → b act 12s; lower the timeout of b, or raise that of a in staging/shop/client',
    ]);
  });

  test('fails at each hop by itself', () => {
    expect(problems(calls(client, a, 1), calls(a, b, 2), calls(b, c, 3))).toHaveLength(2);
  });

  test('fails where a route of the gateway is too short', () => {
    const [problem] = problems(edgeOf(gatewayOf(), a, ['act'], { ...seconds(1), exposure: { hosts: ['a.example'] } }), calls(a, b, 2));
    expect(problem).toMatch(/^\[staging\/shop\/a\] timeouts do not fit, got gateway → a act 1s < a → b act 2s; /);
  });

  test('is given in the unit that a person would write', () => {
    const edge = edgeOf(a, b, ['act'], { timeout: Duration.millis(5500) });
    expect(problems(calls(client, a, 5), edge)[0]).toContain('got client → a act 5s < a → b act 5500ms;');
  });

  test('counts only during the operations that cause it', () => {
    const shop = serviceOf('shop', { ports, operations: { look: operation, buy: Operation.grpc('x.Y/Buy') } });
    const slow = edgeOf(shop, b, ['act'], { ...seconds(9), during: ['buy'] });
    expect(problems(edgeOf(client, shop, ['look'], seconds(5)), slow)).toEqual([]);
    expect(problems(edgeOf(client, shop, ['buy'], seconds(5)), slow)).toHaveLength(1);
  });

  test('does not count where nobody waits', () => {
    expect(problems(calls(client, a, 5), calls(a, b, 60, { background: true }))).toEqual([]);
  });

  test('does not count for a stream', () => {
    const feed = serviceOf('feed', { ports, operations: { act: Operation.grpc('x.Y/Watch', { streams: true }) } });
    expect(problems(calls(client, a, 5), edgeOf(a, feed, ['act']))).toEqual([]);
    expect(problems(edgeOf(client, feed, ['act']), calls(feed, b, 60))).toEqual([]);
  });

  test('fails where a callee without operations may take longer', () => {
    expect(problems(calls(client, a, 5), edgeOf(a, serviceOf('legacy'), [], seconds(30)))).toEqual([
      expect.stringMatching(/^\[staging\/shop\/a\] timeouts do not fit, got client → a act 5s < a → legacy 30s; /),
    ]);
  });

  test('fails where a caller without operations may not wait so long', () => {
    const legacy = serviceOf('legacy');
    expect(problems(edgeOf(client, legacy, [], seconds(5)), calls(legacy, b, 30))).toEqual([
      expect.stringMatching(/^\[staging\/shop\/legacy\] timeouts do not fit, got client → legacy 5s < legacy → b act 30s; /),
    ]);
  });

  test('does not count for bytes that have no route', () => {
    const store = serviceOf('store', { ports: [Port.tcp(5432)] });
    expect(problems(calls(client, a, 1), edgeOf(a, store, []))).toEqual([]);
  });

  test('is five seconds where a call does not say', () => {
    expect(problems(edgeOf(client, a, ['act']), edgeOf(a, b, ['act']))).toEqual([]);
    expect(problems(calls(client, a, 4), edgeOf(a, b, ['act']))).toHaveLength(1);
    expect(problems(edgeOf(client, a, ['act']), calls(a, b, 6))).toHaveLength(1);
  });

  test('holds for what a call causes that nobody waits for itself', () => {
    expect(problems(calls(client, a, 5, { background: true }), calls(a, b, 6))).toHaveLength(1);
  });
});

describe('sequential calls', () => {
  const row = (...amounts: readonly number[]): readonly Edge[] => [b, c, d].flatMap((callee, index) => (
    index < amounts.length ? [calls(a, callee, amounts[index], { sequential: true })] : []));

  test('fit where their sum does', () => {
    expect(problems(calls(client, a, 6), ...row(1, 2, 3))).toEqual([]);
  });

  test('fail where their sum does not', () => {
    expect(problems(calls(client, a, 5), ...row(1, 2, 3))).toEqual([
      '[staging/shop/a] sequential calls take too long, got client → a act 5s < 6s = b act 1s + c act 2s + d act 3s; ' +
      'lower some, or raise the timeout of a in staging/shop/client',
    ]);
  });

  test('count each operation of one call', () => {
    const two = serviceOf('two', { ports, operations: { first: operation, second: Operation.grpc('x.Y/Second') } });
    const both = edgeOf(a, two, ['first', 'second'], { ...seconds(3), sequential: true });
    expect(problems(calls(client, a, 6), both)).toEqual([]);
    expect(problems(calls(client, a, 5), both)[0]).toContain('5s < 6s = two first 3s + two second 3s;');
  });

  test('do not count those that run beside them', () => {
    expect(problems(calls(client, a, 3), ...row(1, 2), calls(a, d, 3))).toEqual([]);
  });

  test('do not count those that nobody waits for', () => {
    expect(problems(calls(client, a, 3), ...row(1, 2), calls(a, d, 3, { sequential: true, background: true }))).toEqual([]);
  });
});

describe('calls in a circle', () => {
  const circle = '[staging/shop/a] calls wait for each other in a circle, got a → b act 5s → b → c act 5s → c → a act 5s; ' +
    'make one of them background, or say during which operations it happens';

  test('fail where each waits for the next, with the way round, once', () => {
    expect(problems(calls(a, b, 5), calls(b, c, 5), calls(c, a, 5))).toEqual([circle]);
  });

  test('fail the same wherever one enters the circle', () => {
    expect(problems(calls(client, c, 5), calls(a, b, 5), calls(b, c, 5), calls(c, a, 5))).toHaveLength(1);
    expect(problems(calls(c, a, 5), calls(b, c, 5), calls(a, b, 5))).toEqual([expect.stringContaining('c → a act 5s → a → b act 5s → b → c act 5s')]);
  });

  test('fail where a service calls itself', () => {
    expect(problems(calls(a, a, 5))[0]).toContain('in a circle, got a → a act 5s;');
  });

  test('are each reported', () => {
    expect(problems(calls(a, b, 5), calls(b, a, 5), calls(c, d, 5), calls(d, c, 5))).toHaveLength(2);
  });

  test('fail between services without operations', () => {
    const [left, right] = [serviceOf('left'), serviceOf('right')];
    expect(problems(edgeOf(left, right, []), edgeOf(right, left, [])))
      .toEqual([expect.stringContaining('in a circle, got left → right 5s → right → left 5s;')]);
  });

  test('fail where the mesh does not read what is said', () => {
    const [left, right] = [serviceOf('left', { ports: [Port.tcp(5432)] }), serviceOf('right')];
    expect(problems(edgeOf(left, right, []), edgeOf(right, left, [])))
      .toEqual([expect.stringContaining('in a circle, got left → right 5s → right → left;')]);
  });

  test('fail where one of them stays open', () => {
    const feed = serviceOf('feed', { ports, operations: { watch: Operation.grpc('x.Y/Watch', { streams: true }) } });
    expect(problems(edgeOf(feed, a, ['act']), edgeOf(a, feed, ['watch'])))
      .toEqual([expect.stringContaining('in a circle, got feed → a act 5s → a → feed watch;')]);
  });

  test('are well with one that nobody waits for', () => {
    expect(problems(calls(a, b, 5), calls(b, c, 5), calls(c, a, 5, { background: true }))).toEqual([]);
  });

  test('are well where they happen during other operations', () => {
    const two = serviceOf('two', { ports, operations: { ask: operation, notify: Operation.grpc('x.Y/Notify') } });
    const edges = [edgeOf(two, a, ['act'], { during: ['ask'] }), edgeOf(a, two, ['notify'])];
    expect(problems(...edges)).toEqual([]);
  });
});
