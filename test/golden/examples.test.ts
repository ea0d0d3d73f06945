import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readTree, temporaryFolder, writeTree } from '../gitops/trees';

const FOLDER = resolve('examples');
const EXAMPLES = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'main.ts'))); // whole repositories: test/package
const folder = temporaryFolder();

test.each(EXAMPLES)('the example %s writes the YAML beside it', async (name) => {
  const dist = join(FOLDER, name, 'dist');
  process.env.CDK8S_OUTDIR = join(folder, name);
  await import(join(FOLDER, name, 'main'));
  const written = readTree(process.env.CDK8S_OUTDIR) ?? {};
  expect(Object.keys(written)).not.toEqual([]);
  if (process.env.UPDATE_GOLDEN === '1' && !process.env.CI) {
    rmSync(dist, { recursive: true, force: true });
    writeTree(dist, written);
  }
  expect(written).toEqual(readTree(dist));
});

test('the shortest example says a call in 15 lines', () => {
  const code = readFileSync(join(FOLDER, 'one-service', 'main.ts'), 'utf8');
  const [, core] = /\n\n( {2}const payment = [^]*?\n)\}\);\n$/.exec(code) ?? [];
  expect(core?.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
});
