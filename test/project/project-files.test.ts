import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'meshmart-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

const NODE_TSX = ['--require', 'tsx/cjs'];
const NO_CRDS = 3;

test('`npx projen` changes nothing', () => {
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  cpSync('.projenrc.ts', join(folder, '.projenrc.ts'));

  execFileSync(process.execPath, [...NODE_TSX, '.projenrc.ts'], { cwd: folder, env: { ...process.env, PROJEN_DISABLE_POST: '1' } });

  const { files } = JSON.parse(readFileSync('.projen/files.json', 'utf8'));
  for (const file of [...files, 'package.json']) {
    expect([file, readFileSync(join(folder, file), 'utf8')]).toEqual([file, readFileSync(file, 'utf8')]);
  }
});

test('`npm run import` changes nothing', () => {
  const { status, stderr } = spawnSync(process.execPath, [...NODE_TSX, 'scripts/import.ts', folder], { encoding: 'utf8' });
  if (status === NO_CRDS && !process.env.CI) return console.warn(`imports/ is not checked: ${stderr}`);
  expect([status, stderr]).toEqual([0, expect.anything()]);

  expect(readdirSync(folder)).toEqual(readdirSync('imports'));
  for (const file of readdirSync(folder)) {
    expect(readFileSync(join(folder, file)).equals(readFileSync(join('imports', file)))).toBe(true);
  }
});

test('the lock file names no registry and every platform; `npm run lock` completes it', () => {
  const text = readFileSync('package-lock.json', 'utf8');
  const packages: Record<string, { optionalDependencies?: object }> = JSON.parse(text).packages;
  const optional = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));

  expect(optional.filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
  expect(text).not.toContain('"resolved"');
});
