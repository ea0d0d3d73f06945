import { invalid } from './configuration-error';
import { ownPlace } from './own-place';

/** Variables by which `meshmart explain` asks a run of the app about itself. */
export const traceVariables = {
  /** File that the source map is written to, which says where objects and calls were written. */
  sourceMap: 'MESHMART_TRACE',
  /** File below the output folder whose fields the source map tells apart by calls and patches. @default - those of all files */
  file: 'MESHMART_TRACE_FILE',
  /** Calls that are left out, as JSON: `[["<path of the caller>", "<path of the callee>"]]`. */
  without: 'MESHMART_WITHOUT',
} as const;

/** Paths of the two ends of a call. */
export type CallEnds = readonly [caller: string, callee: string];

/** File that the source map is to be written to; nothing is recorded where none is. */
export function sourceMapFile(): string | undefined {
  return process.env[traceVariables.sourceMap] || undefined;
}

/** File whose fields are asked for, below the output folder; undefined is all files. */
export function tracedFile(): string | undefined {
  return process.env[traceVariables.file];
}

/** Calls that nothing is to be made of, and that are not judged either. @throws ConfigurationError where the variable is not as it must be */
export function callsLeftOut(): readonly CallEnds[] {
  const said = process.env[traceVariables.without];
  if (!said) return [];
  const given = parsed(said);
  const isEnds = (each: unknown): each is CallEnds => Array.isArray(each) && each.length === 2 && each.every((end) => typeof end === 'string');
  if (Array.isArray(given) && given.every(isEnds)) return given;
  return invalid(traceVariables.without, `variable must be JSON such as [["staging/shop/web","staging/shop/cart"]], got ${said}; unset it`);
}

const places = new WeakMap<object, string>();

/** Notes where one's own code is while it makes something, where a source map is asked for. */
export function notePlace(of: object): void {
  if (sourceMapFile() === undefined) return;
  const place = ownPlace();
  if (place !== undefined) places.set(of, place);
}

/** Where something was made, as `src/main.ts:12:3`; undefined where that was not noted. */
export function placeOf(what: object): string | undefined {
  return places.get(what);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
