import { relative } from 'node:path';
import { ConfigurationError } from '../graph/configuration-error';

/** What helps, by the code of the system's error. */
const FIXES: Readonly<Record<string, string>> = {
  EACCES: 'let this user write there',
  EBUSY: 'it must not be a mount point, choose a folder inside it',
  EEXIST: 'every part of its path must be a folder',
  ENOSPC: 'free some space',
  ENOTDIR: 'every part of its path must be a folder',
  EPERM: 'let this user write there',
  EROFS: 'choose an outdir that can be written',
  EXDEV: 'it must not come with a container image, delete it once or choose another outdir',
};

/** A path as errors name it: relative to the working directory. */
export function named(path: string): string {
  return relative('', path) || '.';
}

/**
 * Runs what reads or changes a folder.
 * @throws ConfigurationError with path, problem, the system's error and what helps
 */
export function orRefuse<T>(path: string, problem: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    const got = String(cause).replace(/^Error: /, '');
    const code = got.split(':')[0]; // Node's messages begin with it
    const fix = code in FIXES ? `; ${FIXES[code]}` : '';
    throw new ConfigurationError(`[${named(path)}] ${problem}, got ${got}${fix}`, { cause });
  }
}
