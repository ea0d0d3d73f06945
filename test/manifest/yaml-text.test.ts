import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { yamlText } from '../../src/manifest/yaml-text';
import { runs } from '../property/runs';

const HARD = [
  '', ' ', 'e1', 'E9', 'e+1', '0o7', '07', '0x1F', '0b1', '1_000', '1_000.5', '.5', '.e1', '.inf', '-.INF', '.nan', '~', '=', '<<', 'on', 'Off', 'y',
  'N', 'yes', 'nO', 'true', 'False', 'null', 'NULL', '12:30:45', '190:20:30.15', '2001-12-14t21:59:43.10-05:00', '2002-12-14', '-', '?', ':', '- a',
  '? a', ': a', 'a: b', 'a:', 'a #b', '#a', 'a#b', '&a', '*a', '!a', '|', '>', '%', '%YAML', '@a', '`a', '[a]', '{a}', 'a,b', ',', '"', '\'', '\'"',
  'a"b', 'a\'b', '---', '--- a', '...', '-1', '+1', 'a\tb', '\ta', 'a\t', 'a ', ' a', 'a\n', '\na', 'a\nb', 'a\n\nb', 'a\n b', 'a \nb', 'a\n\n',
  'a\n \n', '  a\nb', '\n', '\n\n', 'a\r\nb', '\r', 'a\u0085b', '\u2028', '\u00a0', '\ufeff', '\u0000', '\u001b', '\ud800', 'a\udc00', '😀', 'ü✓',
  'x '.repeat(100), 'x'.repeat(2000), `${'long line '.repeat(20)}\nand another`, '---\na', 'a\n---\nb', '%a\nb', '...\n', './a', '/a', '.a', '../a',
  '$(A)', '~a', 'a=b', 'http://a:80/b?c=d#e', '10.0.0.0/8', '1s', '100m', '0644', '1e3', '1.0', '1.',
];
const text = fc.oneof(
  fc.stringMatching(/^[eEyYnN.+-]?[-+]?\d{0,8}[_:.eE]?\d{0,3}$/), // like numbers, and like dates
  fc.constantFrom(...HARD), fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('a', 'e', '0', '1', ' ', '\n', ':', '-', '#', '"', '\'', '.', '_', '/', '\t', '\\', '%', '~'), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', '/', '~', '.', ' ', ...'[]{}^&*!|>\'"<@`,?;$()#:=-+'), maxLength: 8 }),
  fc.stringMatching(/^-?[01]?\d{0,2}[smhKMGTiax]{0,2}$/), // like amounts
  fc.tuple(fc.constantFrom(...HARD), fc.constantFrom('', '\n', ' ', ': '), fc.constantFrom(...HARD)).map((parts) => parts.join('')),
);
const hardNumber = fc.constantFrom(0, -0, 1e21, 1e-7, 0.1, -1.5, Number.MAX_SAFE_INTEGER);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), hardNumber);
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, { weight: 4, arbitrary: text }, number, fc.boolean(), tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(text, tie('any'), { maxKeys: 4 }),
}));
const document = value.object as fc.Arbitrary<Record<string, unknown>>;

/** Plain objects of this realm: fast-check makes some without a prototype. */
const plain = (each: unknown): unknown => {
  if (Array.isArray(each)) return each.map(plain);
  if (typeof each !== 'object' || each === null) return each;
  return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, plain(inner)]));
};

describe('documents', () => {
  test('are written as cdk8s writes them, byte for byte', () => {
    fc.assert(fc.property(fc.array(document, { minLength: 1, maxLength: 2 }), (documents) => {
      const objects = documents.map(plain);
      expect(yamlText(objects)).toBe(Yaml.stringify(...objects));
    }), { numRuns: process.env.MESHMART_LONG === '1' ? 100_000 : 2000 });
  });

  test('say the same to parsers of YAML 1.1 and 1.2', () => {
    const lost = /[\ud800-\udfff\u0085\u2028\u2029\r\ufeff]|^__proto__$|^<<$/; // by parsing, whoever wrote it
    const octal = /^[-+]?0o[0-7]+$/; // cdk8s writes it plain, a text to YAML 1.1 and a number to 1.2
    const blank = /^(?=[^]*\n)\s+$/; // it forgets the spaces of a text of blank lines
    const readable = text.filter((each) => !lost.test(each) && !octal.test(each) && !blank.test(each));
    fc.assert(fc.property(fc.dictionary(readable, readable, { minKeys: 1, maxKeys: 3 }), (data) => {
      for (const version of ['1.1', '1.2'] as const) expect(parse(yamlText([plain(data)]), { version })).toEqual(plain(data));
    }), runs(500));
  });

  test.each<[string, unknown]>([
    ['an object that is there twice', (() => { const shared = { a: 1 }; return { x: shared, y: [shared] }; })()],
    ['an empty list that is there twice', (() => { const shared: unknown[] = []; return { x: shared, y: shared }; })()],
    ['a circle', (() => { const circle: Record<string, unknown> = { a: 1 }; circle.self = circle; return circle; })()],
    ['null', { a: null, b: [null] }],
    ['undefined', { a: undefined, b: [undefined] }],
    ['a number that is none', { a: NaN, b: Infinity, c: -Infinity }],
    ['a date', { a: new Date(0) }],
    ['a map and a set', { a: new Map([['b', 1]]), c: new Set(['d']) }],
    ['an object that converts itself', { a: { toJSON: () => 'b' } }],
    ['an object without a prototype', { a: Object.assign(Object.create(null), { b: 1 }) }],
    ['a long number', { a: 1n }],
    ['bytes', { a: Buffer.from('a') }],
    ['a very long key', { ['k'.repeat(1100)]: 1, ['k '.repeat(600)]: 1 }],
    ['keys that are unusual', { '': 1, '<<': { a: 1 }, '---': 2, '%a': { '---': 3, 'a\nb': 4 } }],
    ['no object', 'text'],
    ['a list', ['a', { b: [] }]],
    ['an empty object', {}],
    ['nothing', undefined],
  ])('are left to cdk8s where there is %s', (_, unusual) => {
    expect(yamlText([unusual, { after: 1 }])).toBe(Yaml.stringify(unusual, { after: 1 }));
  });

  test('may be deep and wide', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 200; level++) deep = level % 2 ? [deep, 'a\nb'] : { key: deep };
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key-${index}`, [index, String(index), { index }]]));
    for (const each of [{ deep }, wide]) expect(yamlText([each])).toBe(Yaml.stringify(each));
  });

  test.each([() => 1, Symbol('x')])('fail where cdk8s fails, for %p', (function_) => {
    const outcome = (run: () => string): string => { try { return run(); } catch (error) { return String(error); } };
    expect(outcome(() => yamlText([{ a: function_ }]))).toBe(outcome(() => Yaml.stringify({ a: function_ })));
  });

  test('are one text of several, as they stand in a file', () => {
    const file = yamlText([{ kind: 'A' }, { kind: 'B' }]);
    expect(parseAllDocuments(file).map((each) => each.toJS())).toEqual([{ kind: 'A' }, { kind: 'B' }]);
    expect(yamlText([])).toBe('');
  });
});
