import { IConstruct } from 'constructs';
import { durationInWords } from '../../graph/edge';
import { leftOut } from '../../graph/trace';
import { yamlText } from '../../manifest/yaml-text';
import { collect, throwCollected } from '../collected-errors';
import { Document, RenderedFile } from '../document';
import { ChangedSystem, changedSystem, objectsByFile } from './changed-system';
import { Experiment } from './experiment';
import { ExperimentDescription, descriptionFile } from './experiment-description';

/** The folder of every experiment: components that differ from those that run, and what it is. */
export function experimentDocuments(constructs: readonly IConstruct[], files: readonly RenderedFile[]): readonly Document[] {
  if (leftOut()) return []; // what it measures may be left out too
  const experiments = constructs.filter((each) => each instanceof Experiment);
  const running = objectsByFile(files);
  const documents: Document[] = [];
  const problems = experiments.flatMap((experiment) => collect(experiment, () => {
    const changed = changedSystem(experiment, running);
    if (changed.problems.length === 0) documents.push(...documentsOf(experiment, changed));
    return changed.problems;
  }));
  throwCollected([...twinProblems(experiments), ...problems]);
  return documents;
}

/** Experiments of one system in two environments would share a folder. */
function twinProblems(experiments: readonly Experiment[]): readonly string[] {
  const first = new Map<string, Experiment>();
  return experiments.flatMap((experiment) => {
    const earlier = first.get(experiment.folder) ?? experiment;
    first.set(experiment.folder, earlier);
    return earlier === experiment ? []
      : [`[${experiment.node.path}] an experiment has a folder of its own, got ${experiment.folder} as ${earlier.node.path} has; rename one`];
  });
}

function documentsOf(experiment: Experiment, { files, added, changed, removed, measurements }: ChangedSystem): readonly Document[] {
  const { folder, system, environment, question, remark, duration, node } = experiment;
  const description: ExperimentDescription = {
    experiment: node.id, system, environment: environment.node.id, question, remark, duration: durationInWords(duration), added, changed, removed, measurements,
  };
  const components = [...added, ...changed].map((path): Document => [`${folder}/${path}`, yamlText(files.get(path)!)]);
  return [...components, [`${folder}/${descriptionFile}`, textOf(description)]];
}

/** A band stands on one line, and so does a list of nothing. The package is loaded where there is an experiment: most apps have none. */
function textOf(description: ExperimentDescription): string {
  const { Document: YamlDocument, isScalar, visit } = require('yaml') as typeof import('yaml'); // eslint-disable-line @typescript-eslint/no-require-imports
  const document = new YamlDocument(description);
  visit(document, { Seq: (_, list) => { list.flow = list.items.every((item) => isScalar(item) && typeof item.value === 'number'); } });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
