import { STAGING, callees, declaredCalls, requestBetween, requestOf, undeclaredPairs } from './boutique';
import { Cluster } from './cluster';
import { ofKind, readManifests } from './manifests';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import { statistics } from './proxies';
import type { Outcome } from './run/steering';
import { judge } from './table';

const cluster = new Cluster();
const objects = readManifests(STAGING);
const policies = ofKind(objects, 'AuthorizationPolicy');
const sidecars = ofKind(objects, 'Sidecar');
const all = undeclaredPairs.length;
const pairs = `${all} pairs`;
beforeAll(async () => { await cluster.apply(STAGING); });
afterAll(() => cluster.close());

/** Asks over every pair for which no call is declared, and says where the answer is not what one layer alone gives. */
async function unexpected(asked: string, right: (outcome: Outcome) => boolean): Promise<string[]> {
  const wrong: string[] = [];
  for (const { from, to } of undeclaredPairs) {
    const [outcome] = await cluster.request({ ...requestBetween(from, to), headers: { 'x-case': asked } });
    if (!right(outcome)) wrong.push(`${from} -> ${to}: ${outcomeOf(outcome)}`);
  }
  return wrong;
}

/** Refusals by policy of a callee's proxy, counted by itself. */
async function policyRefusals(app: string): Promise<number> {
  const [pod] = await cluster.pods(app);
  const counts = await statistics(pod, 'rbac.*denied$');
  return [...counts].filter(([name]) => !name.includes('shadow')).reduce((sum, [, count]) => sum + count, 0);
}

test('policies alone, without any Sidecar resource, refuse every undeclared pair', async () => {
  await cluster.without(sidecars, async () => {
    const before = await policyRefusals('redis-cart');
    const wrong = await unexpected('policy alone', refusedByPolicy);

    expect(wrong).toEqual([]);
    judge({ asked: 'refused by policy alone', of: pairs, expected: all, measured: all - wrong.length });
    const toRedis = undeclaredPairs.filter(({ to }) => to === 'redis-cart').length;
    const closed = await policyRefusals('redis-cart') - before;
    judge({ asked: 'TCP connections that redis-cart\'s policy closed', of: `${toRedis} callers`, expected: toRedis, measured: closed });
  });
});

test('Sidecar resources alone, without any policy, let no undeclared pair through', async () => {
  await cluster.without(policies, async () => {
    const edges = declaredCalls.filter(({ to }) => callees[to].protocol === 'grpc');
    const [open] = await cluster.request(requestOf({ ...edges[0], path: `${edges[0].path}Undeclared` }));
    expect(accepted(open)).toBe(true); // the policies are really gone

    const wrong = await unexpected('sidecar alone', (outcome) => !accepted(outcome) && outcome.grpc !== 7 && outcome.status !== 403);
    expect(wrong).toEqual([]);
    judge({ asked: 'stopped by Sidecar alone', of: pairs, expected: all, measured: all - wrong.length });
    const arrived = (await Promise.all(Object.keys(callees).map(async (app) => cluster.backendCalls(app, 'sidecar alone')))).flat();
    judge({ asked: 'requests that arrived in spite of Sidecars', of: 'all callees', expected: 0, measured: arrived.length });
  });
});

test('without both layers every undeclared pair is answered, so the two above do judge', async () => {
  await cluster.without([...policies, ...sidecars], async () => {
    const wrong = await unexpected('no layer', accepted);

    expect(wrong).toEqual([]);
    judge({ asked: 'answered without both layers', of: pairs, expected: all, measured: all - wrong.length });
  });
});

test('plaintext from outside the mesh reaches no program', async () => {
  let refused = 0;
  for (const [app, callee] of Object.entries(callees)) {
    const [pod] = await cluster.pods(app);
    const port = pod.spec.containers.flatMap(({ ports }) => ports ?? [])[0].containerPort;
    const path = declaredCalls.find(({ to }) => to === app)!.path;
    const [outcome] = await cluster.requestFromOutside({ ...callee, path, dial: `${pod.status?.podIP}:${port}`, timeoutMs: 3000 });
    if (!accepted(outcome) && outcome.error !== '') refused += 1;
  }
  judge({ asked: 'plaintext from outside refused', of: `${Object.keys(callees).length} services`, expected: Object.keys(callees).length, measured: refused });
});

test('with everything back, the declared calls are answered again', async () => {
  const outcomes = await Promise.all(declaredCalls.map(async (call) => cluster.request(requestOf(call))));

  expect(outcomes.flat().filter((outcome) => !accepted(outcome)).map(outcomeOf)).toEqual([]);
  expect(await cluster.rejects()).toEqual([]);
});
