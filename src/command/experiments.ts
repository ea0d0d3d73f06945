import { join } from 'node:path';
import { parse } from 'yaml';
import { invalid } from '../graph/configuration-error';
import { listAt, textAt } from '../graph/json';
import { named, orRefuse } from '../manifest/folder-error';
import { startExperiment, stopExperiment } from '../publish/experiment';
import { PUBLICATION, publicationIn } from '../publish/publication';
import { textIn } from '../publish/working-folder';
import { Context, printJson } from './context';
import { folderState } from './rendered-state';
import { table } from './terminal';
import { UsageError, oneOf } from './usage-error';

interface Options {
  readonly published: string;
  readonly json?: boolean;
}

interface Listed {
  readonly experiment: string;
  readonly environment: string;
  readonly question: string;
  /** How many files it touches. */
  readonly files: number;
  readonly runs: boolean;
}

/** `meshmart experiment start`. */
export function start(experiment: string, { published, dist, json = false }: Options & { readonly dist: string }, context: Context): void {
  oneOf('experiment', experiment, synthesized(dist).map((each) => each.experiment));
  startExperiment({ dist, published, experiment });
  ended(context, json, published, { started: experiment });
}

/** `meshmart experiment stop`. */
export function stop(experiment: string, { published, json = false }: Options, context: Context): void {
  oneOf('running experiment', experiment, running(published));
  stopExperiment({ published, experiment });
  ended(context, json, published, { stopped: experiment });
}

/** `meshmart experiment list`. */
export function list(options: { readonly dist: string; readonly published?: string; readonly json?: boolean }, context: Context): void {
  const runs = options.published === undefined ? [] : running(options.published);
  const experiments = synthesized(options.dist).map((each): Listed => ({ ...each, runs: runs.includes(each.experiment) }));
  const unknown = runs.filter((name) => !experiments.some(({ experiment }) => experiment === name));
  context.end(0);
  if (options.json) return printJson(context, { experiments, runningWithoutSource: unknown });
  const { terminal } = context;
  const rows = experiments.map(({ experiment, environment, files, question, runs: now }) =>
    [experiment, environment, files, now ? terminal.colors.green('runs') : '', question]);
  const header = [['experiment', 'environment', 'files', '', 'question']];
  terminal.out(rows.length === 0 ? 'there is no experiment\n' : table(terminal, [...header, ...rows]));
  for (const name of unknown) terminal.out(`${name} runs, and is not in ${options.dist} any more\n`);
}

function ended(context: Context, json: boolean, published: string, what: Readonly<Record<string, string>>): void {
  context.end(0);
  if (json) return printJson(context, { ...what, running: running(published) });
  const [[word, experiment]] = Object.entries(what);
  context.terminal.out(`${word} ${experiment}; commit and push ${published}\n`);
}

function synthesized(dist: string): readonly Omit<Listed, 'runs'>[] {
  return [...folderState(dist)].filter(([path]) => /^experiments\/[^/]+\/[^/]+\/experiment\.yaml$/.test(path)).map(([path, text]) => {
    const file = join(dist, path);
    const content: unknown = orRefuse(file, 'description must be YAML', () => parse(text));
    const word = (key: string): string => textAt(content, key) ?? invalid(named(file), `description must have ${key}, got none; synthesize it anew`);
    const files = ['added', 'changed', 'removed'].flatMap((key) => listAt(content, key)).length;
    return { experiment: path.split('/').slice(1, 3).join('/'), environment: word('environment'), question: word('question'), files };
  });
}

function running(published: string): readonly string[] {
  const text = textIn(published, PUBLICATION);
  if (text === undefined) throw new UsageError(`published folder must have ${PUBLICATION}, got none in ${published}; name the folder that was published to`);
  return publicationIn(named(join(published, PUBLICATION)), text).experiments.map(({ name }) => name);
}
