import { SimpleGit } from 'simple-git';
import { invalid } from '../graph/configuration-error';
import { withoutCredentials } from './address';
import { gitIn, orRefuseRemote, saidBy } from './git';

/** Branches that a message names. */
const NAMED = 10;
/** Another push is at work at this moment, or was faster. */
const BUSY = /stale info|fetch first|non-fast-forward|(cannot lock|failed to update) ref|incorrect old value|reference already exists/i;
/** It never will. */
const FORBIDDEN = /denied|no space|read-only/i;
const QUIETLY = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];

/** A repository that is published to, with what was fetched of it in a bare repository of our own: no checkout, so nothing rewrites a byte. */
export class Remote {
  /** The bare repository. */
  public readonly git: SimpleGit;
  private fetches = 0;

  private constructor(
    /** Folder of the bare repository. */
    public readonly folder: string,
    private readonly address: string,
  ) {
    this.git = gitIn(folder);
  }

  /** Makes the bare repository in an empty folder. */
  public static async open(folder: string, address: string): Promise<Remote> {
    const remote = new Remote(folder, address);
    await orRefuseRemote(folder, 'temporary repository cannot be made', remote.git.raw('init', '--bare', '--quiet'));
    return remote;
  }

  /** The commit of a branch, fetched; none where the repository is empty. @throws ConfigurationError where there are other branches */
  public async fetchBase(branch: string): Promise<string | undefined> {
    return this.fetchOr(branch, ({ size, names }) => size === 0 ? undefined : invalid(withoutCredentials(this.address),
      `branch must exist, got ${branch} where there are ${names}; choose one, or push a first commit to it`));
  }

  /** The commit of a branch, fetched; none where there is no such branch. */
  public async fetchBranch(branch: string): Promise<string | undefined> {
    return this.fetchOr(branch, () => undefined);
  }

  /**
   * Moves a branch to a commit, if it is still where it was: the server compares and writes in one step, so it is whole at every moment.
   * @param expected where the branch was; none where there was no such branch
   * @returns what git said where somebody else was faster; nothing where the branch was moved
   * @throws ConfigurationError where the remote refuses
   */
  public async push(commit: string, branch: string, expected: string | undefined): Promise<string | undefined> {
    const ref = `refs/heads/${branch}`;
    const options = ['--porcelain', '--no-verify', '--no-recurse-submodules', `--force-with-lease=${ref}:${expected ?? ''}`];
    const push = this.git.raw('push', ...options, this.address, `${commit}:${ref}`);
    const said = await push.then(() => undefined, (error: unknown) => saidBy(this.address, error));
    if (said === undefined) return undefined;
    if (BUSY.test(said) && !FORBIDDEN.test(said)) return said;
    const tip = (await this.tips()).get(branch);
    if (tip === commit) return undefined; // it arrived, and the answer was lost
    if (tip !== expected) return said;
    return orRefuseRemote(this.address, `branch ${branch} cannot be pushed to`, push);
  }

  /** Commits by the branch that is there. */
  private async tips(): Promise<ReadonlyMap<string, string>> {
    const lines = await orRefuseRemote(this.address, 'repository cannot be read', this.git.raw('ls-remote', '--heads', this.address));
    return new Map(lines.split('\n').filter((line) => line !== '').map((line) => {
      const [commit, ref] = line.split('\t');
      return [ref.replace('refs/heads/', ''), commit];
    }));
  }

  /** Looks at all branches only where one cannot be fetched: it may be new, or none. */
  private async fetchOr(branch: string, otherwise: (there: { size: number; names: string }) => undefined): Promise<string | undefined> {
    const fetched = await this.fetch(branch).catch(() => undefined);
    if (fetched !== undefined) return fetched;
    const tips = await this.tips();
    if (tips.has(branch)) return orRefuseRemote(this.address, `branch ${branch} cannot be fetched`, this.fetch(branch));
    return otherwise({ size: tips.size, names: `${[...tips.keys()].slice(0, NAMED).join(', ')}${tips.size > NAMED ? ', ...' : ''}` });
  }

  private async fetch(branch: string): Promise<string> {
    const ref = `refs/fetched/${this.fetches++}`;
    await this.git.raw('fetch', ...QUIETLY, '--depth=1', this.address, `refs/heads/${branch}:${ref}`);
    return (await this.git.revparse(['--verify', ref])).trim();
  }
}
