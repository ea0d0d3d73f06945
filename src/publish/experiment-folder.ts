import { readdirSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parse } from 'yaml';
import { invalid } from '../graph/configuration-error';
import { inOneLine, listAt, textAt } from '../graph/json';
import { named, orRefuse } from '../manifest/folder-error';
import { textIn } from './working-folder';

/** What an experiment does to one file: its text before, if there is one, and after. */
export interface Change {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const DESCRIPTION = 'experiment.yaml';
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*\/[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** @throws ConfigurationError for what is not called `<system>/<experiment>` */
export function checkName(experiment: string): void {
  if (NAME.test(experiment)) return;
  invalid(experiment, `experiment must be called <system>/<experiment>, got ${JSON.stringify(experiment)}; take a folder of dist/experiments`);
}

/**
 * Reads an experiment from a synthesized folder: its files against those of the environment that it changes.
 * @returns changes by path below the folder, for example `staging/airport/cpanel.yaml`
 * @throws ConfigurationError where folder and `experiment.yaml` do not say the same
 */
export function changesOf(dist: string, experiment: string): ReadonlyMap<string, Change> {
  checkName(experiment);
  const folder = join(dist, 'experiments', experiment);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    invalid(named(folder), 'experiment must be synthesized, got no folder; write it with synth, or choose one of dist/experiments');
  }
  const { system, environment, lists } = description(folder, experiment);
  const listed = [...lists].flatMap(([list, files]) => files.map((file) => [file, list] as const));
  const paths = listed.map(([path]) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) invalid(named(join(folder, DESCRIPTION)), `file must be listed once, got ${twice} twice; synthesize it anew`);
  const unlisted = filesIn(folder).find((file) => file !== DESCRIPTION && !paths.includes(file));
  if (unlisted !== undefined) invalid(named(join(folder, unlisted)), `file must be listed in ${DESCRIPTION}, got none of that name there; synthesize it anew`);
  if (listed.length === 0) invalid(named(folder), 'experiment must change a file, got none; declare a change');
  return new Map(listed.map(([file, list]) => {
    const path = posix.join(environment, system, file);
    const change = { before: textIn(dist, path), after: textIn(folder, file) };
    checkChange(folder, file, list, change);
    return [path, change];
  }));
}

type List = 'added' | 'changed' | 'removed';

function checkChange(folder: string, file: string, list: List, { before, after }: Change): void {
  const is = { added: before === undefined && after !== undefined, changed: before !== undefined && after !== undefined && before !== after,
    removed: before !== undefined && after === undefined };
  if (!is[list]) {
    const there = (text: string | undefined): string => text === undefined ? 'none' : 'one';
    const same = before !== undefined && before === after ? ', the same' : '';
    invalid(named(join(folder, file)), `file is listed as ${list}, got ${there(before)} in the environment and ` +
    `${there(after)} in the experiment${same}; synthesize both anew`);
  }
}

function description(folder: string, experiment: string): { system: string; environment: string; lists: ReadonlyMap<List, readonly string[]> } {
  const path = named(join(folder, DESCRIPTION));
  const text = textIn(folder, DESCRIPTION) ?? invalid(path, 'experiment must be described, got no file; synthesize it anew');
  const content: unknown = orRefuse(join(folder, DESCRIPTION), 'description must be YAML', () => parse(text));
  const word = (key: string): string => {
    const value = textAt(content, key) ?? '';
    return NAME.test(`${value}/x`) ? value : invalid(path, `${key} must be the name of a folder, got ${inOneLine(value)}; synthesize it anew`);
  };
  const [system, environment] = [word('system'), word('environment')];
  const name = `${system}/${word('experiment')}`;
  if (name !== experiment) invalid(path, `description must be of ${experiment}, got ${name}; synthesize it anew`);
  const lists = (['added', 'changed', 'removed'] as const).map((list) => [list, listAt(content, list).map((file) => fileName(path, list, file))] as const);
  return { system, environment, lists: new Map(lists) };
}

function fileName(path: string, list: string, file: unknown): string {
  const safe = typeof file === 'string' && !file.includes('\\') && file.split('/').every((step) => !['', '.', '..'].includes(step));
  return safe ? file : invalid(path, `${list} must name files below the system's folder, got ${inOneLine(file)}; synthesize it anew`);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
