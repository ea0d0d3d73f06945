import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ScalarTag, parseAllDocuments } from 'yaml';

/** A dot is a number to YAML 1.1 and to `yaml`; Kubernetes reads it as a text, and kustomize writes it without quotes. */
const DOT: ScalarTag = { tag: 'tag:yaml.org,2002:str', default: true, test: /^\.$/, resolve: (text) => text };

/** Text of all manifest files of a folder by their path; what this library writes beside them is no part of it: values of charts, and experiments. */
export function manifestsIn(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const manifests = paths.filter((path) => path.endsWith('.yaml') && !path.endsWith('-values.yaml') && !path.startsWith('experiments/'));
  return new Map(manifests.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** Documents as they are written, sorted: two apps divide them into files differently. */
export function documentsIn(folder: string): readonly string[] {
  return [...manifestsIn(folder).values()].flatMap((text) => text.split(/^---\n/m)).sort();
}

/**
 * Objects as they are meant, sorted, with their keys sorted: other tools write them in another form.
 * @param without a key that does not count
 */
export function objectsIn(folder: string, without?: string): readonly string[] {
  const documents = [...manifestsIn(folder).values()].flatMap((text) => parseAllDocuments(text, { version: '1.1', customTags: (tags) => [DOT, ...tags] }));
  const objects = documents.map((document): unknown => document.toJS()).filter((object) => object !== null);
  return objects.map((object) => JSON.stringify(sorted(object, without))).sort();
}

function sorted(value: unknown, without?: string): unknown {
  if (Array.isArray(value)) return value.map((each) => sorted(each, without));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== without).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each, without)]));
}

/** How many of two sorted lists are in both, and one that is not. */
export function compare(ours: readonly string[], theirs: readonly string[]): { readonly equal: number; readonly of: number; readonly other?: string } {
  const left = new Map<string, number>();
  for (const each of theirs) left.set(each, (left.get(each) ?? 0) + 1);
  let equal = 0;
  let other: string | undefined;
  for (const each of ours) {
    const count = left.get(each) ?? 0;
    if (count > 0) {
      equal++;
      left.set(each, count - 1);
    } else {
      other ??= each;
    }
  }
  return { equal, of: Math.max(ours.length, theirs.length), other };
}
