import * as fc from 'fast-check';
import { type ObjectInFile, objectsIn } from '../../src/checks/rendered';
import { at, listAt, textAt } from '../../src/graph/json';
import { buildSystem } from './build-system';
import { SystemPlan, pairOf, systems } from './random-system';
import { once, sameRuns } from './runs';

const rendered = once((plan: SystemPlan): readonly ObjectInFile[] => objectsIn(buildSystem(plan).render()));
const ofKind = (plan: SystemPlan, kind: string): readonly ObjectInFile[] => rendered(plan).filter((object) => object.kind === kind);
const withoutPolicies = (plan: SystemPlan): SystemPlan => ({ ...plan, calls: plan.calls.map((call) => ({ ...call, policy: undefined })) });

/** Routes with each subset of a caller as the version that it is. */
const ofVersions = (content: unknown): unknown => JSON.parse(JSON.stringify(content).replaceAll(/"subset":"v1-[^"]+"/g, '"subset":"v1"'));

const destinationsIn = (plan: SystemPlan): readonly string[] => ofKind(plan, 'VirtualService').flatMap(({ content }) => listAt(content, 'spec.http'))
  .flatMap((route) => listAt(route, 'route')).map((each) => `${textAt(each, 'destination.host')} ${textAt(each, 'destination.subset')}`);
const subsetsIn = (plan: SystemPlan): readonly string[] => ofKind(plan, 'DestinationRule').flatMap(({ content }) =>
  listAt(content, 'spec.subsets').map((subset) => `${textAt(content, 'spec.host')} ${textAt(subset, 'name')}`));

test('the policy of a caller changes how its requests are carried, and nothing else of any object', () => {
  fc.assert(fc.property(systems, (plan) => {
    const [without, withPolicies] = [rendered(withoutPolicies(plan)), rendered(plan)];
    expect(withPolicies.map(({ file, kind, name }) => [file, kind, name])).toEqual(without.map(({ file, kind, name }) => [file, kind, name]));
    for (const [index, { kind, content }] of without.entries()) {
      const now = withPolicies[index].content;
      if (kind === 'DestinationRule') {
        expect(at(now, 'spec.trafficPolicy')).toEqual(at(content, 'spec.trafficPolicy'));
        expect(listAt(now, 'spec.subsets').slice(0, 1)).toEqual(listAt(content, 'spec.subsets'));
      } else {
        expect(ofVersions(now)).toEqual(content);
      }
    }
  }), sameRuns(50));
});

test('each caller with a policy has one subset of its own, which says that policy', () => {
  fc.assert(fc.property(systems, (plan) => {
    const said = new Map(plan.calls.filter(({ policy }) => policy).map((call) => [pairOf(call), call.policy!.requests]));
    const written = ofKind(plan, 'DestinationRule').flatMap(({ content }) => listAt(content, 'spec.subsets').slice(1)
      .map((subset) => at(subset, 'trafficPolicy.connectionPool.http.http2MaxRequests')));
    expect([...written].sort()).toEqual([...said.values()].sort());
  }), sameRuns(50));
});

test('every subset that is routed to exists, and only one that stands by is not routed to', () => {
  fc.assert(fc.property(systems, (plan) => {
    const [subsets, destinations] = [subsetsIn(plan), destinationsIn(plan).filter((each) => !each.endsWith(' undefined'))];
    expect(destinations.filter((each) => !subsets.includes(each))).toEqual([]);
    const standby = plan.calls.filter(({ policy }) => policy && !policy.inUse).length;
    expect(subsets.filter((each) => !destinations.includes(each))).toHaveLength(standby);
  }), sameRuns(50));
});

test('a host never has two DestinationRules', () => {
  fc.assert(fc.property(systems, (plan) => {
    const hosts = ofKind(plan, 'DestinationRule').map(({ content }) => textAt(content, 'spec.host'));
    expect(new Set(hosts).size).toBe(hosts.length);
  }), sameRuns(50));
});
