import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { createColors } from 'picocolors';
import { program } from '../../src/command/program';

const nowhere = { out: () => undefined, err: () => undefined, columns: undefined, colors: createColors(false) };

/** Commands that do something, by what a person writes, each with its options. */
function commandsOf(command: Command, before = ''): readonly { readonly words: string; readonly options: readonly string[] }[] {
  const words = `${before}${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap((each) => commandsOf(each, `${words} `));
  return [{ words, options: command.options.map(({ long }) => long ?? '') }];
}

const page = readFileSync('docs/command.md', 'utf8');
const commands = commandsOf(program(nowhere, () => undefined));

test.each(commands)('docs/command.md has $words with its options', ({ words, options }) => {
  const [, first, second] = words.split(' ');
  expect(page).toMatch(new RegExp(`\`meshmart ${first}|\`${second}\``));
  if (second !== undefined) expect(page).toContain(second);
  for (const option of options) expect(page).toContain(option);
});

test('it names no command that is not there', () => {
  const named = [...page.matchAll(/`meshmart ([a-z]+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(4);
  expect([...new Set(named)].filter((name) => !commands.some(({ words }) => words.split(' ')[1] === name))).toEqual([]);
});
