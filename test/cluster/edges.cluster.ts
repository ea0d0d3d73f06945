import { STAGING, callees, declaredCalls, requestBetween, requestOf, undeclaredPairs } from './boutique';
import { Cluster } from './cluster';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import { judge } from './table';

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(STAGING); });
afterAll(() => cluster.close());

test('every declared call is answered by the callee it names', async () => {
  const wrong: string[] = [];
  for (const call of declaredCalls) {
    const [outcome] = await cluster.request(requestOf(call));
    if (!accepted(outcome) || !outcome.pod.startsWith(call.to)) wrong.push(`${call.from} -> ${call.to}${call.path}: ${outcomeOf(outcome)}`);
  }

  expect(wrong).toEqual([]);
  const edges = new Set(declaredCalls.map(({ from, to }) => `${from} ${to}`));
  judge({ asked: 'declared calls answered', of: `${edges.size} edges`, expected: declaredCalls.length, measured: declaredCalls.length - wrong.length });
});

test('no undeclared pair of workloads is answered', async () => {
  const answered: string[] = [];
  for (const { from, to } of undeclaredPairs) {
    const [outcome] = await cluster.request({ ...requestBetween(from, to), headers: { 'x-case': 'undeclared pair' } });
    if (accepted(outcome)) answered.push(`${from} -> ${to}`);
  }

  expect(answered).toEqual([]);
  judge({ asked: 'undeclared pairs answered', of: `${undeclaredPairs.length} pairs`, expected: 0, measured: answered.length });
});

test('an undeclared method on a declared edge is refused', async () => {
  const wrong: string[] = [];
  const edges = new Map(declaredCalls.filter(({ to }) => callees[to].protocol !== 'tcp').map((call) => [`${call.from} ${call.to}`, call]));
  for (const call of edges.values()) {
    const [outcome] = await cluster.request(requestOf({ ...call, path: `${call.path}Undeclared` }));
    if (!refusedByPolicy(outcome)) wrong.push(`${call.from} -> ${call.to}: ${outcomeOf(outcome)}`);
  }

  expect(wrong).toEqual([]);
  judge({ asked: 'undeclared methods refused', of: `${edges.size} edges`, expected: edges.size, measured: edges.size - wrong.length });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
