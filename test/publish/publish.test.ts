import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { distTree, manifest, publishedTree } from './rendered-trees';
import { bareRepository, commitsOf, edit, filesIn, git, published, SourceRepository, treeOf } from './repositories';

const message = (repository: string, branch = 'main'): string => git(repository, 'log', '-1', '--format=%B', branch);
const record = (repository: string): unknown => JSON.parse(treeOf(repository)['shop/publication.json']);

test('an empty repository gets the folders of the environments, in one commit', async () => {
  const [repository, source] = [bareRepository(), SourceRepository.of()];
  const report = await source.publish(repository);
  expect(filesIn(repository)).toEqual(publishedTree(distTree()));
  expect(commitsOf(repository)).toBe(1);
  const commit = git(repository, 'rev-parse', 'main').trim();
  expect(report).toEqual({ commit, written: Object.keys(publishedTree(distTree())).sort(), removed: [], warnings: [] });
  git(repository, 'fsck', '--strict');
});

test('the record says where every file comes from, and so does the commit', async () => {
  const { repository, source } = await published();
  const commit = git(source.folder, 'rev-parse', 'HEAD').trim();
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const files = Object.fromEntries(Object.entries(publishedTree(distTree())).map(([path, text]) => [path, createHash('sha256').update(text).digest('hex')]));
  expect(record(repository)).toEqual({
    schemaVersion: 1,
    provenance: { source: { repository: 'https://git.example/teams/shop.git', commit, dirty: false }, versions: { meshmart: version }, files },
    experiments: [],
  });
  const text = treeOf(repository)['shop/publication.json'];
  expect(message(repository)).toBe([
    `Publish shop from ${commit.slice(0, 12)}`,
    '',
    '8 files written, 0 removed: 12 objects in 8 files.',
    'Every file with its hash is listed in shop/publication.json.',
    '',
    'Published-Path: shop',
    'Source-Repository: https://git.example/teams/shop.git',
    `Source-Commit: ${commit}`,
    'Source-Dirty: false',
    `Published-With: meshmart ${version}`,
    `Publication-SHA256: ${createHash('sha256').update(text).digest('hex')}`,
    '', '',
  ].join('\n'));
  expect(git(repository, 'log', '-1', '--format=%an <%ae>, %cn').trim()).toBe('Größe Tester <tester@example.com>, Größe Tester');
  expect(git(repository, 'log', '-1', '--format=%(trailers:key=Source-Commit,valueonly)').trim()).toBe(commit);
});

test('nothing is committed where nothing changed, whatever the source commit', async () => {
  const { repository, source } = await published();
  source.commit(distTree(), 'nothing of dist');
  expect(await source.publish(repository)).toEqual({ written: [], removed: [], warnings: [] });
  expect(commitsOf(repository)).toBe(1);
});

test('files that an earlier publish wrote go, and none that it did not', async () => {
  const [repository, source] = [bareRepository(), SourceRepository.of()];
  edit(repository, { 'README.md': 'ours\n', 'other/staging/shop/cart.yaml': manifest('other') });
  await source.publish(repository);
  edit(repository, { 'shop/staging/shop/by-hand.yaml': manifest('hand'), 'shop/OWNERS': 'us\n' });
  const gone = ['production/prerequisites.md', 'staging/shop/data/redis.yaml'];
  const rest = Object.fromEntries(Object.entries(distTree('2')).filter(([path]) => !gone.includes(path)));
  source.commit({ ...rest, 'staging/shop/new.yaml': manifest('new') });
  const report = await source.publish(repository);
  expect(report).toMatchObject({
    written: ['production/shop/cart.yaml', 'staging/shop/cart.yaml', 'staging/shop/new.yaml'],
    removed: gone,
  });
  expect(filesIn(repository)).toEqual({
    ...publishedTree(rest), 'staging/shop/new.yaml': manifest('new'), 'staging/shop/by-hand.yaml': manifest('hand'), OWNERS: 'us\n',
  });
  expect(treeOf(repository)).toMatchObject({ 'README.md': 'ours\n', 'other/staging/shop/cart.yaml': manifest('other') });
  const files = [...Object.keys(publishedTree(rest)), 'staging/shop/new.yaml'].sort();
  expect(record(repository)).toHaveProperty('provenance.files', Object.fromEntries(files.map((path) => [path, expect.any(String)])));
});

test('all of a repository is a path as well, and an address by file: too', async () => {
  const [repository, source] = [bareRepository(), SourceRepository.of()];
  await source.publish(pathToFileURL(repository).href, { path: undefined });
  source.commit(distTree('2'));
  await source.publish(pathToFileURL(repository).href, { path: './' });
  expect(Object.keys(treeOf(repository))).toEqual(['publication.json', ...Object.keys(publishedTree(distTree()))].sort());
});

test('`bootstrap` and the install values go along, contracts and experiments stay', async () => {
  const more = { 'bootstrap/staging.yaml': manifest('root'), 'staging/install-values.yaml': 'pilot:\n  x: 1\n', 'staging/argocd/shop.yaml': manifest('app') };
  const [repository, source] = [bareRepository(), SourceRepository.of(distTree('1', { ...more, 'notes.txt': 'at the top\n' }))];
  await source.publish(repository);
  expect(filesIn(repository)).toEqual({ ...publishedTree(distTree()), ...more });
});

describe('a branch for a pull request', () => {
  test('is made from the branch, which stays; and nothing is pushed twice', async () => {
    const { repository, source } = await published();
    source.commit(distTree('2'));
    const first = await source.publish(repository, { pullRequestBranch: 'publish/shop' });
    const again = await source.publish(repository, { pullRequestBranch: 'publish/shop' });
    expect(again.commit).toBe(first.commit);
    expect([commitsOf(repository), commitsOf(repository, 'publish/shop')]).toEqual([1, 2]);
    expect(filesIn(repository, 'shop', 'publish/shop')).toEqual(publishedTree(distTree('2')));
  });

  test('fails where it holds something else', async () => {
    const { repository, source } = await published();
    source.commit(distTree('2'));
    const { commit } = await source.publish(repository, { pullRequestBranch: 'publish/shop' });
    source.commit(distTree('3'));
    await expect(source.publish(repository, { pullRequestBranch: 'publish/shop' }))
      .rejects.toThrow(`[publish/shop] branch for a pull request must be new, got one that holds something else at ${commit}; name another one`);
  });
});

describe('bytes arrive as they are', () => {
  const LONG = `${'ä'.repeat(100)}/${'x'.repeat(240)}.yaml`;
  const NAMES = [
    `staging/${LONG}`, 'staging/größe/漢字 🙂.yaml', 'staging/shop/"quoted".yaml', 'staging/shop/tab\tline\nend.yaml', 'staging/-x/--y.yaml',
    'staging/shop/*.yaml', 'staging/ shop/:(glob).yaml', '-staging/shop/$HOME.yaml',
  ];

  test('whatever a file is called', async () => {
    const tree = distTree('1', Object.fromEntries(NAMES.map((name) => [name, manifest('odd')])));
    const [repository, source] = [bareRepository(), SourceRepository.of(tree)];
    await source.publish(repository);
    expect(filesIn(repository)).toEqual(publishedTree(tree));
    source.commit(distTree());
    await source.publish(repository);
    expect(filesIn(repository)).toEqual(publishedTree(distTree()));
  });

  test('whatever attributes and configuration make of line ends', async () => {
    const text = 'kind: ConfigMap\r\napiVersion: v1\r\nmetadata:\r\n  name: a\r\n';
    const tree = distTree('1', { 'staging/shop/crlf.yaml': text, 'staging/shop/keyword.yaml': manifest('$Id$') });
    const [repository, source] = [bareRepository(), SourceRepository.of(tree)];
    edit(repository, { '.gitattributes': '* text=auto eol=crlf ident\n*.yaml filter=lfs diff=lfs merge=lfs\n' });
    await source.publish(repository);
    expect(filesIn(repository)).toEqual(publishedTree(tree));
    expect(await source.publish(repository)).toMatchObject({ written: [], removed: [] });
  });

  test('a thousand files, many of them the same', async () => {
    const many = Object.fromEntries(Array.from({ length: 1100 }, (_, index) => [`staging/many/${index}.md`, `${index % 10}`]));
    const [repository, source] = [bareRepository(), SourceRepository.of(distTree('1', many))];
    await source.publish(repository);
    source.commit(distTree('2', many));
    expect(await source.publish(repository)).toMatchObject({ written: ['production/shop/cart.yaml', 'staging/shop/cart.yaml'] });
    expect(git(repository, 'ls-tree', 'main:shop/staging/many')).toBe(git(source.folder, 'ls-tree', 'HEAD:dist/staging/many'));
  });

  test('beside submodules and symbolic links of others', async () => {
    const [repository, source] = [bareRepository(), SourceRepository.of()];
    const link = ['update-index', '--add', '--cacheinfo', `160000,${git(source.folder, 'rev-parse', 'HEAD').trim()},shop/vendor/charts`];
    edit(repository, { 'README.md': 'a\n' }, link);
    const before = git(repository, 'ls-tree', '-r', 'main');
    await source.publish(repository);
    expect(git(repository, 'ls-tree', '-r', 'main')).toContain(before.split('\n').find((line) => line.startsWith('160000')));
    expect(filesIn(repository, 'shop/staging/shop')).toMatchObject({ 'cart.yaml': manifest('cart') });
  });
});
