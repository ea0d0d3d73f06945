import * as fc from 'fast-check';
import type { Contract } from '../../src/index';
import { buildRepository, buildSystem } from './build-system';
import { System, SystemPlan, systems } from './random-system';
import { runs } from './runs';

const teams: readonly System[] = ['shop', 'bank', 'joined'];

/** The plan without what cannot cross the border of a repository: gateways route, and stores and external hosts are called, inside of one. */
function divisible(plan: SystemPlan): SystemPlan {
  const systemOf = (name: string): System | undefined =>
    plan.workloads.find((each) => each.name === name)?.system ?? plan.gateways.find((each) => each.name === name)?.system;
  const calls = plan.calls.filter(({ from, to, hosts }) => {
    const callee = plan.workloads.find(({ name }) => name === to)!;
    return callee.kind === 'api' || systemOf(from) === systemOf(to) || (callee.kind === 'service' && hosts === undefined);
  });
  const gateways = plan.gateways.map((gateway) => (
    { ...gateway, hosts: gateway.hosts.filter((host) => calls.some(({ from, hosts }) => from === gateway.name && hosts?.includes(host))) }));
  return { ...plan, calls, gateways: gateways.filter(({ hosts }) => hosts.length > 0) };
}

const manifests = (files: ReadonlyMap<string, string>): [string, string][] => [...files].filter(([path]) => path.endsWith('.yaml'));

const contractsIn = (files: ReadonlyMap<string, string>): Contract[] =>
  [...files].filter(([path]) => path.startsWith('contracts/')).map(([, text]) => JSON.parse(text));

test('three repositories with contracts between them give the manifests that one gives', () => {
  let crossed = 0;
  fc.assert(fc.property(systems.map(divisible), (plan) => {
    const whole = buildSystem(plan).render();
    const contracts = contractsIn(whole);
    const parts = teams.map((team) => buildRepository(plan, team, contracts).render());
    crossed += parts.flatMap(contractsIn).filter(({ calls }) => Object.keys(calls).length > 0).length;

    expect(Object.fromEntries(parts.flatMap(manifests))).toEqual(Object.fromEntries(manifests(whole)));
  }), runs(50));
  expect(crossed).toBeGreaterThan(0);
});

test('both halves of a call say the same', () => {
  fc.assert(fc.property(systems.map(divisible), (plan) => {
    const contracts = contractsIn(buildSystem(plan).render());
    const written = teams.flatMap((team) => contractsIn(buildRepository(plan, team, contracts).render()));
    const asked = written.flatMap(({ calls }) => Object.values(calls).flatMap(({ identity, callees }) =>
      Object.entries(callees).map(([host, half]) => [identity, host, half])));
    const allowed = written.flatMap(({ services }) => Object.values(services).flatMap(({ host, callers }) =>
      Object.entries(callers).map(([identity, half]) => [identity, host, half])));
    const sorted = (halves: readonly unknown[]): string[] => halves.map((half) => JSON.stringify(half)).sort();

    expect(sorted(asked)).toEqual(sorted(allowed));
  }), runs(30));
});
