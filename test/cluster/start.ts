import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startControlPlane } from './control/control-plane';
import { startMesh, type Interception } from './control/istiod';
import type { KubeClient } from './control/kube-client';
import { CannotRun } from './run/exit-reason';
import { makeNode } from './run/namespaces';
import { placePodBinaries } from './run/pod-binaries';
import { start } from './run/processes';
import { runFolder, takeRunFolder } from './run/records';
import { until } from './run/until';

const COMMANDS = { ip: 'iproute2', iptables: 'iptables', setpriv: 'util-linux', sysctl: 'procps', openssl: 'openssl' };

/** Throws where the machine lacks what the tests need. */
export function checkMachine(): void {
  if (process.getuid?.() !== 0) throw new CannotRun('the cluster tests make network namespaces, so they must run as root');
  for (const [command, from] of Object.entries(COMMANDS)) {
    if (spawnSync(command, ['--version'], { stdio: 'ignore' }).error) throw new CannotRun(`the command ${command} is missing: install the package ${from}`);
  }
}

/** Starts a control plane with a mesh and the small kubelet. */
export async function startCluster(interception: Interception): Promise<KubeClient> {
  checkMachine();
  takeRunFolder();
  placePodBinaries();
  makeNode();
  const client = await startControlPlane();
  await startMesh(client, interception);
  const kubelet = start({
    command: [process.execPath, '--require', 'tsx/cjs', join(__dirname, 'kubelet', 'main.ts')],
    log: join(runFolder, 'log', 'kubelet.log'),
  });
  await until('the nodes', async () => {
    kubelet.alive();
    return (await client.list('v1', 'Node')).length === 2;
  });
  return client;
}
