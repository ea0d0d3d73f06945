import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publish, PublishOptions, PublishReport } from '../../src/publish';
import { Tree, writeTree } from '../gitops/trees';
import { distTree } from './rendered-trees';

/** Folder of the test file at hand. */
export const root = mkdtempSync(join(tmpdir(), 'meshmart-publish-test-'));
const config = join(root, 'gitconfig');
const IDENTITY = '[user]\n  name = Größe Tester\n  email = tester@example.com\n';
let repositories = 0;

jest.setTimeout(120_000); // a publish runs two dozen processes

beforeAll(() => {
  Object.assign(process.env, { GIT_CONFIG_GLOBAL: config, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' });
  configure();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Configures git for all of the test file: nothing of the machine counts. */
export function configure(lines: string = IDENTITY): void {
  writeFileSync(config, `${lines}[init]\n  defaultBranch = main\n  templateDir =\n`);
}

/** Runs git. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: process.env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** An empty bare repository. */
export function bareRepository(): string {
  const folder = join(root, `${repositories++}.git`);
  git(root, 'init', '--quiet', '--bare', folder);
  return folder;
}

/** A copy of a bare repository. */
export function copyOf(repository: string): string {
  const folder = join(root, `${repositories++}.git`);
  cpSync(repository, folder, { recursive: true });
  return folder;
}

/** A repository that files are synthesized in. */
export class SourceRepository {
  public readonly dist: string;

  private constructor(public readonly folder: string) {
    this.dist = join(folder, 'dist');
  }

  /** One with a commit. */
  public static of(tree: Tree = distTree()): SourceRepository {
    const source = new SourceRepository(join(root, `source-${repositories++}`));
    git(root, 'init', '--quiet', source.folder);
    git(source.folder, 'remote', 'add', 'origin', 'https://robot:hunter22@git.example/teams/shop.git');
    source.commit(tree);
    return source;
  }

  /** Another one with the same commits. */
  public copy(): SourceRepository {
    const folder = join(root, `source-${repositories++}`);
    cpSync(this.folder, folder, { recursive: true });
    return new SourceRepository(folder);
  }

  /** Replaces `dist/`, in a commit. */
  public commit(tree: Tree, message = 'render'): void {
    this.write(tree);
    git(this.folder, 'add', '-A');
    git(this.folder, '-c', 'core.autocrlf=false', 'commit', '--quiet', '--allow-empty', '-m', message);
  }

  /** Replaces `dist/`, in no commit. */
  public write(tree: Tree): void {
    rmSync(this.dist, { recursive: true, force: true });
    writeTree(this.dist, tree);
  }

  /** Publishes `dist/` to `shop`. */
  public async publish(repository: string, options: Partial<PublishOptions> = {}): Promise<PublishReport> {
    return publish({ repository, branch: 'main', path: 'shop', dist: this.dist, ...options });
  }
}

/** Text of every file that a branch or commit has, read by one process. */
export function treeOf(repository: string, branch = 'main'): Tree {
  const entries = git(repository, 'ls-tree', '-r', '-z', branch).split('\0').flatMap((entry) => {
    const [, id, path] = /^\d+ blob (\S+)\t([^]*)$/.exec(entry) ?? [];
    return id === undefined ? [] : [{ id, path }];
  });
  const input = entries.map(({ id }) => `${id}\n`).join('');
  const output = execFileSync('git', ['cat-file', '--batch'], { cwd: repository, env: process.env, input });
  let start = 0;
  return Object.fromEntries(entries.map(({ path }) => {
    const text = output.indexOf('\n', start) + 1;
    const end = text + Number(output.toString('utf8', start, text).split(' ')[2]);
    start = end + 1;
    return [path, output.toString('utf8', text, end)];
  }));
}

/** What a branch has below a folder, without the record. */
export function filesIn(repository: string, path = 'shop', branch = 'main'): Tree {
  const inPath = Object.entries(treeOf(repository, branch)).filter(([file]) => file.startsWith(`${path}/`) && file !== `${path}/publication.json`);
  return Object.fromEntries(inPath.map(([file, text]) => [file.slice(path.length + 1), text]));
}

/** Somebody's own commit; `undefined` removes a file. */
export function edit(repository: string, change: Readonly<Record<string, string | undefined>>, ...more: readonly (readonly string[])[]): void {
  const checkout = mkdtempSync(join(root, 'checkout-'));
  git(root, 'clone', '--quiet', repository, checkout);
  for (const [path, text] of Object.entries(change)) {
    if (text === undefined) rmSync(join(checkout, path));
    else writeTree(checkout, { [path]: text });
  }
  git(checkout, 'add', '-A');
  for (const args of more) git(checkout, ...args);
  git(checkout, 'commit', '--quiet', '--allow-empty', '-m', 'by hand');
  git(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
}

/** How many commits a branch has. */
export const commitsOf = (repository: string, branch = 'main'): number => Number(git(repository, 'rev-list', '--count', branch));

let pair: Promise<Published> | undefined;

/** A source, and the repository that it was published to once. */
export interface Published {
  readonly repository: string;
  readonly source: SourceRepository;
}

/** Both anew, as copies of the first. */
export async function published(): Promise<Published> {
  pair ??= publishedOnce();
  const { repository, source } = await pair;
  return { repository: copyOf(repository), source: source.copy() };
}

async function publishedOnce(): Promise<Published> {
  const [repository, source] = [bareRepository(), SourceRepository.of()];
  await source.publish(repository);
  return { repository, source };
}
