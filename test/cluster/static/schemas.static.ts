import { conformance } from '../judges/kubeconform';
import { schemaFolder } from '../judges/schemas';
import { readManifests } from '../manifests';
import { SYSTEMS } from '../rendered-systems';
import { judge } from '../table';
import { hasTool } from '../tools/tools';

const judged = hasTool('kubeconform') ? test : test.skip;

judged.each(SYSTEMS)('every object of $name conforms strictly to the schema that its API server publishes', async ({ name, folder }) => {
  const { valid, skipped, errors } = conformance(folder, await schemaFolder());

  expect(errors).toEqual([]);
  expect(skipped).toBe(0);
  judge({ asked: `objects of ${name} that conform`, of: 'kubeconform, strict', expected: readManifests(folder).length, measured: valid });
});
