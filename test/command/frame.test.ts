import { join } from 'node:path';
import { nearest } from '../../src/command/nearest';
import { table } from '../../src/command/terminal';
import { committed, folderWith, meshmart, shell, typed } from './command';

const BOUTIQUE = { 'dist/staging/online-boutique': 'dist/staging/online-boutique' };

test('a command that does not exist is answered with the nearest that does, and 2', async () => {
  expect(await meshmart(['snyth'])).toEqual({ code: 2, out: '', err: "error: unknown command 'snyth'\n(Did you mean synth?)\n" });
  expect(await meshmart(['synth', '--jsn'])).toEqual({ code: 2, out: '', err: "error: unknown option '--jsn'\n(Did you mean --json?)\n" });
});

test('help and version end with 0', async () => {
  expect(await meshmart(['--help'])).toMatchObject({ code: 0, err: '' });
  expect(await meshmart(['--version'])).toEqual({ code: 0, out: '0.0.0\n', err: '' });
});

test.each([
  [['helm', '-e', 'stagin', '-s', 'airport', '--chart-version', '1.0.0'],
    "error: environment must be one that is there, got 'stagin'; did you mean staging? (production, staging)\n"],
  [['helm', '-e', 'staging', '-s', 'airpot', '--chart-version', '1.0.0'], /did you mean airport\?/],
  [['experiment', 'start', 'airport/panel-slwo', '-p', '.'], /did you mean airport\/panel-slow\?/],
  [['experiment', 'list', '-d', 'nowhere'], 'error: rendered folder must be there, got none at nowhere; run meshmart synth, or name another by --dist\n'],
  [['experiment', 'list', '-p', 'docs'], 'error: published folder must have publication.json, got none in docs; name the folder that was published to\n'],
  [['transition', 'check', 'HAED'], "error: 'HAED' must be a folder or a git reference, got neither; did you mean HEAD?\n"],
])('fails with 2 and says what to write: %j', async (words, err) => {
  const ended = await meshmart(words);
  expect(ended).toMatchObject({ code: 2, out: '' });
  if (typeof err === 'string') expect(ended.err).toBe(err);
  else expect(ended.err).toMatch(err);
});

test('fails with 2 where there is no git repository', () => {
  const { code, err } = shell(folderWith({}, BOUTIQUE), 'meshmart transition check HEAD');
  expect([code, err]).toEqual([2, "error: 'HEAD' must be a folder or a git reference, got no folder, and this is no git repository; name a folder\n"]);
});

test('fails with file and line where a manifest is no YAML, without a stack unless asked', async () => {
  const folder = folderWith({ 'dist/staging/shop/a.yaml': 'kind: [\n', 'old/x.md': '' });
  const words = ['transition', 'check', join(folder, 'old'), '-d', join(folder, 'dist')];
  const { code, err } = await meshmart(words);
  expect(code).toBe(1);
  expect(err).toMatch(/^error: \[staging\/shop\/a\.yaml\] file must be YAML, got .* at line 2, column 1.*; synthesize it anew\n$/);
  process.env.DEBUG = 'other,meshmart';
  expect((await meshmart(words)).err).toMatch(/\n {4}at /);
  delete process.env.DEBUG;
});

test('a reference is read where the repository has the folder, whatever folder it is asked in', () => {
  const folder = folderWith({ 'teams/a.txt': '' }, { 'teams/dist/staging/online-boutique': 'dist/staging/online-boutique' });
  committed(folder);
  expect(shell(join(folder, 'teams'), 'meshmart transition check HEAD')).toEqual({ code: 0, out: 'nothing hurts from HEAD to dist\n', err: '' });
  expect(shell(join(folder, 'teams'), 'meshmart transition check HEAD -d other')).toMatchObject({ code: 2 });
});

test('a pipe that is closed ends it without a word', () => {
  const { code, err } = shell('.', 'set -o pipefail; meshmart experiment list --json | head -n 1; echo "${PIPESTATUS[0]}" >&2');
  expect([code, err]).toEqual([0, '0\n']);
});

test('colours are for terminals alone, and for nobody who refuses them', () => {
  const at = (step: string): string => `examples/canary/dist/step-${step}`;
  const folder = folderWith({}, { 'a/staging': at('3-half'), 'b/staging': at('7-removed') });
  const line = 'transition check a -d b';
  const red = '\x1b[31m';
  expect(typed(folder, line, 100).out).toContain(red);
  expect(typed(folder, line, 100, { NO_COLOR: '1' }).out).not.toContain(red);
  expect(shell(folder, `meshmart ${line}`).out).not.toContain(red);
});

test('what is too wide for a terminal is cut, and for nobody else', () => {
  const line = 'experiment list -d dist';
  const columns = (text: string): number => Math.max(...text.trimEnd().split('\n').map(({ length }) => length));
  const seen = typed('.', line, 60);
  expect(seen.code).toBe(0);
  expect(columns(seen.out)).toBe(60);
  expect(seen.out).toContain('…');
  expect(shell('.', `meshmart ${line}`).out).not.toContain('…');
});

test('help is as wide as the terminal', () => {
  const narrow = typed('.', 'publish --help', 60);
  expect(Math.max(...narrow.out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(60);
});

test.each([
  ['stagin', 'staging'], ['prodcution', 'production'], ['STAGING', 'staging'], ['online', 'online-boutique'], ['xyz', undefined], ['', undefined],
])('the nearest of %j is %j', (written, found) => {
  expect(nearest(written, ['staging', 'production', 'online-boutique'])).toBe(found);
});

test('columns are as wide as what is in them, without its colours', () => {
  expect(table({ columns: undefined }, [['a', 1], ['\x1b[31mbbb\x1b[39m', 22], ['c', '']])).toBe('a     1\n\x1b[31mbbb\x1b[39m  22\nc\n');
  expect(table({ columns: 5 }, [['abcdef', 'g']])).toBe('abcd…\n');
});
