import { Remote } from '../../src/publish/remote';
import { distTree, publishedTree } from './rendered-trees';
import { bareRepository, commitsOf, edit, filesIn, git, published, SourceRepository, treeOf } from './repositories';

const PUBLISHERS = 20;
const numbers = Array.from({ length: PUBLISHERS }, (_, index) => index);

test(`${PUBLISHERS} publishers at once, half of them to one path of an empty repository, all land whole`, async () => {
  const [repository, source] = [bareRepository(), SourceRepository.of()];
  const sources = numbers.map((number) => {
    const copy = source.copy();
    copy.write(distTree(`v${number}`));
    return copy;
  });
  const pathOf = (number: number): string => (number % 2 ? 'shop' : `teams/${number}`);
  const reports = await Promise.all(sources.map(async (each, number) => each.publish(repository, { path: pathOf(number), allowDirty: true })));
  expect(commitsOf(repository)).toBe(PUBLISHERS);
  for (const [number, { commit }] of reports.entries()) {
    expect(filesIn(repository, pathOf(number), commit)).toEqual(publishedTree(distTree(`v${number}`)));
    git(repository, 'merge-base', '--is-ancestor', commit!, 'main');
    if (number % 2 === 0) expect(filesIn(repository, pathOf(number))).toEqual(publishedTree(distTree(`v${number}`)));
  }
  git(repository, 'fsck', '--strict');
}, 300_000);

describe('what happens between the look and the push', () => {
  /** Does something once, when the commit is made and not pushed. */
  function before(push: () => void): void {
    const real = Remote.prototype.push;
    let done = false;
    jest.spyOn(Remote.prototype, 'push').mockImplementation(async function (this: Remote, ...args) {
      if (!done) push();
      done = true;
      return real.apply(this, args);
    });
  }
  afterEach(() => { jest.restoreAllMocks(); });

  test('a commit that somebody drops by force is not brought back', async () => {
    const { repository, source } = await published();
    edit(repository, { 'secret.txt': 'not for all\n' });
    source.commit(distTree('2'));
    before(() => { git(repository, 'update-ref', 'refs/heads/main', 'main~1'); });
    await source.publish(repository);
    expect(treeOf(repository)).not.toHaveProperty(['secret.txt']);
    expect(filesIn(repository)).toEqual(publishedTree(distTree('2')));
    expect(commitsOf(repository)).toBe(2);
  });

  test('an edit by hand is seen', async () => {
    const { repository, source } = await published();
    source.commit(distTree('2'));
    before(() => { edit(repository, { 'shop/staging/shop/cart.yaml': 'kind: Mine\n' }); });
    await expect(source.publish(repository)).rejects.toThrow('edits by hand of staging/shop/cart.yaml');
    expect(filesIn(repository)).toMatchObject({ 'staging/shop/cart.yaml': 'kind: Mine\n' });
  });

  test('a branch for a pull request that somebody makes is not overwritten', async () => {
    const { repository, source } = await published();
    source.commit(distTree('2'));
    before(() => { git(repository, 'branch', 'propose', 'main'); });
    await expect(source.publish(repository, { pullRequestBranch: 'propose' })).rejects.toThrow('branch for a pull request must be new');
    expect(commitsOf(repository, 'propose')).toBe(1);
  });
});
