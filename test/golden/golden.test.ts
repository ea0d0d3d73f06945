import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectGolden } from './golden';

const path = join(__dirname, 'namespace.yaml');
const text = readFileSync(path, 'utf8');
const before = { ...process.env };
afterEach(() => { process.env = { ...before }; });

test('takes the text that the file holds', () => {
  process.env.UPDATE_GOLDEN = '';
  expect(() => expectGolden('namespace', text)).not.toThrow();
});

test('fails for other text, and shows the line that differs', () => {
  process.env.UPDATE_GOLDEN = '';
  expect(() => expectGolden('namespace', text.replace('STRICT', 'PERMISSIVE'))).toThrow(/mode: PERMISSIVE/);
});

test('fails for a file that is not there, and says how to write it', () => {
  process.env.UPDATE_GOLDEN = '';
  expect(() => expectGolden('no-such-file', text)).toThrow(/no-such-file.*UPDATE_GOLDEN=1/);
});

test('fails to write on a CI machine', () => {
  process.env.UPDATE_GOLDEN = '1';
  process.env.CI = 'true';
  expect(() => expectGolden('namespace', `${text}---\n`)).toThrow(/reviewed by a person/);
  expect(readFileSync(path, 'utf8')).toBe(text);
});
