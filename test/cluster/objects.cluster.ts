import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { inject } from './injection';
import { podOf, readManifests, workloads } from './manifests';
import { SYSTEMS } from './rendered-systems';
import { judge } from './table';
import { against, againstPods } from './verdicts';

const cluster = new Cluster();
afterAll(() => cluster.close());

/** What applying may change: all but what controllers write. */
const declared = (objects: readonly KubeObject[]): object[] => objects.map((object) => {
  const ignored = { resourceVersion: undefined, managedFields: undefined, annotations: undefined };
  return { ...object, status: undefined, metadata: { ...object.metadata, ...ignored } };
});

describe.each(SYSTEMS)('$name', ({ name, folder, interception }) => {
  const objects = readManifests(folder);
  const clear = async (): Promise<void> => cluster.clearAll(objects);
  beforeAll(async () => {
    await clear();
    await inject(cluster, interception);
  });
  afterAll(async () => {
    await clear();
    await inject(cluster, 'init');
  });

  test('is taken by the API server and the mesh\'s validator without a warning, and a second time nothing changes', async () => {
    await cluster.withoutNewPods(async () => {
      const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
      const others = objects.filter(({ kind }) => kind !== 'Namespace');
      const said = await against([...namespaces, ...others], async (object) => cluster.client.apply(object));

      expect(said).toEqual([]);
      const measured = objects.length - said.length;
      judge({ asked: `objects of ${name} taken`, of: 'API server, validator', expected: objects.length, measured });
      const second = await cluster.submit(objects);
      const third = await cluster.submit(objects);
      expect(declared(third.map(({ object }) => object))).toEqual(declared(second.map(({ object }) => object)));
    });
  });

  test('has pods that meet Pod Security once the mesh has injected its proxy', async () => {
    await cluster.withoutNewPods(async () => {
      await cluster.submit(objects);
      const pods = workloads(objects).map((workload) => podOf({ ...workload, metadata: { ...workload.metadata, name: `${workload.metadata.name}-judged` } }));
      const ours = await againstPods(cluster.client, pods, interception);

      expect(ours).toEqual([]);
      const measured = pods.length - ours.length;
      judge({ asked: `pods of ${name} accepted, bare and injected`, of: `Pod Security, ${interception}`, expected: pods.length, measured });
    });
  });
});
