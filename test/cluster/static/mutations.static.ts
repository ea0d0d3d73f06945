import { PRODUCTION } from '../boutique';
import type { KubeObject } from '../control/kube-client';
import { NoVerdict } from '../judges/cyclonus';
import { conformance } from '../judges/kubeconform';
import { score } from '../judges/kube-score';
import { schemaFolder } from '../judges/schemas';
import { onDisk } from '../judges/temporary-folder';
import { readManifests } from '../manifests';
import { judge } from '../table';
import { hasTool } from '../tools/tools';
import { MUTATIONS, mutate, type FileJudge } from './mutations';
import { byCyclonus, byReference, type Deviation } from './policy-judges';
import { explained } from './score-reasons';

const objects = readManifests(PRODUCTION);
let schemas: string;
beforeAll(async () => { schemas = await schemaFolder(); });

const deviates = ({ tooMuch, missing }: Deviation): boolean => tooMuch.length + missing.length > 0;

const complains: Readonly<Record<FileJudge, (mutated: readonly KubeObject[]) => boolean>> = {
  cyclonus: (mutated) => deviates(byCyclonus(mutated)),
  'kubernetes reference': (mutated) => deviates(byReference(mutated)),
  kubeconform: (mutated) => onDisk(mutated, (file) => conformance(file, schemas)).errors.length > 0,
  'kube-score': (mutated) => score(mutated).some(({ check, object }) => !explained('production').includes(`${check} ${object}`)),
};
const JUDGES = Object.keys(complains) as FileJudge[];
const judged = ['cyclonus', 'kubeconform', 'kube-score'].every(hasTool) ? test : test.skip;

judged('no judge complains of what is not mutated', () => {
  expect(JUDGES.filter((name) => complains[name](objects))).toEqual([]);
});

judged.each(MUTATIONS)('$fault ($kind $name): found by $foundBy', (mutation) => {
  const mutated = mutate(objects, mutation);
  const found = JUDGES.filter((name) => complains[name](mutated));

  judge({ asked: mutation.fault, of: `${mutation.kind} ${mutation.name}`, expected: mutation.foundBy.join(', '), measured: found.join(', ') });
});

judged('cyclonus and the Kubernetes reference agree on every connection of all faulty policies together', () => {
  const faults = MUTATIONS.filter(({ kind }) => kind === 'NetworkPolicy');
  const mutated = faults.reduce<readonly KubeObject[]>(mutate, objects);

  expect(byCyclonus(mutated)).toEqual(byReference(mutated));
  expect(deviates(byReference(mutated))).toBe(true);
});

judged('a policy that leaves its types to the API server is refused by cyclonus, and judged by the Kubernetes reference', () => {
  const mutated = mutate(objects, { fault: 'types left out', kind: 'NetworkPolicy', name: 'emailservice', path: ['spec', 'policyTypes'], foundBy: [] });

  expect(() => byCyclonus(mutated)).toThrow(NoVerdict);
  expect(() => byCyclonus(mutated)).toThrow('missing spec.policyTypes from network policy demo-app/emailservice');
  expect(deviates(byReference(mutated))).toBe(false);
});
