import { conformance } from '../judges/kubeconform';
import { schemaFolder } from '../judges/schemas';
import { readManifests } from '../manifests';
import { judge } from '../table';
import { hasTool } from '../tools/tools';
import { ENVIRONMENTS } from './environments';

const judged = hasTool('kubeconform') ? test : test.skip;

judged.each(ENVIRONMENTS)('every object of %s conforms strictly to the schema that its API server publishes', async (environment, folder) => {
  const { valid, skipped, errors } = conformance(folder, await schemaFolder());

  expect(errors).toEqual([]);
  expect(skipped).toBe(0);
  judge({ asked: `objects of ${environment} that conform`, of: 'kubeconform, strict', expected: readManifests(folder).length, measured: valid });
});
