import { isIP } from 'node:net';
import { IConstruct } from 'constructs';
import { reject } from './reject';

/** Refuses what is no address range. @returns how many bits of the address are fixed */
export function checkCidr(construct: IConstruct, what: string, cidr: string): number {
  return bitsOf(cidr) ?? reject(construct, noRange(what, cidr));
}

/** What to say of what is no address range. */
export function noRange(what: string, cidr: string): string {
  return `${what} must be an address range, got '${cidr}'; write for example '203.0.113.0/24'`;
}

/** How many bits of the addresses of a range are fixed; undefined for what is none. */
export function bitsOf(cidr: string): number | undefined {
  const [, address, bits] = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const width = { 4: 32, 6: 128, 0: -1 }[isIP(address ?? '') as 0 | 4 | 6];
  return address === undefined || Number(bits) > width ? undefined : Number(bits);
}
