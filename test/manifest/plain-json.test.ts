import { ApiObject, App, Chart, JsonPatch, Lazy } from 'cdk8s';
import fc from 'fast-check';
import { ConfigurationError } from '../../src';
import { applyPatches } from '../../src/manifest/apply-patches';
import { plainJson } from '../../src/manifest/plain-json';
import { runs } from '../property/runs';

const key = fc.oneof(fc.constantFrom('a', 'b', 'B', 'a/b', 'a~b', '0', '1', 'spec', 'kind', 'constructor', 'value', ''), fc.string({ maxLength: 3 }));
const leaf = fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.double(), fc.boolean(), fc.constantFrom(null, undefined));
const tree = fc.letrec<{ value: unknown; record: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 4 }), tie('record')),
  record: fc.dictionary(key, tie('value'), { maxKeys: 5 }),
}));

const objectOf = (props: object, app = new App()): ApiObject =>
  new ApiObject(new Chart(app, 'chart'), 'object', { ...props, apiVersion: 'v1', kind: 'Widget', metadata: { name: 'widget', labels: { b: '1', a: '2' } } });

describe('an object in one pass', () => {
  test('is what cdk8s makes of it, in the same order', () => {
    fc.assert(fc.property(tree.record, (content) => {
      const props = { ...content, apiVersion: 'v1', kind: 'Widget' };
      const object = objectOf(props);
      const ours = plainJson(object, props);
      if (ours !== undefined) expect(JSON.stringify(ours)).toBe(JSON.stringify(object.toJson()));
    }), runs(500));
  });

  test('has the metadata that cdk8s gives it: without what is empty, and with what was added later', () => {
    fc.assert(fc.property(tree.record, tree.record, (given, added) => {
      const object = new ApiObject(new Chart(new App(), 'chart', { namespace: 'shop', labels: { a: '1' } }), 'object', {
        apiVersion: 'v1', kind: 'Widget', metadata: { name: 'widget', ...given, labels: { b: '2' }, finalizers: [], ownerReferences: [] },
      });
      object.metadata.addAnnotation('z', '1');
      object.metadata.addFinalizers('example.com/wait');
      for (const [name, value] of Object.entries(added)) object.metadata.add(name, value);
      const ours = plainJson(object, { apiVersion: 'v1', kind: 'Widget' });
      if (ours !== undefined) expect(JSON.stringify(ours.metadata)).toBe(JSON.stringify(object.metadata.toJson()));
    }), runs(500));
  });

  test('has what lazy values are by then, also those that lazy ones make', () => {
    const late = (value: unknown) => Lazy.any({ produce: () => value });
    const props = { apiVersion: 'v1', kind: 'Widget', spec: { colour: late({ hue: late('blue'), none: late(undefined), list: [late(1), late(null)] }) } };
    const object = objectOf(props);
    object.metadata.addAnnotation('note', late('late') as never);
    object.metadata.addAnnotation('nothing', late(undefined) as never);
    expect(JSON.stringify(plainJson(object, props))).toBe(JSON.stringify(object.toJson()));
  });

  test.each<[string, unknown]>([
    ['a lazy value that fails', Lazy.any({ produce: () => { throw new Error('no value yet'); } })],
    ['a lazy token', Lazy.any({ produce: () => ({ resolve: () => 1 }) })],
    ['a token', { resolve: () => 1 }],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['an instance of a class', new Date(0)],
    ['an object without a prototype', Object.create(null)],
    ['a list of another kind', new Uint8Array(1)],
  ])('is left to cdk8s where there is %s', (_, value) => {
    const props = { spec: { list: [value] } };
    expect(plainJson(objectOf(props), props)).toBeUndefined();
  });

  test('is left to cdk8s where the app has resolvers of its own', () => {
    const app = new App({ resolvers: [{ resolve: () => undefined }] });
    expect(plainJson(objectOf({ data: {} }, app), { data: {} })).toBeUndefined();
  });

  test('keeps the order of keys that CDK8S_DISABLE_SORT asks for', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      const props = { data: { z: 1, a: 2 }, apiVersion: 'v1', kind: 'Widget' };
      expect(JSON.stringify(plainJson(objectOf(props), props))).toBe(JSON.stringify(objectOf(props).toJson()));
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });
});

describe('patches', () => {
  /** Small trees whose keys are what pointers ask for, so that most patches meet something. */
  const jsonOf = (...leaves: readonly unknown[]): fc.Arbitrary<unknown> => fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 3, depthSize: 'small' }, fc.constantFrom(...leaves), fc.string({ maxLength: 3 }), fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', '0', 'a/b', ''), tie('value'), { maxKeys: 3 })),
  })).value;
  const [json, jsonOrNull] = [jsonOf(true, 0, ''), jsonOf(true, 0, '', null)];
  const step = fc.constantFrom('a', 'b', '0', '1', '2', '-', '', 'toString', 'a~1b');
  const pointer = fc.array(step, { maxLength: 3 }).map((steps) => steps.map((each) => `/${each}`).join(''));
  const patch = fc.oneof(
    fc.tuple(pointer, jsonOrNull).map(([path, value]) => JsonPatch.add(path, value)),
    fc.tuple(pointer, jsonOrNull).map(([path, value]) => JsonPatch.replace(path, value)),
    pointer.map((path) => JsonPatch.remove(path)),
    fc.tuple(pointer.filter((from) => !from.includes('toString')), pointer).map(([from, path]) => JsonPatch.copy(from, path)),
  );
  const held = fc.dictionary(fc.constantFrom('a', 'b', 'a/b'), fc.oneof(fc.array(json, { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', '0'), json)));
  const withoutNull = (value: unknown): boolean => !JSON.stringify(value).includes('null');

  test('do what cdk8s does with them, or are refused where that changes nothing', () => {
    fc.assert(fc.property(held, patch, (document, each) => {
      const before = JSON.stringify(sorted(document));
      const ours = outcome(() => applyPatches('x', JSON.parse(JSON.stringify(document)), [each]));
      const theirs = outcome(() => JsonPatch.apply(JSON.parse(JSON.stringify(document)), each));
      const isRefused = theirs === undefined || theirs === before || !withoutNull(JSON.parse(theirs));
      expect(ours).toBe(isRefused ? undefined : theirs);
    }), runs(2000));
  });

  test('leave keys in order, wherever they put new ones', () => {
    fc.assert(fc.property(held, fc.array(patch, { maxLength: 3 }), (document, patches) => {
      const after = resultOf(() => applyPatches('x', sorted(JSON.parse(JSON.stringify(document))), patches));
      expect(JSON.stringify(after)).toBe(JSON.stringify(sorted(after)));
    }), runs(1000));
    const object = { apiVersion: 'v1', kind: 'Widget', metadata: { name: 'x' }, data: {}, spec: { b: 1 } };
    const patches = [JsonPatch.add('/aaa', 1), JsonPatch.add('/spec/a', { d: 1, c: 2 }), JsonPatch.add('/metadata/labels', { b: '1', a: '2' })];
    const patched = applyPatches('x', object, patches);
    expect(JSON.stringify(patched)).toBe(JSON.stringify({
      apiVersion: 'v1', kind: 'Widget', metadata: { labels: { a: '2', b: '1' }, name: 'x' }, aaa: 1, data: {}, spec: { a: { c: 2, d: 1 }, b: 1 },
    }));
  });

  function resultOf(run: () => unknown): unknown {
    try {
      return run();
    } catch {
      return undefined;
    }
  }

  function outcome(run: () => unknown): string | undefined {
    try {
      return JSON.stringify(sorted(run()));
    } catch (error) {
      if (error instanceof ConfigurationError || (error instanceof Error && error.name !== 'AssertionError')) return undefined;
      throw error;
    }
  }

  function sorted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]));
  }
});
