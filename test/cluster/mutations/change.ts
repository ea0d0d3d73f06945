import type { KubeObject } from '../control/kube-client';

/** One change of one object. */
export interface Change {
  readonly kind: string;
  readonly name: string;
  /** Where, such as `spec/http/0/timeout`. @default - the whole object is gone */
  readonly path?: string;
  /** What stands there then. @default - nothing */
  readonly value?: unknown;
}

/** Puts a value at a place of an object. */
export const set = (kind: string, name: string, path: string, value: unknown): Change => ({ kind, name, path, value });
/** Takes away what is at a place of an object. */
export const drop = (kind: string, name: string, path: string): Change => ({ kind, name, path });
/** Takes away an object. */
export const gone = (kind: string, name: string): Change => ({ kind, name });

const isNode = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A copy with a change in it; a place that is not there fails, for then the change would change nothing. */
function edited(object: KubeObject, { path = '', value }: Change): KubeObject {
  const copy = structuredClone(object);
  const keys = path.split('/');
  const last = keys.pop()!;
  let node: unknown = copy;
  for (const key of keys) node = isNode(node) ? node[key] : undefined;
  if (!isNode(node) || (value === undefined && !(last in node))) throw new Error(`${object.kind} ${object.metadata.name} has no ${path}`);
  if (value !== undefined) node[last] = value;
  else if (Array.isArray(node)) node.splice(Number(last), 1);
  else delete node[last];
  return copy;
}

const isOf = ({ kind, name }: Change) => (object: KubeObject): boolean => object.kind === kind && object.metadata.name === name;

/** Objects as changes make them. */
export function changed(objects: readonly KubeObject[], changes: readonly Change[]): KubeObject[] {
  return changes.reduce<KubeObject[]>((before, change) => {
    if (!before.some(isOf(change))) throw new Error(`there is no ${change.kind} ${change.name}`);
    const others = before.filter((object) => !isOf(change)(object));
    const of = before.filter(isOf(change));
    return change.path === undefined ? others : [...others, ...of.map((object) => edited(object, change))];
  }, [...objects]);
}

/** Of objects, those that changes are about. */
export const concerned = (objects: readonly KubeObject[], changes: readonly Change[]): KubeObject[] =>
  objects.filter((object) => changes.some((change) => isOf(change)(object)));
