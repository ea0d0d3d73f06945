import { dirname } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { readFolder } from '../../src/checks/rendered';
import { at } from '../mesh/world';

let committed: ReadonlyMap<string, string> | undefined;

/** The files of `dist/` by path: `drift.test.ts` holds them equal to a fresh synth, so nobody else needs one. */
export function committedFiles(): ReadonlyMap<string, string> {
  committed ??= readFolder('dist');
  return committed;
}

/** Files of manifests alone, without the documents beside them. */
export function manifestsIn(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => path.endsWith('.yaml') && !path.endsWith('-values.yaml')));
}

const read = new WeakMap<ReadonlyMap<string, string>, Map<string, readonly unknown[]>>();

/** Objects of one environment of the app, or of a folder in it such as `staging/online-boutique`, read back from its YAML once. */
export function objectsOf(files: ReadonlyMap<string, string>, folder: string): readonly unknown[] {
  const known = read.get(files) ?? new Map<string, readonly unknown[]>();
  read.set(files, known);
  const objects = known.get(folder) ?? objectsIn(manifestsIn(files), folder);
  known.set(folder, objects);
  return objects;
}

function objectsIn(manifests: ReadonlyMap<string, string>, folder: string): readonly unknown[] {
  const texts = [...manifests].filter(([path]) => path.startsWith(`${folder}/`)).map(([, text]) => text);
  return texts.flatMap((text) => parseAllDocuments(text).map((document): unknown => document.toJS()));
}

/** Objects of one system of the app by itself, without those of its further namespaces. */
export function ownObjectsOf(files: ReadonlyMap<string, string>, folder: string): readonly unknown[] {
  return objectsOf(new Map([...files].filter(([path]) => dirname(path) === folder)), folder);
}

/** Objects of a kind. */
export function ofKind(objects: readonly unknown[], ...kinds: readonly string[]): readonly unknown[] {
  return objects.filter((object) => kinds.includes(String(at(object, 'kind'))));
}

/** The only object of a kind and name. */
export function named(objects: readonly unknown[], kind: string, name: string): unknown {
  const found = ofKind(objects, kind).filter((object) => nameOf(object) === name);
  if (found.length !== 1) throw new Error(`expected one ${kind} ${name}, got ${found.length}`);
  return found[0];
}

/** Name of an object. */
export function nameOf(object: unknown): string {
  return String(at(object, 'metadata.name'));
}
