import { isDeepStrictEqual } from 'node:util';
import { diffArrays } from 'diff';

/** The way to a field of an object: keys, and places in lists from 0. */
export type FieldPath = readonly (string | number)[];

/** A field that two objects do not have alike. */
export interface ChangedField {
  /** Where it stands: in the second object, or in the first where the second has it no more. */
  readonly path: FieldPath;
  /** What it was; undefined where it was not there. */
  readonly was?: unknown;
  /** What it is; undefined where it is no more. */
  readonly is?: unknown;
}

/** Of several items those are the same one, changed, of which so much is alike; 0 is nothing, 1 all. */
const ALIKE = 0.5;

/**
 * What differs between two objects, by the outermost fields that one of them has alone. Items of lists are compared with those that they are like,
 * so that one more at the beginning is one field.
 */
export function changedFields(was: unknown, is: unknown, path: FieldPath = []): readonly ChangedField[] {
  if (Array.isArray(was) && Array.isArray(is)) return changedItems(was, is, path);
  if (isRecord(was) && isRecord(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
    return keys.flatMap((key) => changedFields(was[key], is[key], [...path, key]));
  }
  return isDeepStrictEqual(was, is) ? [] : [{ path, was, is }];
}

/** A path as people write it: `spec.http[0].retries.attempts`, `metadata.annotations["example.com/owner"]`. */
export function fieldName(path: FieldPath): string {
  return path.map((step, index) => stepName(step, index === 0)).join('');
}

/** One step of it. */
export function stepName(step: string | number, isFirst: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[A-Za-z_][\w-]*$/.test(step) ? `${isFirst ? '' : '.'}${step}` : `[${JSON.stringify(step)}]`;
}

/** Whether a field, as `fieldName` writes it, is another or stands inside of it. */
export function isWithin(field: string, outer: string): boolean {
  return outer === '' || field === outer || field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`);
}

function changedItems(was: readonly unknown[], is: readonly unknown[], path: FieldPath): readonly ChangedField[] {
  const same = sameItems(was, is);
  const changes: ChangedField[] = [];
  let [from, to] = [0, 0];
  for (const [before, now] of [...same, [was.length, is.length] as const]) {
    changes.push(...changesBetween(numbered(was, from, before), numbered(is, to, now), path));
    [from, to] = [before + 1, now + 1];
  }
  return changes;
}

interface Item {
  readonly at: number;
  readonly value: unknown;
}

function numbered(items: readonly unknown[], from: number, to: number): readonly Item[] {
  return items.slice(from, to).map((value, index) => ({ at: from + index, value }));
}

/** Between two items that are as they were: what is like something that was is that, and changed. */
function changesBetween(was: readonly Item[], is: readonly Item[], path: FieldPath): readonly ChangedField[] {
  const left = new Set(was);
  const alone = was.length === 1 && is.length === 1 && hasSameKeys(was[0].value, is[0].value);
  const changes = is.flatMap(({ at, value }): readonly ChangedField[] => {
    const twin = [...left].map((item) => ({ item, alike: likeness(item.value, value) })).sort((a, b) => b.alike - a.alike)[0];
    if (!twin || (!alone && twin.alike < ALIKE)) return [{ path: [...path, at], is: value }];
    left.delete(twin.item);
    return changedFields(twin.item.value, value, [...path, at]);
  });
  return [...changes, ...[...left].map(({ at, value }) => ({ path: [...path, at], was: value }))];
}

function hasSameKeys(a: unknown, b: unknown): boolean {
  return isRecord(a) && isRecord(b) && isDeepStrictEqual(Object.keys(a).sort(), Object.keys(b).sort());
}

/** How much of two items is the same: all where they have one name. */
function likeness(a: unknown, b: unknown): number {
  if (!isRecord(a) || !isRecord(b)) return 0;
  if (typeof a.name === 'string' && a.name === b.name) return 1;
  const [first, second] = [a, b].map((item) => new Set(leavesOf(item)));
  return [...first].filter((leaf) => second.has(leaf)).length / Math.max(first.size, second.size);
}

function leavesOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, path));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`));
  return [`${path}=${JSON.stringify(value)}`];
}

/** The longest run of items that stand in both lists in one order, by their places. */
function sameItems(was: readonly unknown[], is: readonly unknown[]): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [from, to] = [0, 0];
  for (const { value, added, removed } of diffArrays([...was], [...is], { comparator: isDeepStrictEqual })) {
    if (!added && !removed) pairs.push(...value.map((_, index) => [from + index, to + index] as const));
    if (!added) from += value.length;
    if (!removed) to += value.length;
  }
  return pairs;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
