import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with nothing but some commands of this machine. */
function machineWith(...commands: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-machine-'));
  symlinkSync(process.execPath, join(folder, 'node'));
  for (const command of commands) symlinkSync(spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim(), join(folder, command));
  return folder;
}

/** What a script says on such a machine, and how it ends. */
function run(commands: readonly string[], script: readonly string[], user = 0): { readonly said: string; readonly status: number | null } {
  const folder = machineWith(...commands);
  const env = { ...process.env, PATH: folder, TSX_DISABLE_CACHE: '1', XDG_CACHE_HOME: join(folder, 'cache') };
  const { stderr, status } = spawnSync(process.execPath, ['--require', 'tsx/cjs', ...script], { env, encoding: 'utf8', uid: user, gid: user });
  rmSync(folder, { recursive: true });
  return { said: stderr.trim(), status };
}

const UP = [join(__dirname, '..', 'up.ts')];
const TOOLS = [join(__dirname, '..', 'tools', 'build.ts'), 'etcd', 'envoy'];

/** Whoever is not root is told that first. */
const testAsRoot = process.getuid?.() === 0 ? test : test.skip;

testAsRoot('a machine without iptables is told so', () => {
  expect(run(['ip', 'setpriv', 'sysctl', 'openssl'], UP)).toEqual({ said: 'the command iptables is missing: install the package iptables', status: 2 });
});

testAsRoot('a machine without ip is told so', () => {
  expect(run([], UP)).toEqual({ said: 'the command ip is missing: install the package iproute2', status: 2 });
});

testAsRoot('somebody who is not root is told so', () => {
  expect(run([], UP, 65_534)).toEqual({ said: 'the cluster tests make network namespaces, so they must run as root', status: 2 });
});

test('a machine without compilers is told what it lacks', () => {
  expect(run([], TOOLS)).toEqual({
    said: 'missing: etcd 3.6.8: go is not on this machine\'s PATH\nmissing: envoy 1.38.2: python3 is not on this machine\'s PATH', status: 2,
  });
});
