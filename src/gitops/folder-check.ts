import { existsSync, lstatSync, realpathSync, Stats } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { invalid } from '../graph/configuration-error';
import { named, orRefuse } from '../manifest/folder-error';

/**
 * Refuses a folder that must not be replaced: more would be lost than what a synth wrote.
 * @throws ConfigurationError for a file, a symbolic link, a git repository, and what holds the working directory
 */
export function checkFolder(folder: string): void {
  const current = resolve(folder);
  for (const path of [current, `${current}.next`, `${current}.old`]) checkType(path);

  const real = existsSync(current) ? realpathSync(current) : current;
  if (join(realpathSync('.'), sep).startsWith(join(real, sep))) {
    invalid(named(current), `output folder must not hold the working directory, got ${real}; choose one inside it, for example dist`);
  }
  if (existsSync(join(current, '.git'))) {
    invalid(named(current), `output folder must not be a git repository, got ${real}; choose a folder inside it`);
  }
}

/** Whether anything stands there, a broken symbolic link included. */
export function exists(path: string): boolean {
  return statsOf(path) !== undefined;
}

function statsOf(path: string): Stats | undefined {
  return orRefuse(path, 'output folder cannot be used', () => lstatSync(path, { throwIfNoEntry: false }));
}

function checkType(path: string): void {
  const found = statsOf(path);
  if (!found || found.isDirectory()) return;
  const type = found.isSymbolicLink() ? 'a symbolic link' : 'a file';
  invalid(named(path), `output must be a folder, got ${type}; remove it, or choose another outdir`);
}
