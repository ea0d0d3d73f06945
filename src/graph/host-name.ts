import { isIP } from 'node:net';

/** Whether it is a DNS name: labels with dots between them, at most 253 characters, and no IP address. */
export function isDnsName(host: string): boolean {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
  return host.length <= 253 && isIP(host) === 0 && new RegExp(`^${label}(\\.${label})*$`).test(host);
}

/** Hosts as an AuthorizationPolicy has to name them, since a client may say the port too. Source: Istio, AuthorizationPolicy `hosts`. */
export function withAnyPort(hosts: readonly string[]): string[] {
  return hosts.flatMap((host) => [host, `${host}:*`]);
}
