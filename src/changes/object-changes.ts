import { ObjectInFile, RenderedFiles, isManifest } from '../checks/rendered';
import { Snapshot } from '../checks/snapshot';
import { FieldChange, fieldChanges } from './field-changes';

/** What became of an object. */
export type ObjectFate = 'added' | 'removed' | 'changed';

/** An object that is not as it was. */
export interface ObjectChange {
  readonly fate: ObjectFate;
  /** As it is now, or as it was where it is gone. */
  readonly object: ObjectInFile;
  /** What differs of one that changed; where it stands is `(file)`. */
  readonly fields: readonly FieldChange[];
}

/** Objects that came, went or changed between two states of one environment, in the order of their files. */
export function objectChanges(before: Snapshot, after: Snapshot): readonly ObjectChange[] {
  const kept = after.objects.flatMap((object): ObjectChange[] => {
    const earlier = before.find(object);
    if (!earlier) return [{ fate: 'added', object, fields: [] }];
    if (earlier === object) return []; // its file is the same, and was read once
    const moved = earlier.file === object.file ? [] : [{ path: '(file)', before: earlier.file, after: object.file }];
    const fields = [...moved, ...fieldChanges(earlier.content, object.content)];
    return fields.length === 0 ? [] : [{ fate: 'changed', object, fields }];
  });
  const gone = before.objects.filter((object) => !after.find(object)).map((object): ObjectChange => ({ fate: 'removed', object, fields: [] }));
  return [...kept, ...gone].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** Files that differ and hold no objects: lists for people, contracts, values, experiments. */
export function otherFiles(before: RenderedFiles, after: RenderedFiles): readonly { readonly path: string; readonly fate: ObjectFate }[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.filter((path) => before.get(path) !== after.get(path) && !isManifest(path))
    .map((path) => ({ path, fate: !before.has(path) ? 'added' : after.has(path) ? 'changed' : 'removed' }));
}

function orderOf({ object: { file, kind, name } }: ObjectChange): string {
  return [file, kind, name].join('\0');
}
