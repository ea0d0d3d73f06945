import { isIP } from 'node:net';

/** Whether it is a DNS name: labels with dots between them, at most 253 characters, and no IP address. */
export function isDnsName(host: string): boolean {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
  return host.length <= 253 && isIP(host) === 0 && new RegExp(`^${label}(\\.${label})*$`).test(host);
}
