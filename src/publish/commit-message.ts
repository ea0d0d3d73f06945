import { posix } from 'node:path';
import { TRAILER } from '../checks/transition-exceptions';
import { Changes } from './hand-edits';
import { Provenance, PUBLICATION, hashOf } from './publication';

/** What a commit message tells. */
export interface Told {
  /** Published path; empty for all of the repository. */
  readonly path: string;
  readonly provenance: Provenance;
  /** Text of the record. */
  readonly record: string;
  readonly changes: Changes;
  /** Objects of all manifests, read back. */
  readonly objects: number;
  /** `<object>: <reason>`. */
  readonly exceptions: readonly string[];
}

/** Message of a commit: what changed, and as trailers where it comes from. */
export function messageOf({ path, provenance, record, changes, objects, exceptions }: Told): string {
  const { source, versions, files } = provenance;
  const place = path === '' ? '.' : path;
  const from = source.dirty ? `${short(source.commit)} with changes` : short(source.commit);
  const trailers: readonly (readonly [key: string, value: string])[] = [
    ['Published-Path', place],
    ...(source.repository === undefined ? [] : [['Source-Repository', source.repository] as const]),
    ['Source-Commit', source.commit],
    ['Source-Dirty', String(source.dirty)],
    ...Object.entries(versions).map(([name, version]) => ['Published-With', `${name} ${version}`] as const),
    ['Publication-SHA256', hashOf(record)],
    ...changes.adopted.map((file) => ['Adopted', file] as const),
    ...exceptions.map((exception) => [TRAILER, exception] as const),
  ];
  return [
    `Publish ${oneLine(place)} from ${from}`,
    '',
    `${changes.write.size} files written, ${changes.remove.length} removed: ${objects} objects in ${Object.keys(files).length} files.`,
    `Every file with its hash is listed in ${oneLine(posix.join(place, PUBLICATION))}.`,
    '',
    ...trailers.map(([key, value]) => `${key}: ${oneLine(value)}`),
    '',
  ].join('\n');
}

function short(commit: string): string {
  return commit.slice(0, 12);
}

/** A line end would end the trailer. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
