import { Environment, MeshNamespace, MeshedMicroservice, Operation, Port } from '../../src';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { underLoad, type Load } from './load';
import { beforeTheMesh, synthesized, workloads, type Workload } from './manifests';
import { changed, gone, set } from './mutations/change';
import { accepted, outcomeOf } from './outcomes';
import type { Outcome } from './run/steering';
import { rulesOf } from './rules-of';
import { judge } from './table';

const DRY_RUN = { 'istio.io/dry-run': 'true' };
const SHOP = 'shop';
const HOST = 'orders.shop.svc.cluster.local';
const LIST = { from: 'desk', protocol: 'http', address: `${HOST}:80`, path: '/orders', timeoutMs: 5000, concurrency: 8, pauseMs: 0 } as const;

const base = synthesized((app) => {
  const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init', replicas: 2 }), SHOP);
  const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
  const orders = new MeshedMicroservice(shop, 'orders', {
    image: 'example.com/orders:1', port: Port.http(80, { targetPort: 8080 }), resources, operations: { list: Operation.http('GET', '/orders') },
  });
  new MeshedMicroservice(shop, 'desk', { image: 'example.com/desk:1', resources, replicas: 1 }).calls(orders, { operations: ['list'], retries: 'none' });
});

/** What runs: how many percent of the requests each version gets, which have a subset, which have pods. */
function release(weights: Readonly<Record<string, number>>, subsets = Object.keys(weights), pods = subsets): KubeObject[] {
  const stable = workloads(base).find(({ metadata }) => metadata.name === 'orders')!;
  const route = Object.entries(weights).map(([subset, weight]) => ({ destination: { host: HOST, subset }, weight }));
  const routes = [0, 1].map((index) => set('VirtualService', 'orders', `spec/http/${index}/route`, route));
  const versions = set('DestinationRule', 'orders', 'spec/subsets', subsets.map((name) => ({ name, labels: { version: name } })));
  const others = changed(base, [...routes, versions, gone('Deployment', 'orders')]);
  return [...others, ...pods.map((version) => ofVersion(stable, version))];
}

function ofVersion({ metadata, spec, ...rest }: Workload, version: string): Workload {
  const labels = { ...spec.template.metadata.labels, version };
  const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } };
  const name = version === 'v1' ? metadata.name : `${metadata.name}-${version}`;
  return { ...rest, metadata: { ...metadata, name }, spec: { ...spec, selector: { matchLabels: { app: 'orders', version } }, template } };
}

const cluster = new Cluster();
beforeAll(async () => { await cluster.clear(SHOP); });
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

/** Requests of a caller without a sidecar to a pod of orders. */
async function inPlaintext(): Promise<Outcome[]> {
  const [pod] = await cluster.pods('orders');
  return cluster.requestFromOutside({ ...LIST, dial: `${pod.status!.podIP}:8080`, times: 20 });
}

/** A loss may be a matter of milliseconds: it is tried so often before it is said that there is none. */
const TRIES = 30;

/** Makes a transition until it loses requests. */
async function judgeLoss(rule: string, transition: () => Promise<Load>): Promise<void> {
  let load = await transition();
  let tries = 1;
  for (; load.lost.length === 0 && tries < TRIES; tries++) load = await transition();
  judge({ asked: `requests lost, ${rule}, try ${tries}`, of: 'orders', expected: [1, load.outcomes.length], measured: load.lost.length });
}

const V1 = release({ v1: 100 });
const HALF = release({ v1: 50, v2: 50 });

test('a transition that the check allows loses none, however often it is made', async () => {
  const shares = [HALF, release({ v1: 40, v2: 60 })];
  await cluster.apply(HALF);
  const loads: Load[] = [];
  for (let index = 0; index < 8; index++) {
    const [before, after] = index % 2 === 0 ? shares : [...shares].reverse();
    expect(rulesOf(before, after)).toEqual([]);
    loads.push(await underLoad(cluster, LIST, 3, async () => cluster.goTo(before, after)));
  }
  const [lost, asked] = [loads.flatMap((load) => load.lost), loads.flatMap(({ outcomes }) => outcomes).length];
  expect(lost.map(outcomeOf)).toEqual([]);
  judge({ asked: `requests lost of ${asked}, another share 8 times`, of: 'orders', expected: 0, measured: lost.length });
});

describe('a transition that the check refuses loses requests', () => {
  const REFUSED: Readonly<Record<string, readonly [before: KubeObject[], after: KubeObject[]]>> = {
    'requests-before-pods': [V1, HALF],
    'subset-removed': [HALF, release({ v1: 50, v2: 50 }, ['v1'], ['v1', 'v2'])],
    'pods-removed': [HALF, release({ v1: 50, v2: 50 }, ['v1', 'v2'], ['v1'])],
    'route-and-subset-added': [release({ v1: 100 }, ['v1'], ['v1', 'v2']), HALF],
    'route-and-subset-removed': [HALF, release({ v1: 100 }, ['v1'], ['v1', 'v2'])],
    'called-service-removed': [V1, changed(V1, [gone('Service', 'orders')])],
  };

  test.each(Object.entries(REFUSED))('%s', async (rule, [before, after]) => {
    expect(rulesOf(before, after)).toEqual([rule]);
    await judgeLoss(rule, async () => {
      await cluster.apply(before);
      return underLoad(cluster, LIST, 3, async () => cluster.goTo(before, after));
    });
  });

  test('deny-all-at-once, where a sync takes a moment', async () => {
    const counted = V1.map((object) => object.kind === 'AuthorizationPolicy' ? { ...object, metadata: { ...object.metadata, annotations: DRY_RUN } } : object);
    expect(rulesOf(counted, V1)).toEqual(['deny-all-at-once']);
    await judgeLoss('deny-all-at-once', async () => {
      await cluster.apply(counted);
      return underLoad(cluster, LIST, 3, async () => {
        await cluster.apply(V1.filter(({ metadata }) => metadata.name === 'deny-all'));
        await cluster.apply(V1);
      });
    });
  });

  test('strict-at-once', async () => {
    const outsideTheMesh = beforeTheMesh(SHOP, V1);
    await cluster.clear(SHOP);
    await cluster.apply(outsideTheMesh);
    expect((await inPlaintext()).filter((outcome) => !accepted(outcome))).toEqual([]);

    expect(rulesOf(outsideTheMesh, V1)).toContain('strict-at-once');
    await cluster.apply(V1);
    const outcomes = await inPlaintext();
    const lost = outcomes.filter((outcome) => !accepted(outcome)).length;
    judge({ asked: 'requests lost, strict-at-once', of: 'orders', expected: outcomes.length, measured: lost });
    await cluster.clear(SHOP);
  });
});
