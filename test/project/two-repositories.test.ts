import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const TOOLS = ['@swc/core', '@swc/jest', '@types/jest', '@types/node', 'jest', 'tsx', 'typescript'];
const dependenciesOf = (folder: string): Record<'dependencies' | 'devDependencies', Record<string, string>> =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

test.each(['catalogue', 'checkout'])('the versions of %s are those that we test with', (team) => {
  const { dependencies, devDependencies } = dependenciesOf(join('examples/two-repositories', team));
  expect({ ...dependenciesOf('.').devDependencies, meshmart: '0.x' }).toMatchObject({ ...dependencies, ...devDependencies });
  expect(Object.keys(devDependencies).sort()).toEqual([...TOOLS].sort());
});
