import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { readFolder } from '../../src/checks/rendered';
import { at } from '../mesh/world';

const dist = readFolder('dist');
const rows = readFileSync('docs/seeds.md', 'utf8').split('\n').filter((line) => /^\| \d/.test(line)).map((line) => {
  const [, number, asked, where] = line.split('|').map((cell) => cell.trim());
  return { number, asked, where };
});

/** Files that a row names, each with the objects that it says are in it. */
const named = (where: string) => [...where.matchAll(/`([\w./-]+\.(?:yaml|md))`(?: ([A-Z]\w+) `([\w-]+)`)?/g)].map(([, file, kind, name]) => ({
  path: file.startsWith('dist/') ? file.slice('dist/'.length) : `staging/airport/${file}`, kind, name,
}));

test.each(rows)('$number: $asked', ({ where }) => {
  const files = named(where);
  if (files.length === 0) expect(where).toMatch(/^[A-Z`].{20,}\.$/); // a sentence that says why not
  for (const { path, kind, name } of files) {
    const text = dist.get(path);
    expect({ path, exists: text !== undefined }).toEqual({ path, exists: true });
    if (kind === undefined) continue;
    const objects = parseAllDocuments(text!).map((document): unknown => document.toJS());
    expect(objects.map((object) => `${String(at(object, 'kind'))} ${String(at(object, 'metadata.name'))}`)).toContain(`${kind} ${name}`);
  }
});

test('the airport has all 26 rows', () => {
  expect(rows.map(({ number }) => Number(number))).toEqual(Array.from({ length: 26 }, (_, index) => index + 1));
});
