import { Cluster } from './cluster';
import { STORE, WHOLE_STORE } from './jhipster-store';
import { ofKind } from './manifests';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

/** Who has which database, written by hand: the judge must not take it from the objects that it judges. */
const DATABASES: Readonly<Record<string, string>> = {
  store: 'store-postgresql:5432', invoice: 'invoice-postgresql:5432', product: 'product-postgresql:5432', notification: 'notification-mongodb:27017',
};
const SERVICES = Object.keys(DATABASES);

interface Pair { readonly from: string; readonly to: CallOptions }
const http = (app: string): CallOptions => ({ protocol: 'http', address: `${app}:80`, path: '/api/things', timeoutMs: 5000 });
const tcp = (address: string): CallOptions => ({ protocol: 'tcp', address, timeoutMs: 5000 });
/** The browser calls each service by the gateway: no service calls another, and none another's database. */
const undeclared: readonly Pair[] = [...SERVICES, 'oauth2-proxy'].flatMap((from) => [
  ...SERVICES.filter((to) => to !== from).map((to) => ({ from, to: http(to) })),
  ...SERVICES.filter((to) => to !== from).map((to) => ({ from, to: tcp(DATABASES[to]) })),
]);

const policies = ofKind(STORE, 'AuthorizationPolicy').filter(({ metadata }) => metadata.namespace === 'jhipster-store');
const sidecars = ofKind(STORE, 'Sidecar');

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clearAll(WHOLE_STORE);
  await cluster.apply(WHOLE_STORE);
});
afterAll(async () => {
  await cluster.clearAll(WHOLE_STORE);
  cluster.close();
});

/** Pairs whose outcome is not right, one line each. */
async function wrong(pairs: readonly Pair[], right: (outcome: Outcome) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const { from, to } of pairs) {
    const [outcome] = await cluster.request({ from, ...to });
    if (!right(outcome)) found.push(`${from} -> ${to.address}: ${outcomeOf(outcome)}`);
  }
  return found;
}

async function judged(asked: string, right: (outcome: Outcome) => boolean, pairs = undeclared): Promise<void> {
  const found = await wrong(pairs, right);
  expect(found).toEqual([]);
  judge({ asked, of: `${pairs.length} pairs`, expected: pairs.length, measured: pairs.length - found.length });
}

test('each service reaches its own database, and no service another one or its database', async () => {
  await judged('own databases reached', accepted, SERVICES.map((from) => ({ from, to: tcp(DATABASES[from]) })));
  await judged('undeclared pairs refused', (outcome) => !accepted(outcome));
});

test('policies alone, without any Sidecar resource, refuse every undeclared pair', async () => {
  await cluster.without(sidecars, async () => judged('refused by policy alone', refusedByPolicy));
});

test('Sidecar resources alone, without any policy, let no undeclared pair through', async () => {
  await cluster.without(policies, async () => judged('stopped by Sidecar alone', (outcome) => !accepted(outcome) && outcome.status !== 403));
});

test('without both layers every undeclared pair is answered, so the two above do judge', async () => {
  await cluster.without([...policies, ...sidecars], async () => judged('answered without both layers', accepted));
});
