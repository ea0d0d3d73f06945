import * as fc from 'fast-check';
import { PathPattern } from '../../src/graph/path-pattern';
import { runs } from '../property/runs';
import { patternMeans, policyAllows, routeTakes } from './istio-matching';

/** Patterns over these literals. */
function patterns(literals: readonly string[]): fc.Arbitrary<string> {
  const segment = fc.constantFrom(...literals, '{id}', '{other}');
  return fc.tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '/', '/*')).map(([segments, end]) => {
    const base = segments.map((each) => `/${each}`).join('');
    return base + end || '/';
  });
}

const oddLiterals = ['a', 'b', 'api', 'a.b', 'v1+', '(x)', '$', "a'b", 'a~b;c=1', '%20', '@me', 'a,b:c!&'];
const plain = patterns(['a', 'b']);

/** Paths near a pattern: its parameters filled in, then a little changed. */
function pathsNear(pattern: string): fc.Arbitrary<string> {
  const part = fc.constantFrom(...oddLiterals, 'apix', 'axb', 'v11', 'x', '', 'GET');
  const filled = fc.array(part, { minLength: 4, maxLength: 4 }).map((parts) => {
    let at = 0;
    return pattern.split('/').map((each) => (/^\{|^\*$/.test(each) ? parts[at++ % 4] : each)).join('/');
  });
  const changed = fc.tuple(filled, part, fc.nat(5)).map(([path, extra, how]) =>
    [path, `${path}/${extra}`, `${path}${extra}`, `${path}/`, path.slice(0, -1) || '/', path][how]);
  return fc.oneof(changed, fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`));
}

/** Every path of at most four segments over an alphabet that tells all plain patterns apart. */
const longer = (paths: readonly string[]): string[] => paths.flatMap((path) => ['a', 'b', 'z', ''].map((each) => `${path}/${each}`));
const allPaths = [1, 2, 3].reduce((lists) => [...lists, longer(lists.at(-1)!)], [longer([''])]).flat();
function taken(pattern: string): Set<string> {
  const matches = new PathPattern(pattern).uriMatches();
  return new Set(allPaths.filter((path) => matches.some((match) => routeTakes(match, path))));
}

test('routes and policies accept the paths that a pattern means, and no other', () => {
  fc.assert(fc.property(patterns(oddLiterals).chain((text) => fc.tuple(fc.constant(text), pathsNear(text))), ([text, path]) => {
    const pattern = new PathPattern(text);
    expect(pattern.problem()).toBeUndefined();
    const meant = patternMeans(text, path);
    expect(pattern.uriMatches().some((match) => routeTakes(match, path))).toBe(meant);
    expect(pattern.policyPaths().some((allowed) => policyAllows(allowed, path))).toBe(meant);
  }), runs(2000));
});

test('filters accept the paths that a pattern means, with any query, and no other', () => {
  fc.assert(fc.property(patterns(oddLiterals).chain((text) => fc.tuple(fc.constant(text), pathsNear(text))), ([text, path]) => {
    const takes = { regex: new PathPattern(text).requestRegex() };
    const meant = patternMeans(text, path);
    for (const query of ['', '?', '?a=/b/c&d?']) expect(routeTakes(takes, path + query)).toBe(meant);
  }), runs(2000));
});

test('two patterns overlap exactly where some path is both', () => {
  fc.assert(fc.property(plain, plain, (one, other) => {
    const both = [...taken(one)].some((path) => taken(other).has(path));
    expect(new PathPattern(one).overlaps(new PathPattern(other))).toBe(both);
    expect(new PathPattern(other).overlaps(new PathPattern(one))).toBe(both);
  }), runs(300));
});

test('a pattern covers another exactly where it takes all of its paths', () => {
  fc.assert(fc.property(plain, plain, (one, other) => {
    const [all, some] = [taken(one), taken(other)];
    expect(new PathPattern(one).covers(new PathPattern(other))).toBe([...some].every((path) => all.has(path)));
  }), runs(300));
});

test('two patterns have one key exactly where they take the same paths', () => {
  fc.assert(fc.property(plain, plain, (one, other) => {
    const [paths, others] = [taken(one), taken(other)];
    const same = paths.size === others.size && [...paths].every((path) => others.has(path));
    expect(new PathPattern(one).key === new PathPattern(other).key).toBe(same);
  }), runs(300));
});

test('patterns have a total order', () => {
  fc.assert(fc.property(plain, plain, plain, (...texts) => {
    const [a, b, c] = texts.map((text) => new PathPattern(text));
    expect(Math.sign(a.compare(b))).toBe(-Math.sign(b.compare(a)) || 0);
    expect(a.compare(a)).toBe(0);
    if (a.compare(b) <= 0 && b.compare(c) <= 0) expect(a.compare(c)).toBeLessThanOrEqual(0);
  }), runs(500));
});

test('of two patterns the one that takes part of the paths of the other comes first', () => {
  fc.assert(fc.property(plain, plain, (one, other) => {
    const [fewer, more] = [taken(one), taken(other)];
    const within = [...fewer].every((path) => more.has(path));
    const order = new PathPattern(one).compare(new PathPattern(other));
    if (within && fewer.size < more.size) expect(order).toBeLessThan(0);
    expect(order === 0).toBe(within && fewer.size === more.size);
  }), runs(300));
});

test.each([
  ['/', [{ exact: '/' }], ['/']],
  ['/cart', [{ exact: '/cart' }], ['/cart']],
  ['/product/{id}', [{ regex: '/product/[^/]+' }], ['/product/{*}']],
  ['/a.b/{id}/c+', [{ regex: '/a\\.b/[^/]+/c\\+' }], ['/a.b/{*}/c+']],
  ['/static/*', [{ exact: '/static' }, { prefix: '/static/' }], ['/static', '/static/*']],
  ['/users/{id}/*', [{ regex: '/users/[^/]+(/.*)?' }], ['/users/{*}', '/users/{*}/{**}']],
  ['/*', [{ prefix: '/' }], ['/*']],
])('writes %s as Istio has it', (text, routes, policies) => {
  expect(new PathPattern(text).uriMatches()).toEqual(routes);
  expect(new PathPattern(text).policyPaths()).toEqual(policies);
});

test.each(['/apix', '/apix/y', '/ap', '/API'])('an open pattern /api/* does not take %s', (path) => {
  const pattern = new PathPattern('/api/*');
  expect(pattern.uriMatches().some((match) => routeTakes(match, path))).toBe(false);
  expect(pattern.policyPaths().some((allowed) => policyAllows(allowed, path))).toBe(false);
});

test.each([
  ['cart', "path must begin with '/', got 'cart'"],
  ['', "path must begin with '/', got ''"],
  ['/a//b', "path must not have an empty segment, got '/a//b'"],
  ['/a/../b', "path must not have a segment '..', which proxies resolve before they look, got '/a/../b'"],
  ['/./*', "path must not have a segment '.', which proxies resolve before they look, got '/./*'"],
  ['//*', "path must not have an empty segment, got '//*'"],
  ['/a/*/b', "path segments are literals, {name}, or a last *, got '*' in '/a/*/b'"],
  ['/a*', "path segments are literals, {name}, or a last *, got 'a*' in '/a*'"],
  ['/a/{}', "path segments are literals, {name}, or a last *, got '{}' in '/a/{}'"],
  ['/a/{*}', "path segments are literals, {name}, or a last *, got '{*}' in '/a/{*}'"],
  ['/a/x{id}', "path segments are literals, {name}, or a last *, got 'x{id}' in '/a/x{id}'"],
  ['/a b', "path segments are literals, {name}, or a last *, got 'a b' in '/a b'"],
  ['/a?b=1', "path segments are literals, {name}, or a last *, got 'a?b=1' in '/a?b=1'"],
])('fails on the path %s', (text, problem) => {
  expect(new PathPattern(text).problem()).toBe(problem);
});
