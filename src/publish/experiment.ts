import { join } from 'node:path';
import { invalid } from '../graph/configuration-error';
import { named } from '../manifest/folder-error';
import { Change, changesOf, checkName } from './experiment-folder';
import { Publication, RunningExperiment, TouchedFile, hashOf } from './publication';
import { recoverRecord, replaceIn, textIn, writeRecord } from './working-folder';

/** Options of `startExperiment`. */
export interface StartExperimentOptions extends StopExperimentOptions {
  /** Synthesized folder that has the experiment. @default 'dist' */
  readonly dist?: string;
}

/** Options of `stopExperiment`. */
export interface StopExperimentOptions {
  /** Published folder in a checkout of the GitOps repository: the one that holds the folders of environments. */
  readonly published: string;
  /** `<system>/<experiment>`. */
  readonly experiment: string;
}

/**
 * Starts an experiment: copies its files over the published ones. Nothing is committed, that is for you to do.
 *
 * The record is written first, with the former text of every file, then the files one by one; `stopExperiment` puts the files
 * back one by one and takes the experiment out of the record last. So a process that was killed between leaves files that
 * are as before or as after, and a record that says so: `startExperiment` finishes it, `stopExperiment` undoes it. This holds
 * for a killed process, not for a power cut, and for one process at a time.
 * @throws ConfigurationError where published and synthesized files differ, the experiment runs already, or another one
 * has one of its files; the folder is then as it was
 */
export function startExperiment({ dist = 'dist', published, experiment }: StartExperimentOptions): void {
  const changes = changesOf(dist, experiment);
  const record = recoverRecord(published);
  const running = record.experiments.find(({ name }) => name === experiment);
  if (running) {
    checkUnfinished(published, running, changes);
  } else {
    checkOthers(published, record, experiment, changes);
    checkBaseline(published, changes);
    writeRecord(published, { ...record, experiments: [...record.experiments, recorded(experiment, changes)] });
  }
  try {
    for (const [path, { after }] of inOrder(changes)) replaceIn(published, path, after);
  } catch (error) {
    undo(published, record, running ?? recorded(experiment, changes));
    throw error;
  }
}

/**
 * Stops an experiment: every file is as it was, byte by byte, and so is the record. Nothing is committed, that is for you to do.
 * @throws ConfigurationError where the experiment does not run, and where one of its files was changed since
 */
export function stopExperiment({ published, experiment }: StopExperimentOptions): void {
  checkName(experiment);
  const record = recoverRecord(published);
  const running = record.experiments.find(({ name }) => name === experiment);
  if (!running) {
    const others = record.experiments.map(({ name }) => name).join(', ') || 'none';
    return invalid(named(published), `experiment must run to be stopped, got ${experiment} while these run: ${others}`);
  }
  checkUnchanged(published, running);
  undo(published, record, running);
}

function undo(published: string, record: Publication, { name, files }: RunningExperiment): void {
  const back = Object.entries(files).map(([path, { former }]) => [path, { after: former }] as const);
  for (const [path, { after }] of inOrder(back)) replaceIn(published, path, after);
  writeRecord(published, { ...record, experiments: record.experiments.filter((each) => each.name !== name) });
}

/** Removals first: a file may make room for a folder of its name. */
function inOrder<T extends Pick<Change, 'after'>>(changes: Iterable<readonly [string, T]>): readonly (readonly [string, T])[] {
  const all = [...changes];
  return [...all.filter(([, { after }]) => after === undefined), ...all.filter(([, { after }]) => after !== undefined)];
}

function recorded(name: string, changes: ReadonlyMap<string, Change>): RunningExperiment {
  const files = [...changes].map(([path, { before, after }]): [string, TouchedFile] => [path, {
    ...(before === undefined ? {} : { before: hashOf(before) }),
    ...(after === undefined ? {} : { after: hashOf(after) }),
    ...(before === undefined ? {} : { former: before }),
  }]);
  return { name, files: Object.fromEntries(files.sort(([a], [b]) => a < b ? -1 : 1)) };
}

function checkBaseline(published: string, changes: ReadonlyMap<string, Change>): void {
  for (const [path, { before }] of changes) {
    const stands = textIn(published, path);
    if (stands === before) continue;
    const fix = 'publish this dist first, or synthesize the experiment from the commit that was published';
    const got = stands === undefined ? 'none' : before === undefined ? 'one where the experiment adds it' : 'another text';
    const lineEnds = stands?.replaceAll('\r\n', '\n') === before?.replaceAll('\r\n', '\n');
    invalid(named(join(published, path)), 'published file must be the one that the experiment was made against, got ' +
    (lineEnds ? 'it with other line ends; check out with core.autocrlf=false' : `${got}; ${fix}`));
  }
}

function checkOthers(published: string, record: Publication, experiment: string, changes: ReadonlyMap<string, Change>): void {
  for (const { name, files } of record.experiments) {
    const both = Object.keys(files).find((path) => changes.has(path));
    if (both !== undefined) invalid(named(join(published, both)), `file is touched by ${name}, which runs, got ${experiment} for it too; stop ${name} first`);
  }
}

/** What was killed on its way is finished; what runs, or runs from another dist, is not started. */
function checkUnfinished(published: string, running: RunningExperiment, changes: ReadonlyMap<string, Change>): void {
  checkUnchanged(published, running);
  if (JSON.stringify(recorded(running.name, changes)) !== JSON.stringify(running)) {
    invalid(named(published), `experiment ${running.name} was started from another dist, got one that differs; stop it first`);
  }
  if ([...changes].every(([path, { after }]) => textIn(published, path) === after)) {
    invalid(named(published), `experiment must not run yet, got ${running.name}, which runs; stop it first`);
  }
}

function checkUnchanged(published: string, { name, files }: RunningExperiment): void {
  for (const [path, { before, after }] of Object.entries(files)) {
    const text = textIn(published, path);
    const hash = text === undefined ? undefined : hashOf(text);
    if (hash !== before && hash !== after) {
      invalid(named(join(published, path)), `file must be as experiment ${name} left it, got ${hash === undefined ? 'none' : 'another text'}; ` +
      'put it back with git checkout, and make the change when the experiment has ended');
    }
  }
}
