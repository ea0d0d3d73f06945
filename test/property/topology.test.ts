import * as fc from 'fast-check';
import { topologiesOf } from '../../src/topology/read-topology';
import type { Topology } from '../../src/topology/topology';
import { buildSystem } from './build-system';
import { SystemPlan, namespaces, systems } from './random-system';
import { runs } from './runs';

const none: Topology = { environment: 'staging', nodes: [], edges: [] };
const read = (plan: SystemPlan): Topology => topologiesOf(buildSystem(plan).render())[0] ?? none;

/** What a node of a plan is called in a cluster. */
function idIn({ workloads, gateways }: SystemPlan, name: string): string {
  const found = workloads.find((each) => each.name === name);
  if (gateways.some((each) => each.name === name)) return 'istio-system/istio-ingressgateway-service-account';
  if (found?.kind === 'api') return 'default/kubernetes';
  return found?.kind === 'external' ? found.host! : `${namespaces[found!.system]}/${name}`;
}

test('what is read from the manifests are the declared calls, each between its two ends, and no other', () => {
  fc.assert(fc.property(systems, (plan) => {
    const declared = new Set(plan.calls.map(({ from, to }) => `${idIn(plan, from)} -> ${idIn(plan, to)}`));
    expect(read(plan).edges.map(({ from, to }) => `${from} -> ${to}`)).toEqual([...declared].sort());
  }), runs(60));
});

test('every end of an edge is a node, and every workload is one', () => {
  fc.assert(fc.property(systems, (plan) => {
    const { nodes, edges } = read(plan);
    const ids = nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const running = plan.workloads.filter(({ kind }) => kind !== 'external' && kind !== 'api').map(({ name }) => idIn(plan, name));
    expect(ids).toEqual(expect.arrayContaining([...running, ...edges.flatMap(({ from, to }) => [from, to])]));
  }), runs(30));
});
