import { PRODUCTION, STAGING, UNLIMITED, requestOf } from './boutique';
import { Cluster } from './cluster';
import { ofKind, readManifests, workloads, type Workload } from './manifests';
import { accepted } from './outcomes';
import { statistics } from './proxies';
import type { Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';

const GET_ADS = { from: 'frontend', to: 'adservice', path: '/hipstershop.AdService/GetAds' };
/** The call that may take longest: on a busy machine it takes a while until all requests are under way. */
const PLACE_ORDER = { from: 'frontend', to: 'checkoutservice', path: '/hipstershop.CheckoutService/PlaceOrder' };
const UNAVAILABLE = 14;

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterEach(async () => {
  for (const app of ['adservice', 'checkoutservice']) await cluster.behave(app);
});
afterAll(async () => {
  await cluster.apply(UNLIMITED);
  cluster.close();
});

/** A gauge of the frontend's proxy about its calls of a service. */
async function ofCalls({ to }: { readonly to: string }, pattern: string): Promise<number> {
  const [frontend] = await cluster.pods('frontend');
  const counts = await statistics(frontend, `outbound.*v1.*${to}.*${pattern}`);
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

test('more requests at a time than the circuit breaker lets through are refused at once', async () => {
  const allowed = 1024;
  const asked = 1300;
  await cluster.behave('checkoutservice', { milliseconds: 5000 });

  const outcomes = await cluster.request({ ...requestOf(PLACE_ORDER), times: asked, concurrency: asked, timeoutMs: 20_000 });

  const refused = outcomes.filter(({ headers }) => headers?.['grpc-message']?.includes('overflow')).length;
  judge({ asked: `refused at once of ${asked} at a time`, of: 'frontend\'s proxy', expected: asked - allowed, measured: refused });
});

describe('with two replicas, as in production', () => {
  beforeAll(async () => {
    const workload = workloads(readManifests(STAGING)).find(({ metadata }) => metadata.name === 'adservice')!;
    const rule = ofKind(readManifests(PRODUCTION), 'DestinationRule').find(({ metadata }) => metadata.name === 'adservice')!;
    const two: Workload = { ...workload, spec: { ...workload.spec, replicas: 2 } };
    await cluster.apply([two, rule]);
  });

  test('a pod that fails is ejected, and one stays even when both fail', async () => {
    const ask = async (times: number): Promise<Outcome[]> => cluster.request({ ...requestOf(GET_ADS), times });
    await until('both pods answer', async () => new Set((await ask(20)).map(({ pod }) => pod)).size === 2);
    const [failing, healthy] = await cluster.pods('adservice');
    await cluster.steering(failing).behave({ grpc: UNAVAILABLE });
    await until('the failing pod is avoided', async () => (await ask(20)).every(accepted)); // the proxy's workers learn of it up to a second later

    const failures = (await ask(200)).filter((outcome) => !accepted(outcome)).length;
    judge({ asked: 'failures of 200 with one of two pods failing', of: 'adservice', expected: 0, measured: failures });
    judge({ asked: 'pods ejected', of: 'adservice', expected: 1, measured: await ofCalls(GET_ADS, 'ejections_active$') });

    await cluster.steering(healthy).behave({ grpc: UNAVAILABLE });
    const stays = [...new Set((await ask(50)).map(({ pod }) => pod))].join();
    judge({ asked: 'pods ejected when both fail', of: 'adservice', expected: 1, measured: await ofCalls(GET_ADS, 'ejections_active$') });
    judge({ asked: 'pod that stays when both fail', of: 'adservice', expected: healthy.metadata.name, measured: stays });
  });
});
