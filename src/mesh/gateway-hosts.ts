import { Construct } from 'constructs';
import { isDnsName } from '../graph/host-name';
import { reject } from '../manifest/reject';

/** Which of a gateway's hosts something is for. */
export interface GatewayHosts {
  /** Hosts of the gateway. @default - all */
  readonly hosts?: readonly string[];
}

/** Refuses hosts that no gateway can answer for. */
export function checkHosts(gateway: Construct, hosts: readonly string[]): void {
  if (hosts.length === 0) reject(gateway, 'hosts must name at least one, got none');
  for (const host of hosts) {
    if (host !== '*' && !isDnsName(host.replace(/^\*\./, ''))) reject(gateway, `host must be a DNS name, *.<name> or *, got '${host}'`);
  }
}

/** Those of a gateway's hosts that are meant. */
export function chosenHosts(gateway: Construct, all: readonly string[], { hosts = all }: GatewayHosts): readonly string[] {
  if (hosts.length === 0) reject(gateway, 'hosts must name at least one of the gateway, got none; leave it out for all');
  const unknown = hosts.find((host) => !all.includes(host));
  if (unknown !== undefined) reject(gateway, `unknown host, got '${unknown}'; it has ${all.join(', ')}`);
  return hosts;
}

/** Name of an object that is for a host. */
export function nameOfHost(host: string): string {
  return host.replace('*', 'any').replaceAll('.', '-');
}
