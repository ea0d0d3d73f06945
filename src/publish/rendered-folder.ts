import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { objectsIn } from '../checks/rendered';
import { invalid } from '../graph/configuration-error';
import { named, orRefuse } from '../manifest/folder-error';

/** Bytes of files by their path, with `/`. */
export type Files = ReadonlyMap<string, Buffer>;

/** Folders of a synth that Argo CD must never read: it would take the descriptions there for manifests. */
const UNPUBLISHED = ['contracts', 'experiments'];
/** What Argo CD applies: the folders of an environment, and what is applied once by hand. */
const MANIFEST = /^([^/]+\/.+\/|bootstrap\/)[^/]*(?<!kustomization)\.ya?ml$/;

/**
 * What goes to a GitOps repository of a synthesized folder: the folders of environments, with what stands beside the systems for
 * those who run the cluster (prerequisites, exceptions, the mesh's install values: no Application reads that level), and `bootstrap`.
 * @throws ConfigurationError where there is none, and for what is no plain file
 */
export function publishedFiles(dist: string): Files {
  const folder = resolve(dist);
  if (existsSync(`${folder}.old`)) invalid(named(folder), `folder must be whole, got ${named(folder)}.old, which a killed synth left; run synth once more`);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) invalid(named(folder), 'folder must be synthesized, got none; run synth first');
  const entries = orRefuse(folder, 'folder cannot be read', () => readdirSync(folder, { recursive: true, withFileTypes: true }));
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).split(sep).join('/');
    if (entry.isDirectory() || !path.includes('/') || UNPUBLISHED.includes(path.split('/')[0])) continue;
    if (!entry.isFile()) invalid(named(file), 'must be a plain file, got another one, a symbolic link for example; synthesize the folder anew');
    if (path.includes('\\')) invalid(named(file), 'file name must have no backslash, which is a folder elsewhere, got one; rename it');
    files.set(path, orRefuse(file, 'file cannot be read', () => readFileSync(file)));
  }
  const sorted = new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
  if (manifestsIn(sorted).size === 0) invalid(named(folder), 'folder must have manifests of an environment, got none; publishing nothing would remove all');
  checkCase(folder, [...sorted.keys()]);
  return sorted;
}

/**
 * Counts the objects of all manifests. Argo CD takes an empty or cut file for none, and removes in silence what it had.
 * @param place of the folder, for messages
 * @throws ConfigurationError for a manifest that is empty, cut, or not one
 */
export function countObjects(place: string, files: Files): number {
  return [...manifestsIn(files)].reduce((count, [path, text]) => {
    const file = join(place, path);
    if (text !== '' && !text.endsWith('\n')) {
      invalid(file, `manifest must end with a line end, got ${JSON.stringify(text.slice(-20))}; it may be cut, synthesize it anew`);
    }
    const objects = objectsIn(new Map([[file, text]])).length;
    if (objects === 0) invalid(file, 'manifest must hold an object, got none, which Argo CD would remove in silence; synthesize it anew');
    return count + objects;
  }, 0);
}

/** Texts of what Argo CD applies. */
export function manifestsIn(files: Files): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => MANIFEST.test(path)).map(([path, content]) => [path, content.toString()]));
}

/** Two environments, systems or files of one path where case or the way of writing an accent does not count. */
function checkCase(folder: string, paths: readonly string[]): void {
  const taken = new Map<string, string>();
  for (const path of paths.flatMap((each) => each.split('/').map((_, index, steps) => steps.slice(0, index + 1).join('/')))) {
    const key = path.normalize().toLowerCase();
    const other = taken.get(key) ?? path;
    taken.set(key, other);
    if (other !== path) invalid(named(join(folder, path)), `path must be its own where case does not count, got that of ${other} too; rename one`);
  }
}
