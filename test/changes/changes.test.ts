import { compareRendered } from '../../src/changes/compare';
import { fieldChanges } from '../../src/changes/field-changes';
import { markdownOf } from '../../src/changes/markdown';
import { fieldWords, textOf } from '../../src/changes/words';
import { readFolder } from '../../src/checks';

describe('fields', () => {
  test('the order of keys is nothing, that of entries is', () => {
    expect(fieldChanges({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
    expect(fieldChanges({ a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] })).toEqual([]);
    expect(fieldChanges({ a: [1, 2] }, { a: [2, 1] })).not.toEqual([]);
    expect(fieldChanges({ env: [{ name: 'A' }, { name: 'B' }] }, { env: [{ name: 'B' }, { name: 'A' }] })).not.toEqual([]); // one may use the other
  });

  test('each is told by its path: entries with names by them', () => {
    expect(fieldChanges({ env: [{ name: 'A', value: '1' }, { name: 'B' }] }, { env: [{ name: 'A', value: '2' }, { name: 'B' }, { name: 'C' }] }))
      .toEqual([{ path: 'env[A].value', before: '1', after: '2' }, { path: 'env[C]', after: { name: 'C' } }]);
    expect(fieldChanges({ env: [{ name: 'A' }, { name: 'B' }] }, { env: [{ name: 'B' }] })).toEqual([{ path: 'env[A]', before: { name: 'A' } }]);
    expect(fieldChanges({ a: { 'x.io/y': 1 } }, { a: {} })).toEqual([{ path: 'a["x.io/y"]', before: 1, after: undefined }]);
  });

  test('an entry that is added in between changes no other', () => {
    expect(fieldChanges({ r: [{ to: 'a' }, { to: 'c' }] }, { r: [{ to: 'a' }, { to: 'b' }, { to: 'c' }] })).toEqual([{ path: 'r[1]', after: { to: 'b' } }]);
    expect(fieldChanges({ r: [{ to: 'a' }, { to: 'b' }] }, { r: [{ to: 'b' }] })).toEqual([{ path: 'r[0]', before: { to: 'a' } }]);
  });

  test('an entry that is changed is told by what of it is', () => {
    const route = (timeout: string) => ({ http: [{ match: 1 }, { timeout, route: [{ weight: 1 }] }, { last: true }] });
    expect(fieldChanges(route('5s'), route('3s'))).toEqual([{ path: 'http[1].timeout', before: '5s', after: '3s' }]);
  });

  test('null, false and empty are values', () => {
    expect(fieldChanges({ a: null, b: false, c: {} }, { a: false, b: 0, c: [] })).toHaveLength(3);
    expect(fieldChanges({ a: undefined }, {})).toEqual([]);
  });

  test('in one line: what it was and is; of a text how many lines', () => {
    expect(fieldWords({ path: 'a', before: 1, after: 2 })).toBe('1 becomes 2');
    expect(fieldWords({ path: 'a', after: ['x'] })).toBe('is new: ["x"]');
    expect(fieldWords({ path: 'a', before: 'a\nb\nc\n', after: 'a\nx\ny\nc\n' })).toBe('a text: 2 lines more, 1 fewer');
  });
});

describe('a rendered folder', () => {
  const step = (name: string) => new Map([...readFolder(`examples/canary/dist/step-${name}`)].map(([path, text]) => [`staging/${path}`, text]));
  const [deployed, half] = [step('1-deployed'), step('3-half')];

  test('is the same where only keys, comments and lines were moved', () => {
    const byHand = (text: string): string => `# by hand\n${text.replace('kind: Service\n', 'kind: "Service"\n')}`;
    const moved = new Map([...half].map(([path, text]) => [path, path.endsWith('.yaml') ? byHand(text) : text]));
    expect(compareRendered(half, moved)).toEqual({ systems: [], files: [], findings: [] });
  });

  test('says what changed and what that means', () => {
    const { systems, findings } = compareRendered(deployed, half);
    expect(findings).toEqual([]);
    expect(systems.map(({ environment, system }) => `${environment} ${system}`)).toEqual(['staging shop']);
    const [{ objects, meanings }] = systems;
    expect(objects.map(({ fate, object }) => `${fate} ${object.kind}`)).toEqual(['changed VirtualService']);
    expect(meanings.map(({ sentence }) => sentence)).toEqual(['requests of shop/orders: v1 100 %, canary 0 % becomes v1 50 %, canary 50 %']);
  });

  test('says which pods are replaced, and by which image', () => {
    const path = 'staging/shop/orders.yaml';
    const other = new Map([...half, [path, half.get(path)!.replace(/(image: \S+):\S+/, '$1:9.9.9')]]);
    const [{ meanings }] = compareRendered(half, other).systems;
    expect(meanings.map(({ sentence }) => sentence)).toEqual([expect.stringMatching(/^pods of shop\/orders are replaced: \S+ becomes \S+:9\.9\.9$/)]);
  });

  test('says what hurts in one step', () => {
    const { findings } = compareRendered(half, step('7-removed'));
    expect(findings.map(({ severity }) => severity)).toContain('error');
    expect(markdownOf(compareRendered(half, step('7-removed')))).toMatch(/^### What hurts in one step\n\n- \*\*error\*\*/);
  });

  test('says who may ask whom now, and who may not any more', () => {
    const production = new Map([...readFolder('dist')].filter(([path]) => path.startsWith('production/online-boutique/')));
    const path = 'production/online-boutique/paymentservice.yaml';
    const closed = new Map([...production, [path, production.get(path)!.replaceAll('/sa/checkoutservice', '/sa/frontend')]]);
    const sentences = (changes: ReturnType<typeof compareRendered>) => changes.systems.flatMap(({ meanings }) => meanings.map(({ sentence }) => sentence));
    expect(sentences(compareRendered(production, closed))).toEqual([
      'demo-app/checkoutservice may not ask demo-app/paymentservice any more',
      'demo-app/frontend may ask demo-app/paymentservice: hipstershop.PaymentService/Charge; 5s, no retry',
    ]);
  });

  test('says how requests are carried now, and what else may be asked', () => {
    const production = new Map([...readFolder('dist')].filter(([path]) => path.startsWith('production/online-boutique/')));
    const path = 'production/online-boutique/checkoutservice.yaml';
    const slower = production.get(path)!.replace('timeout: 15s', 'timeout: 20s');
    const other = slower.replace(/^( +)- (\/hipstershop\.CheckoutService\/)PlaceOrder$/m, '$&\n$1- $2Quote');
    const sentences = compareRendered(production, new Map([...production, [path, other]])).systems.flatMap(({ meanings }) => meanings);
    expect(sentences.map(({ sentence }) => sentence)).toEqual([
      'demo-app/frontend to demo-app/checkoutservice: may also ask hipstershop.CheckoutService/Quote',
      'demo-app/frontend to demo-app/checkoutservice: 15s, no retry becomes 20s, no retry',
    ]);
  });

  test('that came whole is all new; files without objects are told by name', () => {
    const { systems, files } = compareRendered(new Map(), new Map([...half, ['staging/prerequisites.md', 'one'], ['contracts/x.txt', 'a']]));
    expect(systems.every(({ objects }) => objects.every(({ fate }) => fate === 'added'))).toBe(true);
    expect(files).toEqual([{ path: 'contracts/x.txt', fate: 'added' }, { path: 'staging/prerequisites.md', fate: 'added' }]);
  });

  test('an object that stands in another file is told so', () => {
    const [path, text] = [...half].find(([name]) => name.endsWith('orders.yaml'))!;
    const moved = new Map([...half].map(([name, each]) => [name === path ? path.replace('orders.yaml', 'order.yaml') : name, each]));
    const [{ objects }] = compareRendered(half, moved).systems;
    expect(objects.length).toBe(text.split('\n---\n').length);
    expect(objects.every(({ fields }) => fields.length === 1 && fields[0].path === '(file)')).toBe(true);
  });

  test('in Markdown is folded, escaped and never longer than a comment may be', () => {
    const markdown = markdownOf(compareRendered(deployed, half));
    expect(markdown).toMatch(/<details><summary>Objects: 1 changed<\/summary>\n\n- ~ VirtualService shop\/orders\n {2}- `spec\./);
    expect(markdownOf(compareRendered(half, half))).toBe('Nothing changed for a cluster.\n');
    const all = markdownOf(compareRendered(new Map(), readFolder('dist')));
    expect(all.length).toBeLessThanOrEqual(65_536);
    expect(all).toMatch(/The rest is too long for a comment: run `meshmart diff`\.\n$/);
  });

  test('line by line is what git would show', () => {
    expect(textOf(new Map([['a.yaml', 'a: 1\nb: 2\n']]), new Map([['a.yaml', 'a: 1\nb: 3\n']])))
      .toBe('--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n');
  });

  test('fails where it is no YAML, with file and line', () => {
    expect(() => compareRendered(half, new Map([['staging/shop/a.yaml', 'a: [\n']]))).toThrow(/\[staging\/shop\/a\.yaml\] file must be YAML, got .* at line 2/);
  });
});
