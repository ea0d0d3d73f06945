import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, chownSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { recordProcess } from './records';

/** How to start a program. */
export interface ProcessOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** File for all that it says. */
  readonly log: string;
  /** Network namespace. @default - the one of the test */
  readonly namespace?: string;
  /** User and group. @default 0 */
  readonly user?: number;
  readonly cwd?: string;
  /** Its whole environment. @default - that of the test */
  readonly env?: NodeJS.ProcessEnv;
}

/** A program ended that should run; the message has its last words. */
export class ProcessEnded extends Error {}

/** A program that was started and recorded. */
export class RunningProcess {
  private readonly ended: Promise<void>;
  private end?: string;

  constructor(private readonly child: ChildProcess, private readonly options: ProcessOptions) {
    this.ended = new Promise((resolve) => child.on('exit', (code, signal) => {
      this.end = String(code ?? signal);
      resolve();
    }));
  }

  /** Throws with the end of the log where the program does not run any more. */
  public alive(): void {
    if (this.end === undefined) return;
    const words = readFileSync(this.options.log, 'utf8').trim().split('\n').slice(-8).join('\n  ');
    throw new ProcessEnded(`${basename(this.options.command[0])} ended with ${this.end}, its log ${this.options.log} ends:\n  ${words}`);
  }

  /** Asks it to end, and ends it after `seconds`. */
  public async stop(seconds = 5): Promise<void> {
    if (this.end !== undefined) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000);
    await this.ended;
    clearTimeout(timer);
  }
}

/** Starts a program; it is recorded, so that the next run ends it if this one cannot. */
export function start(options: ProcessOptions): RunningProcess {
  const { command, log, namespace, user, cwd, env } = options;
  const enter = namespace ? ['ip', 'netns', 'exec', namespace] : [];
  const become = user === undefined ? [] : ['setpriv', '--reuid', String(user), '--regid', String(user), '--clear-groups'];
  const [program, ...args] = [...enter, ...become, ...command];
  const output = openSync(log, 'a');
  if (user !== undefined) chownSync(log, user, user); // Envoy opens its standard output again
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output] });
  closeSync(output);
  if (child.pid !== undefined) recordProcess(child.pid);
  child.on('error', (error) => { throw error; });
  return new RunningProcess(child, options);
}
