import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** Longer than anything takes that a test waits for here, also where the machine has a lot else to do. */
const PATIENCE_SECONDS = 60;
/** Longer than the two waits for one program take together at most: then it is they who end a test, and say why. */
export const LONGEST_WAIT_MILLISECONDS = PATIENCE_SECONDS * 2500;

const programs: DoomedProgram[] = [];
afterAll(() => programs.forEach((program) => program.kill())); // one that a broken test never killed

/** A script of a test that runs until it is killed. Whoever waits for it in vain is told for what, and all that it wrote. */
export class DoomedProgram {
  private readonly child: ChildProcess;
  private readonly end: Promise<string>;
  private said = '';

  constructor(private readonly script: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(process.execPath, ['--require', 'tsx/cjs', script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    this.end = once(this.child, 'close').then(([code, signal]) => `ended with ${String(signal ?? code)}`, String);
    this.child.stderr!.on('data', (text: Buffer) => { this.said += text.toString(); });
    programs.push(this);
  }

  /** Waits until it writes its first word. */
  public async runs(): Promise<void> {
    await this.until('runs', once(this.child.stdout!, 'data').then(() => 'runs'));
  }

  /** Kills it, and all that it has started. */
  public kill(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-this.child.pid!, 'SIGKILL');
  }

  /** Waits until it is gone, killed by whomever. */
  public async isKilled(): Promise<void> {
    await this.until('ended with SIGKILL', this.end);
  }

  private async until(awaited: string, news: Promise<string>): Promise<void> {
    const giveUp = new AbortController();
    const late = pause(PATIENCE_SECONDS * 1000, `still not after ${PATIENCE_SECONDS} s`, { signal: giveUp.signal }).catch(() => '');
    const got = await Promise.race([news, this.end, late]);
    giveUp.abort();
    if (got !== awaited) throw new Error(`${this.script}: "${awaited}" was awaited, got "${got}"; it wrote: ${this.said || 'nothing'}`);
  }
}
