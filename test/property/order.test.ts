import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { buildSystem } from './build-system';
import { CallPlan, SystemPlan, systems } from './random-system';
import { KubeObject } from './objects';
import { runs } from './runs';

/** All items in another order. */
function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}

/** A plan, and the same one declared in another order. */
const declaredTwice: fc.Arbitrary<readonly [SystemPlan, SystemPlan]> = systems.chain((plan) => {
  const calls = plan.calls.map((call): CallPlan => (
    { ...call, operations: [...call.operations].reverse(), hosts: call.hosts && [...call.hosts].reverse() }));
  const other = fc.record({ workloads: shuffled(plan.workloads), gateways: shuffled(plan.gateways), calls: shuffled(calls) });
  return other.map((each) => [plan, each] as const);
});

const rendered = (plan: SystemPlan): Readonly<Record<string, string>> => Object.fromEntries(buildSystem(plan).render());

test('the order of declaration never changes a byte', () => {
  fc.assert(fc.property(declaredTwice, ([plan, other]) => {
    expect(rendered(other)).toEqual(rendered(plan));
  }), runs(60));
});

test('the order of declaration never changes the order of files', () => {
  fc.assert(fc.property(declaredTwice, ([plan, other]) => {
    expect([...buildSystem(other).render().keys()]).toEqual([...buildSystem(plan).render().keys()]);
  }), runs(20));
});

test('two runs are byte-identical', () => {
  fc.assert(fc.property(systems, (plan) => {
    expect(rendered(plan)).toEqual(rendered(plan));
  }), runs(30));
});

test('every object has a kind, namespace and name of its own', () => {
  fc.assert(fc.property(systems, (plan) => {
    const documents = parseAllDocuments(buildSystem(plan).synthYaml())
      .map((each) => each.toJS() as KubeObject & { readonly apiVersion: string });
    const names = documents.map(({ apiVersion, kind, metadata }) => [apiVersion.split('/')[0], kind, metadata.namespace, metadata.name].join(' '));
    expect(names).toEqual([...new Set(names)]);
    expect(names.length).toBeGreaterThan(plan.workloads.length);
  }), runs(15));
});
