import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** How a process went. */
export interface Run {
  /** From start to end, in milliseconds. */
  readonly wall: number;
  /** Processor time of all its threads and of the processes that it waited for, in milliseconds; undefined where the system has no /proc. */
  readonly cpu?: number;
  /** Most memory that it held, in MiB; undefined where the system does not tell, and where it started others. */
  readonly memory?: number;
  /** Whether it ended by itself. */
  readonly ended: boolean;
}

/** How a process is run. */
export interface Manner {
  /** Milliseconds after which it is ended; not the processes that it started. @default - never */
  readonly limit?: number;
  /** Where it starts. @default - here */
  readonly folder?: string;
  /** Whether it starts others. @default false */
  readonly family?: boolean;
}

const LOOKS = 10; // milliseconds between two looks at /proc: memory that a process took after the last one is not counted
const TICK = 10; // milliseconds; USER_HZ is 100 on every Linux

/**
 * Runs a process and waits for its end. Only one at a time: processor time is what this process has waited for meanwhile.
 * @throws Error where it fails, with what it said
 */
export async function measure(command: string, args: readonly string[], { limit = Infinity, folder, family = false }: Manner = {}): Promise<Run> {
  const before = waitedFor();
  const start = process.hrtime.bigint();
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2000); });
  let memory: number | undefined;
  let ended = true;
  const since = (): number => Number(process.hrtime.bigint() - start) / 1e6;
  const timer = setInterval(() => {
    if (!family) memory = peakOf(child.pid) ?? memory;
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
    const after = waitedFor();
    return { wall, cpu: before === undefined || after === undefined ? undefined : after - before, memory, ended };
  } finally {
    clearInterval(timer);
  }
}

/** Processor time, in milliseconds, of all processes that this one has waited for, and of those that they waited for. */
function waitedFor(): number | undefined {
  if (!existsSync('/proc/self/stat')) return undefined;
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK;
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return peak ? Number(peak[1]) / 1024 : undefined; // it has ended
  } catch {
    return undefined; // not this system, or it has ended
  }
}
