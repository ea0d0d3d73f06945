import { STAGING_OBJECTS, UNLIMITED, callees, declaredCalls, requestOf, undeclaredPairs } from './boutique';
import { between, openMethods, openToPlaintext, requestEdges, stoppedBySidecar, unanswered } from './checks';
import { Cluster } from './cluster';
import { ofKind } from './manifests';
import { accepted, refusedByPolicy } from './outcomes';
import { statistics } from './proxies';
import { judge } from './table';

const cluster = new Cluster();
const objects = STAGING_OBJECTS;
const policies = ofKind(objects, 'AuthorizationPolicy');
const sidecars = ofKind(objects, 'Sidecar');
const all = undeclaredPairs.length;
const pairs = `${all} pairs`;
beforeAll(async () => { await cluster.apply(UNLIMITED); });
afterAll(() => cluster.close());

/** Refusals by policy of a callee's proxy, counted by itself. */
async function policyRefusals(app: string): Promise<number> {
  const [pod] = await cluster.pods(app);
  const counts = await statistics(pod, 'rbac.*denied$');
  return [...counts].filter(([name]) => !name.includes('shadow')).reduce((sum, [, count]) => sum + count, 0);
}

test('policies alone, without any Sidecar resource, refuse every undeclared pair and method', async () => {
  await cluster.without(sidecars, async () => {
    const before = await policyRefusals('redis-cart');
    const wrong = await between('policy alone', refusedByPolicy)(cluster);

    expect(wrong).toEqual([]);
    judge({ asked: 'refused by policy alone', of: pairs, expected: all, measured: all - wrong.length });
    const toRedis = undeclaredPairs.filter(({ to }) => to === 'redis-cart').length;
    const closed = await policyRefusals('redis-cart') - before;
    judge({ asked: 'TCP connections that redis-cart\'s policy closed', of: `${toRedis} callers`, expected: toRedis, measured: closed });

    const edges = requestEdges.length;
    const open = await openMethods()(cluster);
    expect(open).toEqual([]);
    judge({ asked: 'undeclared methods refused by policy alone', of: `${edges} edges`, expected: edges, measured: edges - open.length });
  });
});

test('Sidecar resources alone, without any policy, let no undeclared pair through', async () => {
  await cluster.without(policies, async () => {
    const edges = declaredCalls.filter(({ to }) => callees[to].protocol === 'grpc');
    const [open] = await cluster.request(requestOf({ ...edges[0], path: `${edges[0].path}Undeclared` }));
    expect(accepted(open)).toBe(true); // the policies are really gone

    const wrong = await between('sidecar alone', stoppedBySidecar)(cluster);
    expect(wrong).toEqual([]);
    judge({ asked: 'stopped by Sidecar alone', of: pairs, expected: all, measured: all - wrong.length });
    const arrived = (await Promise.all(Object.keys(callees).map(async (app) => cluster.backendCalls(app, 'sidecar alone')))).flat();
    judge({ asked: 'requests that arrived in spite of Sidecars', of: 'all callees', expected: 0, measured: arrived.length });
  });
});

test('without both layers every undeclared pair is answered, so the two above do judge', async () => {
  await cluster.without([...policies, ...sidecars], async () => {
    const wrong = await between('no layer', accepted)(cluster);

    expect(wrong).toEqual([]);
    judge({ asked: 'answered without both layers', of: pairs, expected: all, measured: all - wrong.length });
  });
});

test('plaintext from outside the mesh reaches no program', async () => {
  const open = await openToPlaintext()(cluster);

  expect(open).toEqual([]);
  const services = Object.keys(callees).length;
  judge({ asked: 'plaintext from outside refused', of: `${services} services`, expected: services, measured: services - open.length });
});

test('with everything back, the declared calls are answered again', async () => {
  expect(await unanswered()(cluster)).toEqual([]);
  expect(await cluster.rejects()).toEqual([]);
});
