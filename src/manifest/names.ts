import { IConstruct } from 'constructs';
import { reject } from './reject';

/** Refuses what is no DNS label: 1-63 lower-case letters, digits and dashes, with a letter or digit at each end. */
export function checkName(construct: IConstruct, what: string, name: string): void {
  if (name.length > 63) reject(construct, `${what} must have at most 63 characters, got ${name.length} in '${name}'; shorten it`);
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    reject(construct, `${what} must be a DNS label (lower-case letters, digits, dashes), got '${name}'`);
  }
}
