import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hashOf } from '../../src/publish/publication';
import { freePort } from '../free-ports';
import { Tree } from '../gitops/trees';
import { distTree, publishedTree } from './rendered-trees';
import { bareRepository, git, root, SourceRepository, treeOf } from './repositories';

const RANDOM_KILLS = process.env.MESHMART_LONG === '1' ? 200 : 5;
/** Longer than one publish of the loop takes, so that each of its moments may be the last. */
const LONGEST_LIFE_MILLISECONDS = 800;

const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

/** Serves the folder of the tests. A server outlives its clients: what kills one of them does not reach it. */
async function serve(): Promise<string | undefined> {
  const daemon = join(git(root, '--exec-path').trim(), 'git-daemon');
  if (!existsSync(daemon)) return undefined;
  const port = await freePort();
  const options = ['--verbose', '--export-all', '--enable=receive-pack', `--base-path=${root}`, '--listen=127.0.0.1', `--port=${port}`];
  const child = spawn(daemon, options, { stdio: ['ignore', 'ignore', 'pipe'], env: process.env });
  children.push(child);
  await once(child.stderr, 'data'); // it says that it is ready
  return `git://127.0.0.1:${port}`;
}

/** Lets a child and the gits that it runs publish in a loop, and ends when all of them were killed at some moment. */
async function killed(repository: string, source: string): Promise<void> {
  const script = join(__dirname, 'publish-loop.ts');
  const env = { ...process.env, TMPDIR: root };
  const child = spawn(process.execPath, ['--import', 'tsx', script, repository, source], { stdio: ['ignore', 'pipe', 'inherit'], detached: true, env });
  children.push(child);
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  await setTimeout(Math.random() * LONGEST_LIFE_MILLISECONDS);
  process.kill(-child.pid!, 'SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
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
  const server = await serve();
  if (server === undefined) return console.warn('publishers are not killed: git has no daemon here');
  const [repository, source] = [bareRepository(), SourceRepository.of()];
  let last: string | undefined;
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    await killed(`${server}/${basename(repository)}`, source.folder);
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
}, 30_000 + RANDOM_KILLS * 10_000);
