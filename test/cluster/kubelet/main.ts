import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { kubeClient, noNewPods, sockets } from '../control/control-plane';
import { removeLeftovers, startTime } from '../run/records';
import { Steering } from '../run/steering';
import type { Pod } from './pod';
import { RunningPod } from './running-pod';

/** Nodes by their zone; the first takes pods that do not ask for a zone. */
const NODES: Readonly<Record<string, string>> = { 'zone-a': 'node-a', 'zone-b': 'node-b' };
const ZONE = 'topology.kubernetes.io/zone';
/** The injector looks at the version to choose how the proxy is started; the rest must be there. */
const NODE_INFO = {
  kubeletVersion: 'v1.36.4', operatingSystem: 'linux', architecture: 'amd64',
  machineID: '', systemUUID: '', bootID: '', kernelVersion: '', osImage: '', containerRuntimeVersion: '', kubeProxyVersion: '',
};
const client = kubeClient();
const node = new Steering(sockets.node);
const pods = new Map<string, RunningPod>();
const busy = new Set<string>();
let made = 0;

const nodeOf = ({ spec }: Pod): string => spec.nodeName ?? NODES[spec.nodeSelector?.[ZONE] ?? 'zone-a'];

async function registerNodes(): Promise<void> {
  for (const [zone, name] of Object.entries(NODES)) {
    const labels = { 'topology.kubernetes.io/region': 'region', [ZONE]: zone, 'kubernetes.io/hostname': name };
    await client.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } });
    await client.patchStatus(`/api/v1/nodes/${name}`, { nodeInfo: NODE_INFO, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] });
  }
}

/** One thing at a time per pod; what goes wrong is said in the log and stays a pod that is not ready. */
function once(uid: string, what: string, work: () => Promise<void>): void {
  if (busy.has(uid)) return;
  busy.add(uid);
  work().catch((error: unknown) => console.error(what, error)).finally(() => busy.delete(uid));
}

function remove(pod: Pod, uid: string): void {
  const running = pods.get(uid);
  once(uid, `stopping ${pod.metadata.name}:`, async () => {
    pods.delete(uid);
    if (running) await running.stop(pod.metadata.deletionGracePeriodSeconds ?? 30);
    else await client.delete(pod, 0);
  });
}

function add(pod: Pod, uid: string): void {
  const running = new RunningPod(client, node, pod, nodeOf(pod));
  pods.set(uid, running);
  once(uid, `starting ${pod.metadata.name}:`, async () => running.start(made++));
}

/** Brings processes in line with the pods of the API server. */
async function look(): Promise<void> {
  const wanted = await client.list<Pod>('v1', 'Pod');
  for (const [uid, running] of pods) {
    if (wanted.some(({ metadata }) => metadata.uid === uid) || busy.has(uid)) continue;
    once(uid, 'stopping a deleted pod:', async () => { pods.delete(uid); await running.stop(0); });
  }
  for (const pod of wanted) {
    const uid = pod.metadata.uid!;
    const running = pods.get(uid);
    if (pod.metadata.deletionTimestamp) remove(pod, uid);
    else if (running) once(uid, `probing ${pod.metadata.name}:`, async () => running.probe());
    else if (!busy.has(uid) && !existsSync(noNewPods)) add(pod, uid);
  }
}

/** Runs until the process that started it is gone; if that was killed, nobody else ends what it had started. */
async function main(): Promise<void> {
  const parent = process.ppid;
  const started = startTime(parent);
  await registerNodes();
  while (startTime(parent) === started) {
    await look().catch((error: unknown) => console.error('looking for pods:', error));
    await pause(200);
  }
  removeLeftovers();
  process.exit();
}

void main();
