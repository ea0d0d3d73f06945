import { CanaryRelease, Environment, MeshNamespace, MeshedMicroservice, Operation, Port, Text } from '../../src';
import { Cluster } from './cluster';
import type { Pod } from './kubelet/pod';
import { synthesized } from './manifests';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const SHOP = 'shop';
const LANE = 'x-lane';
const TIMES = 20;

/** Four services in a row; all but the third have a second version. Each calls the next one. */
const row = synthesized((app) => {
  const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP);
  const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
  const props = { ...pod, port: Port.http(80, { targetPort: 8080 }), operations: { get: Operation.http('GET', '/') } };
  const [pages, basket, prices, stock] = ['pages', 'basket', 'prices', 'stock'].map((id) => new MeshedMicroservice(shop, id, props));
  new MeshedMicroservice(shop, 'desk', pod).calls(pages, { operations: ['get'] });
  pages.calls(basket, { operations: ['get'] });
  basket.calls(prices, { operations: ['get'] });
  prices.calls(stock, { operations: ['get'] });
  const tester = { headers: { 'x-tester': Text.exact('yes') } };
  new CanaryRelease(pages, 'canary', { at: 0, always: tester, lane: { header: LANE } });
  for (const service of [basket, stock]) new CanaryRelease(service, 'canary', { at: 0, lane: { header: LANE } });
});

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(SHOP);
  await cluster.apply(row);
});
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

/** What a pod asks of the next service, several times. */
const ask = async (pod: Pod, callee: string, headers: CallOptions['headers']): Promise<Outcome[]> =>
  cluster.steering(pod).call({ protocol: 'http', address: `${callee}.shop.svc.cluster.local:80`, path: '/', headers, times: TIMES, timeoutMs: 5000 });

/** A way along the row, as programs go it: each asks the next, and passes the header on or does not. */
async function way(first: CallOptions['headers'], passesOn: (service: string) => boolean): Promise<string> {
  let [pod] = await cluster.pods('desk');
  let headers = first;
  const reached: string[] = [];
  for (const callee of ['pages', 'basket', 'prices', 'stock']) {
    const outcomes = await ask(pod, callee, headers);
    const versions = [...new Set(outcomes.map(({ version, error }) => version || error))];
    reached.push(versions.join('|'));
    const arrived: Readonly<Record<string, string>> = JSON.parse(outcomes[0].body).headers;
    const name = Object.keys(arrived).find((each) => each.toLowerCase() === LANE);
    headers = name && passesOn(callee) ? { [LANE]: arrived[name] } : {};
    pod = (await cluster.pods(callee)).find(({ metadata }) => metadata.name === outcomes[0].pod)!;
  }
  return reached.join(' ');
}

test.each<[string, Record<string, string>, (service: string) => boolean, string]>([
  ['a customer', {}, () => true, 'v1 v1 v1 v1'],
  ['a tester, all pass the header on', { 'x-tester': 'yes' }, () => true, 'canary canary v1 canary'],
  ['a tester, nobody passes it on', { 'x-tester': 'yes' }, () => false, 'canary canary v1 v1'],
  ['a tester, the one without a second version does not', { 'x-tester': 'yes' }, (service) => service !== 'prices', 'canary canary v1 v1'],
  ['who says the header', { [LANE]: 'canary' }, () => true, 'canary canary v1 canary'],
])('along four services, of which the third has no second version, goes %s', async (who, headers, passesOn, expected) => {
  judge({ asked: `versions on the way of ${who}`, of: 'four services', expected, measured: await way(headers, passesOn) });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
