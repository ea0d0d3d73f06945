import { ApiObject, ApiObjectMetadataDefinition, App, ImplicitTokenResolver, Lazy, LazyResolver, NumberStringUnionResolver } from 'cdk8s';
import { jsonNames } from '../../imports/json-names';
import { Scalar } from './typed-kind';

/** Values that only cdk8s itself resolves or refuses: tokens, functions, classes. */
const unusual = Symbol('unusual');
const usualResolvers = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];
const first: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/** What becomes of keys, of empty lists and objects, and of an `IntOrString` or a `Quantity`. */
interface Form {
  readonly keysOf: (value: object) => string[];
  readonly keepsEmpty: boolean;
  readonly isTyped: boolean;
}
const sorted: Form = { keysOf: sortedKeys, keepsEmpty: true, isTyped: false };
const asTheyCome: Form = { keysOf: Object.keys, keepsEmpty: true, isTyped: false };
/** Metadata, in whatever order the rest is. */
const withoutEmpty: Form = { keysOf: sortedKeys, keepsEmpty: false, isTyped: false };
const typed: Form = { ...sorted, isTyped: true };

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
 * @param type what the props are in `imports/json-names.ts`; the object is then what its class of cdk8s-plus or `cdk8s import` makes of them
 * @returns undefined where the app has resolvers of its own or a value is unusual; then cdk8s' own way is the one
 */
export function plainJson(object: ApiObject, props: Readonly<Record<string, unknown>>, type?: string): Record<string, unknown> | undefined {
  if (!hasUsualResolvers(App.of(object)) || props.constructor !== Object) return undefined;
  const untyped = process.env.CDK8S_DISABLE_SORT ? asTheyCome : sorted;
  if (type !== undefined && untyped !== sorted) return undefined; // the order is then that of the class
  const form = type === undefined ? untyped : typed;
  const json: Record<string, unknown> = {};
  for (const key of [...first, ...form.keysOf(props).filter((each) => !first.includes(each))]) {
    const value = key === 'metadata' ? plainMetadata(object.metadata) : plainValue(props[key], form, typeOf(type, key));
    if (value === unusual || key === '__proto__') return undefined;
    if (value !== undefined) json[key] = value;
  }
  return json;
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

/** What `toJson()` of metadata gives; a version of cdk8s that has its fields elsewhere renders them itself. */
function plainMetadata(metadata: ApiObjectMetadataDefinition): unknown {
  const { name, namespace } = metadata;
  const { labels, annotations, finalizers, ownerReferences, _additionalAttributes: others } = Object(metadata);
  const isKnown = [labels, annotations, others].every(isRecord) && [finalizers, ownerReferences].every(Array.isArray);
  return isKnown ? plainValue({ ...others, name, namespace, labels, annotations, finalizers, ownerReferences }, withoutEmpty) : unusual;
}

function plainValue(value: unknown, form: Form, type?: string): unknown {
  switch (typeof value) {
    case 'string': case 'number': case 'boolean': case 'undefined': return value;
    case 'object': break;
    default: return unusual;
  }
  if (value === null) return undefined;
  if (value.constructor === Object) return plainObject(type === undefined ? value : inJson(value, type), form, type);
  if (Array.isArray(value) && value.constructor === Array) return plainList(value, form, type);
  if (form.isTyped && isScalar(value)) return plainValue(value.value, form);
  return value instanceof Lazy ? plainValue(produced(value), form, type) : unusual;
}

/** The type of a field, where it or what is in it has fields of other names. @param field as JSON calls it */
function typeOf(type: string | undefined, field: string): string | undefined {
  const types = type === undefined ? undefined : jsonNames[type]?.of;
  return types && Object.hasOwn(types, field) ? types[field] : undefined;
}

/** The same with the names of JSON. */
function inJson(value: object, type: string): object {
  const names = jsonNames[type]?.names;
  if (names === undefined || !Object.keys(names).some((name) => name in value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [Object.hasOwn(names, key) ? names[key] : key, each as unknown]));
}

/** An instance of a class that has a number or a text and nothing else, as those of cdk8s-plus and of `imports/`. */
function isScalar(value: object): value is Scalar {
  if (value instanceof Scalar) return true;
  const [key, ...others] = Object.keys(value);
  return key === 'value' && others.length === 0 && value.constructor !== undefined && ['string', 'number'].includes(typeof Reflect.get(value, key));
}

/** What a lazy value is now; where it fails, cdk8s fails once more, in its own words. */
function produced(value: Lazy): unknown {
  try {
    return value.produce();
  } catch {
    return unusual;
  }
}

function plainList(list: readonly unknown[], form: Form, type: string | undefined): unknown {
  if (!form.keepsEmpty && list.length === 0) return undefined;
  const plain: unknown[] = [];
  for (const each of list) {
    if (each === null && form.isTyped) return unusual;
    const value = plainValue(each, form, type);
    if (value === unusual) return unusual;
    plain.push(value);
  }
  return plain;
}

function plainObject(source: object, form: Form, type: string | undefined): unknown {
  const plain: Record<string, unknown> = {};
  let isEmpty = true;
  for (const key of form.keysOf(source)) {
    if (key === '__proto__') return unusual;
    const value = plainValue(Reflect.get(source, key), form, typeOf(type, key));
    if (value === unusual) return unusual;
    if (value === undefined) continue;
    plain[key] = value;
    isEmpty = false;
  }
  return isEmpty && !form.keepsEmpty ? undefined : plain;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
