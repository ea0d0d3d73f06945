import * as fc from 'fast-check';
import { type GitOpsApp, Step } from '../../src';
import { type ObjectInFile, objectsIn } from '../../src/checks/rendered';
import { at, listAt, textAt } from '../../src/graph/json';
import { buildSystem } from './build-system';
import { systems, type SystemPlan, type WorkloadPlan } from './random-system';
import { runs } from './runs';

const rollout = { steps: [Step.setWeight(5), Step.pause()] } as const;
const carriesRequests = ({ ports }: WorkloadPlan): boolean => ports.some(({ protocol }) => protocol === 'http' || protocol === 'grpc');

/** A policy of one caller needs a subset, which a controller does not know. */
const withoutPolicies = (plan: SystemPlan): SystemPlan => ({ ...plan, calls: plan.calls.map((call) => ({ ...call, policy: undefined })) });

/** The system of a plan, of whose services some have a rollout. */
const rolled = (plan: SystemPlan, which: readonly boolean[]): GitOpsApp => buildSystem(plan, (service) =>
  (carriesRequests(service) && which[plan.workloads.indexOf(service) % which.length] ? { rollout } : {}));

const keyOf = ({ file, kind, name }: ObjectInFile): string => `${file} ${kind} ${name}`;
const byKey = (app: GitOpsApp): Map<string, ObjectInFile> => new Map(objectsIn(app.render()).map((object) => [keyOf(object), object]));
const cases = fc.tuple(systems.map(withoutPolicies), fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }));

/** A route without where it leads. */
function policyOf(route: unknown): object {
  return { ...Object(route), delegate: undefined, route: undefined };
}

test('a rollout changes what decides where requests go, never how they are treated, and no permission', () => {
  fc.assert(fc.property(cases, ([plan, which]) => {
    const [without, withRollouts] = [byKey(buildSystem(plan)), byKey(rolled(plan, which))];
    for (const [key, { kind, content }] of without) {
      const now = withRollouts.get(key)?.content;
      if (kind === 'VirtualService') {
        expect(listAt(now, 'spec.http').map(policyOf)).toEqual(listAt(content, 'spec.http').map(policyOf));
        expect(at(now, 'spec.hosts')).toEqual(at(content, 'spec.hosts'));
      } else if (kind !== 'Deployment' || now !== undefined) {
        expect(now).toEqual(content);
      }
    }
    const added = [...withRollouts.keys()].filter((key) => !without.has(key)).map((key) => key.split(' ')[1]);
    expect(added.filter((kind) => !['Rollout', 'Service', 'DestinationRule', 'VirtualService'].includes(kind))).toEqual([]);
  }), runs(25));
});

test('what routes delegate to exists, is exported to them, and has nothing but destinations of one port', () => {
  fc.assert(fc.property(cases, ([plan, which]) => {
    const objects = [...byKey(rolled(plan, which)).values()].filter(({ kind }) => kind === 'VirtualService');
    for (const { namespace, content } of objects) {
      for (const route of listAt(content, 'spec.http').filter((each) => at(each, 'delegate') !== undefined)) {
        const target = { namespace: textAt(route, 'delegate.namespace') ?? namespace, name: textAt(route, 'delegate.name') };
        const delegate = objects.find((each) => each.namespace === target.namespace && each.name === target.name);
        expect(listAt(delegate?.content, 'spec.exportTo')).toContain(target.namespace === namespace ? '.' : namespace);
        expect(at(delegate?.content, 'spec.hosts') ?? at(delegate?.content, 'spec.gateways')).toBeUndefined();
        const [only, ...more] = listAt(delegate?.content, 'spec.http');
        expect([Object.keys(Object(only)), more]).toEqual([['name', 'route'], []]);
        const port = listAt(route, 'match').map((match) => at(match, 'port')).find((each) => each !== undefined);
        if (port !== undefined) expect(listAt(only, 'route').map((each) => at(each, 'destination.port.number'))).toEqual([port, port]);
      }
    }
  }), runs(25));
});
