import { callers } from '../boutique';
import { readManifests, workloads } from '../manifests';
import { judge } from '../table';
import { hasTool } from '../tools/tools';
import { ENVIRONMENTS } from './environments';
import { neighbourhood, ofTheShop } from './neighbourhood';
import { byCyclonus, byReference, portsOf } from './policy-judges';

const judges = [['the Kubernetes reference', byReference] as const, ...(hasTool('cyclonus') ? [['cyclonus', byCyclonus] as const] : [])];

describe.each(ENVIRONMENTS)('%s', (environment, folder) => {
  const objects = readManifests(folder);

  test('has the workloads that the calls are declared for', () => {
    const expected = callers.filter((name) => environment === 'staging' || name !== 'loadgenerator');
    expect([...new Set(workloads(objects).map(({ spec }) => spec.template.metadata.labels.app))].sort()).toEqual([...expected].sort());
  });

  test.each(judges)('allows by NetworkPolicy alone the declared calls, what the mesh needs, and nothing else: by %s', (name, deviationOf) => {
    const { tooMuch, missing } = deviationOf(objects);

    expect({ tooMuch, missing }).toEqual({ tooMuch: [], missing: [] });
    const of = `${ofTheShop(neighbourhood(objects))} pairs × ${portsOf(objects).length} ports`;
    judge({ asked: `NetworkPolicy of ${environment} too wide or too narrow, ${name}`, of, expected: 0, measured: tooMuch.length + missing.length });
  });
});
