import { ApiObject, App, ImplicitTokenResolver, LazyResolver, NumberStringUnionResolver } from 'cdk8s';

/** Values that only cdk8s itself resolves or refuses: lazy ones, tokens, typed ones, functions, classes. */
const unusual = Symbol('unusual');
const usualResolvers = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];
const first: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** What `toJson()` of an object gives, in one pass where it is that of `ApiObject` itself and there are no patches. */
export function rendered(object: ApiObject): unknown {
  const isOwn = object.toJson === ApiObject.prototype.toJson;
  const [props, patches]: readonly unknown[] = isOwn ? [Reflect.get(object, 'props'), Reflect.get(object, 'patches')] : [];
  const isKnown = isRecord(props) && Array.isArray(patches) && patches.length === 0; // a version of cdk8s that has them elsewhere renders itself
  return (isKnown ? plainJson(object, props) : undefined) ?? (object.toJson() as unknown);
}

/**
 * What `ApiObject.toJson()` gives for an object of these props without patches, in one pass: cdk8s asks three resolvers about each value, each time
 * looking up the app, and copies everything twice.
 *
 * @returns undefined where the app has resolvers of its own or a value is unusual; then cdk8s' own way is the one
 */
export function plainJson(object: ApiObject, props: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  if (!hasUsualResolvers(App.of(object))) return undefined;
  const isSorted = !process.env.CDK8S_DISABLE_SORT;
  const metadata: unknown = metadataOf(object);
  const plain = metadata === unusual ? unusual : plainValue({ ...props, metadata }, isSorted);
  if (plain === unusual || !isRecord(plain)) return undefined;
  const inOrder: Record<string, unknown> = {};
  for (const key of first) if (key in plain) inOrder[key] = plain[key];
  for (const key of Object.keys(plain)) if (!first.includes(key)) inOrder[key] = plain[key];
  return inOrder;
}

/** Keys in the order of code units, as `sort` has them; most come so. */
export function sortedKeys(value: object): string[] {
  const keys = Object.keys(value);
  for (let index = 1; index < keys.length; index++) {
    if (keys[index] < keys[index - 1]) return keys.sort();
  }
  return keys;
}

function hasUsualResolvers({ resolvers }: App): boolean {
  return resolvers.length === usualResolvers.length && resolvers.every((each, index) => each.constructor === usualResolvers[index]);
}

/** Errors have the words that cdk8s gives them when it meets them itself. */
function metadataOf(object: ApiObject): unknown {
  try {
    return object.metadata.toJson();
  } catch {
    return unusual;
  }
}

function plainValue(value: unknown, isSorted: boolean): unknown {
  switch (typeof value) {
    case 'string': case 'number': case 'boolean': case 'undefined': return value;
    case 'object': break;
    default: return unusual;
  }
  if (value === null) return undefined;
  if (value.constructor === Object) return plainObject(value, isSorted);
  return Array.isArray(value) && value.constructor === Array ? plainList(value, isSorted) : unusual;
}

function plainList(list: readonly unknown[], isSorted: boolean): unknown {
  const plain: unknown[] = [];
  for (const each of list) {
    const value = plainValue(each, isSorted);
    if (value === unusual) return unusual;
    plain.push(value);
  }
  return plain;
}

function plainObject(source: object, isSorted: boolean): unknown {
  const plain: Record<string, unknown> = {};
  for (const key of isSorted ? sortedKeys(source) : Object.keys(source)) {
    if (key === '__proto__') return unusual;
    const value = plainValue(Reflect.get(source, key), isSorted);
    if (value === unusual) return unusual;
    if (value !== undefined) plain[key] = value;
  }
  return plain;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
