import { spawnSync } from 'node:child_process';
import type { KubeObject } from '../control/kube-client';
import { tool } from '../tools/tools';
import { onDisk } from './temporary-folder';

/** An object that a constraint does not let through. */
export interface Violation { readonly object: string; readonly says: string; readonly action: string }

interface Result {
  readonly msg: string;
  readonly enforcementAction: string;
  readonly violatingObject: KubeObject;
}

/** The API server writes this label itself; gator knows only what it is given. */
function labelled(object: KubeObject): KubeObject {
  if (object.kind !== 'Namespace') return object;
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } } };
}

/** What Gatekeeper says of objects, by the templates and constraints among them. */
export function violations(objects: readonly KubeObject[]): Violation[] {
  return onDisk(objects.map(labelled), (file) => {
    const { stdout, stderr } = spawnSync(tool('gator'), ['test', '--filename', file, '--output', 'json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (!/^(\[|null)/.test(stdout)) throw new Error(`gator gives no report: ${stderr || stdout}`);
    const results: Result[] = JSON.parse(stdout) ?? [];
    return results.map(({ msg, enforcementAction, violatingObject: { kind, metadata } }) => (
      { object: `${kind} ${metadata.namespace}/${metadata.name}`, says: msg, action: enforcementAction }));
  });
}
