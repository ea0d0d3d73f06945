import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { objectsIn, readFolder } from '../../src/checks/rendered';
import { containersOf } from '../../src/graph/pod-template';
import { at, listAt, textAt } from '../../src/graph/json';

const read = (file: string): string => readFileSync(`examples/ci/${file}`, 'utf8');
const withoutRemark = (command: string): string => command.replace(/ +# .*$/, '');

/** What each machine runs, in its order. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'gitlab-ci.yaml': ['check', 'images', 'publish'].flatMap((job) => {
    const file: unknown = parse(read('gitlab-ci.yaml'));
    const before = at(file, `${job}.before_script`) === undefined ? listAt(file, 'default.before_script') : listAt(file, `${job}.before_script`);
    return [...before, ...listAt(file, `${job}.script`)].map(String);
  }),
  'github-workflow.yaml': ['check', 'images', 'publish'].flatMap((job) => listAt(parse(read('github-workflow.yaml')), `jobs.${job}.steps`))
    .flatMap((step) => textAt(step, 'run') ?? []),
  'Jenkinsfile': [...read('Jenkinsfile').matchAll(/^ +sh '(.+?)'(?: \/\/.*)?$/gm)].map(([, command]) => command),
};

test('all three machines run the same', () => {
  const [first, ...others] = Object.values(COMMANDS).map((commands) => commands.map(withoutRemark));
  expect(first).toHaveLength(8);
  for (const commands of others) expect(commands).toEqual(first);
});

test('every script of npm that they run exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = COMMANDS.Jenkinsfile.flatMap((command) => /^npm (?:run )?(test|[\w:]+)/.exec(command)?.[1] ?? []).filter((name) => name !== 'ci');
  expect(named).toEqual(['test', 'synth', 'publish:gitops']);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

test('every image of dist/ is scanned, and nothing else', () => {
  const images = objectsIn(readFolder('dist')).flatMap(({ content }) => containersOf(content).map((container) => textAt(container, 'image')!));
  const listed = execFileSync('sh', ['examples/ci/images.sh', 'dist'], { encoding: 'utf8' }).trim().split('\n');
  expect(listed).toEqual([...new Set(images)].sort());
  expect(listed.length).toBeGreaterThan(15);
});

test('a scan that finds something in one image goes on to the others, and fails', () => {
  const [scan] = COMMANDS.Jenkinsfile.filter((command) => command.includes('trivy'));
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-scan-'));
  try {
    writeFileSync(join(folder, 'images.txt'), 'good\nbad\nlast\n');
    writeFileSync(join(folder, 'trivy'), '#!/bin/sh\nfor last; do :; done; echo "$last" >> scanned; [ "$last" != bad ]\n', { mode: 0o755 });
    const run = (): void => { execFileSync('sh', ['-c', scan], { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}` } }); };
    expect(run).toThrow();
    expect(readFileSync(join(folder, 'scanned'), 'utf8')).toBe('good\nbad\nlast\n');
    writeFileSync(join(folder, 'images.txt'), 'good\n');
    expect(run).not.toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
