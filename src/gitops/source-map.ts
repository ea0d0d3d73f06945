import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { changedFields, fieldName, isWithin } from '../graph/changed-fields';
import { Edge } from '../graph/edge';
import { EdgeTrace } from '../graph/edge-trace';
import { textAt } from '../graph/json';
import { SourceMap, TracedCall, TracedField, TracedObject } from '../graph/source-map';
import { placeOf, tracedFile } from '../graph/trace';
import { orRefuse } from '../manifest/folder-error';
import { Manifest } from '../manifest/manifest';
import { Environment } from '../mesh/environment';
import { Experiment } from './experiments/experiment';
import { componentOf, fileOf } from './layout';

/** Writes where everything of an app that was rendered comes from. */
export function writeSourceMap(file: string, app: IConstruct): void {
  const text = `${JSON.stringify(sourceMapOf(app), null, 1)}\n`;
  orRefuse(file, 'source map cannot be written', () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  });
}

/** Where everything of an app comes from; places are known of what was made while a source map was asked for. */
export function sourceMapOf(app: IConstruct): SourceMap {
  const constructs = app.node.findAll();
  const environments = constructs.filter((each) => each instanceof Environment);
  const edges = environments.flatMap(({ graph: { trace } }) => trace?.edges.filter((edge) => trace.causesOf(edge).includes(edge)) ?? []);
  const numbers = new Map(edges.map((edge, index) => [edge, index]));
  return {
    version: 1,
    calls: edges.map(callOf),
    objects: constructs.filter((each) => ApiObject.isApiObject(each)).map((object) => tracedObject(object, numbers)),
    experiments: constructs.filter((each) => each instanceof Experiment)
      .map((each) => ({ folder: each.folder, construct: each.node.path, place: placeOf(each) })),
  };
}

function callOf(edge: Edge): TracedCall {
  const { caller, callee, operations, port } = edge;
  const ids = [`${caller.namespace}/${caller.name}`, callee.external ? callee.host : `${callee.namespace}/${callee.name}`] as const;
  return { caller: caller.path, callee: callee.path, ids, operations, port, place: placeOf(edge) };
}

function tracedObject(object: ApiObject, numbers: ReadonlyMap<Edge, number>): TracedObject {
  const file = fileOf(componentOf(object));
  const content: unknown = object.toJson();
  return {
    file,
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: textAt(content, 'metadata.namespace') ?? '',
    name: object.name,
    construct: object.node.path,
    place: placeOf(object),
    fields: [undefined, file].includes(tracedFile()) ? [...fieldsOfCalls(object, content, numbers), ...fieldsOfPatches(object)] : [],
  };
}

/** What an object has by each call that it asks for, and by calls between two that would each do. */
function fieldsOfCalls(object: ApiObject, content: unknown, numbers: ReadonlyMap<Edge, number>): readonly TracedField[] {
  const trace = object.node.scopes.find((each) => each instanceof Environment)?.graph.trace;
  if (!trace) return [];
  const { edges } = trace.watch(() => object.toJson() as unknown);
  const fieldsBy = (some: readonly Edge[]): readonly string[] => fieldsWithout(trace, some, object, content);
  const single = new Map(edges.map((edge) => [edge, fieldsBy([edge])]));
  return edges.flatMap((edge) => {
    const together = edges.filter(({ caller, callee }) => caller === edge.caller && callee === edge.callee);
    const known = together.flatMap((each) => single.get(each)!);
    const shared = together.length === 1 ? [] : fieldsBy(together).filter((field) => !known.some((each) => isWithin(field, each) || isWithin(each, field)));
    return [...single.get(edge)!, ...shared].map((field): TracedField =>
      ({ field, construct: edge.caller.path, place: placeOf(edge), call: numbers.get(edge)! }));
  });
}

/** Fields that an object would not have, or have otherwise, without some edges: all of it where it cannot be without. */
function fieldsWithout(trace: EdgeTrace, edges: readonly Edge[], object: ApiObject, content: unknown): readonly string[] {
  try {
    const without: unknown = trace.without(edges, () => object.toJson());
    return changedFields(without, content).filter(({ is }) => is !== undefined).map(({ path }) => fieldName(path));
  } catch {
    return ['']; // an Ingress of no route: it was made with the edge, and nothing can render it without
  }
}

/** The library's own patches are its construct's: they have no other place. */
function fieldsOfPatches(object: ApiObject): readonly TracedField[] {
  const effects = isManifest(object) ? object.patchEffects().filter(({ patch }) => placeOf(patch) !== placeOf(object)) : [];
  return effects.flatMap(({ patch, was, is }) => changedFields(was, is).filter((each) => each.is !== undefined)
    .map(({ path }) => ({ field: fieldName(path), construct: object.node.path, place: placeOf(patch) })));
}

function isManifest(object: ApiObject): object is Manifest<unknown> {
  return object instanceof Manifest;
}
