import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../../src/checks/git-tree';
import { checkCommit, makeCommit, NewCommit } from '../../src/publish/commit';
import { Remote } from '../../src/publish/remote';
import { bareRepository, git, root } from './repositories';

const who = 'Tester <tester@example.com> 1700000000 +0100';
const commitWith = (write: Readonly<Record<string, string>>, remove: readonly string[] = [], parent?: string): NewCommit => ({
  parent,
  write: new Map(Object.entries(write).map(([path, text]) => [path, Buffer.from(text)])),
  remove,
  message: 'a\n',
  identity: { author: who, committer: who },
});

describe('a commit is read back before it is pushed', () => {
  const BASE = { 'shop/a.yaml': 'a\n', 'shop/b.yaml': 'b\n', 'other.txt': 'ours\n' };
  let remote: Remote;
  let base: string;
  beforeEach(async () => {
    remote = await Remote.open(mkdtempSync(join(root, 'bare-')), bareRepository());
    base = await makeCommit(remote, commitWith(BASE), 'base');
  });

  /** Makes one commit and reads it back as another. */
  async function check(made: NewCommit, meant: NewCommit): Promise<void> {
    return checkCommit(remote, await makeCommit(remote, made, 'made'), await entriesOf(remote.git, base), meant);
  }
  const meant = (): NewCommit => commitWith({ 'shop/a.yaml': 'a2\n' }, ['shop/b.yaml'], base);

  test('and is right where it is what was meant', async () => {
    await expect(check(meant(), meant())).resolves.toBeUndefined();
    const line = git(remote.folder, 'log', '-1', '--format=%an|%ae|%ai|%P', 'refs/made/made').trim();
    expect(line).toBe(`Tester|tester@example.com|2023-11-14 23:13:20 +0100|${base}`);
  });

  test.each<[string, Readonly<Record<string, string>>, readonly string[], string]>([
    ['an emptied file', { 'shop/a.yaml': '' }, ['shop/b.yaml'], '[shop/a.yaml] file must be committed as it was rendered'],
    ['a cut file', { 'shop/a.yaml': 'a' }, ['shop/b.yaml'], '[shop/a.yaml] file must be committed as it was rendered'],
    ['a file that is missing', {}, ['shop/a.yaml', 'shop/b.yaml'], '[shop/a.yaml] file must be committed as it was rendered'],
    ['a file that should be gone', { 'shop/a.yaml': 'a2\n' }, [], '[shop/b.yaml] file must be committed as it was rendered'],
    ['a file of others that changed', { 'shop/a.yaml': 'a2\n', 'other.txt': '\n' }, ['shop/b.yaml'], 'commit must change published files alone'],
    ['a file of others that is gone', { 'shop/a.yaml': 'a2\n' }, ['shop/b.yaml', 'other.txt'], 'commit must change published files alone'],
    ['a file that nobody meant', { 'shop/a.yaml': 'a2\n', 'shop/c.yaml': '' }, ['shop/b.yaml'], 'commit must change published files alone'],
  ])('fails for %s', async (_, write, remove, words) => {
    await expect(check(commitWith(write, remove, base), meant())).rejects.toThrow(words);
  });
});
