import { join } from 'node:path';
import { Cluster, type Request } from './cluster';
import type { KubeObject } from './control/kube-client';
import { inject } from './injection';
import { ofKind, readManifests, type Workload } from './manifests';
import { drop, set } from './mutations/change';
import { mutated } from './mutations/mutated';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import { judge } from './table';

const REPOSITORIES = join(__dirname, '..', '..', 'examples', 'two-repositories');
const NAMESPACES = ['catalogue', 'checkout'];
const [catalogue, checkout] = NAMESPACES.map((team) => readManifests(join(REPOSITORIES, team, 'dist', 'staging')));

const products = { protocol: 'http', address: 'products.catalogue.svc.cluster.local:80', timeoutMs: 5000 } as const;
const orders = { protocol: 'http', address: 'orders.checkout.svc.cluster.local:80', timeoutMs: 5000 } as const;
const PRODUCT: Request = { ...products, from: 'orders', path: '/products/7' };
const SOLD: Request = { ...orders, from: 'bestsellers', path: '/orders/sold' };

/** The pods of a CronJob, kept: its next run may be a day away. */
function kept(cronJob: KubeObject & { readonly spec: { readonly jobTemplate: { readonly spec: Workload['spec'] } } }): Workload {
  const { metadata, spec: { jobTemplate: { spec: { template } } } } = cronJob;
  const always = { ...template, spec: { ...template.spec, restartPolicy: 'Always' } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector: { matchLabels: { app: metadata.name } }, template: always } };
}

const cluster = new Cluster();
beforeAll(async () => {
  for (const namespace of NAMESPACES) await cluster.clear(namespace);
  await inject(cluster, 'cni');
  await cluster.apply(catalogue);
  await cluster.apply([...checkout, ...ofKind<Parameters<typeof kept>[0]>(catalogue, 'CronJob').map(kept)]);
});
afterAll(async () => {
  for (const namespace of NAMESPACES) await cluster.clear(namespace);
  await inject(cluster, 'init');
  cluster.close();
});

const ask = async (request: Request) => (await cluster.request(request))[0];

test('calls between the two repositories are answered, each by the other\'s service', async () => {
  const outcomes = [await ask(PRODUCT), await ask(SOLD)];

  expect(outcomes.map(outcomeOf)).toEqual([expect.stringMatching(/^HTTP 200, from products-/), expect.stringMatching(/^HTTP 200, from orders-/)]);
  judge({ asked: 'calls between repositories answered', of: '2 repositories', expected: 2, measured: outcomes.filter(accepted).length });
});

test('other operations and other directions are not', async () => {
  const operations = [await ask({ ...PRODUCT, path: '/products' }), await ask({ ...SOLD, method: 'POST', path: '/orders' })];
  judge({ asked: 'operations refused that no contract names', of: '2 repositories', expected: 2, measured: operations.filter(refusedByPolicy).length });

  const back = [await ask({ ...SOLD, from: 'products' }), await ask({ ...PRODUCT, from: 'bestsellers' })];
  expect(back.filter(accepted).map(outcomeOf)).toEqual([]);
});

test('one half of a call opens nothing', async () => {
  await mutated(cluster, checkout, [set('Sidecar', 'orders', 'spec/egress/0/hosts', ['~/*'])], async () => {
    expect(accepted(await ask(PRODUCT))).toBe(false);
  });
  await mutated(cluster, catalogue, [drop('AuthorizationPolicy', 'products', 'spec/rules/0')], async () => {
    expect(refusedByPolicy(await ask(PRODUCT))).toBe(true);
  });
  expect(accepted(await ask(PRODUCT))).toBe(true);
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
