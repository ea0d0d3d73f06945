import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createColors } from 'picocolors';
import { run } from '../../src/command/run';

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command as one file, which starts ten times as fast as its sources; below the project, by whose package.json it knows its version. */
const MAIN = resolve('coverage', `command-${process.pid}.cjs`);
beforeAll(() => {
  const options = ['--bundle', '--platform=node', '--packages=external', '--log-level=error', `--outfile=${MAIN}`];
  execFileSync(resolve('node_modules/.bin/esbuild'), [resolve('src/command/main.ts'), ...options]);
});
afterAll(() => rmSync(MAIN, { force: true }));

/** As on the machine of a person, whatever CI sets. */
const PLAIN = { ...process.env, CI: undefined, FORCE_COLOR: undefined, NO_COLOR: undefined, DEBUG: undefined, TERM: 'xterm' };
export const TSX = `${process.execPath} --require ${resolve('node_modules/tsx/dist/cjs/index.cjs')}`;

/** Runs the command in this process, with nobody looking, or with a terminal of some columns. */
export async function meshmart(words: readonly string[], columns?: number): Promise<Ended> {
  const [out, err]: string[][] = [[], []];
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), columns, colors: createColors(columns !== undefined) };
  const code = await run(words, terminal);
  return { code, out: out.join(''), err: err.join('') };
}

/** Runs what a person writes into a shell; `meshmart` is the command, in a process of its own. */
export function shell(cwd: string, line: string, env: NodeJS.ProcessEnv = {}): Ended {
  const defined = `meshmart() { ${process.execPath} ${MAIN} "$@"; }\n`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${defined}${line}`], { cwd, encoding: 'utf8', env: { ...PLAIN, ...env } });
  return { code: status!, out: stdout, err: stderr };
}

/** The same in a pseudo-terminal of some columns, where a person has typed something ahead. */
export function typed(cwd: string, line: string, columns: number, env: NodeJS.ProcessEnv = {}, input = ''): Ended {
  const script = `stty cols ${columns} rows 24; ${process.execPath} ${MAIN} ${line}`;
  const options = { cwd, input, encoding: 'utf8', env: { ...PLAIN, ...env, SHELL: '/bin/bash' } } as const;
  const { status, stdout, stderr } = spawnSync('script', ['-qec', script, '/dev/null'], options);
  return { code: status!, out: stdout.replaceAll('\r\n', '\n'), err: stderr };
}

/** A temporary folder with some files, and with folders of this repository. */
export function folderWith(files: Readonly<Record<string, string>>, copies: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-command-'));
  folders.push(folder);
  for (const [to, from] of Object.entries(copies)) cpSync(from, join(folder, to), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Makes a folder a git repository with one commit of all that is in it. */
export function committed(folder: string): void {
  const git = (...words: string[]): void => { spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: folder }); };
  git('init', '--quiet', '--initial-branch=main');
  git('add', '-A');
  git('commit', '--quiet', '--message', 'first');
}

const folders: string[] = [];
afterAll(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true }); });
