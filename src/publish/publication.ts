import { createHash } from 'node:crypto';
import { Ajv, ValidateFunction } from 'ajv';
import { invalid } from '../graph/configuration-error';
import { at } from '../graph/json';
import { problemIn } from '../graph/schema-problem';
import schema from './publication.schema.json';

/** Name of the record, at the top of a published path: no Application of Argo CD reads that level. */
export const PUBLICATION = 'publication.json';

/** Version of the record that this library writes and reads. */
export const publicationSchemaVersion = 1;

/** What one published path of a GitOps repository holds. Its JSON Schema is `publication.schema.json`. */
export interface Publication {
  /** Version of this shape. */
  readonly schemaVersion: number;
  /** Where the files come from. @default - nobody published here, the files came by hand */
  readonly provenance?: Provenance;
  /** Experiments that run, in the order of their start. */
  readonly experiments: readonly RunningExperiment[];
}

/** Where published files come from. */
export interface Provenance {
  /** The commit that they were synthesized from. */
  readonly source: Source;
  /** Version of each tool that had a part in it, `meshmart` for one. */
  readonly versions: Readonly<Record<string, string>>;
  /** SHA-256 of every file that was written, by its path below the published path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A commit. */
export interface Source {
  /** Address of the repository, without credentials. @default - it has no remote called `origin` */
  readonly repository?: string;
  /** Full hash. */
  readonly commit: string;
  /** Whether the working tree had changes that are in no commit. */
  readonly dirty: boolean;
}

/** An experiment that was started and not stopped. */
export interface RunningExperiment {
  /** `<system>/<experiment>`. */
  readonly name: string;
  /** The files that it touches, by their path below the published path. */
  readonly files: Readonly<Record<string, TouchedFile>>;
}

/**
 * A file as it was and as the experiment has it. The former text stands in the record itself: a hash can be checked but not
 * restored from, a history may be shallow or rewritten, and in JSON a line end is an escape that no checkout changes.
 */
export interface TouchedFile {
  /** SHA-256 of the file before. @default - the experiment added it */
  readonly before?: string;
  /** SHA-256 of the file while the experiment runs. @default - the experiment removed it */
  readonly after?: string;
  /** Text of the file before. @default - the experiment added it */
  readonly former?: string;
}

/** SHA-256 of a file, in hexadecimal digits. */
export function hashOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The record as a file. */
export function textOfPublication(publication: Publication): string {
  return `${JSON.stringify(publication, null, 2)}\n`;
}

let validate: ValidateFunction<Publication> | undefined;

/**
 * Reads a record.
 * @param path where it stands, for messages
 * @throws ConfigurationError with the place inside the record, the value and the fix: one of another version, edited, or cut off
 */
export function publicationIn(path: string, text: string): Publication {
  const publication = jsonIn(path, text);
  const version = at(publication, 'schemaVersion');
  if (version !== publicationSchemaVersion) {
    invalid(path, `record must have schemaVersion ${publicationSchemaVersion}, got ${JSON.stringify(version)}; ` +
    'take it anew from the branch that was published to, and the version of meshmart that wrote it');
  }
  validate ??= new Ajv({ verbose: true }).compile<Publication>(schema);
  if (!validate(publication)) return invalid(path, `record is not as it was written, ${problemIn(validate.errors?.at(0))}; ${ANEW}`);
  for (const { name, files } of publication.experiments) {
    for (const [file, { before, former }] of Object.entries(files)) {
      if (former !== undefined && hashOf(former) !== before) {
        invalid(path, `former text of ${file} in experiment ${name} must have the hash ${before}, got ${hashOf(former)}; ${ANEW}`);
      }
    }
  }
  return publication;
}

const ANEW = 'take it anew from the branch that was published to';

function jsonIn(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return invalid(path, `record must be JSON, got ${error instanceof Error ? error.message : String(error)}; ${ANEW}`);
  }
}
