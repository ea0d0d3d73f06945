import { createColors } from 'picocolors';
import { UsageError } from './usage-error';

/** Where a command writes. */
export interface Terminal {
  /** Writes what was asked for. */
  out(text: string): void;
  /** Writes what else has to be said: progress, warnings, errors. */
  err(text: string): void;
  /** Columns of a line; undefined where nobody looks, and nothing is cut. */
  readonly columns: number | undefined;
  /** Colours, or none. */
  readonly colors: ReturnType<typeof createColors>;
  /** Asks a person, one line a question. @default - nobody is there to be asked */
  readonly ask?: (questions: readonly string[]) => Promise<string[]>;
}

/** The terminal of this process: coloured where a person looks at it and does not refuse by `NO_COLOR`. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'; // source: no-color.org, empty is unset
  return {
    out: (text) => { stdout.write(text); },
    err: (text) => { stderr.write(text); },
    columns: stdout.isTTY ? stdout.columns || undefined : undefined, // a terminal without a size says 0
    colors: createColors(stdout.isTTY && !refused),
    ask: stdin.isTTY && stderr.isTTY ? askPerson : undefined,
  };
}

/** Asks beside what was asked for, which may go to a file. @throws UsageError where a person does not answer */
async function askPerson(questions: readonly string[]): Promise<string[]> {
  const { createInterface } = await import('node:readline');
  const typed = createInterface({ input: process.stdin, output: process.stderr });
  const lines = typed[Symbol.asyncIterator](); // one for all: what is typed ahead is not lost
  const answers: string[] = [];
  try {
    for (const question of questions) {
      typed.setPrompt(question);
      typed.prompt();
      const { value, done } = await lines.next();
      if (done) throw new UsageError(`'${question.trim()}' must be answered, got the end of what was typed; say it by an option`);
      answers.push(value.trim());
    }
  } finally {
    typed.close();
  }
  return answers;
}

const CONTROL = /\x1b\[[0-9;]*m/g; // eslint-disable-line no-control-regex -- colours begin with it

/** Rows as columns, each as wide as its longest; numbers to the right. What is too wide for the terminal is cut at the last column. */
export function table({ columns = Infinity }: Pick<Terminal, 'columns'>, rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(String(row[column])))));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const space = ' '.repeat(widths[column] - widthOf(String(cell)));
      return typeof cell === 'number' ? `${space}${cell}` : `${cell}${space}`;
    });
    return `${cut(cells.join('  ').trimEnd(), columns)}\n`;
  }).join('');
}

function widthOf(text: string): number {
  return text.replaceAll(CONTROL, '').length;
}

function cut(line: string, columns: number): string {
  return widthOf(line) <= columns ? line : `${line.replaceAll(CONTROL, '').slice(0, columns - 1)}…`;
}
