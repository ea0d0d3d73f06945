import { Release } from '../../src/graph/party';
import { releaseProblems } from '../../src/graph/release-problems';
import { serviceOf } from './sample-graph';

const problems = (...releases: readonly Release[]): readonly string[] => releaseProblems(serviceOf('shop', { releases }));
const share = (v1: number, v2: number): Release => ({ destinations: [{ subset: 'v1', weight: v1 }, { subset: 'v2', weight: v2 }] });
const beta: Release = { match: [{ headers: { 'x-beta': { exact: 'yes' } } }], destinations: [{ subset: 'v2' }] };

test.each<[string, readonly Release[]]>([
  ['one version', [{ destinations: [{ subset: 'v1' }] }]],
  ['shares that make 100', [share(80, 20)]],
  ['a version that gets nothing', [share(100, 0)]],
  ['a match before the rest', [beta, share(50, 50)]],
  ['no release, where bytes are not told apart', []],
])('allows %s', (_, releases) => {
  expect(problems(...releases)).toEqual([]);
});

test.each<[string, readonly Release[], string]>([
  ['an unknown subset', [{ destinations: [{ subset: 'v3' }] }], "unknown subset, got 'v3'; it has v1, v2"],
  ['shares that make less', [share(80, 10)], 'weights must be whole numbers of 0 or more that sum to 100, got 80 + 10'],
  ['shares that make more', [share(80, 30)], 'weights must be whole numbers of 0 or more that sum to 100, got 80 + 30'],
  ['a share below zero', [share(110, -10)], 'weights must be whole numbers of 0 or more that sum to 100, got 110 + -10'],
  ['a share that is not whole', [share(99.5, 0.5)], 'weights must be whole numbers of 0 or more that sum to 100, got 99.5 + 0.5'],
  ['a share that is not said', [{ destinations: [{ subset: 'v1', weight: 100 }, { subset: 'v2' }] }],
    'weights must be whole numbers of 0 or more that sum to 100, got 100 + NaN'],
  ['nobody who takes the rest', [beta], 'the last release must take every request, got a match; add one without'],
])('fails on %s', (_, releases, problem) => {
  expect(problems(...releases)).toEqual([`[staging/shop/shop] ${problem}`]);
});
