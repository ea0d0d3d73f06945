import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../free-ports';
import { until } from '../run/until';
import { tool } from '../tools/tools';

/** Runs kubectl against the API server, with `input` if there is one. */
export type Kubectl = (args: readonly string[], input?: string) => string;

const TOKEN = 'administrator-of-one-api-server';
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A program that ends with this process, even if this is killed. */
function launch(folder: string, name: string, args: readonly string[]): ChildProcess {
  const output = openSync(join(folder, `${name}.log`), 'a');
  return spawn('setpriv', ['--pdeathsig', 'KILL', tool(name), ...args], { cwd: folder, stdio: ['ignore', output, output] });
}

function launchBoth(folder: string, [client, peer, api]: readonly number[]): ChildProcess[] {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},administrator,1,"system:masters"\n`, { mode: 0o600 });
  const clients = `http://127.0.0.1:${client}`;
  const peers = `http://127.0.0.1:${peer}`;
  const etcd = [
    '--name', 'judge', '--data-dir', 'etcd', '--unsafe-no-fsync', '--log-level', 'warn', '--listen-client-urls', clients, '--advertise-client-urls', clients,
    '--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `judge=${peers}`,
  ];
  const apiServer = [
    `--etcd-servers=${clients}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${api}`, '--cert-dir=pki',
    `--service-account-issuer=${ISSUER}`, '--service-account-key-file=sa.pub', '--service-account-signing-key-file=sa.key',
    '--service-cluster-ip-range=10.96.0.0/16', '--authorization-mode=RBAC', '--token-auth-file=tokens.csv',
  ];
  return [launch(folder, 'etcd', etcd), launch(folder, 'kube-apiserver', apiServer)];
}

/** Starts etcd and an API server on loopback, without a namespace and without root, and ends them when `use` has ended. */
export async function withApiServer<T>(use: (kubectl: Kubectl) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-api-'));
  const ports = await freePorts(3);
  const kubectl: Kubectl = (args, input) => {
    const options = [`--server=https://127.0.0.1:${ports[2]}`, '--insecure-skip-tls-verify', `--token=${TOKEN}`, `--cache-dir=${folder}/cache`];
    return execFileSync(tool('kubectl'), [...options, ...args], { encoding: 'utf8', input, stdio: 'pipe', maxBuffer: 1 << 28 });
  };
  const children = launchBoth(folder, ports);
  try {
    await until('the API server is ready', async () => {
      if (children.some(({ exitCode }) => exitCode !== null)) throw new Error(readFileSync(join(folder, 'kube-apiserver.log'), 'utf8').slice(-2000));
      return kubectl(['get', '--raw', '/readyz']) === 'ok';
    }, 60);
    return await use(kubectl);
  } finally {
    for (const child of children.reverse()) {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    }
    rmSync(folder, { recursive: true });
  }
}
