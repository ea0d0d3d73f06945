import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { type GitOpsApp, MeshedMicroservice } from '../../src';
import { type ObjectInFile, objectsIn } from '../../src/checks/rendered';
import { manifestFiles } from '../../src/gitops/manifest-files';
import { at, listAt, textAt } from '../../src/graph/json';
import type { Lifted } from '../../src/graph/fault';
import { buildSystem } from './build-system';
import { type SystemPlan, systems } from './random-system';
import { runs } from './runs';

const fault = { abort: { httpStatus: 503, percentage: 50 } };
const written = { abort: { httpStatus: 503, percentage: { value: 50 } } };

const keyOf = ({ file, kind, name }: ObjectInFile): string => `${file} ${kind} ${name}`;
const objectsOf = (app: GitOpsApp): Map<string, ObjectInFile> =>
  new Map(objectsIn(new Map(manifestFiles(app).map(({ path, objects }) => [path, Yaml.stringify(...objects)]))).map((object) => [keyOf(object), object]));
const servicesOf = (app: GitOpsApp) => app.node.findAll().filter((each) => each instanceof MeshedMicroservice);

/** Whether a route leads declared requests to a host: in the host's own object, those that say who asks. */
const leads = (object: ObjectInFile, host: string) => (route: unknown): boolean => textAt(listAt(route, 'route')[0], 'destination.host') === host
  && (at(object.content, 'spec.gateways') !== undefined || listAt(route, 'match').some((match) => at(match, 'sourceLabels') !== undefined));
const routesOf = ({ kind, content }: ObjectInFile): readonly unknown[] => (kind === 'VirtualService' ? listAt(content, 'spec.http') : []);
const withoutRoutes = ({ kind, content }: ObjectInFile): unknown =>
  (kind === 'VirtualService' ? { ...Object(content), spec: { ...Object(at(content, 'spec')), http: [] } } : content);

/** What the routes of a callee have that a fault would hide. */
function hidden(objects: Iterable<ObjectInFile>, host: string): readonly Lifted[] {
  const routes = [...objects].flatMap((object) => routesOf(object).filter(leads(object, host)));
  return [
    ...(routes.some((route) => at(route, 'timeout') !== undefined) ? ['timeout' as const] : []),
    ...(routes.some((route) => Number(at(route, 'retries.attempts')) > 0) ? ['retries' as const] : []),
  ];
}

function injected(plan: SystemPlan, name: string, lifts: readonly Lifted[]): Map<string, ObjectInFile> {
  const app = buildSystem(plan);
  servicesOf(app).find(({ node }) => node.id === name)!.inject({ path: 'fault', ...fault, lifts });
  return objectsOf(app);
}

test('a fault changes the declared routes to its service, and nothing else', () => {
  fc.assert(fc.property(systems, (plan) => {
    const app = buildSystem(plan);
    const before = objectsOf(app);
    for (const { node: { id }, party: { host } } of servicesOf(app)) {
      const reached = [...before.values()].filter((object) => routesOf(object).some(leads(object, host)));
      if (reached.length === 0) continue;
      const after = injected(plan, id, hidden(before.values(), host));

      expect([...after.keys()]).toEqual([...before.keys()]);
      for (const [key, was] of before) {
        const is = after.get(key)!;
        expect(withoutRoutes(is)).toEqual(withoutRoutes(was));
        const isOther = (object: ObjectInFile) => (route: unknown): boolean => !leads(object, host)(route);
        expect(routesOf(is).filter(isOther(is))).toEqual(routesOf(was).filter(isOther(was)));
        for (const route of routesOf(is).filter(leads(is, host))) {
          expect([at(route, 'fault'), at(route, 'timeout'), at(route, 'retries')]).toEqual([written, undefined, { attempts: 0 }]);
        }
      }
    }
  }), runs(15));
});

test('a fault is refused on a route that would hide a timeout or retries from it', () => {
  fc.assert(fc.property(systems, (plan) => {
    const app = buildSystem(plan);
    const before = [...objectsOf(app).values()];
    for (const { node: { id }, party: { host } } of servicesOf(app)) {
      const all = hidden(before, host);
      for (const kept of all) {
        expect(() => injected(plan, id, all.filter((each) => each !== kept))).toThrow(`add lifts: ['${kept}'], and look for their effect`);
      }
    }
  }), runs(10));
});
