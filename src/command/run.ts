import { CommanderError } from 'commander';
import { ConfigurationError } from '../graph/configuration-error';
import { program } from './program';
import { Terminal } from './terminal';
import { UsageError } from './usage-error';

/** How a command ends: `ok`, with findings or refused, or asked for what cannot be asked for. */
export const exitCodes = { ok: 0, findings: 1, usage: 2 } as const;

/**
 * Runs the command.
 * @param words what stands behind `meshmart`
 * @param ends is told the exit code before anything is written, since a closed pipe ends the process
 * @returns the exit code
 */
export async function run(words: readonly string[], terminal: Terminal, ends: (code: number) => void = () => undefined): Promise<number> {
  let code: number = exitCodes.ok;
  const end = (now: number): void => { code = now; ends(now); };
  try {
    await program(terminal, end).parseAsync(words, { from: 'user' });
  } catch (error) {
    end(codeOf(error));
    if (!(error instanceof CommanderError)) terminal.err(failureOf(error)); // commander has said what is wrong
  }
  return code;
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  return error instanceof UsageError ? exitCodes.usage : exitCodes.findings;
}

/** One line a problem, without a stack, which `DEBUG=meshmart` shows. */
function failureOf(error: unknown): string {
  const shown = (process.env.DEBUG ?? '').split(/[\s,]+/).includes('meshmart');
  const said = error instanceof Error ? error.message : String(error);
  const known = error instanceof ConfigurationError || error instanceof UsageError;
  const written = said.split('\n').filter((line) => line.trim() !== '');
  const lines = written.map((line, index) => (index === 0 || line.startsWith('[') ? `error: ${line}` : `  ${line}`));
  const more = shown ? [error instanceof Error ? error.stack ?? '' : ''] : known ? [] : ['  DEBUG=meshmart shows where it happened'];
  return [...lines, ...more, ''].join('\n');
}
