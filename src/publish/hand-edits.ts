import { differences } from '../checks/differences';
import { invalid } from '../graph/configuration-error';
import { Publication, PUBLICATION, Source, hashOf } from './publication';
import { isSameRepository } from './address';
import { Files } from './rendered-folder';

/** Lines of differences that a message shows. */
const SHOWN = 60;

/** What a publish does to a published path. */
export interface Changes {
  /** Files that are written, by their path below the published path. */
  readonly write: Files;
  /** Files that an earlier publish wrote and this one does not have. */
  readonly remove: readonly string[];
  /** Files that somebody edited, and that are taken over. */
  readonly adopted: readonly string[];
}

/** A published path as it is: its record, if there is one, and its files. */
export interface Standing {
  readonly record: Publication | undefined;
  readonly files: Files;
}

/**
 * What must change so that a path holds the files. A file is edited by hand if it is neither what the last publish wrote nor
 * what this one writes: then something would be lost. What no publish wrote stays where it is.
 * @param adopt edited files that may be overwritten or removed
 * @throws ConfigurationError with all that was edited, and how it differs
 */
export function changesTo(place: string, standing: Standing, wanted: Files, adopt: readonly string[]): Changes {
  const written = new Map(Object.entries(standing.record?.provenance?.files ?? {}));
  const edited = [...new Set([...written.keys(), ...wanted.keys()])].sort().filter((path) => {
    const stands = hashIn(standing.files, path);
    return stands !== written.get(path) && stands !== hashIn(wanted, path);
  });
  const refused = edited.filter((path) => !adopt.includes(path));
  if (refused.length > 0) {
    const pick = (files: Files): ReadonlyMap<string, string> => new Map(refused.flatMap((path) => {
      const content = files.get(path);
      return content === undefined ? [] : [[path, content.toString()]];
    }));
    const lines = differences(pick(standing.files), pick(wanted)).split('\n');
    const shown = [...lines.slice(0, SHOWN), ...(lines.length > SHOWN ? [`and ${lines.length - SHOWN} lines more`] : [])];
    invalid(place, `published files must be as they were published, got edits by hand of ${refused.join(', ')}; ` +
    `take them over into the source, or adopt them, and they are lost (- stands there, + would be written)\n${shown.join('\n')}`);
  }
  return {
    write: new Map([...wanted].filter(([path]) => hashIn(standing.files, path) !== hashIn(wanted, path))),
    remove: [...written.keys()].filter((path) => !wanted.has(path) && standing.files.has(path)).sort(),
    adopted: edited,
  };
}

/** @throws ConfigurationError where experiments run, and where the path is that of another source */
export function checkRecord(place: string, record: Publication | undefined, source: Source, adopt: readonly string[]): void {
  const running = record?.experiments.map(({ name }) => name) ?? [];
  if (running.length > 0) invalid(place, `no experiment may run while files are published, got ${running.join(', ')}; stop it first`);
  const other = record?.provenance?.source;
  if (other === undefined || isSameRepository(other.repository, source.repository) || adopt.includes(PUBLICATION)) return;
  const nameOf = ({ repository }: Source): string => repository ?? 'a repository without a remote';
  invalid(place, `path must be published from one repository, got ${nameOf(source)} where ${nameOf(other)} publishes; ` +
  `choose another path, or adopt ${PUBLICATION} to take it over`);
}

function hashIn(files: Files, path: string): string | undefined {
  const content = files.get(path);
  return content === undefined ? undefined : hashOf(content);
}
