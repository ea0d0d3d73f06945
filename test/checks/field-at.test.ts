import { fieldAt } from '../../src/checks/field-at';
import { fieldName } from '../../src/graph/changed-fields';

const TEXT = `apiVersion: v1
kind: ConfigMap
metadata:
  name: first
data:
  text: |
    one
    two
---

kind: Second
metadata:
  annotations:
    example.com/owner: a
spec:
  hosts:
    - a
    - name: b
      ports: [1, 2]
    - - nested
  empty: []
`;

test.each([
  [1, 'apiVersion', 'v1'],
  [3, 'metadata', { name: 'first' }],
  [4, 'metadata.name', 'first'],
  [6, 'data.text', 'one\ntwo\n'],
  [8, 'data.text', 'one\ntwo\n'],
  [11, 'kind', 'Second'],
  [14, 'metadata.annotations["example.com/owner"]', 'a'],
  [17, 'spec.hosts[0]', 'a'],
  [18, 'spec.hosts[1].name', 'b'],
  [19, 'spec.hosts[1].ports', [1, 2]],
  [20, 'spec.hosts[2][0]', 'nested'],
  [21, 'spec.empty', []],
])('line %i is %s', (line, field, value) => {
  const found = fieldAt('a.yaml', TEXT, line);
  expect([found && fieldName(found.path), found?.value]).toEqual([field, value]);
  expect(found?.content).toMatchObject({ kind: line < 9 ? 'ConfigMap' : 'Second' });
});

test.each([9, 10, 22])('line %i belongs to no object', (line) => {
  expect(fieldAt('a.yaml', TEXT, line)).toBeUndefined();
});

test('fails with line and column for what is no YAML', () => {
  expect(() => fieldAt('a.yaml', 'a: 1\nb: [\n', 1)).toThrow(/^\[a\.yaml\] file must be YAML, got .* at line 3, column 1.*; synthesize it anew$/);
});
