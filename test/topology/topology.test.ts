import { Duration } from 'cdk8s';
import {
  CanaryRelease, type CanaryReleaseProps, ExternalService, GitOpsApp, IngressGateway, MeshedJob, MeshedMicroservice, Operation, Port, RedisCache,
} from '../../src';
import { readFolder } from '../../src/checks';
import { draw } from '../../src/topology/draw';
import { drawingOf } from '../../src/topology/drawn';
import { topologiesOf } from '../../src/topology/read-topology';
import { edgeWords, nodeWords } from '../../src/topology/words';
import { container, world } from '../mesh/world';

const resources = container.resources;

/** A shop with one of each kind of node. */
function shop(change: { readonly retries?: 'none'; readonly release?: CanaryReleaseProps; readonly search?: boolean } = {}): GitOpsApp {
  const { app, shop: namespace } = world();
  const operations = { list: Operation.http('GET', '/items'), buy: Operation.http('POST', '/items/{id}/buy') };
  const items = new MeshedMicroservice(namespace, 'items', { ...container, port: Port.http(80), operations });
  if (change.release) new CanaryRelease(items, 'canary', change.release);
  const web = new MeshedMicroservice(namespace, 'web', { ...container, port: Port.http(80), operations: { home: Operation.http('GET', '/') } });
  const mail = new ExternalService(namespace, 'mail', { host: 'mail.example', port: Port.tls(443) });
  const cache = new RedisCache(namespace, 'cache', { resources });
  web.calls(items, { operations: ['list', ...(change.search ? ['buy' as const] : [])], timeout: Duration.seconds(3), retries: change.retries });
  items.calls(cache, {});
  new MeshedJob(namespace, 'letters', { ...container, schedule: '0 3 * * *' }).calls(mail, {});
  new IngressGateway(namespace, 'gateway', { hosts: ['shop.example'] }).routes(web, { operations: ['home'] });
  return app;
}

const read = (app: GitOpsApp) => topologiesOf(app.render())[0];

test('each node is what it is: by what runs it, what it keeps and where it stands', () => {
  expect(Object.fromEntries(read(shop()).nodes.map(({ id, kind }) => [id, kind]))).toEqual({
    'istio-system/istio-ingressgateway-service-account': 'gateway', 'mail.example': 'external', 'shop/cache': 'store', 'shop/items': 'service',
    'shop/letters': 'client', 'shop/web': 'service',
  });
});

test('an edge says what may be asked, how it is carried, and which objects have it', () => {
  const edge = read(shop()).edges.find(({ from, to }) => from === 'shop/web' && to === 'shop/items')!;
  expect(edge).toMatchObject({ protocol: 'http', operations: ['GET /items'], carried: [{ timeout: '3s', retries: 2 }] });
  expect(edge.objects.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
    'AuthorizationPolicy shop/items', 'DestinationRule shop/items', 'NetworkPolicy shop/items', 'NetworkPolicy shop/web', 'Sidecar shop/web',
    'VirtualService shop/items',
  ]);
  expect(edge.objects.every(({ file }) => /^staging\/shop\/(items|web)\.yaml$/.test(file))).toBe(true);
});

test('a release says which version has which share, and which has copies', () => {
  const words = (release: CanaryReleaseProps) => nodeWords(read(shop({ release })).nodes.find(({ id }) => id === 'shop/items')!);
  expect(words({ at: 20 })).toEqual(['items', 'v1 80 %, canary 20 %']);
  expect(words({ at: 0, mirror: 10 })).toEqual(['items', 'v1 100 %, canary 0 %', 'copies to canary: 10 %']);
});

test('of many operations only their number is told', () => {
  const edge = { from: 'a', to: 'b', protocol: 'grpc', carried: [], objects: [] };
  expect(edgeWords({ ...edge, operations: ['x.Y/Get', 'x.Y/Put'] })).toEqual(['grpc Get, Put']);
  const three = { ...edge, operations: ['x.Y/Get', 'x.Y/Put', 'x.Y/List'], carried: [{ retries: 1 }] };
  expect(edgeWords(three)).toEqual(['grpc 3 operations', 'no timeout, 1 retry']);
});

describe('a drawing', () => {
  const before = read(shop());
  const marks = (drawing: ReturnType<typeof drawingOf>) => Object.fromEntries([
    ...drawing.nodes.map(({ id, change }) => [id, change]), ...drawing.edges.map(({ from, to, change }) => [`${from} ${to}`, change]),
  ].filter(([, change]) => change !== undefined));

  test('marks what came, went and changed, and nothing else', () => {
    expect(marks(drawingOf(before, [], before))).toEqual({});
    expect(marks(drawingOf(read(shop({ search: true, release: { at: 5 } })), [], before))).toEqual({
      'shop/web shop/items': 'changed', 'shop/items': 'changed', 'istio-system/istio-ingressgateway-service-account shop/web': 'changed', // it waits for both
    });
    const nothing = { environment: 'staging', nodes: [], edges: [] };
    expect(new Set(Object.values(marks(drawingOf(before, [], nothing))))).toEqual(new Set(['added']));
    expect(new Set(Object.values(marks(drawingOf(nothing, [], before))))).toEqual(new Set(['removed']));
  });

  test('of one system has its neighbours, and none of theirs', () => {
    const [production] = topologiesOf(readFolder('dist')).filter(({ environment }) => environment === 'production');
    const { nodes, edges } = drawingOf(production, ['online-boutique']);
    expect(nodes.filter(({ system }) => system !== 'online-boutique').map(({ kind }) => kind)).toEqual(['gateway']);
    expect(edges).toHaveLength(16);
  });

  test('is dot, Mermaid, SVG and JSON with the same edges', async () => {
    const drawing = drawingOf(read(shop({ release: { at: 5 } })), [], before);
    const [dot, mermaid, svg, json] = await Promise.all((['dot', 'mermaid', 'svg', 'json'] as const).map(async (format) => draw(drawing, format)));
    const count = drawing.edges.length;
    expect(count).toBe(4);
    expect([dot.match(/ -> /g), mermaid.match(/ -- "/g), svg.match(/class="edge/g)].map((each) => each?.length)).toEqual([count, count, count]);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(drawing)));
    expect(mermaid).toContain('classDef changed');
    expect(svg).toContain('v1 95 %, canary 5 %');
  });

  test('quotes what its language would take for its own', async () => {
    const node = { id: 'a"b\\c', kind: 'service' as const, name: 'a"b\\c#<x>', shares: [] };
    const drawing = { environment: 'e', nodes: [node], edges: [] };
    expect(await draw(drawing, 'svg')).toContain('a&quot;b\\c#&lt;x&gt;');
    expect(await draw(drawing, 'mermaid')).toContain('"a#quot;b\\c#35;<x>"');
    expect(await draw(drawing, 'html')).not.toMatch(/<x>/);
  });
});
