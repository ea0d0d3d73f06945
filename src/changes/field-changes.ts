import { FieldPath, changedFields, stepName } from '../graph/changed-fields';

/** A field that came, went or has another value. */
export interface FieldChange {
  /** Where it stands: `spec.http[0].route[0].weight`; entries of lists that have names are told by them, `env[MODE].value`. */
  readonly path: string;
  /** Its value before. @default - it was not there */
  readonly before?: unknown;
  /** Its value after. @default - it is not there any more */
  readonly after?: unknown;
}

/** What differs between two objects as a cluster reads them: the order of keys is nothing, that of entries is. */
export function fieldChanges(before: unknown, after: unknown): readonly FieldChange[] {
  return changedFields(before, after).map(({ path, was, is }) => ({ path: pathWords(path, after, was), before: was, after: is }));
}

/** A path with the names of entries in the place of their numbers. The last entry may be gone: then it is known by what it was. */
function pathWords(path: FieldPath, after: unknown, was: unknown): string {
  let inner = after;
  return path.map((step, index) => {
    inner = Reflect.get(Object(inner), step);
    const name: unknown = Reflect.get(Object(index === path.length - 1 ? was ?? inner : inner), 'name');
    return typeof step === 'number' && typeof name === 'string' ? `[${name}]` : stepName(step, index === 0);
  }).join('');
}
