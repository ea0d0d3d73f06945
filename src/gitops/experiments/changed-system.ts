import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '../../graph/configuration-error';
import { BesideSystem } from '../../manifest/beside';
import { RenderedFile } from '../document';
import { manifestFiles } from '../manifest-files';
import { Experiment } from './experiment';
import { ExperimentDescription, descriptionFile } from './experiment-description';

/** Objects of files by their path. */
export type ObjectsByFile = ReadonlyMap<string, readonly unknown[]>;

/** The objects of rendered files, without what is no part of a system. */
export function objectsByFile(files: readonly RenderedFile[]): ObjectsByFile {
  return new Map(files.filter(({ component }) => !(component instanceof BesideSystem)).map(({ path, objects }) => [path, objects]));
}

/** A system with an experiment's change, beside the one that runs. */
export interface ChangedSystem extends Pick<ExperimentDescription, 'added' | 'changed' | 'removed' | 'measurements'> {
  /** Objects of all its files, by their path below `<environment>/<system>/`. */
  readonly files: ObjectsByFile;
  /** What is wrong with the experiment. */
  readonly problems: readonly string[];
}

/** Builds the changed system and compares it with the files of all that runs. @throws ConfigurationError where it is no system that could run */
export function changedSystem(experiment: Experiment, running: ObjectsByFile): ChangedSystem {
  try {
    return compared(experiment, running);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.message.split('\n').map((line) => `[${experiment.node.path}] the changed system: ${line}`).join('\n'));
  }
}

function compared(experiment: Experiment, running: ObjectsByFile): ChangedSystem {
  const { app, environment: { graph }, measurements } = experiment.build();
  const rendered = objectsByFile(manifestFiles(app));
  const folder = `${experiment.environment.node.id}/${experiment.system}/`;
  const [before, files] = [below(running, folder), below(rendered, folder)];
  const added = [...files.keys()].filter((path) => !before.has(path));
  const changed = [...files.keys()].filter((path) => before.has(path) && !isDeepStrictEqual(before.get(path), files.get(path)));
  const removed = [...before.keys()].filter((path) => !files.has(path));
  const unasked = measurements.flatMap((measurement) => measurement.problems(graph));
  const problems = [
    ...[...rendered].filter(([path, objects]) => !path.startsWith(folder) && !isDeepStrictEqual(running.get(path), objects))
      .map(([path]) => `an experiment changes one system, got a change of ${path}; build ${experiment.system} alone`),
    ...(added.length + changed.length + removed.length > 0 ? [] : [`an experiment must change something, got ${experiment.system} as it runs; do it in build`]),
    ...(files.has(descriptionFile) ? [`${descriptionFile} says what an experiment is, got a component of that name; rename it`] : []),
    ...unasked,
  ];
  return { files, added, changed, removed, problems, measurements: unasked.length > 0 ? [] : measurements.map((each) => each.described(graph)) };
}

function below(all: ObjectsByFile, folder: string): ObjectsByFile {
  const inside = [...all].filter(([path]) => path.startsWith(folder)).map(([path, objects]) => [path.slice(folder.length), objects] as const);
  return new Map(inside.sort(([a], [b]) => (a < b ? -1 : 1)));
}
