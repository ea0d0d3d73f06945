import * as fc from 'fast-check';
import { madeFields } from '../../src/checks/explained-call';
import { isWithin } from '../../src/graph/changed-fields';
import { SourceMap } from '../../src/graph/source-map';
import { traceVariables } from '../../src/graph/trace';
import { sourceMapOf } from '../../src/gitops/source-map';
import { buildSystem } from './build-system';
import { CallPlan, SystemPlan, systems } from './random-system';
import { once, sameRuns } from './runs';

/** A plan, and the number of a call in it. */
const withCall = systems.filter(({ calls }) => calls.length > 0)
  .chain((plan) => fc.tuple(fc.constant(plan), fc.nat({ max: plan.calls.length - 1 })));

function given<T>(variables: Readonly<Record<string, string>>, run: () => T): T {
  Object.assign(process.env, variables);
  try {
    return run();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}

/** Paths of the two ends of a call. */
function endsOf({ from, to }: CallPlan, { calls }: SourceMap): readonly [caller: string, callee: string] {
  const { caller, callee } = calls.find((call) => call.caller.endsWith(`/${from}`) && call.callee.endsWith(`/${to}`))!;
  return [caller, callee];
}

/** What is said of a call, and what is rendered where it is left out with all others between the two. */
const traced = once(([plan, index]: readonly [SystemPlan, number]) => {
  const map = given({ [traceVariables.sourceMap]: 'never-written' }, () => sourceMapOf(buildSystem(plan)));
  const ends = endsOf(plan.calls[index], map);
  const less = given({ [traceVariables.without]: JSON.stringify({ outdir: 'never-written', calls: [ends] }) }, () => buildSystem(plan).render());
  return { map, ends, less };
});

test('a system without its calls between two is what it is when they are left out', () => {
  fc.assert(fc.property(withCall, ([plan, index]) => {
    const { from, to } = plan.calls[index];
    const { less } = traced([plan, index]);
    const rest = plan.calls.filter((call) => call.from !== from || call.to !== to);
    // some call is left out there too, since nobody else may miss one
    const other = { [traceVariables.without]: JSON.stringify({ outdir: 'never-written', calls: [['a', 'b']] }) };
    const never = given(other, () => buildSystem({ ...plan, calls: rest }).render());
    expect(less).toEqual(never);
  }), sameRuns(40));
});

test('what a source map says of a call is what is otherwise without it', () => {
  fc.assert(fc.property(withCall, ([plan, index]) => {
    const { map, ends, less } = traced([plan, index]);
    const made = madeFields(buildSystem(plan).render(), less).filter(({ value }) => value !== undefined);
    const numbers = new Set(map.calls.flatMap(({ caller, callee }, number) => (caller === ends[0] && callee === ends[1] ? [number] : [])));
    const said = map.objects.flatMap((object) => object.fields.filter(({ call }) => call !== undefined && numbers.has(call))
      .map(({ field }) => ({ object, field })));
    const isOf = (each: (typeof said)[number], { object, field }: (typeof made)[number]): boolean => object?.kind === each.object.kind
      && object.name === each.object.name && object.namespace === each.object.namespace && (isWithin(each.field, field) || isWithin(field, each.field));
    expect(made.filter((field) => field.object && !said.some((each) => isOf(each, field)))).toEqual([]);
    expect(said.filter((each) => !made.some((field) => isOf(each, field)))).toEqual([]);
  }), sameRuns(40));
});
