import { ConfigurationError } from '../../graph/configuration-error';
import { manifestFiles } from '../manifest-files';
import { Experiment } from './experiment';
import { ExperimentDescription, descriptionFile } from './experiment-description';

/** Texts of files by their path. */
type Texts = ReadonlyMap<string, string>;

/** A system with an experiment's change, beside the one that runs. */
export interface ChangedSystem extends Pick<ExperimentDescription, 'added' | 'changed' | 'removed' | 'measurements'> {
  /** All its files, by their path below `<environment>/<system>/`. */
  readonly texts: Texts;
  /** What is wrong with the experiment. */
  readonly problems: readonly string[];
}

/** Builds the changed system and compares it with the files of all that runs. @throws ConfigurationError where it is no system that could run */
export function changedSystem(experiment: Experiment, running: Texts): ChangedSystem {
  try {
    return compared(experiment, running);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.message.split('\n').map((line) => `[${experiment.node.path}] the changed system: ${line}`).join('\n'));
  }
}

function compared(experiment: Experiment, running: Texts): ChangedSystem {
  const { app, environment: { graph }, measurements } = experiment.build();
  const rendered = new Map(manifestFiles(app).map(({ path, text }) => [path, text]));
  const folder = `${experiment.environment.node.id}/${experiment.system}/`;
  const [before, texts] = [below(running, folder), below(rendered, folder)];
  const added = [...texts.keys()].filter((path) => !before.has(path));
  const changed = [...texts.keys()].filter((path) => before.has(path) && before.get(path) !== texts.get(path));
  const removed = [...before.keys()].filter((path) => !texts.has(path));
  const unasked = measurements.flatMap((measurement) => measurement.problems(graph));
  const problems = [
    ...[...rendered].filter(([path, text]) => !path.startsWith(folder) && running.get(path) !== text)
      .map(([path]) => `an experiment changes one system, got a change of ${path}; build ${experiment.system} alone`),
    ...(added.length + changed.length + removed.length > 0 ? [] : [`an experiment must change something, got ${experiment.system} as it runs; do it in build`]),
    ...(texts.has(descriptionFile) ? [`${descriptionFile} says what an experiment is, got a component of that name; rename it`] : []),
    ...unasked,
  ];
  return { texts, added, changed, removed, problems, measurements: unasked.length > 0 ? [] : measurements.map((each) => each.described(graph)) };
}

function below(texts: Texts, folder: string): Texts {
  const inside = [...texts].filter(([path]) => path.startsWith(folder));
  return new Map(inside.map(([path, text]): [string, string] => [path.slice(folder.length), text]).sort());
}
