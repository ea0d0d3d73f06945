import fs, { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { recoverFolder, swapFolder } from '../../src/gitops/folder-swap';
import { readTree, temporaryFolder, Tree, writeTree } from './trees';

const folder = temporaryFolder();
const OLD: Tree = { 'a.yaml': 'old a\n', 'shop/b.yaml': 'old b\n' };
const NEW: Tree = { 'shop/b.yaml': 'new b\n', 'shop/deep/c.yaml': 'new c\n' };
const PART: Tree = { 'shop/b.yaml': 'new b\n' };
const files = (tree: Tree) => new Map(Object.entries(tree));

/** What stands, and what shall stand after a recovery. */
interface State {
  readonly folder?: Tree;
  readonly old?: Tree;
  readonly next?: Tree;
  readonly then?: Tree;
}

let count = 0;

/** An output folder with the trees that stand beside it. */
function given(trees: { current?: Tree; old?: Tree; next?: Tree }): string {
  const current = join(folder, String(count++), 'dist');
  if (trees.current) writeTree(current, trees.current);
  if (trees.old) writeTree(`${current}.old`, trees.old);
  if (trees.next) writeTree(`${current}.next`, trees.next);
  return current;
}

function standing(current: string) {
  return { current: readTree(current), old: readTree(`${current}.old`), next: readTree(`${current}.next`) };
}

/** Lets a process die at the nth change of the file system: neither that change nor one after it is made. */
function dieAt(change: number): { changes: () => number } {
  let changes = 0;
  for (const name of ['mkdirSync', 'writeFileSync', 'renameSync', 'rmSync'] as const) {
    const real = fs[name] as (...args: unknown[]) => unknown;
    jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      if (++changes >= change) throw new Error('killed');
      return real(...args);
    }) as never);
  }
  return { changes: () => changes };
}

afterEach(() => jest.restoreAllMocks());

describe('a swap', () => {
  test('replaces a folder, with everything in it that is not its own', () => {
    const current = given({ current: { ...OLD, 'stale/by-hand.txt': 'x' } });
    mkdirSync(join(current, 'empty'));
    swapFolder(current, files(NEW));
    expect(standing(current)).toEqual({ current: NEW, old: undefined, next: undefined });
    expect(readdirSync(current)).toEqual(['shop']);
  });

  test('makes a folder that is not there, and those above it', () => {
    const current = join(folder, 'not', 'there', 'dist');
    swapFolder(`${current}/`, files(NEW));
    expect(standing(current)).toEqual({ current: NEW, old: undefined, next: undefined });
  });

  test('writes no files into an empty folder', () => {
    const current = given({});
    swapFolder(current, files({}));
    expect(readTree(current)).toEqual({});
  });

  test('takes a folder relative to the working directory', () => {
    const current = given({});
    swapFolder(relative('', current), files(NEW));
    expect(readTree(current)).toEqual(NEW);
  });
});

describe('recovery', () => {
  test.each`
    state                                                         | folder       | old          | next         | then
    ${'nothing was ever written'}                                 | ${undefined} | ${undefined} | ${undefined} | ${undefined}
    ${'nothing happened'}                                         | ${OLD}       | ${undefined} | ${undefined} | ${OLD}
    ${'the first synth was killed during the write'}              | ${undefined} | ${undefined} | ${PART}      | ${undefined}
    ${'the first synth was killed before its swap'}               | ${undefined} | ${undefined} | ${NEW}       | ${undefined}
    ${'a synth was killed during the write'}                      | ${OLD}       | ${undefined} | ${PART}      | ${OLD}
    ${'a synth was killed before the swap'}                       | ${OLD}       | ${undefined} | ${NEW}       | ${OLD}
    ${'a synth was killed between the renames'}                   | ${undefined} | ${OLD}       | ${NEW}       | ${OLD}
    ${'a synth was killed after the renames'}                     | ${NEW}       | ${OLD}       | ${undefined} | ${OLD}
    ${'a synth was killed before it deleted the old tree'}        | ${NEW}       | ${undefined} | ${OLD}       | ${NEW}
    ${'a synth was killed while it deleted the old tree'}         | ${NEW}       | ${undefined} | ${PART}      | ${NEW}
    ${'cdk8s synth deleted the folder, then was killed'}          | ${undefined} | ${undefined} | ${undefined} | ${undefined}
    ${'cdk8s synth deleted a part, after the renames'}            | ${PART}      | ${OLD}       | ${undefined} | ${OLD}
    ${'cdk8s synth deleted the folder, after the renames'}        | ${undefined} | ${OLD}       | ${undefined} | ${OLD}
    ${'cdk8s synth deleted a part, before the old tree was gone'} | ${PART}      | ${undefined} | ${OLD}       | ${PART}
    ${'git brought the folder back, between the renames'}         | ${OLD}       | ${OLD}       | ${NEW}       | ${OLD}
    ${'a recovery was killed before it put the old tree back'}    | ${undefined} | ${OLD}       | ${PART}      | ${OLD}
  `('where $state', ({ folder: current, old, next, then: expected }: State) => {
    const path = given({ current, old, next });
    recoverFolder(path);
    expect(standing(path)).toEqual({ current: expected, old: undefined, next: old ? undefined : next });
    recoverFolder(path);
    expect(readTree(path)).toEqual(expected);

    const again = given({ current, old, next });
    swapFolder(again, files(NEW));
    expect(standing(again)).toEqual({ current: NEW, old: undefined, next: undefined });
  });

  test('leaves alone what a running synth writes', () => {
    const current = given({ current: OLD, next: PART });
    recoverFolder(current);
    expect(standing(current)).toEqual({ current: OLD, old: undefined, next: PART });
  });
});

describe('at every moment a whole tree stands', () => {
  const whole = (tree: Tree | undefined) => [OLD, NEW].some((known) => JSON.stringify(known) === JSON.stringify(tree));

  function survives(start: () => string, run: (current: string) => void): void {
    for (let change = 1; ; change++) {
      const current = start();
      const { changes } = dieAt(change);
      try {
        run(current);
      } catch {
        expect(changes()).toBeGreaterThanOrEqual(change);
      }
      jest.restoreAllMocks();
      const { current: tree, old } = standing(current);
      expect(old === undefined || whole(old)).toBe(true);
      expect(whole(old ?? tree)).toBe(true);
      recoverFolder(current);
      expect(whole(readTree(current))).toBe(true);
      if (changes() < change) return; // it ran to its end
    }
  }

  test('when a swap dies at any change', () => {
    survives(() => given({ current: OLD }), (current) => swapFolder(current, files(NEW)));
  });

  test.each<[string, { current?: Tree; old?: Tree; next?: Tree }]>([
    ['between the renames', { old: OLD, next: NEW }],
    ['after the renames', { current: NEW, old: OLD }],
    ['after the renames, and the folder is a part by now', { current: PART, old: OLD }],
    ['between the renames, and the folder is back', { current: OLD, old: OLD, next: NEW }],
  ])('when the recovery of a swap that died %s dies at any change', (_, state) => {
    survives(() => given(state), recoverFolder);
    survives(() => given(state), (current) => swapFolder(current, files(NEW)));
  });
});

describe('a swap that cannot be done leaves the folder as it was', () => {
  test.each(['.', '/', '..', ''])('fails for %j, which holds the working directory', (path) => {
    expect(() => swapFolder(path, files(NEW))).toThrow(/^\[\S+\] output folder must not hold the working directory, got \/\S*; choose one inside it/);
  });

  test('fails for the working directory by another name', () => {
    const link = join(folder, 'link-to-here');
    symlinkSync(join(process.cwd(), '..'), link);
    expect(() => recoverFolder(join(link, relative('..', '.')))).toThrow('must not hold the working directory');
  });

  test('fails for a git repository', () => {
    const current = given({ current: { ...OLD, '.git': 'gitdir: elsewhere' } });
    expect(() => swapFolder(current, files(NEW))).toThrow(`output folder must not be a git repository, got ${current}; choose a folder inside it`);
    expect(readTree(current)).toEqual({ ...OLD, '.git': 'gitdir: elsewhere' });
  });

  test.each(['', '.next', '.old'])('fails where dist%s is a file', (suffix) => {
    const current = given({ current: suffix ? OLD : undefined });
    mkdirSync(join(current, '..'), { recursive: true });
    writeFileSync(`${current}${suffix}`, 'mine');
    expect(() => swapFolder(current, files(NEW)))
      .toThrow(`[${relative('', current)}${suffix}] output must be a folder, got a file; remove it, or choose another outdir`);
    if (suffix) expect(readTree(current)).toEqual(OLD);
  });

  test('fails where dist is a symbolic link', () => {
    const target = given({ current: OLD });
    symlinkSync(target, `${target}-link`);
    expect(() => swapFolder(`${target}-link`, files(NEW))).toThrow('output must be a folder, got a symbolic link;');
    expect(readTree(target)).toEqual(OLD);
  });

  test('fails where a part of its path is a file', () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const path = join(file, 'dist');
    expect(() => swapFolder(path, files(NEW))).toThrow(
      new RegExp(`^\\[${relative('', path)}\\] output folder cannot be used, got ENOTDIR: .*; every part of its path must be a folder$`));
  });

  test('fails where a file cannot be written, and keeps no unfinished files', () => {
    const current = given({ current: OLD });
    expect(() => swapFolder(current, files({ ...NEW, [`${'x'.repeat(300)}.yaml`]: 'too long' })))
      .toThrow(/folder cannot be replaced and is as it was, got ENAMETOOLONG: name too long/);
    expect(standing(current)).toEqual({ current: OLD, old: undefined, next: undefined });
  });

  test('fails where one file would be the folder of another', () => {
    const current = given({ current: OLD });
    expect(() => swapFolder(current, files({ a: 'file', 'a/b': 'file' }))).toThrow('folder cannot be replaced and is as it was');
    expect(standing(current)).toEqual({ current: OLD, old: undefined, next: undefined });
  });

  test('fails where the disk is full', () => {
    const current = given({ current: OLD });
    jest.spyOn(fs, 'writeFileSync').mockImplementation(() => { throw new Error('ENOSPC: no space left on device, write'); });
    expect(() => swapFolder(current, files(NEW))).toThrow('got ENOSPC: no space left on device, write; free some space');
    expect(standing(current)).toEqual({ current: OLD, old: undefined, next: undefined });
  });

  test('fails where another synth writes at the same time', () => {
    const current = given({ current: OLD });
    const real = fs.writeFileSync;
    jest.spyOn(fs, 'writeFileSync').mockImplementation((path, ...rest) => {
      real(path, ...rest);
      real(join(`${current}.next`, 'other.yaml'), 'of the other');
    });
    expect(() => swapFolder(current, files(NEW))).toThrow(/got other content in \S+dist.next than was written there, run one synth at a time$/);
    expect(standing(current)).toEqual({ current: OLD, old: undefined, next: undefined });
  });

  test.each([1, 2, 3])('fails where rename %i is refused', (refused) => {
    const current = given({ current: OLD });
    const real = fs.renameSync;
    let renames = 0;
    jest.spyOn(fs, 'renameSync').mockImplementation((...args) => {
      if (++renames === refused) throw new Error('EXDEV: cross-device link not permitted, rename');
      real(...args);
    });
    expect(() => swapFolder(current, files(NEW))).toThrow('it must not come with a container image');
    expect(standing(current)).toEqual({ current: OLD, old: undefined, next: undefined });
  });

  test('fails where the old tree cannot be put back, and says where it is', () => {
    const current = given({ old: OLD });
    jest.spyOn(fs, 'renameSync').mockImplementation(() => { throw new Error('EPERM: operation not permitted, rename'); });
    expect(() => recoverFolder(current)).toThrow(/folder cannot be put back from \S+dist\.old, where it is whole, got EPERM.*; let this user write there$/);
    expect(standing(current).old).toEqual(OLD);
  });

  test('does not mind that files are read-only', () => {
    const current = given({ current: OLD });
    chmodSync(join(current, 'a.yaml'), 0o444);
    swapFolder(current, files(NEW));
    expect(readTree(current)).toEqual(NEW);
    expect(existsSync(`${current}.next`)).toBe(false);
  });
});
