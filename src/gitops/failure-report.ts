import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../graph/configuration-error';

const LIBRARY = join(dirname(__dirname), sep);
/** The app lies in the same tree as the library, but whoever reads the report wrote it. */
const APP = join(LIBRARY, 'app', sep);
const SYNTH = join(__dirname, 'gitops-app.');

/**
 * An error as a person wants to read it: for a wrong configuration one line per problem and the place in their own
 * source, for anything else the whole stack.
 */
export function failureReport(error: unknown): string {
  if (!(error instanceof ConfigurationError)) return `error: ${error instanceof Error ? error.stack : String(error)}\n`;
  const lines = error.message.split('\n').map((line) => (line.startsWith('[') ? `error: ${line}` : `  ${line}`));
  const place = placeIn(error.stack?.slice(error.stack.indexOf(error.message) + error.message.length) ?? '');
  return [...lines, ...(place ? [`    at ${place}`] : []), ''].join('\n');
}

/** The first frame outside of the library, Node and packages; what was found during synth has no place of its own. */
function placeIn(stack: string): string | undefined {
  for (const frame of stack.split('\n')) {
    const match = /(?:\(|at (?:async )?)((?:file:|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/.exec(frame);
    if (!match) continue;
    const [, location, line, column] = match;
    const file = location.startsWith('file:') ? fileURLToPath(location) : location;
    if (file.startsWith(SYNTH)) return undefined;
    if (isOwn(file)) return `${relative('', file)}:${line}:${column}`;
  }
  return undefined;
}

function isOwn(file: string): boolean {
  if (file.includes(`${sep}node_modules${sep}`)) return false;
  return file.startsWith(APP) || !file.startsWith(LIBRARY);
}
