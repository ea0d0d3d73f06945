import { join } from 'node:path';
import { CanaryRelease, type CanaryReleaseProps, Environment, MeshNamespace, MeshedMicroservice, Operation, Port, Text } from '../../src';
import { band } from '../../src/gitops/experiments/binomial-band';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import type { Pod } from './kubelet/pod';
import { underLoad } from './load';
import { readManifests, synthesized } from './manifests';
import { outcomeOf } from './outcomes';
import type { CallOptions, Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';

const SHOP = 'shop';
const DIST = join(__dirname, '..', '..', 'examples', 'canary', 'dist');
const LIST: CallOptions = { protocol: 'http', address: 'orders.shop.svc.cluster.local:80', path: '/orders', timeoutMs: 5000 };
const PLACE: CallOptions = { ...LIST, method: 'POST' };

const cluster = new Cluster();
beforeAll(async () => { await cluster.clear(SHOP); });
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

const answeredBy = (outcomes: readonly Outcome[], version: string): number => outcomes.filter((outcome) => outcome.version === version).length;

/** How many of many requests the second version answers. */
async function judgeShare(percent: number, times: number): Promise<void> {
  const outcomes = await cluster.request({ from: 'desk', ...PLACE, times, concurrency: 4 });
  judge({ asked: `of ${times} requests at ${percent} %`, of: 'the canary', expected: band(times, percent / 100), measured: answeredBy(outcomes, 'canary') });
}

test('the life of a release loses no request of a call that is never repeated, and its shares are what they say', async () => {
  const steps: readonly (readonly [step: string, percent: number])[] = [
    ['step-1-deployed', 0], ['step-2-five-percent', 5], ['step-3-half', 50], ['step-4-all', 100], ['step-5-taken-over', 100], ['step-6-back', 0],
    ['step-7-removed', 0],
  ];
  let before = readManifests(join(DIST, 'step-0-before'));
  await cluster.apply(before);
  for (const [step, percent] of steps) {
    const after = readManifests(join(DIST, step));
    const { outcomes, lost } = await underLoad(cluster, { from: 'desk', ...PLACE, pauseMs: 2 }, 8, async () => cluster.goTo(before, after));
    expect(lost.map(outcomeOf)).toEqual([]);
    judge({ asked: `requests lost of ${outcomes.length}, ${step}`, of: 'orders, released', expected: 0, measured: lost.length });
    if (percent > 0 && percent < 100) await judgeShare(percent, 2000);
    before = after;
  }
  expect(await cluster.rejects()).toEqual([]);
});

describe('a release of some requests', () => {
  /** A web that has a second version itself, and orders that are released so. */
  const shopWith = (props: CanaryReleaseProps): KubeObject[] => synthesized((app) => {
    const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP);
    const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
    const port = Port.http(80, { targetPort: 8080 });
    const web = new MeshedMicroservice(shop, 'web', { ...pod, port });
    const orders = new MeshedMicroservice(shop, 'orders', {
      ...pod, port, operations: { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') },
    });
    web.calls(orders, { operations: ['list', 'place'] });
    new CanaryRelease(web, 'next', { at: 0 });
    new CanaryRelease(orders, 'canary', props);
  });

  const web = async (version: string): Promise<Pod> => (await cluster.pods('web')).find(({ metadata }) => metadata.labels?.version === version)!;
  const ask = async (from: Pod, request: CallOptions): Promise<Outcome[]> => cluster.steering(from).call({ ...request, times: 20 });

  beforeAll(async () => { await cluster.clear(SHOP); });

  test('is as small as one percent', async () => {
    await cluster.apply(shopWith({ at: 1 }));
    const times = 5000;
    const outcomes = await cluster.steering(await web('v1')).call({ ...PLACE, times, concurrency: 4 });
    judge({ asked: `of ${times} requests at 1 %`, of: 'the canary', expected: band(times, 0.01), measured: answeredBy(outcomes, 'canary') });
  });

  test('goes by a header, and by the version of the caller', async () => {
    await cluster.apply(shopWith({ at: 100, match: { headers: { 'x-group': Text.exact('beta') } }, lane: true }));
    const [stable, next] = [await web('v1'), await web('next')];
    const answers = async (from: Pod, group: string): Promise<number> => answeredBy(await ask(from, { ...PLACE, headers: { 'x-group': group } }), 'canary');

    judge({ asked: 'of 20 requests with the header', of: 'the canary', expected: 20, measured: await answers(stable, 'beta') });
    judge({ asked: 'of 20 requests with another', of: 'the canary', expected: 0, measured: await answers(stable, 'alpha') });
    judge({ asked: 'of 20 requests of the caller\'s second version', of: 'the canary', expected: 20, measured: await answers(next, 'alpha') });
  });

  test('gets copies of what may be done twice, and its answers are dropped', async () => {
    await cluster.apply(shopWith({ at: 0, mirror: 100 }));
    const from = await web('v1');
    const copied = async (name: string): Promise<number> => {
      const [canary] = (await cluster.pods('orders')).filter(({ metadata }) => metadata.labels?.version === 'canary');
      return (await cluster.steering(canary).arrivals()).filter((arrival) => arrival.case === name).reduce((sum, { count }) => sum + count, 0);
    };

    const listed = await ask(from, { ...LIST, headers: { 'x-case': 'list' } });
    const placed = await ask(from, { ...PLACE, headers: { 'x-case': 'place' } });

    const answered = answeredBy([...listed, ...placed], 'v1');
    judge({ asked: 'of 20 lists and 20 orders, while lists are copied', of: 'the stable version', expected: 40, measured: answered });
    await until('the copies, for which nobody waits', async () => await copied('list') >= listed.length);
    judge({ asked: 'copies of 20 lists', of: 'the canary', expected: 20, measured: await copied('list') });
    judge({ asked: 'copies of 20 orders', of: 'the canary', expected: 0, measured: await copied('place') });
  });

  test('is taken without a refusal', async () => {
    expect(await cluster.rejects()).toEqual([]);
  });
});
