import { FIXTURES, STAGING_OBJECTS, UNLIMITED } from './boutique';
import { unanswered } from './checks';
import { Cluster } from './cluster';
import { istioObjects } from './control/istiod';
import { analyze, asInCluster } from './judges/istio-analysis';
import type { Pod } from './kubelet/pod';
import { podOf, readManifests, workloads } from './manifests';
import { changed, concerned, set } from './mutations/change';
import { mutated } from './mutations/mutated';
import { seenInFiles } from './mutations/on-files';
import { refusedObjects } from './mutations/refused';
import { seenRunning } from './mutations/running';
import { until } from './run/until';
import { against, againstPods } from './verdicts';

const objects = STAGING_OBJECTS;
const around = [...istioObjects('init'), ...readManifests(FIXTURES)];

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterAll(async () => {
  expect(await unanswered()(cluster)).toEqual([]); // all is back
  cluster.close();
});

test.each(seenInFiles)('the analyzers see $name', ({ changes, message }) => {
  const { messages } = analyze(asInCluster([...around, ...changed(objects, changes)]));

  expect(messages.map(({ code, origin }) => `${code} ${origin}`)).toContain(message);
});

test.each(refusedObjects)('the API server, the validator or Pod Security speaks against $name', async ({ change, says, of }) => {
  const [object] = concerned(changed(objects, [change]), [change]);
  const said = of === 'object'
    ? await against([object], async (one) => cluster.client.apply(one, { dryRun: true }))
    : await againstPods(cluster.client, workloads([object]).map((workload) => podOf(workload)), 'init');

  expect(said.join('\n')).toMatch(says);
});

test.each(seenRunning)('the running shop shows $name', async ({ changes, found, as, holds }) => {
  expect(await found(cluster)).toEqual([]);

  await mutated(cluster, objects, changes, async () => {
    expect((await found(cluster)).join('\n')).toMatch(as);
    expect(await holds?.(cluster) ?? []).toEqual([]);
  });
});

/** What the kubelet is answered when it asks whether a pod is ready. */
async function readiness({ status }: Pod): Promise<number> {
  const [outcome] = await cluster.requestFromOutside({ protocol: 'http', address: `${status?.podIP}:15020`, path: '/app-health/server/readyz' });
  return outcome.status;
}

test('the running shop shows a probe of a port on which nobody listens', async () => {
  const changes = [set('Deployment', 'emailservice', 'spec/template/spec/containers/0/readinessProbe/grpc/port', 5001)];
  const [former] = await cluster.pods('emailservice');
  expect(await readiness(former)).toBe(200);
  try {
    await cluster.submit(concerned(changed(objects, changes), changes));
    const pod = await until('the program of the new pod', async () => {
      const next = (await cluster.pods('emailservice')).find(({ metadata }) => metadata.uid !== former.metadata.uid);
      return next && cluster.steering(next).arrivals().then(() => next);
    });

    expect(await readiness(pod)).toBe(500);
  } finally {
    await cluster.apply(concerned(objects, changes));
  }
});
