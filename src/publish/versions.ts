import { readFileSync } from 'node:fs';
import { textAt } from '../graph/json';

/** Versions of what writes a record: of this library. The lock file of the source's commit has those of all that rendered. */
export function versions(): Readonly<Record<string, string>> {
  const content: unknown = JSON.parse(readFileSync(require.resolve('meshmart/package.json'), 'utf8'));
  return { meshmart: textAt(content, 'version') ?? '0.0.0' };
}
