import { isDeepStrictEqual } from 'node:util';
import { fieldName, isWithin } from '../graph/changed-fields';
import { invalid } from '../graph/configuration-error';
import { textAt } from '../graph/json';
import { SourceMap, TracedCall, TracedField, TracedObject } from '../graph/source-map';
import { fieldAt } from './field-at';
import { RenderedFiles, documentsIn } from './rendered';

/** What made something, and where in the source that stands. */
export interface Origin {
  /** Construct path. */
  readonly construct: string;
  /** `src/main.ts:12:3`; not known of objects that the library did not make. */
  readonly place?: string;
}

/** What else than its construct made a field: a call, or a JSON patch. */
export interface Cause extends Origin {
  /** @default - a JSON patch */
  readonly call?: TracedCall;
}

/** Where a line of a rendered file comes from. */
export interface ExplainedLine {
  /** Path below the rendered folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The object that it is in; none in the description of an experiment. */
  readonly object?: Pick<TracedObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>;
  /** The field: `spec.http[0].retries.attempts`. */
  readonly field: string;
  readonly value: unknown;
  /** What made the object: in a file of an experiment the experiment, which changed it or made it anew. */
  readonly origin: Origin;
  /** The same object as it runs, in a file of an experiment. */
  readonly running?: Origin;
  /** What made the field; empty where the construct did by itself. Undefined where the object is not as the app renders it, and nothing is known. */
  readonly causes?: readonly Cause[];
  /** What made parts of the field, each once. Undefined where nothing is known. */
  readonly inside?: readonly Cause[];
}

/**
 * Says where a line of a rendered file comes from.
 * @param text the file, as it stands there
 * @param fresh what the app renders now
 * @returns undefined for a line that belongs to no object
 * @throws ConfigurationError where the file is no YAML, and where the app does not render the object any more
 */
export function explainedLine(file: string, text: string, line: number, fresh: RenderedFiles, map: SourceMap): ExplainedLine | undefined {
  const found = fieldAt(file, text, line);
  if (!found) return undefined;
  const { content, value, path } = found;
  const said = { file, line, field: fieldName(path), value };
  const object = objectOf(content);
  const experiment = map.experiments.find(({ folder }) => file.startsWith(`${folder}/`));
  if (experiment) {
    const [environment] = experiment.construct.split('/');
    const twin = object && tracedAs(object, map, (each) => each.file.startsWith(`${environment}/`));
    return { ...said, object, origin: originOf(experiment), running: twin && originOf(twin), causes: [], inside: [] };
  }
  const [environment] = file.split('/');
  const traced = object && (tracedAs(object, map, (each) => each.file === file) ?? tracedAs(object, map, (each) => each.file.startsWith(`${environment}/`)));
  if (!traced) {
    const { kind, namespace, name } = object ?? { kind: 'a document', namespace: '', name: 'without a kind and a name' };
    invalid(file, `object must be one that the app renders, got ${kind} ${[namespace, name].filter((part) => part !== '').join('/')}; run meshmart synth`);
  }
  const asRendered = isDeepStrictEqual(contentOf(traced, fresh), content);
  const known = asRendered ? { causes: causesOf(said.field, traced, map), inside: causesInside(said.field, traced, map) } : {};
  return { ...said, object, origin: originOf(traced), ...known };
}

/** What made a field: who made the smallest part that it is in. */
function causesOf(field: string, { fields }: TracedObject, map: SourceMap): readonly Cause[] {
  const around = fields.filter((each) => isWithin(field, each.field));
  const nearest = Math.max(...around.map((each) => each.field.length));
  return around.filter((each) => each.field.length === nearest)
    .map((each) => causeOf(each, map));
}

function causesInside(field: string, { fields }: TracedObject, map: SourceMap): readonly Cause[] {
  const inside = fields.filter((each) => each.field !== field && isWithin(each.field, field));
  return [...new Map(inside.map((each) => [`${each.call} ${each.place}`, causeOf(each, map)])).values()];
}

function causeOf({ construct, place, call }: TracedField, map: SourceMap): Cause {
  return { construct, place, call: call === undefined ? undefined : map.calls[call] };
}

function originOf({ construct, place }: Origin): Origin {
  return { construct, place };
}

function objectOf(content: unknown): ExplainedLine['object'] {
  const [apiVersion, kind, name] = ['apiVersion', 'kind', 'metadata.name'].map((path) => textAt(content, path));
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  return { apiVersion, kind, namespace: textAt(content, 'metadata.namespace') ?? '', name };
}

function tracedAs(object: NonNullable<ExplainedLine['object']>, { objects }: SourceMap, where: (each: TracedObject) => boolean): TracedObject | undefined {
  return objects.find((each) => where(each) && isDeepStrictEqual({ ...object }, pick(each)));
}

function pick({ apiVersion, kind, namespace, name }: TracedObject): ExplainedLine['object'] {
  return { apiVersion, kind, namespace, name };
}

function contentOf(traced: TracedObject, fresh: RenderedFiles): unknown {
  return documentsIn(traced.file, fresh.get(traced.file) ?? '').find((each) => isDeepStrictEqual(objectOf(each), pick(traced)));
}
