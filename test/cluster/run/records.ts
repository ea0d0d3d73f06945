import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotRun } from './exit-reason';

/** A process as the kernel knows it: a pid is used again, a pid with its start time is not. */
interface ProcessRecord { readonly pid: number; readonly started: string }
interface Leftovers { readonly processes: readonly ProcessRecord[]; readonly namespaces: readonly string[] }

/** Everything of a run lies here; the path is short, for sockets have at most 107 bytes. */
export const runFolder = join(tmpdir(), 'meshmart-cluster');
const records = join(runFolder, 'records');
const owner = join(runFolder, 'owner');

/** The start time of a living process, undefined for any other. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined; // no such process
  }
}

const lives = ({ pid, started }: ProcessRecord): boolean => startTime(pid) === started;

let taken = false;

/** Takes the run folder; what a killed run left is removed first. @throws CannotRun where another run has it */
export function takeRunFolder(): void {
  if (existsSync(owner)) {
    const other: ProcessRecord = JSON.parse(readFileSync(owner, 'utf8'));
    if (other.pid !== process.pid && lives(other)) throw new CannotRun(`the cluster tests already run as process ${other.pid}`);
  }
  taken = true;
  removeLeftovers();
  rmSync(runFolder, { recursive: true, force: true });
  mkdirSync(join(runFolder, 'log'), { recursive: true });
  chmodSync(runFolder, 0o755); // the proxies run as another user
  writeFileSync(owner, JSON.stringify({ pid: process.pid, started: startTime(process.pid) }));
}

/** Notes a namespace before it is made. */
export const recordNamespace = (namespace: string): void => appendFileSync(records, `${JSON.stringify({ namespace })}\n`);

/** Notes a process that was just started. */
export function recordProcess(pid: number): void {
  const started = startTime(pid);
  if (started) appendFileSync(records, `${JSON.stringify({ pid, started })}\n`);
}

function leftovers(): Leftovers {
  if (!existsSync(records)) return { processes: [], namespaces: [] };
  const lines = readFileSync(records, 'utf8').split('\n').filter(Boolean);
  const all: (ProcessRecord & { readonly namespace?: string })[] = lines.map((line) => JSON.parse(line));
  return {
    processes: all.filter(({ pid }) => pid !== undefined),
    namespaces: all.flatMap(({ namespace }) => namespace ?? []),
  };
}

/** Ends what this run started; nothing where it did not come to take the run folder, which may be another's. */
export function removeOwn(): void {
  if (taken) removeLeftovers();
}

/** Ends what is recorded: processes by pid and start time, then whatever else runs in a namespace of ours, then the namespaces. */
export function removeLeftovers(): void {
  const { processes, namespaces } = leftovers();
  for (const record of processes.filter(({ pid }) => pid !== process.pid).filter(lives)) process.kill(record.pid, 'SIGKILL');
  const existing = new Set(existsSync('/run/netns') ? readdirSync('/run/netns') : []);
  for (const namespace of new Set(namespaces.filter((name) => existing.has(name)))) removeNamespace(namespace);
}

/** Ends every process of a network namespace that the tests made, and the namespace. */
export function removeNamespace(namespace: string): void {
  const pids = execFileSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself
    }
  }
  execFileSync('ip', ['netns', 'del', namespace]);
  rmSync(join('/etc/netns', namespace), { recursive: true, force: true });
}
