import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hashOf } from '../../src/publish/publication';
import { DoomedProgram, LONGEST_WAIT_MILLISECONDS } from '../doomed-program';
import { Tree } from '../gitops/trees';
import { distTree, publishedTree } from './rendered-trees';
import { bareRepository, git, root, SourceRepository, treeOf } from './repositories';

const RANDOM_KILLS = process.env.MESHMART_LONG === '1' ? 200 : 5;
/** Longer than one publish of the loop takes, so that each of its moments may be the last. */
const LONGEST_LIFE_MILLISECONDS = 800;

/** A server as git reaches it by ssh, here: of a session of its own, so that what kills a client does not reach it. */
const SERVER = { GIT_SSH_COMMAND: 'served() { exec setsid sh -c "$2"; }; served', GIT_SSH_VARIANT: 'simple' };
const hasSessions = spawnSync('setsid', ['true']).status === 0;

/** Lets a child and the gits that it runs publish in a loop, and ends when all of them were killed at some moment. */
async function killed(repository: string, source: string): Promise<void> {
  const publisher = new DoomedProgram(join(__dirname, 'publish-loop.ts'), [repository, source], { ...process.env, ...SERVER, TMPDIR: root });
  await publisher.runs();
  await setTimeout(Math.random() * LONGEST_LIFE_MILLISECONDS);
  publisher.kill();
  await publisher.isKilled();
}

/** A commit holds one version, all of it, and a record of just that. */
function expectWhole(tree: Tree): void {
  const { 'shop/publication.json': record, ...rest } = tree;
  const files = Object.fromEntries(Object.entries(rest).map(([path, text]) => [path.slice('shop/'.length), text]));
  const [, version] = /value: "?([\d-]+)/.exec(files['staging/shop/cart.yaml']) ?? [];
  expect(files).toEqual(publishedTree(distTree(version)));
  expect(JSON.parse(record).provenance.files).toEqual(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, hashOf(text)])));
}

test(`a publisher that is killed at ${RANDOM_KILLS} random moments leaves the remote whole, and loses no commit`, async () => {
  if (!hasSessions) return console.warn('publishers are not killed: a server that outlives them needs setsid');
  const [repository, source] = [bareRepository(), SourceRepository.of()];
  let last: string | undefined;
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    await killed(`ssh://server${repository}`, source.folder);
    const tip = git(repository, 'rev-parse', 'main').trim();
    expectWhole(treeOf(repository, tip));
    expect(tip).not.toBe(last);
    if (last !== undefined) git(repository, 'merge-base', '--is-ancestor', last, tip);
    last = tip;
  }
  git(repository, 'fsck', '--strict', '--no-dangling');
  for (const commit of git(repository, 'rev-list', 'main').trim().split('\n')) expectWhole(treeOf(repository, commit));
  source.write(distTree('last')); // the kill may have been in the middle of writing it, which is nobody's promise
  await source.publish(repository, { allowDirty: true });
}, (1 + RANDOM_KILLS) * LONGEST_WAIT_MILLISECONDS);
