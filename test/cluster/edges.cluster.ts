import { UNLIMITED, callers, declaredCalls, undeclaredPairs } from './boutique';
import { between, escapes, openMethods, requestEdges, unanswered } from './checks';
import { Cluster } from './cluster';
import { accepted } from './outcomes';
import { judge } from './table';

const cluster = new Cluster();
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterAll(() => cluster.close());

test('every declared call is answered by the callee it names', async () => {
  const wrong = await unanswered()(cluster);

  expect(wrong).toEqual([]);
  const edges = new Set(declaredCalls.map(({ from, to }) => `${from} ${to}`));
  judge({ asked: 'declared calls answered', of: `${edges.size} edges`, expected: declaredCalls.length, measured: declaredCalls.length - wrong.length });
});

test('no undeclared pair of workloads is answered', async () => {
  const answered = await between('undeclared pair', (outcome) => !accepted(outcome))(cluster);

  expect(answered).toEqual([]);
  judge({ asked: 'undeclared pairs answered', of: `${undeclaredPairs.length} pairs`, expected: 0, measured: answered.length });
});

test('an undeclared method on a declared edge is refused', async () => {
  const wrong = await openMethods()(cluster);

  expect(wrong).toEqual([]);
  const edges = requestEdges.length;
  judge({ asked: 'undeclared methods refused', of: `${edges} edges`, expected: edges, measured: edges - wrong.length });
});

test('no workload reaches an address that is nobody\'s callee', async () => {
  const wrong = await escapes(callers)(cluster);

  expect(wrong).toEqual([]);
  judge({ asked: 'undeclared addresses reached', of: `${callers.length} callers`, expected: 0, measured: wrong.length });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
