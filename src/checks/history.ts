import { posix } from 'node:path';
import { SimpleGit, simpleGit } from 'simple-git';
import { ConfigurationError } from '../graph/configuration-error';
import { Finding } from './finding';
import { contentsOf, entriesOf } from './git-tree';
import { ReadObjects, RenderedFiles, contractsIn, objectsIn, remembering } from './rendered';
import { stepFindings } from './step';
import { exceptionsIn, withExceptions } from './transition-exceptions';

/** Options of `checkHistory`. */
export interface HistoryOptions {
  /** Folder of the repository. @default '.' */
  readonly repository?: string;
  /** Folder of the rendered manifests in it. @default 'dist' */
  readonly folder?: string;
  /** Branch that changes are made for. @default 'main' */
  readonly branch?: string;
  /** How many commits are checked on that branch itself, 1 or more. @default 20 */
  readonly recent?: number;
}

/** What `checkHistory` found. */
export interface HistoryReport {
  /** Commits that changed the folder and were checked, newest first. */
  readonly commits: readonly string[];
  /** What they do that a cluster or a caller cannot take, excepting what their messages except. */
  readonly findings: readonly (Finding & { readonly commit: string })[];
  /** Why nothing was checked. @default - it was */
  readonly skipped?: string;
}

/**
 * Checks the rendered folder commit by commit, each against its first parent: from where the branch began, or on the
 * branch itself the recent ones. A commit message excepts a finding by a trailer `Transition-Exception: <object>: <reason>`.
 * @throws ConfigurationError where the last commit has what is no manifest, or no contract of this version
 */
export async function checkHistory(options: HistoryOptions = {}): Promise<HistoryReport> {
  const { repository = '.', folder = 'dist', branch = 'main', recent = 20 } = options;
  const git = simpleGit(repository);
  if (!await git.checkIsRepo().catch(() => false)) return skipped('this is no git repository');
  if ((await git.raw('rev-parse', '--is-shallow-repository')).trim() === 'true') return skipped('the history is shallow; fetch it with --unshallow');
  const path = posix.join(folder, '.'); // './dist/' and 'dist' are one folder
  if (await git.raw('log', '-1', '--format=%H', '--', path) === '') return skipped(`no commit has a folder ${path}`);
  const bases = await mergeBases(git, branch);
  if (bases.length === 0) return skipped(`the branch ${branch} is not known; fetch it`);
  const head = (await git.revparse('HEAD')).trim();
  const base = bases.find((each) => each !== head);
  const range = base === undefined ? [`-n${recent}`, 'HEAD'] : [`${base}..HEAD`];
  const commits = lines(await git.raw('log', '--first-parent', '--format=%H %P', ...range, '--', path)).map((line) => line.split(' '));
  const findings: HistoryReport['findings'][number][] = [];
  const checked = commits.filter(([, parent]) => parent !== undefined);
  const read = remembering();
  for (const [commit, parent] of checked) {
    findings.push(...await findingsOf(git, path, [parent, commit], read).catch((error: unknown) => [unreadable(error, path, commit)]));
  }
  if (checked.length > 0) checkReadable(await treeOf(git, head, path));
  return { commits: checked.map(([commit]) => commit), findings };
}

function skipped(why: string): HistoryReport {
  return { commits: [], findings: [], skipped: why };
}

/** @throws ConfigurationError for what is no manifest, and no contract of this version */
function checkReadable(files: RenderedFiles): void {
  objectsIn(files);
  contractsIn(files);
}

/** What cannot be read in an earlier commit has been repaired since: nobody can do more about it. */
function unreadable(error: unknown, folder: string, commit: string): HistoryReport['findings'][number] {
  if (!(error instanceof ConfigurationError)) throw error;
  const problem = `cannot be compared with its parent's: ${error.message}`;
  return { rule: 'unreadable', severity: 'warning', object: folder, problem, fix: 'look at the commit yourself', commit };
}

/** Where what is checked out left a branch, as the remote has it and as it is here; its own head on that branch itself. */
async function mergeBases(git: SimpleGit, branch: string): Promise<readonly string[]> {
  const bases = await Promise.all([`origin/${branch}`, branch].map(async (name) => git.raw('merge-base', 'HEAD', name).catch(() => '')));
  return bases.map((base) => base.trim()).filter((base) => base !== '');
}

async function findingsOf(
  git: SimpleGit, folder: string, [parent, commit]: readonly [string, string], read: ReadObjects,
): Promise<HistoryReport['findings']> {
  const [before, after] = [await treeOf(git, parent, folder), await treeOf(git, commit, folder)];
  // a merge brings the trailers of what it merges
  const trailers = await exceptionsIn(git, `${parent}..${commit}`);
  return withExceptions(stepFindings(before, after, read), trailers).map((finding) => ({ ...finding, commit }));
}

/** The folder as a commit has it. */
async function treeOf(git: SimpleGit, commit: string, folder: string): Promise<RenderedFiles> {
  const contents = await contentsOf(git, await entriesOf(git, commit, folder));
  return new Map([...contents].map(([path, bytes]) => [posix.relative(folder, path), bytes.toString()]));
}

function lines(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}
