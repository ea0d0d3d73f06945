import { join } from 'node:path';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import type { Pod } from './kubelet/pod';
import { readManifests, workloads, type Workload } from './manifests';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import { statistics } from './proxies';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const DIST = join(__dirname, '..', '..', 'examples', 'adopting', 'dist');
const stepOf = (name: string): KubeObject[] => readManifests(join(DIST, name));
const SHOP = 'shop';
const LIST = { protocol: 'http', address: 'orders.shop.svc.cluster.local:80', path: '/orders', timeoutMs: 5000 } as const;

const cluster = new Cluster();
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

/** A Deployment as somebody had made it, before the mesh: its selector's labels and nothing else. */
function before({ spec, ...rest }: Workload): Workload {
  const { labels = {} } = { labels: (spec as { selector?: { matchLabels?: Record<string, string> } }).selector?.matchLabels };
  return { ...rest, spec: { ...spec, template: { ...spec.template, metadata: { ...spec.template.metadata, labels } } } };
}

/** What ran before: a namespace without sidecars, Deployments, Services, identities. */
function outsideTheMesh(): KubeObject[] {
  const objects = stepOf('step-1-sidecars');
  const kept = objects.filter(({ kind }) => ['Service', 'ServiceAccount'].includes(kind));
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP } }, ...kept, ...workloads(objects).map(before)];
}

/** A pod of the desk that is not replaced meanwhile, with a sidecar from the start: it makes the load. */
const desk: KubeObject & { readonly spec: object } = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'desk-load', namespace: SHOP },
  spec: {
    selector: { matchLabels: { app: 'desk-load' } },
    template: {
      metadata: { labels: { 'app': 'desk-load', 'app.kubernetes.io/name': 'desk', 'sidecar.istio.io/inject': 'true' } },
      spec: { serviceAccountName: 'desk', containers: [{ name: 'server', image: 'example.com/desk' }] },
    },
  },
};

const orders = async (): Promise<Pod[]> => (await cluster.pods()).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'orders');
const fromDesk = async (options: Partial<CallOptions>): Promise<Outcome[]> => cluster.request({ from: 'desk-load', ...LIST, ...options });

/** A caller without a sidecar: its answer from one pod of orders. */
async function inPlaintext(): Promise<Outcome> {
  const [pod] = await orders();
  const [outcome] = await cluster.requestFromOutside({ ...LIST, dial: `${pod.status!.podIP}:8080` });
  return outcome;
}

/** What the proxies of orders would have refused. */
async function wouldBeRefused(): Promise<number> {
  const counts = await Promise.all((await orders()).map(async (pod) => statistics(pod, 'istio_dry_run_allow_.*shadow_denied')));
  return counts.flatMap((each) => [...each.values()]).reduce((sum, count) => sum + count, 0);
}

/** Goes to a step while the desk calls orders all the time. */
async function underLoad(step: string, objects: readonly KubeObject[]): Promise<void> {
  const load = fromDesk({ forMs: 12_000, concurrency: 4, pauseMs: 10 });
  const { length } = await cluster.apply(objects);
  const outcomes = await load;
  const lost = outcomes.filter((outcome) => !accepted(outcome));
  expect(lost.map(outcomeOf)).toEqual([]);
  expect(length).toBe(objects.length);
  judge({ asked: `requests lost of ${outcomes.length}, ${step}`, of: 'orders, adopted', expected: 0, measured: lost.length });
}

test('a running service is adopted step by step and loses no request', async () => {
  await cluster.clear(SHOP);
  await cluster.apply(outsideTheMesh());
  await cluster.apply([desk]);
  expect(accepted((await fromDesk({}))[0])).toBe(true);
  expect(accepted(await inPlaintext())).toBe(true);

  await underLoad('sidecars', stepOf('step-1-sidecars'));
  expect(accepted(await inPlaintext())).toBe(true);

  await underLoad('strict', stepOf('step-2-strict'));
  expect(accepted(await inPlaintext())).toBe(false);

  await underLoad('outbound', stepOf('step-3-outbound'));
  const counted = await wouldBeRefused();
  const undeclared = await fromDesk({ method: 'DELETE', times: 5 });
  expect(undeclared.filter((outcome) => !accepted(outcome)).map(outcomeOf)).toEqual([]);
  judge({ asked: 'requests counted, not refused, of 5 undeclared', of: 'orders in dry run', expected: 5, measured: await wouldBeRefused() - counted });

  await underLoad('authorization', stepOf('step-4-authorization'));
  const refused = (await fromDesk({ method: 'DELETE', times: 5 })).filter(refusedByPolicy).length;
  judge({ asked: 'requests refused of 5 undeclared', of: 'orders, enforced', expected: 5, measured: refused });

  await underLoad('network', stepOf('step-5-network'));
  expect(await cluster.rejects()).toEqual([]);
});
