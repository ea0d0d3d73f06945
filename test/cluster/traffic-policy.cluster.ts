import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { Environment, LoadBalancer, MeshNamespace, MeshedMicroservice, Operation, Port, type TrafficPolicy } from '../../src';
import { band } from '../../src/gitops/experiments/binomial-band';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { underLoad } from './load';
import { readManifests, synthesized } from './manifests';
import { accepted, outcomeOf } from './outcomes';
import { statistics } from './proxies';
import type { CallOptions, Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';

const SHOP = 'shop';
const DIST = join(__dirname, '..', '..', 'examples', 'traffic-policy', 'dist');
const LIST: CallOptions = { protocol: 'http', address: 'orders.shop.svc.cluster.local:80', path: '/orders', timeoutMs: 5000 };
const PLACE: CallOptions = { ...LIST, method: 'POST' };

const cluster = new Cluster();
beforeAll(async () => { await cluster.clear(SHOP); });
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

test('the policy of a caller comes and goes without a lost request', async () => {
  const steps = ['step-0-before', 'step-1-standby', 'step-2-in-use', 'step-1-standby', 'step-0-before'].map((step) => readManifests(join(DIST, step)));
  await cluster.apply(steps[0]);
  const list = { from: 'report', ...LIST, headers: { 'x-customer': '7' }, pauseMs: 2 };
  for (const [index, after] of steps.slice(1).entries()) {
    const { outcomes, lost } = await underLoad(cluster, list, 4, async () => cluster.goTo(steps[index], after));
    expect(lost.map(outcomeOf)).toEqual([]);
    judge({ asked: `requests lost of ${outcomes.length}, step ${index + 1} of 4`, of: 'orders, a caller\'s policy', expected: 0, measured: lost.length });
  }
});

describe('three pods and four callers, each with a word of its own', () => {
  const callers: Readonly<Record<string, TrafficPolicy | undefined>> = {
    turns: undefined,
    dice: { loadBalancer: LoadBalancer.random() },
    keys: { loadBalancer: LoadBalancer.byHeader('x-user'), outlierDetection: { maxEjectionPercent: 40 } },
    narrow: { connectionPool: { http2MaxRequests: 2 } },
  };
  const shop = (): KubeObject[] => synthesized((app) => {
    const namespace = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP);
    const pod = { image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
    const orders = new MeshedMicroservice(namespace, 'orders', {
      ...pod,
      replicas: 3,
      port: Port.http(80, { targetPort: 8080 }),
      operations: { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') },
      trafficPolicy: {
        loadBalancer: LoadBalancer.roundRobin(),
        outlierDetection: { consecutiveGatewayErrors: 3, interval: Duration.seconds(1), baseEjectionTime: Duration.minutes(5) },
      },
    });
    for (const [name, trafficPolicy] of Object.entries(callers)) {
      new MeshedMicroservice(namespace, name, pod).calls(orders, { operations: ['list', 'place'], trafficPolicy });
    }
  });
  const ask = async (from: string, options: Partial<CallOptions> = {}): Promise<Outcome[]> => cluster.request({ from, ...PLACE, ...options });
  const shares = (outcomes: readonly Outcome[]): number[] => [...new Set(outcomes.map(({ pod }) => pod))]
    .map((pod) => outcomes.filter((outcome) => outcome.pod === pod).length);
  const repeated = (outcomes: readonly Outcome[]): number => outcomes.filter(({ pod }, index) => pod === outcomes[index - 1]?.pod).length;

  /** A proxy's workers learn of pods that come or are left out up to a second later. */
  const answering = async (from: string, pods: number): Promise<true> =>
    until(`${pods} pods answer ${from}`, async () => shares(await ask(from, { times: 50 })).length === pods);

  beforeAll(async () => {
    await cluster.clear(SHOP);
    await cluster.apply(shop());
    await answering('turns', 3);
    await answering('dice', 3);
  });

  test('take the pods in turn, as the service says', async () => {
    const outcomes = await ask('turns', { times: 300 });
    const of = 'ROUND_ROBIN of the service';
    for (const share of shares(outcomes)) judge({ asked: 'of 300 requests, one of 3 pods', of, expected: [98, 102], measured: share });
    judge({ asked: 'requests to the pod of the request before', of, expected: [0, 6], measured: repeated(outcomes) });
  });

  test('take any pod, as one caller says', async () => {
    const outcomes = await ask('dice', { times: 900 });
    const of = 'RANDOM of a caller';
    for (const share of shares(outcomes)) judge({ asked: 'of 900 requests, one of 3 pods', of, expected: band(900, 1 / 3), measured: share });
    judge({ asked: 'of 899 requests, to the pod of the request before', of, expected: band(899, 1 / 3), measured: repeated(outcomes) });
  });

  test('take one pod for one user, and all pods for all', async () => {
    const byUser = await Promise.all(Array.from({ length: 30 }, async (_, user) => ask('keys', { times: 5, headers: { 'x-user': `user-${user}` } })));
    judge({ asked: 'users of 30 with one pod', of: 'hash by header', expected: 30, measured: byUser.filter((each) => shares(each).length === 1).length });
    judge({ asked: 'pods for 30 users', of: 'hash by header', expected: 3, measured: shares(byUser.flat()).length });
  });

  test('overflow for one caller alone', async () => {
    await cluster.behave('orders', { milliseconds: 1000 });
    const [narrow, turns] = await Promise.all([ask('narrow', { times: 10, concurrency: 10 }), ask('turns', { times: 10, concurrency: 10 })]);
    await cluster.behave('orders');
    const overflow = narrow.filter(({ status, headers }) => status === 503 && headers?.['x-envoy-overloaded'] === 'true').length;
    judge({ asked: 'refused at once of 10 at a time', of: 'a caller that may have 2', expected: 8, measured: overflow });
    judge({ asked: 'answered of 10 at a time', of: 'another caller', expected: 10, measured: turns.filter(accepted).length });
  });

  const ejected = async (from: string): Promise<number> => {
    const [pod] = await cluster.pods(from);
    return [...(await statistics(pod, `outbound.*v1-${from}.*orders.*ejections_active$`)).values()].reduce((sum, count) => sum + count, 0);
  };
  /** With new keys each time, so that each pod gets some. */
  const everywhere = async (from: string): Promise<Outcome[]> =>
    (await Promise.all(Array.from({ length: 30 }, async (_, user) => ask(from, { times: 3, headers: { 'x-user': `${user}` } })))).flat();

  test('leave out a failing pod by the thresholds of the service, also for a caller with a subset of its own', async () => {
    const [failing] = await cluster.pods('orders');
    await cluster.steering(failing).behave({ status: 503 });
    await until('the failing pod is avoided', async () => (await ask('dice', { times: 30 })).every(accepted));
    const failures = (await ask('dice', { times: 200 })).filter((outcome) => !accepted(outcome)).length;
    judge({ asked: 'failures of 200 with one of 3 pods failing', of: 'dice', expected: 0, measured: failures });
    judge({ asked: 'pods left out', of: 'dice', expected: 1, measured: await ejected('dice') });
  });

  test('keep a pod when all fail, and as many as the caller says', async () => {
    await cluster.behave('orders', { status: 503 });
    for (const from of ['dice', 'keys']) for (let time = 0; time < 3; time++) await everywhere(from);
    judge({ asked: 'pods left out when all 3 fail', of: 'dice, as the service says', expected: 2, measured: await ejected('dice') });
    judge({ asked: 'pods left out when all 3 fail', of: 'keys, of 40 %', expected: 1, measured: await ejected('keys') });
    await answering('dice', 1);
    judge({ asked: 'pods that stay when all 3 fail', of: 'dice', expected: 1, measured: shares(await ask('dice', { times: 50 })).length });
  });

  test('are taken without a refusal', async () => {
    expect(await cluster.rejects()).toEqual([]);
  });
});
