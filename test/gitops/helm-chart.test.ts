import { parse } from 'yaml';
import { helmChart } from '../../src';
import { expectRefusal } from '../mesh/world';

const files = new Map([['web.yaml', 'text: "{{ $labels.pod }} is down, }} and {{{x}}}"\n'], ['prerequisites.md', '# not an object']]);
const options = { name: 'addis-pay', version: '1.4.0-rc.1', description: 'a shop' };

test('is what Helm calls a chart, without values', () => {
  const chart = helmChart(files, { ...options, appVersion: 'v2' });
  expect([...chart.keys()]).toEqual(['Chart.yaml', 'templates/web.yaml']);
  expect(parse(chart.get('Chart.yaml')!)).toEqual({ apiVersion: 'v2', ...options, appVersion: 'v2', type: 'application' });
});

test('writes what Helm would read as its own language as a text that it gives back', () => {
  expect(helmChart(files, options).get('templates/web.yaml')).toBe('text: "{{ "{{" }} $labels.pod }} is down, }} and {{ "{{" }}{x}}}"\n');
});

test.each<[string, Partial<typeof options>, readonly string[]]>([
  ['a name with a dot', { name: 'addis.pay' }, ["'addis.pay'"]],
  ['a version that is none', { version: 'v1' }, ["'v1'", "'1.4.0'"]],
  ...['1.04.0', '1.0.0-01', '1.0.0-..', '1.0.0-a..b', '1.0.0+.'].map((version): [string, object, string[]] => [version, { version }, [`'${version}'`]]),
])('fails for %s', (_, changed, texts) => {
  expectRefusal(() => helmChart(files, { ...options, ...changed }), '[helm chart]', ...texts);
});

test.each(['1.0.0', '0.0.1-rc.1.x-y+build.01', '10.20.30--'])('takes the version %s', (version) => {
  expect(helmChart(files, { ...options, version }).get('Chart.yaml')).toContain(version);
});

test('fails for kinds that Helm could not resolve before it applies them', () => {
  const rule = new Map([['rule.yaml', 'apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\n']]);
  expectRefusal(() => helmChart(rule, options), '[helm chart]', 'ConstraintTemplate', 'in two steps');
});

test('fails without manifests', () => {
  expectRefusal(() => helmChart(new Map(), options), '[helm chart]', 'none for addis-pay', 'synthesize first');
});
