import * as fc from 'fast-check';
import { CanaryRelease, Environment, type GitOpsApp, MeshedMicroservice, Text } from '../../src';
import { type ObjectInFile, objectsIn } from '../../src/checks/rendered';
import { at, listAt } from '../../src/graph/json';
import { mayBeRepeated } from '../../src/graph/retry-safety';
import { buildSystem } from './build-system';
import { systems, type SystemPlan } from './random-system';
import { runs } from './runs';

const HEADER = 'x-release';

/** How one service is released: nothing, a share of all requests, or a share of those with a header; with copies or without. */
const release = fc.record({
  how: fc.constantFrom('none', 'share', 'match'), at: fc.constantFrom(0, 1, 20, 50, 100), mirror: fc.constantFrom(undefined, 10), lane: fc.boolean(),
});

type Releases = typeof release extends fc.Arbitrary<infer One> ? readonly One[] : never;

/** The system of a plan, of whose services some are released. */
function released(plan: SystemPlan, releases: Releases): GitOpsApp {
  const app = buildSystem(plan);
  const services = app.node.findAll().filter((each): each is MeshedMicroservice<string> => each instanceof MeshedMicroservice);
  for (const [index, service] of services.filter(({ virtualService }) => virtualService !== undefined).entries()) {
    const { how, mirror, ...props } = releases[index % releases.length];
    const { graph } = Environment.of(service);
    const isCopied = (name: string): boolean => !service.party.operations[name].streams && mayBeRepeated(graph, service.party, name);
    const copied = graph.to(service.party).some(({ operations }) => operations.some(isCopied));
    const match = how === 'match' ? { headers: { [HEADER]: Text.exact('next') } } : undefined;
    const mayCopy = copied && props.at < 100; // who answers all copies nothing
    if (how !== 'none') new CanaryRelease(service, 'canary', { ...props, match, mirror: mayCopy ? mirror : undefined });
  }
  return app;
}

const keyOf = ({ file, kind, name }: ObjectInFile): string => `${file} ${kind} ${name}`;
const byKey = (app: GitOpsApp): Map<string, ObjectInFile> => new Map(objectsIn(app.render()).map((object) => [keyOf(object), object]));

const isOfRelease = (route: unknown): boolean =>
  listAt(route, 'match').some((match) => at(match, `headers.${HEADER}`) !== undefined || at(match, 'sourceLabels.version') !== undefined);

const leaving = (value: unknown, key: string): object => Object.fromEntries(Object.entries(Object(value)).filter(([name]) => name !== key));

/** What a route does, whatever the version: its match without what selects a version, time, retries. */
function policyOf(route: unknown): unknown {
  const { match, timeout, retries } = Object(route);
  const matches = listAt(route, 'match').map((each) => {
    const labels = at(each, 'sourceLabels');
    return { ...leaving(each, 'headers'), ...(labels ? { sourceLabels: leaving(labels, 'version') } : {}) };
  }).filter((each) => Object.keys(each).length > 0);
  return { match: match === undefined || matches.length === 0 ? undefined : matches, timeout, retries };
}

/** Runs of equal policies as one: releases repeat them, copies split them. */
const once = (policies: readonly unknown[]): readonly string[] =>
  policies.map((each) => JSON.stringify(each)).filter((each, index, all) => each !== all[index - 1]);

const cases = fc.tuple(systems, fc.array(release, { minLength: 1, maxLength: 4 }));

test('a release changes where requests go, never how, and no permission', () => {
  fc.assert(fc.property(cases, ([plan, releases]) => {
    const [without, withReleases] = [byKey(buildSystem(plan)), byKey(released(plan, releases.map((each) => ({ ...each, mirror: undefined }))))];
    for (const [key, { kind, content }] of without) {
      const now = withReleases.get(key)?.content;
      if (kind === 'VirtualService') {
        const [had, has] = [content, now].map((each) => listAt(each, 'spec.http'));
        expect(once(has.map(policyOf))).toEqual(once(had.map(policyOf)));
        expect(has.filter((route) => !isOfRelease(route)).map(policyOf)).toEqual(had.map(policyOf));
      } else if (kind !== 'DestinationRule') {
        expect(now).toEqual(content);
      }
    }
    const added = [...withReleases.keys()].filter((key) => !without.has(key)).map((key) => key.split(' ')[1]);
    expect(added.filter((kind) => kind !== 'Deployment')).toEqual([]);
  }), runs(25));
});

test('every subset that is routed to exists, and shares make 100', () => {
  fc.assert(fc.property(cases, ([plan, releases]) => {
    const objects = [...byKey(released(plan, releases)).values()];
    const subsets = new Set(objects.filter(({ kind }) => kind === 'DestinationRule').flatMap(({ content }) =>
      listAt(content, 'spec.subsets').map((subset) => `${String(at(content, 'spec.host'))} ${String(at(subset, 'name'))}`)));
    for (const route of objects.filter(({ kind }) => kind === 'VirtualService').flatMap(({ content }) => listAt(content, 'spec.http'))) {
      const targets = [...listAt(route, 'route').map((each) => at(each, 'destination')), ...(at(route, 'mirror') === undefined ? [] : [at(route, 'mirror')])];
      const named = targets.filter((target) => at(target, 'subset') !== undefined).map((target) => [at(target, 'host'), at(target, 'subset')].join(' '));
      expect(named.filter((each) => !subsets.has(each))).toEqual([]);
      expect(listAt(route, 'route').reduce<number>((sum, each) => sum + Number(at(each, 'weight') ?? 100), 0)).toBe(100);
      if (at(route, 'mirror') !== undefined) expect(listAt(route, 'match')).not.toEqual([]);
    }
  }), runs(25));
});
