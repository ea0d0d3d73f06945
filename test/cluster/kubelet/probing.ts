import type { Steering } from '../run/steering';
import { portNumber, type Pod, type Probe } from './pod';

/** Asks a container as the kubelet would, from the node. Programs are not run here, so `exec` is taken for granted. */
export async function passes(node: Steering, pod: Pod, address: string, probe: Probe): Promise<boolean> {
  const at = (port: number | string): string => `${address}:${portNumber(pod, port)}`;
  if (probe.httpGet) {
    const { path = '/', port, httpHeaders = [] } = probe.httpGet;
    const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
    const [{ status }] = await node.call({ protocol: 'http', address: at(port), path, headers, timeoutMs: 1000 });
    return status >= 200 && status < 400;
  }
  if (probe.grpc) {
    const [{ grpc }] = await node.call({ protocol: 'grpc', address: at(probe.grpc.port), path: '/grpc.health.v1.Health/Check', timeoutMs: 1000 });
    return grpc === 0;
  }
  if (probe.tcpSocket) {
    const [{ error }] = await node.call({ protocol: 'tcp', address: at(probe.tcpSocket.port), timeoutMs: 1000 });
    return error === '';
  }
  return true;
}
