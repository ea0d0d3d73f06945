import { IConstruct } from 'constructs';
import { reject } from '../../manifest/reject';
import { Resources, requestsAndLimits } from '../../workload/quantity';

/** The programs of a `LogStack`, from the store to what reads the nodes. */
export type LogProgram = 'elasticsearch' | 'logstash' | 'filebeat' | 'kibana';

/** What each program runs from, and what it may use. */
export interface LogProgramProps {
  /** Image of the program. */
  readonly image: string;
  /** Requests and limits. */
  readonly resources: Resources;
}

/** Where each program's image is, by the version of all four. */
export type LogImage = (program: LogProgram, version: string) => string;

/** Source: docker-library/official-images; Filebeat has no official image there. */
export const publicImage: LogImage = (program, version) =>
  (program === 'filebeat' ? `docker.elastic.co/beats/filebeat:${version}` : `docker.io/library/${program}:${version}`);

/** The oldest version whose settings these are. Source: Filebeat 8.15, filestream, `file_identity.fingerprint`. */
const oldest = [8, 15, 0];

/** Refuses a version that is none, or whose settings are others. All four must be of one: each reads the older ones alone. */
export function checkVersion(construct: IConstruct, version: string): void {
  const numbers = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);
  const differs = numbers?.findIndex((number, index) => number !== oldest[index]) ?? -1;
  const isOlder = numbers !== undefined && differs >= 0 && numbers[differs] < oldest[differs];
  if (numbers === undefined || isOlder || numbers[0] > 9) {
    reject(construct, `version must be one of Elastic from ${oldest.join('.')} to 9.x, got '${version}'; write for example '8.19.20'`);
  }
}

/** A share of the memory that a program can use at most, in whole MiB. @param resources its requests and limits @param share 0-1 */
export function shareOfMemory(construct: IConstruct, resources: Resources, share: number): number {
  const { limits } = requestsAndLimits(construct, resources);
  const [, digits, unit] = /^([\d.]+)(Ki|Mi|Gi)$/.exec(limits.memory) ?? [];
  const mebibytes = Number(digits) * { Ki: 2 ** -10, Mi: 1, Gi: 2 ** 10 }[unit as 'Ki' | 'Mi' | 'Gi'];
  return Math.floor(mebibytes * share);
}
