import { dirname, resolve } from 'node:path';
import { exceptionsIn } from '../checks/transition-exceptions';
import { invalid } from '../graph/configuration-error';
import { named } from '../manifest/folder-error';
import { withoutCredentials } from './address';
import { gitIn } from './git';
import { Source } from './publication';

/** Changed files that a message names. */
const NAMED = 5;

/** Who publishes, as git writes it into a commit: `name <address> seconds zone`. */
export interface Identity {
  readonly author: string;
  readonly committer: string;
}

/**
 * The commit that a folder was synthesized from.
 * @throws ConfigurationError outside of a repository, before the first commit, and for changes in no commit that are not allowed
 */
export async function sourceOf(dist: string, allowDirty: boolean): Promise<Source> {
  const git = gitIn(dirname(resolve(dist)));
  if (!await git.checkIsRepo()) {
    invalid(named(dist), 'folder must be in a git repository, got none; publish from a checkout, so that the commit can be recorded');
  }
  const [commit, status, remotes] = await Promise.all([
    git.revparse(['--verify', '--quiet', 'HEAD^{commit}']).catch(() => ''), git.raw('status', '--porcelain', '--no-renames', '-z'), git.getRemotes(true),
  ]);
  if (commit === '') invalid(named(dist), 'folder must be of a commit, got a repository without any; commit first');
  const changes = status.split('\0').filter((line) => line !== '').map((line) => line.slice(3));
  if (changes.length > 0 && !allowDirty) {
    const got = `${changes.slice(0, NAMED).join(', ')}${changes.length > NAMED ? ` and ${changes.length - NAMED} more` : ''}`;
    invalid(named(dist), `source tree must have no changes, got ${got}; commit them, or say allowDirty, which is recorded`);
  }
  const repository = remotes.find(({ name }) => name === 'origin')?.refs.fetch;
  return { ...(repository === undefined ? {} : { repository: withoutCredentials(repository) }), commit, dirty: changes.length > 0 };
}

/** What the commits since another one except, none where it is not known here. */
export async function exceptionsSince(dist: string, commit: string | undefined): Promise<readonly string[]> {
  const git = gitIn(dirname(resolve(dist)));
  const known = commit !== undefined && await git.raw('cat-file', '-e', `${commit}^{commit}`).then(() => true, () => false);
  return known ? exceptionsIn(git, `${commit}..HEAD`) : [];
}

/** Who commits, as the source repository has it. @throws ConfigurationError where git does not know, or would have to guess */
export async function identityIn(dist: string): Promise<Identity> {
  const git = gitIn(dirname(resolve(dist)));
  const ident = async (variable: string): Promise<string> => git.raw('-c', 'user.useConfigOnly=true', 'var', variable).then((line) => line.trim(), () =>
    invalid(named(dist), 'git must know who commits, got no name or address; set user.name and user.email with git config'));
  const [author, committer] = await Promise.all(['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT'].map(ident));
  return { author, committer };
}
