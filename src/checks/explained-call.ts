import { changedFields, fieldName } from '../graph/changed-fields';
import { hasLines } from '../graph/json';
import { ObjectInFile, RenderedFiles, documentsIn, isManifest } from './rendered';
import { Snapshot, snapshotsOf } from './snapshot';

/** A field that a call makes. */
export interface MadeField {
  /** Its file below the rendered folder. */
  readonly file: string;
  /** Its object; none in files beside the manifests. */
  readonly object?: Pick<ObjectInFile, 'apiVersion' | 'kind' | 'namespace' | 'name'>;
  /** The field; empty for a whole object or file, or for a text without fields. */
  readonly field: string;
  /** What it is with the call; undefined where it is not there. Of two texts of several lines those that the other has not. */
  readonly value?: unknown;
  /** What it would be without the call; undefined where it would not be there. */
  readonly otherwise?: unknown;
}

/**
 * What some calls make: all that is otherwise in what the app renders without them. Experiments, which are copies, are left out.
 * @throws ConfigurationError where a file is not what a synth writes
 */
export function madeFields(rendered: RenderedFiles, without: RenderedFiles): readonly MadeField[] {
  const paths = [...new Set([...rendered.keys(), ...without.keys()])]
    .filter((path) => !path.startsWith('experiments/') && rendered.get(path) !== without.get(path)).sort();
  const [now, less] = [rendered, without].map((files) => new Map([...files].filter(([path]) => paths.includes(path))));
  const beside = paths.filter((path) => !isManifest(path)).flatMap((file) => fieldsOf(file, less.get(file), now.get(file)));
  return [...ofObjects(snapshotsOf(now), snapshotsOf(less)), ...beside];
}

function ofObjects(now: ReadonlyMap<string, Snapshot>, less: ReadonlyMap<string, Snapshot>): readonly MadeField[] {
  return [...new Set([...now.keys(), ...less.keys()])].sort().flatMap((environment) => {
    const [has, lacks] = [now, less].map((snapshots) => snapshots.get(environment) ?? new Snapshot([]));
    const gone = lacks.objects.filter((each) => !has.find(each));
    return [
      ...has.objects.flatMap((object) => differences(object, lacks.find(object)?.content, object.content)),
      ...gone.flatMap((object) => differences(object, object.content, undefined)),
    ];
  });
}

function differences({ file, apiVersion, kind, namespace, name }: ObjectInFile, without: unknown, now: unknown): readonly MadeField[] {
  return changedFields(without, now).map(({ path, was, is }) => {
    const [value, otherwise] = hasLines(was) && hasLines(is) ? [linesBeside(is, was), linesBeside(was, is)] : [is, was];
    return { file, object: { apiVersion, kind, namespace, name }, field: fieldName(path), value, otherwise };
  });
}

/** The lines of one text that the other has not. */
function linesBeside(text: string, other: string): string {
  const lines = new Set(other.split('\n'));
  return text.split('\n').filter((line) => !lines.has(line)).join('\n');
}

/** Of a file beside the manifests: its fields where it has some, else its lines. */
function fieldsOf(file: string, without: string | undefined, now: string | undefined): readonly MadeField[] {
  const [had, has] = [without, now].map((text) => (text === undefined ? undefined : parsed(file, text)));
  return changedFields(had, has).map(({ path, was, is }) =>
    ({ file, field: Array.isArray(has) ? `line ${Number(path[0]) + 1}` : fieldName(path), value: is, otherwise: was }));
}

function parsed(file: string, text: string): unknown {
  if (file.endsWith('.json')) return JSON.parse(text);
  return /\.ya?ml$/.test(file) ? documentsIn(file, text)[0] : text.split('\n');
}
