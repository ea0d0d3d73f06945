import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startExperiment, stopExperiment } from '../../src/publish';
import { readTree, temporaryFolder, Tree, writeTree } from '../gitops/trees';

const root = temporaryFolder();
let folders = 0;
/** Folders of the test at hand. */
export let dist: string;
export let published: string;

/** Makes `dist` and `published` anew. */
export function newFolders(): void {
  folders++;
  [dist, published] = [join(root, `${folders}`, 'dist'), join(root, `${folders}`, 'shop')];
  for (const folder of [dist, published]) mkdirSync(folder, { recursive: true });
}

/** Writes what synth writes for an experiment that makes `after` of `before`. */
export function writeExperiment(name: string, before: Tree, after: Tree): void {
  const [system, experiment] = name.split('/');
  const [had, has] = [Object.keys(before), Object.keys(after)];
  const lists = {
    added: has.filter((path) => !had.includes(path)),
    changed: has.filter((path) => had.includes(path) && before[path] !== after[path]),
    removed: had.filter((path) => !has.includes(path)),
  };
  const files = Object.fromEntries([...lists.added, ...lists.changed].map((path) => [path, after[path]]));
  const folder = join(dist, 'experiments', name);
  writeTree(folder, { ...files, 'experiment.yaml': stringify({ system, experiment, environment: 'staging', question: 'Why?', ...lists }) });
}

export function publishByHand(before: Tree): void {
  for (const folder of [dist, published]) writeTree(folder, inStaging(before));
}

export const start = (experiment = 'airport/slow'): void => startExperiment({ dist, published, experiment });
export const stop = (experiment = 'airport/slow'): void => stopExperiment({ published, experiment });
/** All files, and all folders: an empty one would be left over. */
export const everything = (): unknown => [readTree(published), readdirSync(published, { recursive: true }).sort()];
export const runningTree = (): Tree =>
  Object.fromEntries(Object.entries(readTree(published) ?? {}).filter(([each]) => each !== 'publication.json'));
export const inStaging = (tree: Tree): Tree => Object.fromEntries(Object.entries(tree).map(([path, text]) => [`staging/airport/${path}`, text]));

export const BEFORE: Tree = { 'cpanel.yaml': 'kind: A\n', 'twitter.yaml': 'kind: B\r\n', 'deep/er/only.yaml': 'kind: C' };
export const AFTER: Tree = { 'cpanel.yaml': 'kind: A2\n', 'twitter.yaml': 'kind: B\r\n', 'new/fault.yaml': 'kind: D\n' };
