import { posix } from 'node:path';
import { nameOf, objectsIn } from '../checks/rendered';
import { invalid } from '../graph/configuration-error';
import { at, listAt, textAt } from '../graph/json';
import { isSameRepository, withoutCredentials } from './address';
import { inRepository } from './publish-path';
import { Files, manifestsIn } from './rendered-folder';

/**
 * Refuses Applications of Argo CD that read a folder of this repository which nobody publishes: they would never sync.
 * @param standing paths of all other files of the repository
 */
export function checkApplicationPaths(repository: string, path: string, files: Files, standing: readonly string[]): void {
  const folders = new Set([...[...files.keys()].map((file) => inRepository(path, file)), ...standing].flatMap(foldersOf));
  for (const application of objectsIn(manifestsIn(files)).filter(({ kind }) => kind === 'Application')) {
    const sources = [at(application.content, 'spec.source'), ...listAt(application.content, 'spec.sources')];
    for (const source of sources) {
      const folder = textAt(source, 'path');
      if (folder === undefined || !isSameRepository(textAt(source, 'repoURL'), repository) || folders.has(posix.join(folder, '.'))) continue;
      invalid(nameOf(application), `Application must read a folder of ${withoutCredentials(repository)}, got ${folder}, which would not be there; ` +
      `publish to the path that it was declared with, got ${path === '' ? '.' : path}`);
    }
  }
}

function foldersOf(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? ['.'] : [folder, ...foldersOf(folder)];
}
