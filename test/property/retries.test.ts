import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { ConfigurationError } from '../../src/index';
import { buildSystem } from './build-system';
import { SystemPlan, systems } from './random-system';
import { Journey, gatewayJourneys, harmful, meant, meshJourneys, repeats } from './requests';
import { runs } from './runs';

/** Requests that are repeated although they do, or lead to, something that must not be done twice. */
function doneTwice(plan: SystemPlan, journeys: readonly Journey[]): readonly Journey[] {
  return journeys.filter(({ route, request, callee, port }) => {
    const operation = repeats(route) ? meant(callee, port, request) : undefined;
    return operation !== undefined && harmful(plan, callee, operation);
  });
}

test('no request of the mesh that must not be done twice is on a route that repeats it', () => {
  fc.assert(fc.property(systems, (plan) => {
    expect(doneTwice(plan, meshJourneys(buildSystem(plan), plan))).toEqual([]);
  }), runs(300));
});

test('no request from outside that must not be done twice is on a route that repeats it', () => {
  fc.assert(fc.property(systems, (plan) => {
    expect(doneTwice(plan, gatewayJourneys(buildSystem(plan), plan))).toEqual([]);
  }), runs(300));
});

test('asking for retries of what must not be done twice fails, and is heard otherwise', () => {
  const asking = systems.filter(({ calls }) => calls.some(({ operations }) => operations.length > 0));
  fc.assert(fc.property(asking, fc.nat(20), (plan, pick) => {
    const asked = plan.calls.filter(({ operations }) => operations.length > 0);
    const chosen = asked[pick % asked.length];
    const retried = { ...plan, calls: plan.calls.map((call) => (call === chosen ? { ...call, retries: { attempts: 3, retryOn: ['5xx'] } } : call)) };
    const callee = plan.workloads.find(({ name }) => name === chosen.to)!;
    const operations = callee.operations.filter(({ name }) => chosen.operations.includes(name));
    const refused = operations.some((operation) => operation.streams || harmful(plan, callee, operation));
    const render = (): unknown => buildSystem(retried as SystemPlan).render();
    if (refused) expect(render).toThrow(ConfigurationError);
    const others = callee.operations.filter((each) => !chosen.operations.includes(each.name));
    if (!refused && others.every((each) => !harmful(plan, callee, each))) expect(render).not.toThrow();
  }), runs(100));
});

test('every route says its retries, and a timeout of no more than the call was given', () => {
  fc.assert(fc.property(systems, (plan) => {
    const longest = Math.max(5, ...plan.calls.map(({ seconds = 5 }) => seconds));
    for (const { route } of [...meshJourneys(buildSystem(plan), plan)]) {
      expect(route.retries).toBeDefined();
      if (route.timeout !== undefined) expect(Duration.parse(`PT${route.timeout.toUpperCase()}`).toSeconds()).toBeLessThanOrEqual(longest);
    }
  }), runs(100));
});
