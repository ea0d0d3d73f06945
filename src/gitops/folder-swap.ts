import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkFolder, exists } from './folder-check';
import { named, orRefuse } from '../manifest/folder-error';

/**
 * Replaces a folder by new files, all or nothing. The new tree is written to `<folder>.next`; then
 *
 * 1. `<folder>` is renamed to `<folder>.old`,
 * 2. `<folder>.next` to `<folder>`,
 * 3. `<folder>.old` to `<folder>.next`, which is deleted.
 *
 * So `.old` is always a whole tree, it stands only while a swap has not ended, and `.next` is never needed. From this
 * follows what `recoverFolder` does after a process was killed. `cdk8s synth` deletes the folder before it starts an
 * app, and may be killed as well, so in each state the folder can also be missing or a part of what it was:
 *
 * | folder | .old  | .next | killed                                   | recovered to     |
 * |--------|-------|-------|------------------------------------------|------------------|
 * | any    | -     | -     | before the write, or never               | folder, as it is |
 * | any    | -     | any   | before 1, or after 3                     | folder, as it is |
 * | -      | whole | whole | between 1 and 2, or during recovery      | .old             |
 * | new    | whole | -     | between 2 and 3                          | .old             |
 * | a part | whole | -     | the same, then `cdk8s synth` was killed  | .old             |
 * | -      | whole | -     | the same, then `cdk8s synth` deleted it  | .old             |
 * | any    | whole | any   | between 1 and 2, then `git checkout`     | .old             |
 *
 * A swap that has not ended is undone even where the new tree stands: nobody can know that it is still whole, and the
 * synth that wrote it never said that it succeeded. All this holds for a killed process, not for a power cut (nothing
 * is flushed to the disk), and for one synth at a time: of two at once, one fails or both do.
 *
 * @param files text by path below the folder, with `/`
 * @throws ConfigurationError where the folder cannot be replaced; it is then as it was
 */
export function swapFolder(folder: string, files: ReadonlyMap<string, string>): void {
  recoverFolder(folder);
  const { current, next, old } = namesOf(folder);
  try {
    orRefuse(current, 'folder cannot be replaced and is as it was', () => {
      discard(next);
      writeTree(next, files);
      if (exists(current)) renameSync(current, old);
      renameSync(next, current);
      if (exists(old)) renameSync(old, next);
    });
  } catch (error) {
    recoverFolder(folder);
    orRefuse(next, 'unfinished files cannot be deleted', () => discard(next)); // a full disk should not stay full
    throw error;
  }
  orRefuse(next, 'old files cannot be deleted, the new ones stand', () => discard(next));
}

/**
 * Undoes a swap that has not ended; a whole tree stands under the folder's own name again. Call it before reading the folder.
 * @throws ConfigurationError where the folder cannot be put back, or is none that a synth may replace
 */
export function recoverFolder(folder: string): void {
  checkFolder(folder);
  const { current, next, old } = namesOf(folder);
  if (!exists(old)) return; // whatever `.next` is, the synth that writes it may be running right now
  orRefuse(current, `folder cannot be put back from ${named(old)}, where it is whole`, () => {
    discard(current);
    renameSync(old, current);
    discard(next);
  });
}

function namesOf(folder: string): { current: string; next: string; old: string } {
  const current = resolve(folder); // without a slash at its end
  return { current, next: `${current}.next`, old: `${current}.old` };
}

function writeTree(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const whole = entries.length === files.size && [...files].every(([path, text]) => readFileSync(join(folder, path)).equals(Buffer.from(text)));
  if (!whole) throw new Error(`other content in ${named(folder)} than was written there, run one synth at a time`);
}

function discard(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
