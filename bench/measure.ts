import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How a process went. */
export interface Run {
  /** From start to end, in milliseconds. */
  readonly wall: number;
  /** Processor time of all its threads, in milliseconds; undefined where the system does not tell (it is read from /proc). */
  readonly cpu?: number;
  /** Most memory that it held, in MiB; likewise. */
  readonly memory?: number;
  /** Whether it ended by itself. */
  readonly ended: boolean;
}

const LOOKS = 10; // milliseconds between two looks at /proc: what a process did after the last one is not counted
const TICK = 10; // milliseconds; USER_HZ is 100 on every Linux

/**
 * Runs a process and waits for its end.
 * @param limit milliseconds after which it is ended
 * @throws Error where it fails, with what it said
 */
export async function measure(command: string, args: readonly string[], limit = Infinity): Promise<Run> {
  const start = process.hrtime.bigint();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2000); });
  let usage: Pick<Run, 'cpu' | 'memory'> = {};
  let ended = true;
  const since = (): number => Number(process.hrtime.bigint() - start) / 1e6;
  const timer = setInterval(() => {
    usage = usageOf(child.pid) ?? usage;
    if (since() < limit || !ended) return;
    ended = false;
    child.kill('SIGKILL');
  }, LOOKS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', resolve);
    });
    const wall = since();
    if (ended && code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${said}`);
    return { wall, ...usage, ended };
  } finally {
    clearInterval(timer);
  }
}

function usageOf(pid: number | undefined): Pick<Run, 'cpu' | 'memory'> | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    if (!peak) return undefined; // it has ended
    return { cpu: (Number(fields[11]) + Number(fields[12])) * TICK, memory: Number(peak[1]) / 1024 };
  } catch {
    return undefined; // not this system, or it has ended
  }
}
