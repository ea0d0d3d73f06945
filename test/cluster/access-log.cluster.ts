import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment, MeshNamespace, MeshedMicroservice, Operation, Port } from '../../src';
import { Cluster } from './cluster';
import { podFolder } from './kubelet/pod-files';
import { synthesized } from './manifests';
import { until } from './run/until';
import { judge } from './table';

const SHOP = 'shop';
const FIND = '/shop.Orders/Find';

const shop = synthesized((app) => {
  const namespace = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP, { accessLog: 'errors' });
  const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
  const orders = new MeshedMicroservice(namespace, 'orders', {
    ...pod,
    port: [Port.http(80, { targetPort: 8080 }), Port.grpc(9090)],
    operations: { list: Operation.http('GET', '/orders'), find: Operation.grpc('shop.Orders/Find') },
  });
  new MeshedMicroservice(namespace, 'desk', pod).calls(orders, { operations: ['list', 'find'] });
});

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(SHOP);
  await cluster.apply(shop);
  await cluster.behave('orders',
    { case: 'failing', status: 500 }, { case: 'missing', status: 404 }, { case: 'grpc-failing', grpc: 13 }, { case: 'closed', close: true });
});
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

/** How many lines the proxy of an app has written about a request, whose name is in the agent's place. */
async function lines(app: string, name: string): Promise<number> {
  const [pod] = await cluster.pods(app);
  return readFileSync(join(podFolder(pod), 'proxy.log'), 'utf8').split('\n').filter((line) => line.includes(`"asked-${name}"`)).length;
}

const http = { protocol: 'http', address: `orders.${SHOP}.svc.cluster.local:80`, path: '/orders' } as const;
const grpc = { protocol: 'grpc', address: `orders.${SHOP}.svc.cluster.local:9090`, path: FIND } as const;

test('of all requests those that fail are written, where they were sent and where they arrived', async () => {
  const cases = [
    ['good', http, 0, 0], ['grpc-good', grpc, 0, 0],
    ['failing', http, 1, 1], ['missing', http, 1, 1], ['grpc-failing', grpc, 1, 1],
    ['closed', http, 1, 3], // it may be repeated, and is, twice
    ['refused', { ...http, path: '/undeclared' }, 1, 1],
  ] as const;
  for (const [name, request] of cases) await cluster.request({ from: 'desk', ...request, headers: { 'x-case': name, 'user-agent': `asked-${name}` } });

  const last = cases.at(-1)![0];
  await until('proxies have written what they keep for ten seconds', async () => await lines('desk', last) > 0 && await lines('orders', last) > 0);
  const written = await Promise.all(cases.map(async ([name]) => [name, await lines('desk', name), await lines('orders', name)]));
  expect(written).toEqual(cases.map(([name, , sent, arrived]) => [name, sent, arrived]));
  judge({ asked: 'requests of 7 written by the sender\'s proxy', of: 'desk', expected: 5, measured: written.filter(([, sent]) => sent).length });
  expect(await cluster.rejects()).toEqual([]);
});
