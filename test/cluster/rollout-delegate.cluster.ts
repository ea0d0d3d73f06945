import { Duration } from 'cdk8s';
import { join } from 'node:path';
import { CrdsUnavailable } from '../../scripts/crds';
import { Environment, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, Step } from '../../src';
import { at } from '../../src/graph/json';
import { band } from '../../src/gitops/experiments/binomial-band';
import { attempts, browse } from './checks';
import { Cluster } from './cluster';
import type { KubeObject, Verdict } from './control/kube-client';
import { PROMETHEUS, ROLLOUTS_NAMESPACE, applyRolloutDefinitions, measured, startRollouts } from './control/rollouts';
import { underLoad } from './load';
import { ofKind, readManifests, synthesized } from './manifests';
import { outcomeOf } from './outcomes';
import { admin } from './proxies';
import type { RunningProcess } from './run/processes';
import type { CallOptions, Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';
import { hasTool } from './tools/tools';

const SHOP = 'shop';
const DIST = join(__dirname, '..', '..', 'examples', 'rollout', 'dist');
const LIST: CallOptions = { protocol: 'http', address: 'orders.shop.svc.cluster.local:80', path: '/orders', timeoutMs: 8000 };
const PLACE: CallOptions = { ...LIST, method: 'POST' };
const HASH = 'rollouts-pod-template-hash';
/** Objects that the controller writes into. */
const EDITED = ['orders-stable', 'orders-canary', 'orders-weights'];
const FRONT = { host: 'orders.example.com', protocol: 'http' } as const;

const cluster = new Cluster();
const started: RunningProcess[] = [];
let missing: string | undefined = hasTool('rollouts-controller') ? undefined : 'the controller of Rollouts is not built: run `npm run test:cluster:tools`';

/** Runs with Argo Rollouts, or says why it cannot. */
const rolled = (name: string, run: () => Promise<void>): void => test(name, async () => {
  if (missing === undefined) await run();
  else console.warn(`skipped: ${missing}`);
});

beforeAll(async () => {
  await cluster.clear(SHOP);
  if (missing !== undefined) return;
  try {
    await applyRolloutDefinitions(cluster.client);
    started.push(...startRollouts());
  } catch (error) {
    if (!(error instanceof CrdsUnavailable) || process.env.CI) throw error;
    missing = error.message;
  }
});
afterAll(async () => {
  for (const rollout of missing === undefined ? await cluster.client.list('argoproj.io/v1alpha1', 'Rollout', SHOP) : []) await cluster.client.delete(rollout);
  await cluster.clear(SHOP);
  for (const process of started) await process.stop();
  await cluster.clear(ROLLOUTS_NAMESPACE);
  cluster.close();
});

interface Rollout extends KubeObject {
  readonly status?: {
    readonly phase?: string; readonly observedGeneration?: string; readonly currentStepIndex?: number; readonly abort?: boolean;
    readonly pauseConditions?: readonly object[]; readonly stableRS?: string; readonly currentPodHash?: string;
  };
}

const pathOf = async ({ apiVersion, kind, metadata }: KubeObject): Promise<string> => cluster.client.path(apiVersion, kind, SHOP, metadata.name);
const rolloutPath = async (): Promise<string> => cluster.client.path('argoproj.io/v1alpha1', 'Rollout', SHOP, 'orders');

interface Selecting extends KubeObject { readonly spec: { readonly selector: Readonly<Record<string, string>> } }

/** Waits until the controller has come to a state, and both Services select what it says. */
async function settled(what: string, holds: (status: NonNullable<Rollout['status']>) => boolean | undefined): Promise<Rollout> {
  return until(`the Rollout ${what}`, async () => {
    for (const process of started) process.alive();
    const found = await cluster.client.get<Rollout>(await rolloutPath());
    const { status = {}, metadata } = found;
    const services = await cluster.client.list<Selecting>('v1', 'Service', SHOP);
    const selected = ['stable', 'canary'].map((name) => services.find((each) => each.metadata.name === `orders-${name}`)?.spec.selector[HASH]);
    const canary = status.abort ? status.stableRS : status.currentPodHash;
    const isWritten = JSON.stringify(selected) === JSON.stringify([status.stableRS, canary]);
    return status.observedGeneration === String(metadata.generation) && holds(status) && isWritten ? found : undefined;
  }, 60);
}

/** The same, and all proxies know what the controller wrote. */
async function reached(...state: Parameters<typeof settled>): Promise<Rollout> {
  const rollout = await settled(...state);
  await cluster.synchronize();
  return rollout;
}

const isHealthy = ({ phase }: NonNullable<Rollout['status']>): boolean => phase === 'Healthy';
const waitsAt = async (index: number): Promise<Rollout> =>
  reached(`waits at step ${index}`, ({ currentStepIndex, pauseConditions = [] }) => currentStepIndex === index && pauseConditions.length > 0);

const steering = { patch: async (status: object): Promise<void> => cluster.client.patchStatus(await rolloutPath(), status) };

const isEdited = ({ metadata: { name } }: KubeObject): boolean => EDITED.includes(name);
const isAmong = (objects: readonly KubeObject[]) => ({ kind, metadata }: KubeObject): boolean =>
  objects.some((other) => other.kind === kind && other.metadata.name === metadata.name);

/** Applies objects and waits until all are in effect; what the controller edits is left alone once it is there, as by Argo CD's ignore rules. */
async function applied(objects: readonly KubeObject[], before: readonly KubeObject[] = []): Promise<Verdict[]> {
  const verdicts = await cluster.submit(objects.filter((object) => !isEdited(object) || !isAmong(before)(object)));
  if (ofKind(objects, 'Rollout').length > 0) await settled('is healthy', isHealthy);
  await cluster.apply(objects.filter((object) => object.kind !== 'Rollout' && !isEdited(object)));
  return verdicts;
}

/** Goes from one commit's objects to the next one's as Argo CD does: what is gone is removed once the rest is in effect. */
async function goTo(before: readonly KubeObject[], after: readonly KubeObject[]): Promise<void> {
  await applied(after, before);
  const gone = before.filter((object) => !isAmong(after)(object));
  for (const object of gone) await cluster.client.delete(object);
  const label = { Deployment: 'pod-template-hash', Rollout: HASH }[gone.find(({ kind }) => ['Deployment', 'Rollout'].includes(kind))?.kind ?? ''];
  await until('the end of the pods', async () => !(await cluster.pods('orders')).some(({ metadata }) => label !== undefined && metadata.labels?.[label]), 60);
  await cluster.synchronize({ gone: gone.filter(({ apiVersion }) => apiVersion.includes('istio.io')) });
}

rolled('a service goes from a Deployment to a Rollout and back without losing a request', async () => {
  const steps = ['step-1-leaving', 'step-2-rollout', 'step-4-arriving', 'step-5-deployment'];
  let before = readManifests(join(DIST, 'step-0-deployment'));
  await applied(before);
  for (const step of steps) {
    const image = 'registry.example/orders:1.4.2'; // nothing is released meanwhile
    const after: KubeObject[] = JSON.parse(JSON.stringify(readManifests(join(DIST, step))).replaceAll(/registry.example\/orders:[\d.]+/g, image));
    const { outcomes, lost } = await underLoad(cluster, { from: 'desk', ...PLACE, pauseMs: 2 }, 9, async () => goTo(before, after));
    expect(lost.map(outcomeOf)).toEqual([]);
    judge({ asked: `requests lost of ${outcomes.length}, ${step}`, of: 'orders, a Rollout', expected: 0, measured: lost.length });
    before = after;
  }
});

describe('a release that a controller drives', () => {
  /** Orders, called by two services and a gateway, each with a timeout of its own. */
  const shopWith = (image: string): KubeObject[] => synthesized((app) => {
    const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP);
    const pod = { image, resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
    const orders = new MeshedMicroservice(shop, 'orders', {
      ...pod, port: Port.http(80, { targetPort: 8080 }), replicas: 2,
      operations: { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') },
      rollout: {
        steps: [Step.setWeight(20), Step.pause(), Step.setWeight(70), Step.pause()],
        analysis: { successRate: 99, latency: { percentile: 99, below: Duration.millis(300) }, interval: Duration.seconds(10), prometheus: PROMETHEUS },
      },
    });
    const client = { ...pod, image: 'example.com/client:1' };
    new MeshedMicroservice(shop, 'desk', client).calls(orders, { operations: ['list', 'place'], timeout: Duration.seconds(1) });
    new MeshedMicroservice(shop, 'kiosk', client).calls(orders, { operations: ['list'], timeout: Duration.seconds(2), retries: 'none' });
    new IngressGateway(shop, 'web', { hosts: [FRONT.host] }).routes(orders, { operations: ['list'], timeout: Duration.millis(1500) });
  });

  const [old, next] = ['example.com/orders:1', 'example.com/orders:2'].map(shopWith);
  let hashes: { readonly stable: string; readonly canary: string };

  const answeredBy = (outcomes: readonly Outcome[], hash: string): number => outcomes.filter(({ pod }) => pod.startsWith(`orders-${hash}-`)).length;

  /** How many of many requests the new version answers, and that nobody else but the old one answers the rest. */
  async function judgeShare(percent: number, times = 1000): Promise<void> {
    const expected = percent === 0 ? 0 : band(times, percent / 100);
    const requests = { ...LIST, times, concurrency: 4 };
    for (const [of, outcomes] of [
      ['desk', await cluster.request({ ...requests, from: 'desk' })], ['kiosk', await cluster.request({ ...requests, from: 'kiosk' })],
      ['gateway', await browse(cluster, FRONT, { path: '/orders', times, concurrency: 4 })],
    ] as const) {
      judge({ asked: `of ${times} requests at ${percent} %, by the new version`, of, expected, measured: answeredBy(outcomes, hashes.canary) });
      expect(answeredBy(outcomes, hashes.stable) + answeredBy(outcomes, hashes.canary)).toBe(times);
    }
  }

  /** Each caller's own timeout and retries, as the routes in the service's own VirtualService say them. */
  async function judgePolicies(percent: number): Promise<void> {
    const ways: readonly (readonly [who: string, milliseconds: number, tries: number, ask: (options: Partial<CallOptions>) => Promise<Outcome[]>])[] = [
      ['desk, list', 1000, 3, async (options) => cluster.request({ ...LIST, from: 'desk', ...options })],
      ['desk, place', 1000, 1, async (options) => cluster.request({ ...PLACE, from: 'desk', ...options })],
      ['kiosk, list', 2000, 1, async (options) => cluster.request({ ...LIST, from: 'kiosk', ...options })],
      ['gateway, list', 1500, 3, async (options) => browse(cluster, FRONT, { path: '/orders', ...options })],
    ];
    await cluster.behave('orders', { case: 'slow', milliseconds: 4000 });
    const slow = await Promise.all(ways.map(async ([,,, ask]) => ask({ headers: { 'x-case': 'slow' }, times: 4, concurrency: 4, timeoutMs: 8000 })));
    for (const [index, [who, milliseconds, tries, ask]] of ways.entries()) {
      const times = slow[index].map((outcome) => Math.round(outcome.milliseconds)).sort((a, b) => a - b);
      expect(times[0]).toBeGreaterThanOrEqual(milliseconds - 5);
      const asked = `ms until the last of 4 slow answers is given up, at ${percent} %`;
      judge({ asked, of: who, expected: [milliseconds - 5, milliseconds + 450], measured: times[3] });
      await cluster.behave('orders', { case: `${who} fails ${percent}`, status: 503 });
      await ask({ headers: { 'x-case': `${who} fails ${percent}` }, times: 10 });
      const tried = attempts(await cluster.backendCalls('orders', `${who} fails ${percent}`));
      judge({ asked: `attempts of 10 requests that fail, at ${percent} %`, of: who, expected: 10 * tries, measured: tried });
    }
    await cluster.behave('orders');
  }

  rolled('is taken by the API server strictly and without a warning', async () => {
    await cluster.clear(SHOP);
    const verdicts = await applied(old);
    expect(verdicts.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(ofKind(old, 'Rollout').length + ofKind(old, 'AnalysisTemplate').length).toBe(2);
  });

  rolled('keeps every caller\'s policy, and its shares are what the controller writes', async () => {
    measured({ istio_requests_total: 100, istio_request_duration: 20 });
    await cluster.client.apply(ofKind(next, 'Rollout')[0]);
    const { status } = await waitsAt(1);
    hashes = { stable: status!.stableRS!, canary: status!.currentPodHash! };
    await judgeShare(20);
    await judgePolicies(20);

    await steering.patch({ pauseConditions: null });
    await waitsAt(3);
    await judgeShare(70);
    await judgePolicies(70);
  });

  rolled('is written into nothing but what the construct says', async () => {
    const written = ['Service', 'VirtualService', 'DestinationRule'].flatMap((kind) => ofKind(next, kind));
    const different: string[] = [];
    for (const object of written) {
      const live = await cluster.client.get(await pathOf(object));
      for (const field of ['spec.http', 'spec.selector', 'spec.hosts', 'spec.subsets', 'spec.trafficPolicy', 'spec.exportTo']) {
        if (JSON.stringify(at(live, field)) !== JSON.stringify(at(object, field))) different.push(`${object.kind} ${object.metadata.name} ${field}`);
      }
    }
    expect(different.sort()).toEqual(['Service orders-canary spec.selector', 'Service orders-stable spec.selector', 'VirtualService orders-weights spec.http']);
  });

  rolled('needs no other hosts in its callers\' Sidecars: proxies learn them from the routes', async () => {
    const [desk] = await cluster.pods('desk');
    const clusters = new Set([...(await admin(desk, '/clusters')).matchAll(/^outbound\|\d+\|[^|]*\|([^:]+)::/gm)].map(([, host]) => host));
    expect([...clusters].filter((host) => host.endsWith('.shop.svc.cluster.local')).sort())
      .toEqual(['orders-canary', 'orders-stable', 'orders'].map((name) => `${name}.shop.svc.cluster.local`));
  });

  rolled('is taken back where its analysis finds that it fails', async () => {
    measured({ istio_requests_total: 98.5, istio_request_duration: 20 });
    await reached('is taken back', ({ abort }) => abort);
    await judgeShare(0, 300);
    expect(await cluster.rejects()).toEqual([]);
  });
});
