import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Experiment, GitOpsApp } from '../../src';
import { build } from '../../src/app/build';
import { readFolder } from '../../src/checks/rendered';
import { type ExperimentDescription, descriptionFile } from '../../src/gitops/experiments/experiment-description';
import { manifestFiles } from '../../src/gitops/manifest-files';
import { experimentsPage, resultsOn } from '../experiments/page';

const dist = readFolder('dist');
const descriptions = [...dist].filter(([path]) => path.startsWith('experiments/') && path.endsWith(`/${descriptionFile}`))
  .map(([, text]) => parse(text) as ExperimentDescription);

test.each(descriptions)('$system/$experiment: its folder has what differs from what runs', (description) => {
  const { system, experiment, environment, added, changed, removed } = description;
  const [own, running] = [`experiments/${system}/${experiment}/`, `${environment}/${system}/`];
  const files = [...dist.keys()].filter((path) => path.startsWith(own) && path !== own + descriptionFile).map((path) => path.slice(own.length));

  expect(files.sort()).toEqual([...added, ...changed].sort());
  expect(added.filter((path) => dist.has(running + path))).toEqual([]);
  expect([...changed, ...removed].filter((path) => !dist.has(running + path))).toEqual([]);
  expect(changed.filter((path) => dist.get(running + path) === dist.get(own + path))).toEqual([]);
});

const app = new GitOpsApp();
build(app);

const experiments = app.node.findAll().filter((each) => each instanceof Experiment);

test.each(experiments)('$folder: with what runs it makes the changed system, and nothing more', (experiment) => {
  const running = `${experiment.environment.node.id}/${experiment.system}/`;
  const { removed } = parse(dist.get(`${experiment.folder}/${descriptionFile}`)!) as ExperimentDescription;
  const started = new Map([...dist].filter(([path]) => path.startsWith(running) && !removed.includes(path.slice(running.length))));
  for (const [path, text] of dist) {
    const own = path.startsWith(`${experiment.folder}/`) && !path.endsWith(`/${descriptionFile}`);
    if (own) started.set(running + path.slice(experiment.folder.length + 1), text);
  }

  const changed = manifestFiles(experiment.build().app).filter(({ path }) => path.startsWith(running));
  expect(started).toEqual(new Map(changed.map(({ path, text }) => [path, text])));
});

test('docs/experiments.md has every experiment as it stands, with what was measured', () => {
  const page = readFileSync(join('docs', 'experiments.md'), 'utf8');
  const results = resultsOn(page, descriptions);

  expect(page).toBe(experimentsPage(descriptions, results));
  const outside = descriptions.flatMap(({ system, experiment, measurements }) => measurements.flatMap(({ expected }, index) =>
    expected.flatMap(({ percent: [lowest, highest] }, position) => {
      const { measured } = results.get([system, experiment, index, position].join('/'))!;
      return measured >= lowest && measured <= highest ? [] : [`${system}/${experiment}: ${measured} %`];
    })));
  expect(outside).toEqual([]);
});
