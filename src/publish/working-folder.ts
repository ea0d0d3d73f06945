import { lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { invalid } from '../graph/configuration-error';
import { named, orRefuse } from '../manifest/folder-error';
import { PUBLICATION, Publication, publicationIn, publicationSchemaVersion, textOfPublication } from './publication';

/** Files are written here first and renamed: above every folder that Argo CD reads, so that a killed write is never applied. */
const NEXT = `${PUBLICATION}.next`;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text of a file, or nothing where there is none.
 * @param path below the folder, with `/`
 * @throws ConfigurationError where the way leads over a symbolic link, and for what is no file or not UTF-8
 */
export function textIn(folder: string, path: string): string | undefined {
  const steps = path.split('/');
  for (const [index] of steps.entries()) {
    const place = join(folder, ...steps.slice(0, index + 1));
    const found = orRefuse(place, 'file cannot be read', () => lstatSync(place, { throwIfNoEntry: false }));
    if (found?.isDirectory()) continue;
    if (found && !found.isFile()) invalid(named(place), 'must be a plain file or folder, got another one, a symbolic link for example; put a file there');
    if (!found || index < steps.length - 1) return undefined;
    const content = orRefuse(place, 'file cannot be read', () => readFileSync(place));
    return orRefuse(place, 'file must be UTF-8, as manifests are', () => utf8.decode(content));
  }
  return undefined;
}

/** Writes a file so that at every moment the old one stands or the new one, or removes it and the folders that it leaves empty. */
export function replaceIn(folder: string, path: string, text: string | undefined): void {
  const file = join(folder, path);
  orRefuse(file, 'file cannot be replaced', () => {
    if (text === undefined) {
      rmSync(file, { force: true });
      removeEmptyFolders(folder, dirname(path));
      return;
    }
    mkdirSync(dirname(file), { recursive: true });
    const next = join(folder, NEXT);
    try {
      writeFileSync(next, text);
      renameSync(next, file);
    } catch (error) {
      rmSync(next, { force: true }); // a full disk should not stay full
      throw error;
    }
  });
}

/**
 * The record of a published folder; one without experiments where nobody published with provenance. What a killed process
 * had not renamed yet is removed.
 */
export function recoverRecord(folder: string): Publication {
  const found = orRefuse(folder, 'published folder cannot be read', () => lstatSync(folder, { throwIfNoEntry: false }));
  if (!found?.isDirectory()) invalid(named(folder), 'published folder must be a folder, got none; check out the branch that was published to');
  orRefuse(join(folder, NEXT), 'unfinished file cannot be removed', () => rmSync(join(folder, NEXT), { force: true }));
  const text = textIn(folder, PUBLICATION);
  return text === undefined ? { schemaVersion: publicationSchemaVersion, experiments: [] } : publicationIn(join(named(folder), PUBLICATION), text);
}

/** Writes the record, or removes it where it says nothing. */
export function writeRecord(folder: string, publication: Publication): void {
  const empty = publication.provenance === undefined && publication.experiments.length === 0;
  replaceIn(folder, PUBLICATION, empty ? undefined : textOfPublication(publication));
}

function removeEmptyFolders(root: string, path: string): void {
  for (let folder = path; folder !== '.'; folder = dirname(folder)) {
    const place = join(root, folder);
    const stands = lstatSync(place, { throwIfNoEntry: false })?.isDirectory();
    if (stands && readdirSync(place).length > 0) return;
    if (stands) rmdirSync(place);
  }
}
