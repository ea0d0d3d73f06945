import { ConfigurationError } from '../graph/configuration-error';
import { ownPlaceIn } from '../graph/own-place';

/**
 * An error as a person wants to read it: for a wrong configuration one line per problem and the place in their own
 * source, for anything else the whole stack.
 * @param during what is found by synth is about what was declared before, wherever that was: it has no place of its own
 */
export function failureReport(error: unknown, during: 'build' | 'synth'): string {
  if (!(error instanceof ConfigurationError)) return `error: ${error instanceof Error ? error.stack : String(error)}\n`;
  const lines = error.message.split('\n').map((line) => (line.startsWith('[') ? `error: ${line}` : `  ${line}`));
  const place = during === 'build' ? ownPlaceIn(error.stack?.slice(error.stack.indexOf(error.message) + error.message.length) ?? '') : undefined;
  return [...lines, ...(place ? [`    at ${place}`] : []), ''].join('\n');
}
