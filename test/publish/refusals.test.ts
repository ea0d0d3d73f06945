import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startExperiment, stopExperiment } from '../../src/publish';
import { expectRefusal, newPair, repository, source } from './refusal';
import { distTree, manifest, publishedTree } from './rendered-trees';
import { configure, edit, filesIn, git, root, treeOf } from './repositories';

beforeEach(newPair);

describe('files that somebody edited are not lost', () => {
  const CART = 'staging/shop/cart.yaml';

  test('they are named, and shown; adopt takes them over', async () => {
    edit(repository, { [`shop/${CART}`]: manifest('cart', 'by hand') });
    source.commit(distTree('2'));
    await expectRefusal({}, `[shop] published files must be as they were published, got edits by hand of ${CART}; `, '-   value: by hand', '+   value: "2"');
    await expectRefusal({ adopt: ['staging/shop/other.yaml'] }, CART);
    await source.publish(repository, { adopt: [CART] });
    expect(filesIn(repository)).toEqual(publishedTree(distTree('2')));
    expect(git(repository, 'log', '-1', '--format=%(trailers:key=Adopted,valueonly)', 'main').trim()).toBe(CART);
  });

  test('also where only the line ends changed, where a file is gone, or is to go', async () => {
    edit(repository, { [`shop/${CART}`]: manifest('cart').replaceAll('\n', '\r\n'), 'shop/staging/shop/catalogue.yaml': undefined });
    await expectRefusal({}, `got edits by hand of ${CART}, staging/shop/catalogue.yaml; `, '+++ staging/shop/catalogue.yaml is new');
    source.commit({ 'staging/shop/data/redis.yaml': manifest('redis') });
    await expectRefusal({}, `got edits by hand of ${CART}; `, `--- ${CART} is gone`);
  });

  test('also those that were there before the first publish', async () => {
    edit(repository, { 'other/staging/shop/cart.yaml': manifest('cart', 'older'), 'other/staging/shop/catalogue.yaml': manifest('catalogue') });
    await expectRefusal({ path: 'other' }, `[other] published files must be as they were published, got edits by hand of ${CART};`);
    await source.publish(repository, { path: 'other', adopt: [CART] });
    expect(filesIn(repository, 'other')).toEqual(publishedTree(distTree()));
  });

  test('an edit that the source made too is none, and is none later', async () => {
    edit(repository, { [`shop/${CART}`]: manifest('cart', '2') });
    source.commit(distTree('1', { [CART]: manifest('cart', '2') }));
    expect(await source.publish(repository)).toMatchObject({ commit: expect.any(String), written: [] }); // the record alone
    source.commit(distTree('3'));
    expect(await source.publish(repository)).toMatchObject({ written: ['production/shop/cart.yaml', CART] });
  });

  test('a link or a broken manifest in place of a file is one', async () => {
    edit(repository, { [`shop/${CART}`]: 'a: [' });
    await expectRefusal({}, `edits by hand of ${CART}`, '- a: [');
    await source.publish(repository, { adopt: [CART] });
    expect(filesIn(repository)).toEqual(publishedTree(distTree()));
  });

  test('a long difference is cut', async () => {
    edit(repository, { [`shop/${CART}`]: manifest('cart', 'x', 100) });
    const said = await expectRefusal({}, /and \d+ lines more$/);
    expect(said.split('\n').length).toBeLessThan(70);
  });
});

test('fails while an experiment runs, and its files are no edits by hand', async () => {
  const after = manifest('cart', 'slow');
  const description = 'system: shop\nexperiment: slow\nenvironment: staging\nadded: []\nchanged: [cart.yaml]\nremoved: []\n';
  source.commit(distTree('1', { 'experiments/shop/slow/cart.yaml': after, 'experiments/shop/slow/experiment.yaml': description }));
  const checkout = join(root, 'running');
  git(root, 'clone', '--quiet', repository, checkout);
  const before = git(checkout, 'rev-parse', 'HEAD^{tree}');
  startExperiment({ dist: source.dist, published: join(checkout, 'shop'), experiment: 'shop/slow' });
  git(checkout, 'add', '-A');
  git(checkout, 'commit', '--quiet', '-m', 'start');
  git(checkout, 'push', '--quiet');
  expect(filesIn(repository)).toMatchObject({ 'staging/shop/cart.yaml': after });
  const said = await expectRefusal({}, '[shop] no experiment may run while files are published, got shop/slow; stop it first');
  expect(said).not.toContain('by hand');

  stopExperiment({ published: join(checkout, 'shop'), experiment: 'shop/slow' });
  git(checkout, 'add', '-A');
  git(checkout, 'commit', '--quiet', '-m', 'stop');
  git(checkout, 'push', '--quiet');
  expect(git(checkout, 'rev-parse', 'HEAD^{tree}')).toBe(before);
  expect(await source.publish(repository)).toMatchObject({ written: [], removed: [] });
});

describe('a transition that hurts is refused', () => {
  const stateful = { 'staging/shop/data/store.yaml': 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: store\n  namespace: shop\n' };
  beforeEach(async () => {
    source.commit(distTree('1', stateful));
    await source.publish(repository);
  });
  const OBJECT = 'staging PersistentVolumeClaim shop/store';

  test('by name, with what to do', async () => {
    source.commit(distTree('2'));
    await expectRefusal({}, `[${OBJECT}] `, 'nothing was published; publish the commits between one after the other, or except what is meant');
    await expectRefusal({ exceptions: [`${OBJECT}`] }, 'Transition-Exception must give a reason');
    await expectRefusal({ exceptions: [`${OBJECT}: empty`, 'staging Service shop/x: unknown'] }, 'Transition-Exception excepts nothing');
  });

  test('unless it is excepted here, which the commit says', async () => {
    source.commit(distTree('2'));
    await source.publish(repository, { exceptions: [`${OBJECT}: it was empty`] });
    expect(git(repository, 'log', '-1', '--format=%(trailers:key=Transition-Exception,valueonly)', 'main').trim()).toBe(`${OBJECT}: it was empty`);
  });

  test('or by a commit of the source since', async () => {
    source.commit(distTree('2'), `away\n\nTransition-Exception: ${OBJECT}: it was empty\nTransition-Exception: staging Service shop/x: of a contract`);
    source.commit(distTree('3'));
    await source.publish(repository);
    expect(git(repository, 'log', '-1', '--format=%(trailers:key=Transition-Exception,valueonly)', 'main').trim()).toBe(`${OBJECT}: it was empty`);
  });

  test('a whole environment less is one', async () => {
    source.commit(Object.fromEntries(Object.entries(distTree('1', stateful)).filter(([path]) => !path.startsWith('staging/'))));
    await expectRefusal({}, `[${OBJECT}] `);
  });
});

describe('fails for a rendered folder', () => {
  test.each([
    ['with an empty manifest', '', /dist\/staging\/shop\/cart\.yaml\] manifest must hold an object, got none, which Argo CD would remove in silence/],
    ['with nothing but comments', '# later\n---\n', /manifest must hold an object, got none/],
    ['with a cut manifest', manifest('cart').slice(0, -8), /manifest must end with a line end, got ".*"; it may be cut, synthesize it anew/],
    ['cut so that it is no object', 'apiVersion: v1\nkind: ConfigMap\n', /every object must have metadata\.name, got/],
    ['with what is no YAML', 'a: [\n', /file must be YAML, got/],
  ])('%s', async (_, text, words) => {
    source.commit(distTree('1', { 'staging/shop/cart.yaml': text }));
    await expectRefusal({}, words);
  });

  test('that is missing, empty, or has no environment', async () => {
    source.commit({ 'contracts/staging/shop.json': '{}\n' });
    await expectRefusal({}, 'dist] folder must have manifests of an environment, got none; publishing nothing would remove all');
    rmSync(source.dist, { recursive: true });
    await expectRefusal({}, 'dist] folder must be synthesized, got none; run synth first');
  });

  test('that a killed synth left', async () => {
    mkdirSync(`${source.dist}.old`);
    await expectRefusal({}, /folder must be whole, got .*dist\.old, which a killed synth left; run synth once more/);
  });

  test('with two environments of one path where case does not count', async () => {
    source.commit(distTree('1', { 'Staging/shop/cart.yaml': manifest('other') }));
    await expectRefusal({}, /dist\/staging\] path must be its own where case does not count, got that of Staging too; rename one/);
  });

  test('with a link, or a name that is a folder elsewhere', async () => {
    symlinkSync('cart.yaml', join(source.dist, 'staging/shop/link.yaml'));
    await expectRefusal({}, 'staging/shop/link.yaml] must be a plain file, got another one');
    source.commit(distTree('1', { 'staging/shop/a\\b.yaml': manifest('b') }));
    await expectRefusal({}, 'file name must have no backslash');
  });

  test('of a dirty source tree, unless that is allowed, which is recorded', async () => {
    source.write(distTree('2'));
    writeFileSync(join(source.folder, 'notes.txt'), 'new');
    await expectRefusal({}, 'source tree must have no changes, got dist/production/shop/cart.yaml, dist/staging/shop/cart.yaml, notes.txt; ' +
    'commit them, or say allowDirty');
    await source.publish(repository, { allowDirty: true });
    expect(JSON.parse(treeOf(repository)['shop/publication.json'])).toHaveProperty('provenance.source.dirty', true);
    expect(git(repository, 'log', '-1', '--format=%B', 'main')).toMatch(/with changes\n[^]*\nSource-Dirty: true\n/);
  });

  test('that is in no repository, or before the first commit', async () => {
    rmSync(join(source.folder, '.git'), { recursive: true });
    await expectRefusal({}, 'dist] folder must be in a git repository, got none; publish from a checkout');
    git(source.folder, 'init', '--quiet');
    await expectRefusal({ allowDirty: true }, 'dist] folder must be of a commit, got a repository without any; commit first');
  });

  test('where git does not know who commits', async () => {
    configure('');
    source.write(distTree('2'));
    try {
      await expectRefusal({ allowDirty: true }, 'git must know who commits, got no name or address; set user.name and user.email with git config');
    } finally {
      configure();
    }
  });
});

describe('an Application of Argo CD', () => {
  const application = (repoURL: string, path: string): string => stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: { source: { repoURL, path } },
  });
  const commit = (repoURL: string, path: string): void =>
    source.commit(distTree('1', { 'staging/argocd/shop.yaml': application(repoURL, path) }));

  test('fails where it reads a folder that nobody publishes', async () => {
    commit(repository, 'bank/staging/shop');
    await expectRefusal({}, `[staging Application argocd/shop] Application must read a folder of ${repository}, got bank/staging/shop, ` +
    'which would not be there; publish to the path that it was declared with, got shop');
  });

  test.each(['shop/staging/shop', './shop/production/', '.'])('may read %s', async (path) => {
    commit(repository, path);
    await expect(source.publish(repository)).resolves.toHaveProperty('commit');
  });

  test('of another repository is not looked at', async () => {
    commit('https://git.example/other.git', 'charts');
    await expect(source.publish(repository)).resolves.toHaveProperty('commit');
  });
});
