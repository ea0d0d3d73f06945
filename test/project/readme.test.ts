import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const readme = readFileSync('README.md', 'utf8');
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text);
const example = join('examples', 'one-service');

test('the first screen shows the example as it is tested', () => {
  expect(readFileSync(join(example, 'main.ts'), 'utf8')).toContain(blocks('ts')[0]);
  expect(blocks('ts')[0].trimEnd().split('\n').length).toBeLessThanOrEqual(15);
});

test('the YAML of the first screen is part of what the example writes', () => {
  const file = readFileSync(join(example, 'dist', 'staging', 'shop', 'paymentservice.yaml'), 'utf8');
  const specs = parseAllDocuments(file).map((document) => document.toJS().spec);
  const items = specs.flatMap((spec) => [...spec?.http ?? [], ...spec?.rules ?? []]);
  for (const block of blocks('yaml')) {
    for (const shown of parseAllDocuments(block)[0].toJS()) expect(items).toContainEqual(shown);
  }
  expect(blocks('yaml')).toHaveLength(2);
});

test('every file and every test that the README names exists', () => {
  const links = [...readme.matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, path]) => path);
  const tests = [...readme.matchAll(/`npx jest ([^`]+)`/g)].flatMap(([, paths]) => paths.split(' '));
  expect([...links, ...tests].filter((path) => !existsSync(path))).toEqual([]);
});
