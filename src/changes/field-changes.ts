import { diffArrays } from 'diff';

/** A field that came, went or has another value. */
export interface FieldChange {
  /** Where it stands: `spec.http[0].route[canary].weight`; entries of lists with names are told by them. */
  readonly path: string;
  /** Its value before. @default - it was not there */
  readonly before?: unknown;
  /** Its value after. @default - it is not there any more */
  readonly after?: unknown;
}

/** What differs between two values as a cluster reads them: the order of keys is nothing, that of entries is. */
export function fieldChanges(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (!isMap(before) || !isMap(after)) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => fieldChanges(before[key], after[key], below(path, key)));
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: string): readonly FieldChange[] {
  const [had, has] = [byName(before), byName(after)];
  if (had && has) return [...new Set([...had.keys(), ...has.keys()])].flatMap((name) => fieldChanges(had.get(name), has.get(name), `${path}[${name}]`));
  const [changes, gone]: [FieldChange[], unknown[]] = [[], []];
  let index = 0;
  const settle = (): void => { for (const value of gone.splice(0)) changes.push({ path: `${path}[]`, before: value }); };
  const comparator = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
  for (const { value, added, removed } of diffArrays([...before], [...after], { comparator })) {
    if (removed) gone.push(...value);
    else {
      for (const one of added ? value : []) {
        const at = `${path}[${index++}]`;
        changes.push(...(gone.length > 0 ? fieldChanges(gone.shift(), one, at) : [{ path: at, after: one }]));
      }
      if (!added) index += value.length;
      settle();
    }
  }
  settle();
  return changes;
}

/** Entries by their names, where each has one of its own, as containers, ports and variables. */
function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const names = list.map((entry) => (isMap(entry) ? entry.name : undefined));
  const isNamed = names.every((name) => typeof name === 'string') && new Set(names).size === list.length;
  return isNamed ? new Map(list.map((entry, index) => [String(names[index]), entry])) : undefined;
}

/** The same with its keys in one order, so that equal values are equal as text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  return isMap(value) ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : value;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function below(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
