import { PRODUCTION, STAGING } from './boutique';
import { Cluster } from './cluster';
import { istioObjects, type Interception } from './control/istiod';
import { Refused, type KubeObject, type Verdict } from './control/kube-client';
import { interceptor, type Pod } from './kubelet/pod';
import { podOf, readManifests, workloads } from './manifests';
import { until } from './run/until';
import { judge } from './table';

const NAMESPACE = 'demo-app';
const PROBE = 'injection-probe';

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.submit([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: PROBE, labels: { 'istio-injection': 'enabled' } } }]);
});
afterAll(async () => {
  await cluster.clear(PROBE);
  cluster.close();
});

/** Lets the injector make pods for one way of interception. */
async function inject(interception: Interception): Promise<void> {
  await cluster.submit(istioObjects(interception).filter(({ metadata }) => metadata.name === 'istio-sidecar-injector'));
  const containers = [{ name: 'server', image: 'example.com/server' }];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', namespace: PROBE }, spec: { containers } };
  const wanted = interception === 'init' ? 'istio-init' : 'istio-validation';
  await until(`pods get ${wanted}`, async () => interceptor((await cluster.client.tryCreate(pod)).object as Pod)?.name === wanted);
}

/** What the API server has against objects: an error, or warnings. */
async function against(objects: readonly KubeObject[], ask: (object: KubeObject) => Promise<Verdict>): Promise<string[]> {
  const said: string[] = [];
  for (const object of objects) {
    const name = `${object.kind} ${object.metadata.name}`;
    try {
      said.push(...(await ask(object)).warnings.map((warning) => `${name}: ${warning}`));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      said.push(`${name}: ${error.message}`);
    }
  }
  return said;
}

/** What applying may change: all but what controllers write. */
const declared = (objects: readonly KubeObject[]): object[] => objects.map((object) => {
  const ignored = { resourceVersion: undefined, managedFields: undefined, annotations: undefined };
  return { ...object, status: undefined, metadata: { ...object.metadata, ...ignored } };
});

/** Every complaint in a warning is about `istio-init`: it needs root and two capabilities where no CNI plugin intercepts. */
function onlyIstioInit(warning: string): boolean {
  const named = [...warning.matchAll(/containers? ((?:\\?"[\w-]+\\?"(?:, )?)+)/g)].flatMap(([, names]) => names.match(/[\w-]+/g) ?? []);
  return named.length > 0 && named.every((name) => name === 'istio-init');
}

describe.each<[string, string, Interception]>([['staging', STAGING, 'init'], ['production', PRODUCTION, 'cni']])('%s', (environment, folder, interception) => {
  const objects = readManifests(folder);
  beforeAll(async () => {
    await cluster.clear(NAMESPACE);
    await inject(interception);
  });
  afterAll(async () => {
    await cluster.clear(NAMESPACE);
    await inject('init');
  });

  test('is taken by the API server and the mesh\'s validator without a warning, and a second time nothing changes', async () => {
    await cluster.withoutNewPods(async () => {
      const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
      const others = objects.filter(({ kind }) => kind !== 'Namespace');
      const said = await against([...namespaces, ...others], async (object) => cluster.client.apply(object));

      expect(said).toEqual([]);
      const measured = objects.length - said.length;
      judge({ asked: `objects of ${environment} taken`, of: 'API server, validator', expected: objects.length, measured });
      const second = await cluster.submit(objects);
      const third = await cluster.submit(objects);
      expect(declared(third.map(({ object }) => object))).toEqual(declared(second.map(({ object }) => object)));
    });
  });

  test('has pods that meet Pod Security once the mesh has injected its proxy', async () => {
    await cluster.withoutNewPods(async () => {
      await cluster.submit(objects);
      const pods = workloads(objects).map((workload) => podOf({ ...workload, metadata: { ...workload.metadata, name: `${workload.metadata.name}-judged` } }));
      const said = await against(pods, async (pod) => {
        const verdict = await cluster.client.tryCreate(pod);
        expect(interceptor(verdict.object as Pod)).toBeDefined();
        return verdict;
      });
      const ours = said.filter((warning) => interception === 'cni' || !onlyIstioInit(warning));

      expect(ours).toEqual([]);
      const measured = pods.length - ours.length;
      judge({ asked: `injected pods of ${environment} accepted`, of: `Pod Security, ${interception}`, expected: pods.length, measured });
    });
  });
});
