import { join } from 'node:path';
import { ConfigurationError } from '../graph/configuration-error';
import { ownPlaceIn } from '../graph/own-place';

/** What is found during synth has no place of its own. */
const SYNTH = join(__dirname, 'gitops-app.');

/**
 * An error as a person wants to read it: for a wrong configuration one line per problem and the place in their own
 * source, for anything else the whole stack.
 */
export function failureReport(error: unknown): string {
  if (!(error instanceof ConfigurationError)) return `error: ${error instanceof Error ? error.stack : String(error)}\n`;
  const lines = error.message.split('\n').map((line) => (line.startsWith('[') ? `error: ${line}` : `  ${line}`));
  const place = ownPlaceIn(error.stack?.slice(error.stack.indexOf(error.message) + error.message.length) ?? '', SYNTH);
  return [...lines, ...(place ? [`    at ${place}`] : []), ''].join('\n');
}
