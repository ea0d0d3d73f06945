import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentDescription } from '../../src/gitops/experiments/experiment-description';
import { answersInWords, experimentsPage, keyOf } from '../experiments/page';
import { FIXTURES } from './boutique';
import { certificatesOf } from './certificate';
import { Cluster } from './cluster';
import { istioObjects } from './control/istiod';
import type { KubeObject } from './control/kube-client';
import { allExperiments, measure, sides } from './experiments';
import { analyze, asInCluster } from './judges/istio-analysis';
import { readManifests } from './manifests';
import { folderOf } from './rendered-systems';
import { judge } from './table';

const PAGE = join(__dirname, '..', '..', 'docs', 'experiments.md');
const experiments = allExperiments();
const systems = [...new Set(experiments.map(({ system }) => system))];
const results = new Map<string, { without: number; measured: number }>();

const cluster = new Cluster();
afterAll(() => {
  cluster.close();
  if (process.env.UPDATE_EXPERIMENTS) writeFileSync(PAGE, experimentsPage(experiments, results));
});

/** The shares of all answers that the measurements of an experiment count. */
async function shares({ measurements }: ExperimentDescription): Promise<number[][]> {
  const all: number[][] = [];
  for (const measurement of measurements) all.push(await measure(cluster, measurement));
  return all;
}

describe.each(systems)('experiments on %s', (system) => {
  const objects = readManifests(folderOf('staging', system));
  const all = [...certificatesOf(objects), ...objects];
  const clear = async (): Promise<void> => cluster.clearAll(all);
  beforeAll(async () => {
    await clear();
    await cluster.apply(all);
  });
  afterAll(clear);

  test.each(experiments.filter((each) => each.system === system))('$experiment: $question', async (experiment) => {
    const { before, after } = sides(experiment);
    const without = await shares(experiment);
    await cluster.goTo(before, after);
    const measured = await shares(experiment).finally(async () => cluster.goTo(after, before));

    let looksTheSame = true;
    experiment.measurements.forEach(({ expected }, index) => expected.forEach(({ answers, percent: [lowest, highest] }, position) => {
      const share = { without: rounded(without[index][position]), measured: rounded(measured[index][position]) };
      results.set(keyOf(experiment, index, position), share);
      judge({ asked: `% of answers: ${answersInWords(answers)}`, of: experiment.experiment, expected: [lowest, highest], measured: share.measured });
      looksTheSame &&= share.without >= lowest && share.without <= highest;
    }));
    expect({ experiment: experiment.experiment, looksTheSame }).toMatchObject({ looksTheSame: false });
  });

  test.each(experiments.filter((each) => each.system === system))('all of Istio\'s analyzers are quiet on $experiment', (experiment) => {
    const { before, after } = sides(experiment);
    const replaced = new Set(before.map(nameOf));
    const changed = [...objects.filter((object) => !replaced.has(nameOf(object))), ...after];
    expect(analyze(asInCluster([...istioObjects('init'), ...readManifests(FIXTURES), ...certificatesOf(objects), ...changed])).messages).toEqual([]);
  });
});

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;
const rounded = (percent: number): number => Math.round(percent * 100) / 100;

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
