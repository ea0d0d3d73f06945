import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, objectsIn } from '../../bench/documents';
import { judge } from '../../bench/gates';
import type { Run } from '../../bench/measure';
import { measure } from '../../bench/measure';
import { plan } from '../../bench/plan';
import { Result, Results } from '../../bench/results';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'meshmart-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, ['--require', 'tsx/cjs', 'bench/main.ts', '--out', folder, ...args], { encoding: 'utf8' });
}

test('a small run compares what was written, and prints a table and its gates', () => {
  const { status, stdout, stderr } = bench('--sizes', '3', '--rounds', '1', '--cases', 'program,objects,plus,floor');
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  expect(stdout).toMatch(/\| this library, derived from calls \| GitOpsApp \| 3 \| 1 \| \d+ \| \d+ \|/);
  expect(stdout).toMatch(/\| G10 \| [^|]+ \| (\d+) of \1 \| holds \|/);
  expect(stdout).toContain('| G2 | 3,000 services by the same constructs: at least 100x | not measured | not shown |');
  const { results } = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8'));
  expect(results.map(({ what, engine, size }: Result) => `${what}/${engine}/${size}`)).toEqual([
    'program/ours/0', 'program/ours/3', 'objects/ours/3', 'floor/other/3', 'objects/stock/3', 'plus/stock/3', 'program/stock/3',
  ]);
  expect(readFileSync(join(folder, 'bench.svg'), 'utf8')).toMatch(/^<svg .*<polyline /s);
}, 120_000);

test.each([['--sizes', '0'], ['--rounds', 'many']])('fails for %s %s', (...args) => {
  expect(bench(...args)).toMatchObject({ status: 1, stderr: expect.stringContaining('sizes, rounds and stock must be whole numbers of 1 or more') });
});

const runs = (wall: number, ended = true): Run[] => [{ wall, memory: wall, ended }];
const result = (what: Result['what'], engine: Result['engine'], size: number, wall: number, ended = true): Result =>
  ({ what, engine, size, runs: runs(wall, ended) });

/** Every gate just holds. */
const GOOD: readonly Result[] = [
  result('program', 'ours', 0, 50), result('program', 'ours', 11, 100), result('program', 'ours', 100, 200),
  result('program', 'ours', 1000, 500), result('program', 'ours', 3000, 1600),
  result('program', 'stock', 1000, 10_000), result('program', 'stock', 3000, 160_000),
  result('objects', 'ours', 1000, 100), result('objects', 'stock', 1000, 2000),
  result('objects', 'ours', 3000, 300), result('objects', 'stock', 3000, 30_000),
  result('plus', 'stock', 11, 200), result('plus', 'stock', 1000, 30_000),
  result('helm', 'other', 11, 70), result('helm', 'other', 100, 200), result('helm', 'other', 1000, 1000), result('helm', 'other', 3000, 6400),
  result('floor', 'other', 1000, 100),
  result('free', 'ours', 100, 100), result('chained', 'ours', 100, 190),
  result('project', 'ours', 0, 100), result('project', 'stock', 0, 500),
  result('help', 'ours', 0, 100), result('node', 'other', 0, 50),
];

const failing = (results: readonly Result[], equality = { equal: 7, of: 7 }): string[] =>
  judge(new Results(results), equality).filter(({ holds }) => holds === false).map(({ gate }) => gate);
const changed = (change: Result): Result[] =>
  GOOD.map((each) => (each.what === change.what && each.engine === change.engine && each.size === change.size ? change : each));

test('gates hold where every ratio is as large as it must be', () => {
  expect(judge(new Results(GOOD), { equal: 7, of: 7 }).filter(({ gate, holds }) => gate !== '-' && !holds)).toEqual([]);
});

test.each<[string, Result, string[]]>([
  ['the stock app is less than 20 times as slow', result('program', 'stock', 1000, 9999), ['G1']],
  ['less than 100 times at 3,000', result('program', 'stock', 3000, 159_999), ['G2']],
  ['L2 classes are less than 60 times as slow', result('plus', 'stock', 1000, 29_000), ['G3']],
  ['a shop takes more than half of the time', result('plus', 'stock', 11, 199), ['G4']],
  ['the time grows faster than linear', result('program', 'ours', 3000, 1700), ['G2', 'G5', 'G11']],
  ['a chain costs as much again', result('chained', 'ours', 100, 201), ['G6']],
  ['more than 5 times the floor', result('floor', 'other', 1000, 99), ['G7']],
  ['the app is less than 5 times as fast', result('project', 'stock', 0, 499), ['G9']],
  ['the help takes more than twice as long as node', result('help', 'ours', 0, 101), ['start']],
  ['Helm is faster', result('helm', 'other', 1000, 999), ['G11']],
])('fails where %s', (_, change, gates) => {
  expect(failing(changed(change))).toEqual(gates);
});

test('fails where a document differs, and where memory is more than a third', () => {
  expect(failing(GOOD, { equal: 6, of: 7 })).toEqual(['G10']);
  const heavy = { ...result('objects', 'ours', 3000, 300), runs: [{ wall: 300, memory: 10_001, ended: true }] };
  expect(failing(changed(heavy))).toEqual(['G8']);
});

test('what was ended before its time is a bound: it holds a gate, and never fails one', () => {
  expect(failing(changed(result('program', 'stock', 3000, 300, false)))).toEqual([]);
  const [, second] = judge(new Results(changed(result('program', 'stock', 3000, 160_001, false))), { equal: 7, of: 7 });
  expect(second).toMatchObject({ gate: 'G2', holds: true, got: 'more than 100x' });
});

test('a process that takes too long is ended, and one that fails says why', async () => {
  expect(await measure(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { limit: 100 })).toMatchObject({ ended: false });
  await expect(measure(process.execPath, ['-e', 'throw new Error("no such shop")'])).rejects.toThrow('no such shop');
});

test('objects are the same whatever the order of their keys, and counted as often as they stand there', () => {
  writeFileSync(join(folder, 'a.yaml'), 'spec: {b: 1, a: [2]}\nkind: A\n---\nkind: B\n');
  expect(objectsIn(folder)).toEqual(['{"kind":"A","spec":{"a":[2],"b":1}}', '{"kind":"B"}']);
  expect(compare(['a', 'a', 'b'], ['a', 'b', 'b'])).toEqual({ equal: 2, of: 3, other: 'a' });
});

test('a plan repeats the shop, and calls stay inside of one', () => {
  const services = plan(25);
  expect(services.map(({ shop }) => shop).filter((shop) => shop === 'shop-0001')).toHaveLength(11);
  for (const shop of ['shop-0000', 'shop-0001', 'shop-0002']) {
    const names = services.filter((service) => service.shop === shop).map(({ name }) => name);
    expect(services.filter((service) => service.shop === shop).flatMap(({ calls }) => calls).every(({ callee }) => names.includes(callee))).toBe(true);
  }
});
