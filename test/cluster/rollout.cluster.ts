import { STAGING, UNLIMITED, requestOf } from './boutique';
import { Cluster } from './cluster';
import { underLoad } from './load';
import { readManifests, workloads, type Workload } from './manifests';
import { outcomeOf } from './outcomes';
import { judge } from './table';

const ADD_ITEM = { from: 'frontend', to: 'cartservice', path: '/hipstershop.CartService/AddItem' };

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterAll(async () => {
  await cluster.apply(UNLIMITED);
  cluster.close();
});

const withImage = (workload: Workload, image: string): Workload => {
  const { template } = workload.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  return { ...workload, spec: { ...workload.spec, template: { ...template, spec: { ...template.spec, containers } } } };
};

test('a rollout of a changed image under load loses no request, of calls that are never repeated', async () => {
  const cart = workloads(readManifests(STAGING)).find(({ metadata }) => metadata.name === 'cartservice')!;

  const { outcomes, lost } = await underLoad(cluster, requestOf(ADD_ITEM), 20, async () => cluster.apply([withImage(cart, 'example.com/cartservice:next')]));

  expect(lost.map(outcomeOf)).toEqual([]);
  expect(new Set(outcomes.map(({ pod }) => pod)).size).toBe(2);
  judge({ asked: `requests lost of ${outcomes.length}`, of: 'cartservice, rolling', expected: 0, measured: lost.length });
});
