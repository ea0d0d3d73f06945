import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordNamespace } from './records';

/** Where the control plane runs; its address is that of all nodes, of istiod and of the name server. */
export const NODE_NAMESPACE = 'meshmart-node';
export const NODE_ADDRESS = '10.244.0.1';

/** Hardware addresses come from IP addresses: a used one that returns must not meet an old ARP entry. */
const hardwareAddress = (ip: string): string => `02:42:${ip.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0')).join(':')}`;

function ip(lines: readonly string[], namespace?: string): void {
  execFileSync('ip', [...(namespace ? ['-n', namespace] : []), '-batch', '-'], { input: lines.join('\n') });
}

/** The node: a bridge that joins all pods. A bridge without an address of its own would take over one of theirs. */
export function makeNode(): void {
  recordNamespace(NODE_NAMESPACE);
  ip([`netns add ${NODE_NAMESPACE}`]);
  ip([
    'link set lo up',
    `link add br0 address ${hardwareAddress(NODE_ADDRESS)} type bridge forward_delay 0`,
    `addr add ${NODE_ADDRESS}/16 dev br0`,
    'link set br0 up',
  ], NODE_NAMESPACE);
}

/** The network of one pod, or of a client outside the mesh. */
export function makePodNetwork(namespace: string, index: number, kubernetesNamespace: string): { readonly namespace: string; readonly address: string } {
  const address = `10.244.${1 + Math.floor(index / 250)}.${1 + index % 250}`;
  writeNames(namespace, kubernetesNamespace);
  recordNamespace(namespace);
  ip([`netns add ${namespace}`]);
  ip([
    `link add v${index} type veth peer name eth0 address ${hardwareAddress(address)} netns ${namespace}`,
    `link set v${index} master br0 up`,
  ], NODE_NAMESPACE);
  ip([
    'link set lo up',
    `addr add ${address}/16 dev eth0`,
    'link set eth0 up',
    `route add default via ${NODE_ADDRESS}`,
  ], namespace);
  execFileSync('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv4.ip_unprivileged_port_start=0']);
  return { namespace, address };
}

/** `ip netns exec` lays these files over those in /etc. */
function writeNames(namespace: string, kubernetesNamespace: string): void {
  const folder = join('/etc/netns', namespace);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'hosts'), `127.0.0.1 localhost\n${NODE_ADDRESS} istiod.istio-system.svc\n`);
  const search = [`${kubernetesNamespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'].join(' ');
  writeFileSync(join(folder, 'resolv.conf'), `nameserver ${NODE_ADDRESS}\nsearch ${search}\noptions ndots:5 timeout:2 attempts:2\n`);
}
