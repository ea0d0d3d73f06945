import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { inject } from './injection';
import { limitsRule, ruleFor } from './limits-rule';
import { ofKind, podOf, readManifests, scheduledWork, workloads } from './manifests';
import { SYSTEMS, folderOf } from './rendered-systems';
import { judge } from './table';
import { against, againstPods } from './verdicts';

const cluster = new Cluster();
const { hold, lift } = limitsRule(cluster);
afterAll(() => cluster.close());

/** What applying may change: all but what controllers write. */
const declared = (objects: readonly KubeObject[]): object[] => objects.map((object) => {
  const ignored = { resourceVersion: undefined, managedFields: undefined, annotations: undefined };
  return { ...object, status: undefined, metadata: { ...object.metadata, ...ignored } };
});

/** Makes the namespaces that objects stand in and that are not there: whoever watches others has some in theirs. @returns their names */
async function makeMissing(objects: readonly KubeObject[]): Promise<readonly string[]> {
  const there = new Set((await cluster.client.list('v1', 'Namespace')).map(({ metadata }) => metadata.name));
  const missing = [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))].filter((name) => !there.has(name));
  for (const name of missing) await cluster.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return missing;
}

describe.each(SYSTEMS)('$name', ({ name, environment, folder, interception }) => {
  const objects = readManifests(folder);
  const namespaces = ofKind(objects, 'Namespace');
  const names = namespaces.map(({ metadata }) => metadata.name);
  const rule = ruleFor(names);
  const made: string[] = [];
  const clear = async (): Promise<void> => {
    await cluster.clearAll(objects);
    for (const name of made.splice(0)) await cluster.clear(name);
  };
  beforeAll(async () => {
    await clear();
    await inject(cluster, interception);
    await cluster.submit([...readManifests(folderOf(environment, 'priority-classes')), ...namespaces]);
    made.push(...await makeMissing(objects));
    await hold(rule, ...names);
  });
  afterAll(async () => {
    await lift(rule, names[0]);
    await clear();
    await inject(cluster, 'init');
  });

  test('is taken by the API server and the mesh\'s validator without a warning, and a second time nothing changes', async () => {
    await cluster.withoutNewPods(async () => {
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

  test('has pods that meet Pod Security, and have limits on every container, once the mesh has injected its proxy', async () => {
    await cluster.withoutNewPods(async () => {
      await cluster.submit(objects);
      const makers = [...workloads(objects), ...scheduledWork(objects)];
      const pods = makers.map((maker) => podOf({ ...maker, metadata: { ...maker.metadata, name: `${maker.metadata.name}-judged` } }));
      const ours = await againstPods(cluster.client, pods, interception);

      expect(ours).toEqual([]);
      const measured = pods.length - ours.length;
      judge({ asked: `pods of ${name} accepted, bare and injected`, of: `Pod Security, limits, ${interception}`, expected: pods.length, measured });
    });
  });
});
