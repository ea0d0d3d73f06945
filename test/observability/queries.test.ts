import { parser } from '@prometheus-io/lezer-promql';
import { GitOpsApp } from '../../src';
import { build } from '../../src/app/build';
import { alertCatalog } from '../../src/observability/alerts/catalog';
import { metricLabels } from '../../src/observability/metrics';
import { at, listAt, objectsIn } from '../mesh/world';
import { rulesIn } from './rule-files';

/** What a query names: metrics, labels by which it selects or groups, and whether all of it is PromQL. */
function namesIn(query: string) {
  const text = query.replace(/<(\w+)>/g, '$1'); // words in angle brackets are filled in by a person
  const [metrics, labels] = [new Set<string>(), new Set<string>()];
  let broken = false;
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) broken = true;
      if (type.name === 'Identifier') metrics.add(text.slice(from, to));
      if (type.name === 'LabelName') labels.add(text.slice(from, to));
    },
  });
  return { broken, metrics: [...metrics], labels: [...labels] };
}

/** Queries of a dashboard; the time that Grafana fills in is one of five minutes here. */
function queriesOf(model: unknown): readonly string[] {
  return listAt(model, 'panels').flatMap((panel) => (at(panel, 'targets') === undefined ? [] : listAt(panel, 'targets')))
    .map((target) => String(at(target, 'expr')).replaceAll('$__rate_interval', '5m'));
}

const app = new GitOpsApp();
build(app);
const rules = rulesIn(app);
const recorded = new Set(rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])));
const dashboards = () => shown.filter(({ model }) => at(model, 'panels') !== undefined);
const asked = alertCatalog.flatMap(({ ask }) => ask.map(({ query }) => query));
const queries = () => [...new Set([...rules.map(({ expr }) => expr), ...dashboards().flatMap(({ model }) => queriesOf(model)), ...asked])];
const shown = objectsIn(app).filter((each) => at(each, 'kind') === 'ConfigMap').flatMap((each) => Object.entries(Object(at(each, 'data'))))
  .filter(([name]) => name.endsWith('.json') && name !== 'definitions.json').map(([name, text]) => ({ name, model: JSON.parse(String(text)) as unknown }));
const labels = new Set<string>([...Object.values(metricLabels).flat(), 'below']);

test('there is something to judge', () => {
  expect(dashboards().length).toBeGreaterThan(80);
  expect(queries().length).toBeGreaterThan(600);
  expect(namesIn('sum(rate(x{a="b"}[5m])').broken).toBe(true);
  expect(namesIn('sum by (job) (rate(up{pod="b"}[5m]))')).toEqual({ broken: false, metrics: ['up'], labels: ['job', 'pod'] });
});

test('every query of rules, panels and runbooks is PromQL, and names only metrics and labels that somebody gives', () => {
  const found = queries().map((query) => ({ query, ...namesIn(query) }));
  expect(found.filter(({ broken }) => broken).map(({ query }) => query)).toEqual([]);
  expect(found.flatMap(({ metrics }) => metrics).filter((name) => !(name in metricLabels) && !recorded.has(name))).toEqual([]);
  expect(found.flatMap((each) => each.labels).filter((name) => !labels.has(name))).toEqual([]);
});

test('all that is recorded is asked for', () => {
  const read = new Set(queries().flatMap((query) => namesIn(query).metrics));
  expect([...recorded].filter((name) => !read.has(name))).toEqual([]);
});

test('no file says what it means elsewhere: people read them line by line', () => {
  const files = objectsIn(app).filter((each) => at(each, 'kind') === 'ConfigMap').flatMap((each) => Object.entries(Object(at(each, 'data'))).map(String));
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((text) => /: [&*]a\d+$/m.test(text))).toEqual([]);
});
