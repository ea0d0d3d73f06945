import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIBRARY = join(dirname(__dirname), sep);
/** The app lies in the same tree as the library, but whoever reads of a place wrote it. */
const APP = join(LIBRARY, 'app', sep);
/** Frames of a stack that are looked at: one's own code may stand below many of the library's. */
const FRAMES = 100;

/**
 * The first frame outside of the library, Node and packages, as `src/main.ts:12:3` from the working directory.
 */
export function ownPlaceIn(stack: string): string | undefined {
  for (const frame of stack.split('\n')) {
    const match = /(?:\(|at (?:async )?)((?:file:|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)\)?$/.exec(frame);
    if (!match) continue;
    const [, location, line, column] = match;
    const file = location.startsWith('file:') ? fileURLToPath(location) : location;
    if (isOwn(file)) return `${relative('', file)}:${line}:${column}`;
  }
  return undefined;
}

/** Where one's own code is right now, if any of it runs. */
export function ownPlace(): string | undefined {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const here: { readonly stack?: string } = {};
  Error.captureStackTrace(here, ownPlace);
  Error.stackTraceLimit = usual;
  return ownPlaceIn(here.stack ?? '');
}

function isOwn(file: string): boolean {
  if (file.includes(`${sep}node_modules${sep}`)) return false;
  return file.startsWith(APP) || !file.startsWith(LIBRARY);
}
