import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { ConfigurationError } from '../../src/graph/configuration-error';
import { Edge } from '../../src/graph/edge';
import { Operation } from '../../src/graph/operation';
import { Port } from '../../src/graph/port';
import { runs } from '../property/runs';
import { clientOf, edgeOf, environmentOf, externalOf, gatewayOf, graphOf, seconds, serviceOf } from './sample-graph';

const operations = { read: Operation.http('GET', '/items'), add: Operation.http('POST', '/items') };
const shop = serviceOf('shop', { operations });
const bank = serviceOf('bank', { namespace: 'money', operations });
const plain = serviceOf('plain', { ports: [Port.http(80), Port.http(81, { name: 'http-admin' }), Port.tcp(82)] });
const [client, batch] = [clientOf('client'), clientOf('batch', { namespace: 'money' })];
const gateway = gatewayOf();
const names = (edges: readonly Edge[]): readonly unknown[] => edges.map(({ caller, callee, operations: asked, port, exposure }) =>
  [caller.path, callee.path, ...asked, port, exposure?.hosts]);

describe('edges', () => {
  const declared = [
    edgeOf(client, shop, ['read']), edgeOf(client, shop, ['add']), edgeOf(client, bank, ['read']), edgeOf(batch, shop, ['add', 'read']),
    edgeOf(client, plain, [], { port: 'http' }), edgeOf(client, plain, [], { port: 'http-admin' }), edgeOf(client, plain, [], { port: 'tcp' }),
    edgeOf(shop, plain, []), edgeOf(plain, shop, ['read']),
    edgeOf(gateway, shop, ['read'], { exposure: { hosts: ['a.example'] } }), edgeOf(gateway, shop, ['read'], { exposure: { hosts: ['b.example'] } }),
    edgeOf(client, externalOf('cards', 'cards.example', Port.tls(443)), []),
    edgeOf(client, externalOf('cards-old', 'old.cards.example', Port.tls(8443)), []),
  ];

  test('have an order that does not depend on when they were declared', () => {
    const expected = graphOf(...declared);
    fc.assert(fc.property(fc.shuffledSubarray(declared, { minLength: declared.length }), (shuffled) => {
      const graph = graphOf(...shuffled);
      for (const party of [client, batch, shop, plain, gateway]) {
        expect(names(graph.from(party))).toEqual(names(expected.from(party)));
        expect(names(graph.to(party))).toEqual(names(expected.to(party)));
      }
    }), runs(100));
  });

  test('stay in order when more are declared after they were read', () => {
    const graph = graphOf(edgeOf(client, shop, ['read']));
    expect(graph.from(client)).toHaveLength(1);
    graph.addEdge(edgeOf(client, bank, ['read']));
    expect(graph.from(client).map(({ callee }) => callee.name)).toEqual(['bank', 'shop']);
  });

  test('are known from both ends', () => {
    const edge = edgeOf(client, shop, ['read']);
    const graph = graphOf(edge);
    expect(graph.from(client)).toEqual([edge]);
    expect(graph.to(shop)).toEqual([edge]);
    expect(graph.from(shop)).toEqual([]);
    expect(graph.to(bank)).toEqual([]);
  });
});

describe('problems of the graph', () => {
  test('are the same in whatever order calls were declared', () => {
    const retries = { attempts: 1, retryOn: ['5xx'] } as const;
    const bad = [
      edgeOf(client, shop, ['add'], { retries }), edgeOf(client, bank, ['add'], { retries }),
      edgeOf(shop, bank, ['read'], seconds(9)), edgeOf(client, shop, ['read']),
    ];
    const expected = graphOf(...bad).problems();
    expect(expected).toHaveLength(4);
    fc.assert(fc.property(fc.shuffledSubarray(bad, { minLength: bad.length }), (shuffled) => {
      expect(graphOf(...shuffled).problems()).toEqual(expected);
    }), runs(24));
  });

  test('are none where all is well', () => {
    expect(graphOf(edgeOf(client, shop, ['read', 'add']), edgeOf(shop, bank, ['read'])).problems()).toEqual([]);
  });
});

const production = environmentOf('production');
const twoPorts = serviceOf('two', { ports: [Port.http(80), Port.tcp(90)], operations });
const twoHttp = serviceOf('two', { ports: [Port.http(80), Port.http(81, { name: 'http-metrics' })], operations });
const overlapping = serviceOf('pets', { operations: { byId: Operation.http('GET', '/pets/{id}') } });
const again = serviceOf('cats', { operations: { byName: Operation.http('GET', '/pets/{name}') } });
const feed = serviceOf('feed', { operations: { watch: Operation.http('GET', '/watch', { streams: true }) } });
const onHost = { exposure: { hosts: ['a.example'] } };

describe('fails on a call', () => {
  test.each<[string, Edge[], string]>([
    ['to another environment', [edgeOf(client, serviceOf('bank', { environment: production, operations }), ['read'])],
      '[staging/shop/client] calls cannot leave their environment, got bank read of production; call one of staging'],
    ['to the same environment of another app', [edgeOf(client, serviceOf('bank', { environment: environmentOf('staging'), operations }), ['read'])],
      "[staging/shop/client] calls cannot leave their environment, got bank read of another app's staging; call one of staging"],
    ['to a workload without a port', [edgeOf(client, serviceOf('worker', { ports: [] }), [])],
      '[staging/shop/client] cannot call staging/shop/worker, got a workload without a port; give it one'],
    ['for an unknown operation', [edgeOf(client, shop, ['raed'])],
      "[staging/shop/client] unknown operation of shop, got 'raed'; it has add, read"],
    ['for an operation of a callee without any', [edgeOf(client, plain, ['read'])],
      "[staging/shop/client] unknown operation of plain, got 'read'; it has none"],
    ['during an unknown operation', [edgeOf(shop, bank, ['read'], { during: ['buy'] })],
      "[staging/shop/shop] unknown operation of shop in during, got 'buy'; it has add, read"],
    ['during nothing', [edgeOf(shop, bank, ['read'], { during: [] })],
      '[staging/shop/shop] during must name what causes the call to bank, got []; leave it out, or say background if nobody waits'],
    ['during an operation of a client', [edgeOf(client, shop, ['read'], { during: ['buy'] })],
      "[staging/shop/client] unknown operation of client in during, got 'buy'; it has none"],
    ['to an unknown port', [edgeOf(client, plain, [], { port: 'grpc' })],
      "[staging/shop/client] unknown port of plain, got 'grpc'; it has http, http-admin, tcp"],
    ['that does not say which operations', [edgeOf(client, shop, [])],
      '[staging/shop/client] a call to shop must say which operations, got none; choose from add, read'],
    ['without time', [edgeOf(client, shop, ['read'], { timeout: Duration.millis(0) })],
      '[staging/shop/client] timeout of shop read must be more than 0, got 0ms'],
    ['with too many retries', [edgeOf(client, shop, ['read'], { retries: { attempts: 11, retryOn: ['5xx'] } })],
      '[staging/shop/client] shop read: retries.attempts must be a whole number from 0 to 10, got 11'],
    ['with a timeout, where the mesh sees no requests', [edgeOf(client, plain, [], { port: 'tcp', ...seconds(1) })],
      '[staging/shop/client] the mesh sees no requests in a call to plain at a tcp port, got timeout; remove it'],
    ['with retries and in a row, where the mesh sees no requests', [edgeOf(client, plain, [], { port: 'tcp', retries: 'none', sequential: true })],
      '[staging/shop/client] the mesh sees no requests in a call to plain at a tcp port, got retries, sequential; remove it'],
    ['with a timeout, of a stream', [edgeOf(client, feed, ['watch'], seconds(1))],
      '[staging/shop/client] feed watch streams and has no timeout, got 1000ms; remove it'],
    ['of a gateway to a port that carries no requests', [edgeOf(gateway, serviceOf('redis', { ports: [Port.tcp(6379)] }), [], onHost)],
      '[staging/shop/gateway] a gateway leads to services at ports that carry requests, got redis at a tcp port; choose another port'],
    ['of a gateway to a host outside the cluster', [edgeOf(gateway, externalOf('cards', 'cards.example', Port.http(80)), [], onHost)],
      '[staging/shop/gateway] a gateway leads to services at ports that carry requests, got cards at a http port; choose another port'],
    ['that was declared already', [edgeOf(client, shop, ['read']), edgeOf(client, shop, ['add', 'read'])],
      '[staging/shop/client] staging/shop/client → staging/shop/shop read is declared already, by staging/shop/client, got it twice; declare it once'],
    ['to a port that was declared already', [edgeOf(client, plain, []), edgeOf(client, plain, [], { port: 'http' })],
      '[staging/shop/client] staging/shop/client → staging/shop/plain http is declared already, by staging/shop/client, got it twice; declare it once'],
    ['of a gateway for a host and request that has a route', [edgeOf(gateway, shop, ['read'], onHost), edgeOf(gateway, bank, ['read'], onHost)],
      '[staging/shop/gateway] gateway route GET a.example/items is declared already, by staging/shop/gateway, got it twice; declare it once'],
    ['of another gateway for a host and request that has a route',
      [edgeOf(gateway, shop, ['read'], onHost), edgeOf(gatewayOf('other'), shop, ['read'], onHost)],
      '[staging/shop/other] gateway route GET a.example/items is declared already, by staging/shop/gateway, got it twice; declare it once'],
    ['of another gateway for a host that has one', [edgeOf(gateway, shop, ['read'], onHost), edgeOf(gatewayOf('other'), shop, ['add'], onHost)],
      "[staging/shop/other] host must belong to one gateway, got 'a.example' of staging/shop/gateway; route it there"],
  ])('%s', (_, edges, message) => {
    expect(() => graphOf(...edges)).toThrow(new ConfigurationError(message));
  });

  test('of a gateway for the same request by another name of its parameter', () => {
    expect(() => graphOf(edgeOf(gateway, overlapping, ['byId'], onHost), edgeOf(gateway, again, ['byName'], onHost)))
      .toThrow(/^\[staging\/shop\/gateway\] gateway route GET a\.example\/pets\/\{\} is declared already/);
  });

  test('to the HTTP port of a callee with operations that does not say which, whatever other ports it has', () => {
    expect(() => graphOf(edgeOf(client, twoPorts, []))).toThrow(/a call to two must say which operations, got none/);
  });
});

describe('a call', () => {
  test('may go to a port whose bytes are not told apart without operations', () => {
    expect(() => graphOf(edgeOf(client, twoPorts, [], { port: 'tcp' }))).not.toThrow();
  });

  test('may go to a port that serves no operation without saying which', () => {
    expect(() => graphOf(edgeOf(client, twoHttp, [], { port: 'http-metrics' }))).not.toThrow();
  });

  test('may be declared in parts', () => {
    expect(() => graphOf(edgeOf(client, shop, ['read']), edgeOf(client, shop, ['add']))).not.toThrow();
  });

  test('of a gateway may reach one path of several hosts, and several methods of one path', () => {
    expect(() => graphOf(
      edgeOf(gateway, shop, ['read'], onHost), edgeOf(gateway, shop, ['add'], onHost), edgeOf(gateway, bank, ['read'], { exposure: { hosts: ['b.example'] } }),
    )).not.toThrow();
  });
});
