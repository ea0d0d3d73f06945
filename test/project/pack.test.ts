import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const GOLDEN = 'test/project/consumer.yaml';
const INSTALL = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const STRICT = ['--strict', '--module', 'node20', '--target', 'es2022', '--types', 'node'];
const LOAD = "const start = performance.now(); require('meshmart'); console.log((performance.now() - start).toFixed());";

const ENTRIES = "for (const name of ['checks', 'testing', 'contract.schema.json']) console.log(Object.keys(require('meshmart/' + name)).sort().join());";

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'meshmart-consumer-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** What the command prints. */
function run(cwd: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** An empty project with the tarball, the versions of its peers that we test with, and what compiles TypeScript. */
function consumerProject(tarball: string): void {
  const { devDependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const needed = [...Object.keys(peerDependencies), '@types/node'];
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  run(folder, 'npm', ...INSTALL, join(folder, tarball), ...needed.map((name) => `${name}@${devDependencies[name]}`));
  copyFileSync('test/project/consumer.ts', join(folder, 'consumer.ts'));
}

test('the tarball works in an empty project, and holds neither app nor tests', () => {
  run('.', 'npm', 'run', 'build');
  const [packed]: Packed[] = JSON.parse(run('.', 'npm', 'pack', '--json', '--pack-destination', folder));
  const paths = packed.files.map(({ path }) => path);
  const foreign = paths.filter((path) => !/^lib\/(src|imports)\/.+(\.(js|d\.ts)|\/contract\.schema\.json)$/.test(path) || path.startsWith('lib/src/app/'));
  expect(foreign.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);

  consumerProject(packed.filename);
  run(folder, process.execPath, resolve('node_modules/typescript/bin/tsc'), ...STRICT, 'consumer.ts');
  const yaml = run(folder, process.execPath, 'consumer.js');
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, yaml);
  expect(yaml).toBe(readFileSync(GOLDEN, 'utf8'));

  expect(run(folder, process.execPath, '--eval', ENTRIES).trim().split('\n')).toEqual([
    'checkHistory,checkTransition,compareContracts,inWords,readFolder,unmatchedHalves',
    'differences,matchers,readFolder',
    expect.stringContaining('definitions'),
  ]);
  const milliseconds = run(folder, process.execPath, '--eval', LOAD).trim();
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed()} kB`;
  console.info(`tarball ${kilobytes(packed.size)}, unpacked ${kilobytes(packed.unpackedSize)}, loads in ${milliseconds} ms`);
}, 120_000);
