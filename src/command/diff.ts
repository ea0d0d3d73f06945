import { Changes, SystemChanges, compareRendered } from '../changes/compare';
import { markdownOf } from '../changes/markdown';
import { ObjectFate } from '../changes/object-changes';
import { fieldWords, objectWords, textOf } from '../changes/words';
import { Context, printFindings, printJson } from './context';
import { folderState, stateOf } from './rendered-state';
import { Selection, selected } from './selection';
import { Terminal } from './terminal';
import { UsageError } from './usage-error';

interface Options extends Selection {
  readonly dist: string;
  readonly text?: boolean;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** `meshmart diff`: ends with 1 where a cluster cannot take the change in one step. */
export async function diff(from: string, options: Options, context: Context): Promise<void> {
  const { dist, text, markdown, json } = options;
  const forms = Object.entries({ text, markdown, json }).filter(([, is]) => is).map(([name]) => `--${name}`);
  if (forms.length > 1) throw new UsageError(`one form can be printed, got ${forms.join(' and ')}; leave one out`);
  const [all, now] = [await stateOf(from, dist), folderState(dist)];
  const names = new Map([...all, ...now]);
  const [before, after] = [all, now].map((files) => selected(files, options, names));
  const changes = compareRendered(before, after);
  context.end(changes.findings.some(({ severity }) => severity === 'error') ? 1 : 0);
  if (json) return printJson(context, changes);
  if (markdown) return context.terminal.out(markdownOf(changes));
  printChanges(context, changes, `${from} to ${dist}`);
  if (text) context.terminal.out(textOf(before, after));
}

function printChanges(context: Context, { systems, files, findings }: Changes, between: string): void {
  const { terminal } = context;
  if (systems.length + files.length === 0) return terminal.out(`nothing changed for a cluster from ${between}\n`);
  for (const system of systems) printSystem(terminal, system);
  if (files.length > 0) terminal.out(`${terminal.colors.bold('other files')}\n`);
  for (const { path, fate } of files) terminal.out(`  ${sign(terminal, fate)} ${path}\n`);
  printFindings(context, findings);
}

function printSystem(terminal: Terminal, { environment, system, objects, meanings }: SystemChanges): void {
  terminal.out(`${terminal.colors.bold(`${environment} ${system}`.trim())}\n`);
  for (const { sentence } of meanings) terminal.out(`  ${sentence}\n`);
  for (const change of objects) {
    terminal.out(`  ${sign(terminal, change.fate)} ${objectWords(change)}  ${terminal.colors.dim(change.object.file)}\n`);
    for (const field of change.fields) terminal.out(`      ${field.path} ${fieldWords(field)}\n`);
  }
}

function sign({ colors }: Terminal, fate: ObjectFate): string {
  return { added: colors.green('+'), removed: colors.red('-'), changed: colors.yellow('~') }[fate];
}
