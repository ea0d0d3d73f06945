import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { manifestsIn } from './documents';
import type { PlainComponent } from './plain-component';

/** Writes the manifests of a folder as the input of the cases that make no manifests of their own. */
export function writeManifests(folder: string, file: string): void {
  const components = [...manifestsIn(folder)].map(([path, text]): PlainComponent => {
    const parts = path.slice(0, -'.yaml'.length).split('/');
    const manifests = parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as PlainComponent['manifests'][number]);
    return { chart: parts.slice(0, -1).join('-'), component: parts.at(-1)!, manifests };
  });
  write(file, JSON.stringify(components));
}

/** Writes the size of every file of a folder. */
export function writeSizes(folder: string, file: string): void {
  write(file, JSON.stringify(Object.fromEntries([...manifestsIn(folder)].map(([path, text]) => [path, Buffer.byteLength(text)]))));
}

/** Writes a file, its folder too. */
export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Where the inputs of a size lie: those of several cases, and those that are a folder. */
export const inputFile = (folder: string, what: 'manifests' | 'sizes', size: number): string => join(folder, `${what}-${size}.json`);
export const inputFolder = (folder: string, what: 'chart' | 'releases' | 'kustomize', size: number): string => join(folder, `${what}-${size}`);
