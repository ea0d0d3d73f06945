import { changedFields, fieldName, isWithin } from '../../src/graph/changed-fields';

/** `spec.a: 1 → 2`, with `∅` for what is not there. */
function changes(was: unknown, is: unknown): readonly string[] {
  const word = (value: unknown): string => (value === undefined ? '∅' : JSON.stringify(value));
  return changedFields(was, is).map((each) => `${fieldName(each.path)}: ${word(each.was)} → ${word(each.is)}`);
}

test.each([
  ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['a value', { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, ['spec.replicas: 1 → 2']],
  ['an outermost field that is new or gone', { a: { b: 1 } }, { c: { d: 1 } }, ['a: {"b":1} → ∅', 'c: ∅ → {"d":1}']],
  ['an item that came first', { hosts: ['b', 'c'] }, { hosts: ['a', 'b', 'c'] }, ['hosts[0]: ∅ → "a"']],
  ['an item that went', { hosts: ['a', 'b', 'c'] }, { hosts: ['a', 'c'] }, ['hosts[1]: "b" → ∅']],
  ['an item by its name, wherever it stands', { env: [{ name: 'A', value: '1' }] }, { env: [{ name: 'B', value: '2' }, { name: 'A', value: '3' }] },
    ['env[0]: ∅ → {"name":"B","value":"2"}', 'env[1].value: "1" → "3"']],
  ['an item by what it is like', { rules: [{ from: 'a', paths: ['/x', '/y'] }] }, { rules: [{ from: 'b', paths: ['/z'] }, { from: 'a', paths: ['/x'] }] },
    ['rules[0]: ∅ → {"from":"b","paths":["/z"]}', 'rules[1].paths[1]: "/y" → ∅']],
  ['an item that is like none', [{ a: 1 }], [{ b: 1 }], ['[0]: ∅ → {"b":1}', '[0]: {"a":1} → ∅']],
  ['the only item, where it has the same keys', { egress: [{ hosts: ['~/*'] }] }, { egress: [{ hosts: ['./a'] }] },
    ['egress[0].hosts[0]: ∅ → "./a"', 'egress[0].hosts[0]: "~/*" → ∅']],
  ['another type', { a: [1] }, { a: { 0: 1 } }, ['a: [1] → {"0":1}']],
])('%s', (_, was, is, expected) => {
  expect(changes(was, is)).toEqual(expected);
});

test('a field has a name as people write it', () => {
  expect(fieldName(['metadata', 'annotations', 'example.com/owner', 0])).toBe('metadata.annotations["example.com/owner"][0]');
  expect(fieldName([])).toBe('');
});

test('a field is inside of what is around it, and not of its neighbour', () => {
  const fields = ['spec.http[1]', 'spec.http[1].route', 'spec.http[10]', 'spec.https'];
  expect(fields.map((each) => isWithin(each, 'spec.http[1]'))).toEqual([true, true, false, false]);
  expect(isWithin('spec', '')).toBe(true);
});
