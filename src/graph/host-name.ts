import { isIPv4 } from 'node:net';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const labels = new RegExp(`^${label}(\\.${label})*$`);

/** Whether it is a DNS name: labels with dots between them, at most 253 characters, and no IP address. */
export function isDnsName(host: string): boolean {
  return host.length <= 253 && labels.test(host) && !isIPv4(host); // one of version 6 has colons
}

/** Hosts as an AuthorizationPolicy has to name them, since a client may say the port too. Source: Istio, AuthorizationPolicy `hosts`. */
export function withAnyPort(hosts: readonly string[]): string[] {
  return hosts.flatMap((host) => [host, `${host}:*`]);
}
