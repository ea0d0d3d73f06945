import { ApiObject, Chart } from 'cdk8s';
import { Construct, Dependable } from 'constructs';
import * as fc from 'fast-check';
import { dependencyProblems } from '../../src/gitops/dependency-cycles';
import { GitOpsApp } from '../../src/gitops/gitops-app';

const cycle = (...path: string[]) => `[${path[0]}] dependencies must not form a cycle, got ${path.join(' => ')}; remove one of them`;

/** Constructs by path, with the constructs above them. */
function tree(...paths: string[]): { app: GitOpsApp; at: (path: string) => Construct } {
  const app = new GitOpsApp();
  const at = (path: string): Construct => path.split('/').reduce<Construct>(
    (scope, id) => scope.node.tryFindChild(id) as Construct | undefined ?? new Construct(scope, id), app);
  for (const path of paths) at(path);
  return { app, at };
}

function problems(...dependencies: [string, string][]): readonly string[] {
  const { app, at } = tree();
  for (const [from, to] of dependencies) at(from).node.addDependency(at(to));
  return dependencyProblems(app.node.findAll());
}

describe('dependencies', () => {
  test('may form any graph without cycles', () => {
    expect(problems()).toEqual([]);
    expect(problems(['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd'])).toEqual([]);
    expect(problems(['shop/a', 'data'], ['data/x', 'shop/b'])).toEqual([]);
  });

  test('may lead from a construct to one that it holds, as cdk8s itself makes them between charts', () => {
    expect(problems(['a', 'a/b'], ['a/b', 'a/b/c'], ['a/d', 'a'])).toEqual([]);
  });

  test.each<[string, [string, string][], string[]]>([
    ['itself', [['a', 'a']], ['a', 'a']],
    ['each other', [['b', 'a'], ['a', 'b']], ['a', 'b', 'a']],
    ['each other on a longer way', [['c', 'a'], ['a', 'b'], ['b', 'c'], ['a', 'd'], ['0', 'a']], ['a', 'b', 'c', 'a']],
    ['each other through what holds them', [['shop', 'data'], ['data/x', 'shop/a']], ['data', 'data/x', 'shop/a', 'shop', 'data']],
  ])('fail where constructs depend on %s', (_, dependencies, path) => {
    expect(problems(...dependencies)).toEqual([cycle(...path)]);
    expect(problems(...[...dependencies].reverse())).toEqual([cycle(...path)]);
  });

  test('fail with every separate cycle', () => {
    expect(problems(['a', 'b'], ['b', 'a'], ['c', 'd'], ['d', 'c'], ['b', 'c'])).toEqual([cycle('a', 'b', 'a'), cycle('c', 'd', 'c')]);
  });

  test('fail on a construct of another app', () => {
    const { app, at } = tree('shop');
    at('shop').node.addDependency(tree('data').at('data'));
    expect(dependencyProblems(app.node.findAll())).toEqual(['[shop] dependency must be in the same app, got data of another; remove it']);
  });

  test('fail in synth, together with other problems', () => {
    const app = new GitOpsApp();
    const [a, b] = ['a', 'b'].map((id) => new ApiObject(new Chart(app, id), 'x y', { apiVersion: 'v1', kind: 'ConfigMap' }));
    a.addDependency(b);
    b.addDependency(a);
    expect(() => app.render()).toThrow(new RegExp(`^\\[a/x y\\] dependencies .* got a/x y => b/x y => a/x y; [^]*\\n\\[a/x y\\] id becomes`));
  });

  test('are sorted out of groups that name one construct twice', () => {
    const { app, at } = tree('a', 'b');
    const twice = { name: 'group' };
    Dependable.implement(twice, { dependencyRoots: [at('b'), at('b')] });
    at('a').node.addDependency(twice);
    expect(dependencyProblems(app.node.findAll())).toEqual([]);
  });

  test('of 20,000 constructs in layers that all depend on each other are read in one pass', () => {
    const { app, at } = tree();
    const layers = Array.from({ length: 2000 }, (_, layer) => Array.from({ length: 10 }, (__, index) => at(`${layer}/${index}`)));
    layers.forEach((layer, index) => layer.forEach((construct) => construct.node.addDependency(...layers[index + 1] ?? [])));
    expect(dependencyProblems(app.node.findAll())).toEqual([]);
  });

  test('fail exactly where the pairs of objects that cdk8s would write out form a cycle', () => {
    const paths = ['a', 'a/x', 'a/y', 'b', 'b/x', 'b/y', 'c', 'c/x'];
    const leaves = paths.filter((path) => path.includes('/'));
    const path = fc.constantFrom(...paths);
    fc.assert(fc.property(fc.array(fc.tuple(path, path), { maxLength: 6 }), (all) => {
      const dependencies = all.filter(([from, to]) => !from.startsWith(to) && !to.startsWith(from));
      const pairs = dependencies.flatMap(([from, to]) => leaves.filter((leaf) => leaf.startsWith(from))
        .flatMap((source) => leaves.filter((leaf) => leaf.startsWith(to)).map((target) => [source, target])));
      const reaches = (from: string, to: string, seen: string[] = []): boolean => !seen.includes(from) && pairs.some(([source, target]) =>
        source === from && (target === to || reaches(target, to, [...seen, from])));
      expect(problems(...dependencies).length > 0).toBe(leaves.some((leaf) => reaches(leaf, leaf)));
    }), { numRuns: 500 });
  });
});
