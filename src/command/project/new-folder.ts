import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RenderedFiles } from '../../checks/rendered';
import { named, orRefuse } from '../../manifest/folder-error';
import { UsageError } from '../usage-error';

/** Refuses a folder that something is in; a git repository without files is as good as empty. @throws UsageError which says what is in it */
export function checkNewFolder(folder: string): void {
  const found = orRefuse(folder, 'folder cannot be read', () => statSync(folder, { throwIfNoEntry: false }));
  if (found === undefined) return;
  if (!found.isDirectory()) throw new UsageError(`folder must be new or empty, got a file at ${named(folder)}; name another`);
  const [first, ...others] = orRefuse(folder, 'folder cannot be read', () => readdirSync(folder)).filter((name) => name !== '.git').sort();
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  throw new UsageError(`folder must be new or empty, got ${named(folder)} with ${first}${more}; name another`);
}

/**
 * Makes a folder of files, or nothing.
 * @param files text by path below the folder, with `/`
 * @throws UsageError where something is in it
 * @throws ConfigurationError where it cannot be written; then nothing is left of it, nor of the folders above it that were made
 */
export function makeFolder(folder: string, files: RenderedFiles): void {
  checkNewFolder(folder);
  orRefuse(folder, 'folder cannot be made', () => {
    const created = mkdirSync(folder, { recursive: true });
    const made = created === undefined ? [] : [created];
    try {
      const aside = mkdtempSync(join(folder, '.meshmart-'));
      made.push(aside);
      write(aside, files);
      for (const name of readdirSync(aside)) {
        renameSync(join(aside, name), join(folder, name));
        made.push(join(folder, name));
      }
      rmSync(aside, { recursive: true });
    } catch (error) {
      for (const path of made) rmSync(path, { recursive: true, force: true });
      throw error;
    }
  });
}

function write(folder: string, files: RenderedFiles): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
