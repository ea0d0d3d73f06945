import { createHash } from 'node:crypto';

/**
 * A word that is another one where a text is: as an annotation of pods it has them start again when a file changes that they read once.
 * Kubernetes compares pod templates, not what is in ConfigMaps.
 */
export function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
