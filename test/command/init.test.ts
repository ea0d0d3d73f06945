import fs, { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newProject, projectNameProblem } from '../../src/command/project/new-project';
import { makeFolder } from '../../src/command/project/new-folder';
import { committed, folderWith, meshmart, shell, typed } from './command';

const { version, devDependencies, engines } = JSON.parse(readFileSync('package.json', 'utf8'));
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const FILES = [
  '.github/workflows/ci.yaml', '.gitignore', 'README.md', 'cdk8s.yaml', 'package.json', 'src/build.ts', 'src/environments.ts', 'src/main.ts',
  'src/services/greetings.ts', 'src/services/web.ts', 'src/system.ts', 'test/calls.test.ts', 'test/dist.test.ts', 'tsconfig.json',
];
afterEach(() => { jest.restoreAllMocks(); });

describe('init', () => {
  test('makes a project named as its folder, and asks nothing where nobody is', () => {
    const folder = folderWith({});
    expect(shell(folder, 'meshmart init teams/shop')).toEqual({
      code: 0, out: `made shop in teams/shop: ${FILES.length} files\nnext: cd teams/shop && npm install && npm run synth\n`, err: '',
    });
    const files = newProject({ name: 'shop', meshmart: version });
    expect([...files.keys()]).toEqual(FILES);
    for (const [path, text] of files) expect(read(folder, 'teams/shop', path)).toBe(text);
    expect(readdirSync(join(folder, 'teams/shop')).sort()).toEqual([...new Set(FILES.map((path) => path.split('/')[0]))].sort());
    expect(JSON.parse(read(folder, 'teams/shop/package.json'))).toMatchObject({ name: 'shop', dependencies: { meshmart: version }, engines });
  });

  test('leaves no mark of the template in it', () => {
    const files = newProject({ name: 'shop', meshmart: '1.0.0' });
    expect([...files].filter(([, text]) => text.includes('{{')).map(([path]) => path)).toEqual(['.github/workflows/ci.yaml']);
    expect(files.get('.github/workflows/ci.yaml')?.replaceAll(/\$\{\{ [\w.| ]+ \}\}/g, '')).not.toContain('{{');
    expect(files.get('src/system.ts')).toContain("new MeshNamespace(environment, 'shop', { owner: '@example/shop' })");
  });

  test('pins what it needs to the versions that this library is tested with', () => {
    const { dependencies, devDependencies: tools } = JSON.parse(newProject({ name: 'shop', meshmart: '1.0.0' }).get('package.json')!);
    expect(dependencies.meshmart).toBe('1.0.0');
    expect({ ...devDependencies, meshmart: '1.0.0' }).toMatchObject({ ...dependencies, ...tools });
    expect(Object.keys(tools)).toEqual(expect.arrayContaining(['jest', 'tsx', 'typescript']));
  });

  test('says as JSON what it made, and asks nothing then', () => {
    const folder = folderWith({});
    const { code, out } = typed(folder, 'init shop --json', 80);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ folder: 'shop', name: 'shop', meshmart: version, files: FILES, next: ['cd shop', 'npm install', 'npm run synth'] });
  });

  test('takes the folder that one is in, and a repository without files', () => {
    const folder = folderWith({});
    committed(folder);
    expect(shell(folder, 'meshmart init . --name shop')).toEqual({
      code: 0, out: `made shop in .: ${FILES.length} files\nnext: npm install && npm run synth\n`, err: '',
    });
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['.git', 'package.json']));
  });

  test('takes meshmart from where it is told; a tarball is seen from the new folder', () => {
    const folder = folderWith({ 'packed/meshmart-1.0.0.tgz': '' });
    const sourceOf = (name: string, source: string): string => {
      expect(shell(folder, `meshmart init ${name} --meshmart '${source}'`)).toMatchObject({ code: 0, err: '' });
      return JSON.parse(read(folder, name, 'package.json')).dependencies.meshmart;
    };
    expect(sourceOf('a', 'packed/meshmart-1.0.0.tgz')).toBe('file:../packed/meshmart-1.0.0.tgz');
    expect(sourceOf('teams/b', `file:${folder}/packed/meshmart-1.0.0.tgz`)).toBe('file:../../packed/meshmart-1.0.0.tgz');
    expect(sourceOf('c', '^1.2.0')).toBe('^1.2.0');
    expect(sourceOf('d', 'https://npm.example.com/meshmart-1.0.0.tgz')).toBe('https://npm.example.com/meshmart-1.0.0.tgz');
  });

  test('on a terminal asks for the name and nothing else, with that of the folder as default', () => {
    const folder = folderWith({});
    const named = typed(folder, 'init a', 80, {}, 'shop\n');
    expect(named).toMatchObject({ code: 0 });
    expect(named.out).toContain('name (a): ');
    expect(named.out).toContain('made shop in a');
    expect(typed(folder, 'init b', 80, {}, '\n').out).toContain('made b in b');
    expect(typed(folder, 'init c --name shop', 80).out).not.toContain('name (');
    expect(JSON.parse(read(folder, 'a/package.json')).name).toBe('shop');
  });

  test('fails where a person goes without an answer, and makes nothing', () => {
    const folder = folderWith({});
    const { code, out } = typed(folder, 'init a', 80, {}, '\x04');
    expect([code, out]).toEqual([2, expect.stringContaining("error: 'name (a):' must be answered, got the end of what was typed; say it by an option")]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    [{ 'shop/a.txt': '', 'shop/b.txt': '' }, 'shop', 'error: folder must be new or empty, got shop with a.txt and 1 more; name another\n'],
    [{ 'shop': '' }, 'shop', 'error: folder must be new or empty, got a file at shop; name another\n'],
    [{}, 'Shop', "error: name must be a DNS label (lower-case letters, digits, dashes), got 'Shop'; say another by --name\n"],
    [{}, 'a --meshmart b.tgz', 'error: meshmart must be a file that is there, got none at b.tgz; say where the tarball is\n'],
    [{}, "a --meshmart '1 2'", "error: meshmart must be a version or where npm finds it, got '1 2'; say for example --meshmart 1.2.0\n"],
    [{}, '', "error: missing required argument 'folder'\n"],
  ])('fails with 2 and makes nothing: %j %s', (files, words, err) => {
    const folder = folderWith(files as Record<string, string>);
    const before = readdirSync(folder, { recursive: true });
    expect(shell(folder, `meshmart init ${words}`)).toEqual({ code: 2, out: '', err: typeof err === 'string' ? err : expect.stringMatching(err) });
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  test('fails with 1 where this user may not write, or a file is in the way', () => {
    const folder = folderWith({ 'closed/a.txt': '' });
    for (const path of [folder, join(folder, 'closed')]) chmodSync(path, 0o555);
    const user = process.getuid?.() === 0 ? 'setpriv --reuid=65534 --regid=65534 --clear-groups ' : ''; // root may write anywhere
    const closed = shell(folder, `export -f meshmart; ${user}bash --norc -c 'meshmart init closed/teams/shop'`);
    expect(closed).toMatchObject({ code: 1, out: '' });
    expect(closed.err).toMatch(/^error: \[closed\/teams\/shop\] folder cannot be made, got EACCES.*; let this user write there\n$/);
    const file = shell(folder, 'meshmart init closed/a.txt/shop');
    expect(file).toEqual({ code: 1, out: '', err: expect.stringMatching(/got ENOTDIR.*; every part of its path must be a folder\n$/) });
    for (const path of [folder, join(folder, 'closed')]) chmodSync(path, 0o755);
  });
});

test.each([
  ['Shop', "name must be a DNS label (lower-case letters, digits, dashes), got 'Shop'"],
  ['1a', "name must begin with a letter, got '1a'"],
  ['argocd', /^name must not be that of a namespace that others own \(argocd, default, .*\), got 'argocd'; choose another$/],
  ['jest', "name must not be that of a package that the project needs, got 'jest'; choose another"],
])('fails with 2 for the name %s, and makes nothing', async (name, problem) => {
  expect(projectNameProblem(name)).toMatch(problem);
  const folder = folderWith({});
  for (const words of [[join(folder, name)], [join(folder, 'a'), '--name', name]]) {
    expect(await meshmart(['init', ...words])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(projectNameProblem(name)!) });
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder whose name a shell would read otherwise is quoted', async () => {
  const folder = join(folderWith({}), "our 'shop'");
  expect((await meshmart(['init', folder, '--name', 'shop'])).out).toMatch(/\nnext: cd '.*our '\\''shop'\\''' && npm install && npm run synth\n$/);
});

test('a name may have 52 characters, so that <name>-production has 63', () => {
  expect(projectNameProblem('a'.repeat(52))).toBeUndefined();
  expect(projectNameProblem('a'.repeat(53))).toMatch('name must have at most 52 characters, got 53');
  expect(() => newProject({ name: 'a'.repeat(53), meshmart: '1.0.0' })).toThrow('name must have at most 52 characters');
});

describe('a folder that cannot be made', () => {
  const files = new Map([['a.txt', 'a'], ['b/c.txt', 'c'], ['d.txt', 'd']]);

  test.each(['writeFileSync', 'renameSync'] as const)('fails at the second %s, and nothing is left of it', (name) => {
    const folder = folderWith({});
    const real = fs[name] as (...words: unknown[]) => void;
    let calls = 0;
    jest.spyOn(fs, name).mockImplementation((...words: unknown[]) => {
      if (++calls === 2) throw new Error('ENOSPC: no space left on device, write');
      real(...words);
    });
    for (const path of ['new/folder', '.']) {
      calls = 0;
      expect(() => makeFolder(join(folder, path), files)).toThrow(/folder cannot be made, got ENOSPC.*; free some space$/);
      expect(readdirSync(folder)).toEqual([]);
    }
    expect(existsSync(folder)).toBe(true);
  });
});
