/** Paths are asked for again and again, and there are few. */
const paths = new Map<string, readonly string[]>();

function keysOf(path: string): readonly string[] {
  const known = paths.get(path);
  if (known) return known;
  const keys = path.split('.');
  paths.set(path, keys);
  return keys;
}

/** What stands at a path such as `spec.template.metadata.labels`; undefined where the path ends earlier. */
export function at(value: unknown, path: string): unknown {
  let inner = value;
  for (const key of keysOf(path)) {
    if (typeof inner !== 'object' || inner === null) return undefined; // most paths end at their first step: an object of another kind
    inner = Reflect.get(inner, key);
  }
  return inner;
}

/** A list at a path; empty where there is none. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** A text at a path, if there is one. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** Texts of an object at a path, such as labels. */
export function textsAt(value: unknown, path: string): ReadonlyMap<string, string> {
  const found = at(value, path);
  const entries = typeof found === 'object' && found !== null ? Object.entries(found) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Whether all texts of the one stand in the other. */
export function holds(texts: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([key, value]) => texts.get(key) === value);
}

/** A value in one line, for messages. */
export function inOneLine(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** Whether a value is a text of several lines, such as a file inside of a field. */
export function hasLines(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n');
}
