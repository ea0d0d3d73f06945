import { invalid } from './configuration-error';
import { listAt, textAt } from './json';
import { ownPlace } from './own-place';

/** Variables by which `meshmart explain` asks a run of the app about itself. */
export const traceVariables = {
  /** File that the source map is written to, which says where objects and calls were written. */
  sourceMap: 'MESHMART_TRACE',
  /** File below the output folder whose fields the source map tells apart by calls and patches. @default - those of all files */
  file: 'MESHMART_TRACE_FILE',
  /** Calls that are left out, and the only folder that may lack them, as JSON: see `LeftOut`. */
  without: 'MESHMART_WITHOUT',
} as const;

/** Paths of the two ends of a call. */
export type CallEnds = readonly [caller: string, callee: string];

/** Calls that nothing is to be made of, and that are not judged either. */
export interface LeftOut {
  /** The folder that is written without them: no other may be taken for what was declared. */
  readonly outdir: string;
  readonly calls: readonly CallEnds[];
}

/** File that the source map is to be written to; nothing is recorded where none is. */
export function sourceMapFile(): string | undefined {
  return process.env[traceVariables.sourceMap] || undefined;
}

/** File whose fields are asked for, below the output folder; undefined is all files. */
export function tracedFile(): string | undefined {
  return process.env[traceVariables.file];
}

/** What is left out; undefined where nothing is. @throws ConfigurationError where the variable is not as it must be */
export function leftOut(): LeftOut | undefined {
  const said = process.env[traceVariables.without];
  if (!said) return undefined;
  const given = parsed(said);
  if (isLeftOut(given)) return given;
  return invalid(traceVariables.without, `variable must be JSON, {"outdir":"out","calls":[["staging/shop/web","staging/shop/cart"]]}, got ${said}; unset it`);
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

function isLeftOut(given: unknown): given is LeftOut {
  const isEnds = (each: unknown): boolean => Array.isArray(each) && each.length === 2 && each.every((end) => typeof end === 'string');
  return textAt(given, 'outdir') !== undefined && listAt(given, 'calls').length > 0 && listAt(given, 'calls').every(isEnds);
}
