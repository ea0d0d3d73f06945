import { isDeepStrictEqual } from 'node:util';
import { TreeEntry, contentsOf, entriesOf } from '../checks/git-tree';
import { invalid } from '../graph/configuration-error';
import { gitIn, orRefuseRemote } from './git';
import { Remote } from './remote';
import { Files } from './rendered-folder';
import { Identity } from './source';

/** A commit that is to be made. */
export interface NewCommit {
  /** Its parent. @default - it has none */
  readonly parent: string | undefined;
  /** Files that are written, by their path in the repository. */
  readonly write: Files;
  /** Files that are removed. */
  readonly remove: readonly string[];
  readonly message: string;
  readonly identity: Identity;
}

/** Makes a commit in the bare repository, in one process and without a checkout: no filter, attribute or file system changes a byte. */
export async function makeCommit({ folder, git }: Remote, { parent, write, remove, message, identity }: NewCommit, name: string): Promise<string> {
  const ref = `refs/made/${name}`;
  const stream = [
    `commit ${ref}\nauthor ${identity.author}\ncommitter ${identity.committer}\n`,
    ...data(Buffer.from(message)),
    ...(parent === undefined ? [] : [`from ${parent}\n`]),
    ...remove.map((path) => `D ${quoted(path)}\n`), // first, since a file may make room for a folder of its name
    ...[...write].flatMap(([path, content]) => [`M 100644 inline ${quoted(path)}\n`, ...data(content)]),
    'done\n',
  ];
  const input = Buffer.concat(stream.map((part) => Buffer.from(part)));
  await orRefuseRemote(folder, 'commit cannot be made', gitIn(folder, input).raw('fast-import', '--quiet', '--done'));
  return (await git.revparse(['--verify', ref])).trim();
}

/**
 * Reads a commit back before anybody else sees it.
 * @param before what its parent has
 * @throws ConfigurationError where it has anything else than its parent with the files written and removed
 */
export async function checkCommit({ git }: Remote, commit: string, before: readonly TreeEntry[], { write, remove }: NewCommit): Promise<void> {
  const entries = await entriesOf(git, commit);
  const changed = new Set([...write.keys(), ...remove]);
  const rest = (all: readonly TreeEntry[]): readonly TreeEntry[] => all.filter(({ path }) => !changed.has(path));
  const contents = await contentsOf(git, entries.filter(({ path, mode }) => write.has(path) && mode === '100644'));
  const written = [...write].find(([path, content]) => contents.get(path)?.equals(content) !== true)?.[0];
  const wrong = written ?? remove.find((path) => entries.some((each) => each.path === path));
  if (wrong !== undefined) invalid(wrong, 'file must be committed as it was rendered, got another one; nothing was pushed, try again and report it');
  if (!isDeepStrictEqual(rest(entries), rest(before))) {
    invalid(commit, 'commit must change published files alone, got others changed; nothing was pushed, try again and report it');
  }
}

function data(content: Buffer): readonly (Buffer | string)[] {
  return [`data ${content.length}\n`, content, '\n'];
}

/** A path as fast-import reads it, whatever is in it. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
