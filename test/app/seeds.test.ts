import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { readFolder } from '../../src/checks/rendered';
import { at } from '../mesh/world';

const dist = readFolder('dist');
/** How many rows a system has, by its folder. */
const SYSTEMS = { 'online-boutique': 23, 'airport': 26, 'jhipster-store': 21, 'mern-shop': 14, 'addis-pay': 20 } as const;

const sections = readFileSync('docs/seeds.md', 'utf8').split(/^## /m).slice(1);
const rows = sections.flatMap((section) => {
  const folder = /Files are those of `dist\/(staging\/[\w-]+)\/`/.exec(section)?.[1] ?? 'nowhere';
  return section.split('\n').filter((line) => /^\| \d/.test(line)).map((line) => {
    const [, number, asked, where] = line.split('|').map((cell) => cell.trim());
    return { folder, number: Number(number), asked, where };
  });
});

/** Files that a row names, each with the objects that it says are in it. */
const named = (where: string, folder: string) => [...where.matchAll(/`([\w./-]+\.(?:yaml|md))`(?: ([A-Z]\w+) `([\w-]+)`)?/g)].map(([, file, kind, name]) => ({
  path: file.startsWith('dist/') ? file.slice('dist/'.length) : `${folder}/${file}`, kind, name,
}));

test.each(rows)('$folder $number: $asked', ({ where, folder }) => {
  const files = named(where, folder);
  if (files.length === 0) expect(where).toMatch(/^[A-Z`].{20,}\.$/); // a sentence that says why not
  for (const { path, kind, name } of files) {
    const text = dist.get(path);
    expect({ path, exists: text !== undefined }).toEqual({ path, exists: true });
    if (kind === undefined) continue;
    const objects = parseAllDocuments(text!).map((document): unknown => document.toJS());
    expect(objects.map((object) => `${String(at(object, 'kind'))} ${String(at(object, 'metadata.name'))}`)).toContain(`${kind} ${name}`);
  }
});

test.each(Object.entries(SYSTEMS))('%s has all its %s rows', (system, count) => {
  const own = rows.filter(({ folder }) => folder === `staging/${system}`);
  expect(own.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
});

test('no row is of another system', () => {
  expect([...new Set(rows.map(({ folder }) => folder))].sort()).toEqual(Object.keys(SYSTEMS).map((system) => `staging/${system}`).sort());
});
