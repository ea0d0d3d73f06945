import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { parse } from 'yaml';
import { Experiment, GitOpsApp } from '../../src';
import { build } from '../../src/app/build';
import { readFolder } from '../../src/checks/rendered';
import { BesideSystem } from '../../src/manifest/beside';
import { type ExperimentDescription, descriptionFile } from '../../src/gitops/experiments/experiment-description';
import { manifestFiles } from '../../src/gitops/manifest-files';
import { startExperiment, stopExperiment } from '../../src/publish';
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

/** Files of who watches, which is there as before. */
const beside = app.node.findAll().filter((each) => each instanceof BesideSystem).map(({ node }) => `${node.path}.yaml`);

/** What is published, which each experiment leaves as it was. */
let published: string;
beforeAll(() => {
  published = mkdtempSync(join(tmpdir(), 'meshmart-published-'));
  for (const folder of ['staging', 'production', 'bootstrap']) cpSync(join('dist', folder), join(published, folder), { recursive: true });
});
afterAll(() => rmSync(published, { recursive: true }));

test.each(experiments)('$folder: started over what runs it is the changed system, and stopped nothing is left of it', (each) => {
  const running = `${each.environment.node.id}/${each.system}/`;
  const name = `${each.system}/${each.node.id}`;
  const before = readFolder(published);
  startExperiment({ dist: 'dist', published, experiment: name });

  const started = new Map([...readFolder(published)].filter(([path]) => path.startsWith(running) && !beside.includes(path)));
  const changed = manifestFiles(each.build().app).filter(({ path }) => path.startsWith(running));
  expect(started).toEqual(new Map(changed.map(({ path, objects }) => [path, Yaml.stringify(...objects)])));
  stopExperiment({ published, experiment: name });
  expect(readFolder(published)).toEqual(before);
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
