import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from './run/records';

/** A row of what a run has found out. */
export interface Row {
  readonly asked: string;
  readonly of: string;
  /** The value, or the lowest and the highest. */
  readonly expected: number | string | readonly [number, number];
  readonly measured: number | string;
}

const file = join(runFolder, 'table');

/** Notes what was measured, then asserts it. */
export function judge(row: Row): void {
  appendFileSync(file, `${JSON.stringify(row)}\n`);
  const { asked, of, expected, measured } = row;
  if (Array.isArray(expected)) {
    expect({ asked, of, measured, within: Number(measured) >= expected[0] && Number(measured) <= expected[1] }).toMatchObject({ within: true });
  } else {
    expect({ asked, of, measured }).toEqual({ asked, of, measured: expected });
  }
}

const text = (expected: Row['expected']): string => Array.isArray(expected) ? expected.join(' .. ') : String(expected);

/** All rows of the run as a table. */
export function table(): string {
  if (!existsSync(file)) return '';
  const rows: Row[] = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const cells = [['asked', 'of', 'expected', 'measured'], ...rows.map((row) => [row.asked, row.of, text(row.expected), String(row.measured)])];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}
