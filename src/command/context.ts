import { Finding } from '../checks/finding';
import { Terminal } from './terminal';

/** What every command is given. */
export interface Context {
  readonly terminal: Terminal;
  /** Tells the exit code, before anything is written. */
  readonly end: (code: number) => void;
}

/** Prints a value for programs. */
export function printJson({ terminal }: Context, value: unknown): void {
  terminal.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints findings, errors first, each with what to do. */
export function printFindings({ terminal }: Context, findings: readonly (Finding & { readonly commit?: string })[]): void {
  const { colors } = terminal;
  for (const { severity, object, problem, fix, breaks = [], commit } of findings) {
    const word = severity === 'error' ? colors.red('error') : colors.yellow('warning');
    const whom = breaks.length > 0 ? `, which breaks ${breaks.join(', ')}` : '';
    terminal.out(`${word}: ${commit === undefined ? '' : `${commit.slice(0, 9)} `}[${object}] ${problem}${whom}; ${fix}\n`);
  }
}
