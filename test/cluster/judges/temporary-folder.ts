import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../control/kube-client';

/** Gives a folder to a function and removes it when that has ended. */
export function inTemporaryFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-judge-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Gives a file of objects to a function. */
export function onDisk<T>(objects: readonly KubeObject[], use: (file: string) => T): T {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'objects.yaml');
    writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    return use(file);
  });
}
