import { join } from 'node:path';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import type { Pod } from './kubelet/pod';
import { underLoad } from './load';
import { beforeTheMesh, readManifests } from './manifests';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import { statistics } from './proxies';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

const DIST = join(__dirname, '..', '..', 'examples', 'adopting', 'dist');
const stepOf = (name: string): KubeObject[] => readManifests(join(DIST, name));
const SHOP = 'shop';
const FROM_DESK = { from: 'desk-load', protocol: 'http', address: 'orders.shop.svc.cluster.local:80', path: '/orders', timeoutMs: 5000 } as const;

const cluster = new Cluster();
afterAll(async () => {
  await cluster.clear(SHOP);
  cluster.close();
});

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
const fromDesk = async (options: Partial<CallOptions>): Promise<Outcome[]> => cluster.request({ ...FROM_DESK, ...options });

/** A caller without a sidecar: its answer from one pod of orders. */
async function inPlaintext(): Promise<Outcome> {
  const [pod] = await orders();
  const [outcome] = await cluster.requestFromOutside({ ...FROM_DESK, dial: `${pod.status!.podIP}:8080` });
  return outcome;
}

/** What the proxies of orders would have refused. */
async function wouldBeRefused(): Promise<number> {
  const counts = await Promise.all((await orders()).map(async (pod) => statistics(pod, 'istio_dry_run_allow_.*shadow_denied')));
  return counts.flatMap((each) => [...each.values()]).reduce((sum, count) => sum + count, 0);
}

/** Goes to a step while the desk calls orders all the time. */
async function goTo(step: string, objects: readonly KubeObject[]): Promise<void> {
  const { outcomes, lost } = await underLoad(cluster, FROM_DESK, 12, async () => {
    const { length } = await cluster.apply(objects);
    expect(length).toBe(objects.length);
  });
  expect(lost.map(outcomeOf)).toEqual([]);
  judge({ asked: `requests lost of ${outcomes.length}, ${step}`, of: 'orders, adopted', expected: 0, measured: lost.length });
}

test('a running service is adopted step by step and loses no request', async () => {
  await cluster.clear(SHOP);
  await cluster.apply(beforeTheMesh(SHOP, stepOf('step-1-sidecars')));
  await cluster.apply([desk]);
  expect(accepted((await fromDesk({}))[0])).toBe(true);
  expect(accepted(await inPlaintext())).toBe(true);

  await goTo('sidecars', stepOf('step-1-sidecars'));
  expect(accepted(await inPlaintext())).toBe(true);

  await goTo('strict', stepOf('step-2-strict'));
  expect(accepted(await inPlaintext())).toBe(false);

  await goTo('outbound', stepOf('step-3-outbound'));
  const counted = await wouldBeRefused();
  const undeclared = await fromDesk({ method: 'DELETE', times: 5 });
  expect(undeclared.filter((outcome) => !accepted(outcome)).map(outcomeOf)).toEqual([]);
  judge({ asked: 'requests counted, not refused, of 5 undeclared', of: 'orders in dry run', expected: 5, measured: await wouldBeRefused() - counted });

  await goTo('authorization', stepOf('step-4-authorization'));
  const refused = (await fromDesk({ method: 'DELETE', times: 5 })).filter(refusedByPolicy).length;
  judge({ asked: 'requests refused of 5 undeclared', of: 'orders, enforced', expected: 5, measured: refused });

  await goTo('deny-all', stepOf('step-5-deny-all'));
  await goTo('network', stepOf('step-6-network'));
  expect(await cluster.rejects()).toEqual([]);
});
