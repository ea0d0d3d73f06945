import { posix } from 'node:path';
import { TreeEntry } from '../checks/git-tree';
import { invalid } from '../graph/configuration-error';
import { at } from '../graph/json';
import { PUBLICATION } from './publication';

/**
 * A path in a repository in its one way of writing: without a slash at its ends, empty for all of the repository.
 * @throws ConfigurationError for one that leads out of the repository, or into git's own folder
 */
export function normalPath(path: string): string {
  const normal = posix.normalize(`${path}/`).replace(/\/+$/, '');
  const steps = normal.split('/');
  const outside = path.startsWith('/') || /[\\\p{Cc}]/u.test(path) || /^[A-Za-z]:/.test(path) || steps.includes('..');
  if (outside) invalid(path, `path must stay in the repository, got ${JSON.stringify(path)}; write it from the top, for example apps/shop`);
  if (steps.some((step) => step.toLowerCase() === '.git')) invalid(path, `path must not be git's own, got ${JSON.stringify(path)}; choose another folder`);
  return normal === '.' ? '' : normal;
}

/** A path below a published path as the repository has it. */
export function inRepository(path: string, file: string): string {
  return posix.join(path, file);
}

/** Records of other published paths that a path lies in, or that lie in it. */
export function overlapping(entries: readonly TreeEntry[], path: string): readonly TreeEntry[] {
  const own = inRepository(path, PUBLICATION);
  return entries.filter((entry) => {
    if (posix.basename(entry.path) !== PUBLICATION || entry.path === own) return false;
    const folder = posix.dirname(entry.path);
    return isIn(folder, path) || isIn(path, folder);
  });
}

/** @throws ConfigurationError where one of the records is that of a publisher */
export function checkOverlap(path: string, records: ReadonlyMap<string, Buffer>): void {
  for (const [file, content] of records) {
    const other = posix.dirname(file);
    if (!isRecord(content.toString())) continue;
    invalid(path === '' ? '.' : path, `path must not overlap another published one, got ${other === '.' ? 'all of the repository' : other}, ` +
    'which has a record; choose a folder beside it');
  }
}

/**
 * @param files that are to stand
 * @param kept what stands there and is nobody's to remove
 * @throws ConfigurationError where one of the two would have to be a file and a folder
 */
export function checkPlaces(files: readonly string[], kept: readonly TreeEntry[]): void {
  const others = new Map(kept.map((entry) => [entry.path, entry]));
  const wanted = new Set(files);
  for (const file of files) {
    const [entry] = [...foldersOf(file), file].flatMap((place) => others.get(place) ?? []);
    if (entry) invalid(file, `must be free for a file in folders, got ${kindOf(entry)} ${entry.path}; choose another path, or remove it`);
  }
  for (const { path } of kept) {
    const file = foldersOf(path).find((folder) => wanted.has(folder));
    if (file !== undefined) invalid(file, `must be free for a file, got a folder with ${path}; choose another path, or remove it`);
  }
}

function isIn(path: string, folder: string): boolean {
  return folder === '' || folder === '.' || path === folder || path.startsWith(`${folder}/`);
}

function kindOf({ mode }: TreeEntry): string {
  return ({ 160000: 'the submodule', 120000: 'the symbolic link' } as Record<string, string>)[mode] ?? 'the file';
}

/** `a` and `a/b` for `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  const steps = path.split('/');
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('/'));
}

/** Another tool may call a file so. */
function isRecord(text: string): boolean {
  try {
    return typeof at(JSON.parse(text), 'schemaVersion') === 'number';
  } catch {
    return false;
  }
}
