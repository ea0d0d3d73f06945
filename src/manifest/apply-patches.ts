import { isDeepStrictEqual } from 'node:util';
import { JsonPatch } from 'cdk8s';
import { invalid } from '../graph/configuration-error';
import { sortedKeys } from './plain-json';

/** What an object begins with. */
const FIRST: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** Where a patch takes effect: a key of an object, or a place in a list. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** A patch of the kinds that most are, whose effect can be seen at its place alone. */
interface Simple {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/**
 * Applies patches to a rendered object, in order, and sorts their keys in among the others.
 * @param path of the construct, for messages
 * @returns the object, which is changed
 * @throws ConfigurationError where a patch has no effect, cannot be applied, or leaves a null
 */
export function applyPatches(path: string, json: unknown, patches: readonly JsonPatch[]): unknown {
  if (patches.length === 0) return json;
  const isWhole = !holdsNull(json);
  let patched: unknown = json;
  let isSorted = !process.env.CDK8S_DISABLE_SORT;
  for (const patch of patches) {
    if (isWhole && appliedInPlace(path, patched, patch)) continue;
    patched = applied(path, patched, patch);
    isSorted = false;
  }
  return isSorted ? patched : inOrder(patched, FIRST);
}

/** Applies one of them. @param isWhole whether no null stands in the object */
export function applyPatch(path: string, json: unknown, patch: JsonPatch, isWhole = !holdsNull(json)): unknown {
  return isWhole && appliedInPlace(path, json, patch) ? json : applied(path, json, patch);
}

/** Whether it was applied, and its keys are sorted; all others compare the whole object before and after. */
function appliedInPlace(path: string, json: unknown, patch: JsonPatch): boolean {
  const simple = simplePatch(patch);
  const place = simple && placeOf(json, simple.path);
  if (!place || (simple.op !== 'add' && !(place.key in place.holder))) return false;
  const { holder, key } = place;
  if (simple.op === 'remove') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return true;
  }
  const value = inOrder(copyOf(simple.value));
  if (holdsNull(value)) return false;
  if (Array.isArray(holder) && simple.op === 'add') {
    holder.splice(Number(key), 0, value);
    return true;
  }
  if (isDeepStrictEqual(Reflect.get(holder, key), value)) withoutEffect(path, patch);
  const isNew = !(key in holder);
  Reflect.set(holder, key, value);
  if (isNew && !Array.isArray(holder)) sortKeys(holder, holder === json ? FIRST : []);
  return true;
}

/** Sorts the keys of one object, where they are. */
function sortKeys(holder: Record<string, unknown>, first: readonly string[]): void {
  const entries = keysInOrder(holder, first).map((key) => [key, holder[key]] as const);
  for (const [key, value] of entries) {
    delete holder[key];
    holder[key] = value;
  }
}

function simplePatch(patch: JsonPatch): Simple | undefined {
  const operation: unknown = Reflect.get(patch, 'operation'); // not public: a version of cdk8s that has none goes the other way
  if (typeof operation !== 'object' || operation === null) return undefined;
  const { op, path, value } = operation as Partial<Simple>;
  if (typeof path !== 'string') return undefined;
  if (op === 'remove') return { op, path };
  return (op === 'add' || op === 'replace') && value !== undefined ? { op, path, value } : undefined;
}

/** Source: RFC 6901; `-` and other unusual steps have no place here. */
function placeOf(json: unknown, pointer: string): Place | undefined {
  const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = steps.pop();
  let holder = json;
  for (const step of steps) holder = isHolder(holder) && isStep(holder, step) && step in holder ? Reflect.get(holder, step) : undefined;
  return key !== undefined && isHolder(holder) && isStep(holder, key) ? { holder, key } : undefined;
}

function isStep(holder: object, step: string): boolean {
  if (!Array.isArray(holder)) return !(step in Object.prototype);
  return /^(0|[1-9]\d*)$/.test(step) && Number(step) <= holder.length;
}

function isHolder(value: unknown): value is Place['holder'] {
  return typeof value === 'object' && value !== null;
}

function applied(path: string, json: unknown, patch: JsonPatch): unknown {
  const before = copyOf(json);
  const after = applyOr(path, json, patch);
  const copy = copyOf(after); // which has a null where a list has a hole
  if (isDeepStrictEqual(before, copy)) withoutEffect(path, patch);
  if (holdsNull(after) || holdsNull(copy)) invalid(path, `patch leaves a null, got ${inWords(patch)}; copy from what is there, or use remove`);
  return after;
}

/** As cdk8s copies what a patch says; a list has no keys then that a wrong path gave it. */
function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function applyOr(path: string, json: unknown, patch: JsonPatch): unknown {
  try {
    return JsonPatch.apply(json, patch);
  } catch {
    return invalid(path, `patch cannot be applied, got ${inWords(patch)}; its parent must exist, and what it tests must hold`);
  }
}

function withoutEffect(path: string, patch: JsonPatch): never {
  return invalid(path, `patch has no effect, got ${inWords(patch)}; remove it or correct its path`);
}

/** A patch without its value, which may be a secret. */
function inWords(patch: JsonPatch): string {
  return JSON.stringify(patch, (key, value: unknown) => (key === 'value' ? undefined : value));
}

function holdsNull(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.values(value).some(holdsNull);
}

/** Sorts keys as cdk8s does, since a patch puts its own last. */
function inOrder(value: unknown, first: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => inOrder(item));
  if (typeof value !== 'object' || value === null) return value;
  const ordered: Record<string, unknown> = {};
  for (const key of keysInOrder(value, first)) ordered[key] = inOrder(Reflect.get(value, key));
  return ordered;
}

function keysInOrder(value: object, first: readonly string[]): readonly string[] {
  return [...first.filter((key) => key in value), ...sortedKeys(value).filter((key) => !first.includes(key))];
}
