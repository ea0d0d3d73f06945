import { existsSync, statSync } from 'node:fs';
import { posix, relative, resolve, sep } from 'node:path';
import { simpleGit } from 'simple-git';
import { contentsOf, entriesOf } from '../checks/git-tree';
import { RenderedFiles, readFolder } from '../checks/rendered';
import { orRefuse } from '../manifest/folder-error';
import { nearest } from './nearest';
import { UsageError } from './usage-error';

/** Reads a rendered folder. @throws UsageError where there is none */
export function folderState(folder: string): RenderedFiles {
  if (!isFolder(folder)) throw new UsageError(`rendered folder must be there, got none at ${folder}; run meshmart synth, or name another by --dist`);
  return orRefuse(folder, 'rendered folder must be one that can be read', () => readFolder(folder));
}

/**
 * Reads what a person names: a folder, or else a git reference whose commit has the rendered folder.
 * @param dist the rendered folder, by which a commit's own is found
 * @throws UsageError where it is neither
 */
export async function stateOf(name: string, dist: string): Promise<RenderedFiles> {
  if (isFolder(name)) return folderState(name);
  const git = simpleGit('.');
  if (!await git.checkIsRepo().catch(() => false)) {
    throw new UsageError(`'${name}' must be a folder or a git reference, got no folder, and this is no git repository; name a folder`);
  }
  const commit = await git.revparse(['--verify', '--quiet', '--end-of-options', `${name}^{commit}`]).then((hash) => hash.trim(), () => '');
  if (!/^[0-9a-f]{40,64}$/.test(commit)) {
    const names = (await git.raw('for-each-ref', '--format=%(refname:short)')).split('\n').filter((each) => each !== '');
    const near = nearest(name, [...names, 'HEAD']);
    throw new UsageError(`'${name}' must be a folder or a git reference, got neither; ${near === undefined ? 'fetch it first' : `did you mean ${near}?`}`);
  }
  const top = (await git.revparse(['--show-toplevel'])).trim();
  const folder = posix.join(relative(top, resolve(dist)).split(sep).join('/'), '.');
  if (folder.startsWith('../')) throw new UsageError(`--dist must lie in the git repository that has '${name}', got ${dist}; name a folder inside ${top}`);
  const atTop = simpleGit(top);
  const contents = await contentsOf(atTop, await entriesOf(atTop, commit, folder));
  if (contents.size === 0) throw new UsageError(`commit '${name}' must have ${folder}, got none; name a commit that has it, or another folder by --dist`);
  return new Map([...contents].map(([path, bytes]) => [posix.relative(folder, path), bytes.toString()]));
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
