import { distTree, publishedTree } from './rendered-trees';
import { bareRepository, commitsOf, filesIn, git, SourceRepository } from './repositories';

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
}, 60_000);
