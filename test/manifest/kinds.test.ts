import { readFileSync } from 'node:fs';
import { App, Chart, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import fc from 'fast-check';
import { jsonNames } from '../../imports/json-names';
import { Field, L1, fieldsIn } from '../../scripts/json-names';
import { Manifest } from '../../src';
import { kinds } from '../../src/manifest/kinds';
import { Kind, Scalar, TypedKind } from '../../src/manifest/typed-kind';
import { runs } from '../property/runs';

const all = Object.entries(kinds) as readonly (readonly [string, TypedKind<object>])[];
const sources = new Map<string, ReturnType<typeof fieldsIn>>();

function fieldsOf(module: string, type: string): readonly Field[] {
  const known = sources.get(module) ?? fieldsIn(readFileSync(module === 'k8s' ? L1 : `imports/${module}.ts`, 'utf8'));
  sources.set(module, known);
  const fields = known.get(type);
  if (fields === undefined) throw new Error(`${module} has no type ${type}`);
  return fields;
}

const text = fc.constantFrom('a', '1', 'clusterIp', 'true', '');
/** What a field of a typed value may be called in a map, where nothing may be renamed. */
const label = fc.constantFrom('a', 'value', 'hostIp', 'clusterIp', 'repoUrl', 'names', 'metadata');
const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(undefined));
const scalar = fc.oneof(fc.constantFrom<unknown>(k8s.Quantity.fromString('1Gi'), k8s.IntOrString.fromNumber(1)), text.map((value) => new Scalar(value)));

/** Some fields of a type, mostly those that are called otherwise in JSON or lead there. */
function typed(module: string, type: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = fieldsOf(module, type).filter(({ conversion, name }) => !conversion.includes('toISOString') && name !== 'metadata');
  const deep = fields.filter((field) => depth > 0 || field.type === undefined);
  const renamed = deep.filter((field) => field.name !== field.json || jsonNames[`${module}/${field.type}`] !== undefined);
  const some = (of: readonly Field[], most: number) => fc.subarray([...of], { maxLength: Math.min(most, of.length) });
  return fc.tuple(some(deep, 3), some(renamed, 4)).chain(([any, others]) => {
    const chosen = [...new Map([...any, ...others].map((field) => [field.name, value(module, field, depth - 1)]))];
    return fc.record(Object.fromEntries(chosen), { noNullPrototype: true });
  });
}

function value(module: string, { type, holds, conversion }: Field, depth: number): fc.Arbitrary<unknown> {
  const one = type === undefined ? (conversion.includes('?.value') ? scalar : leaf) : typed(module, type, depth);
  if (holds === 'one') return one;
  if (holds === 'list') return fc.array(one, { maxLength: 2 });
  return fc.dictionary(label, conversion.includes('.map(') ? fc.array(one, { maxLength: 2 }) : one, { noNullPrototype: true });
}

const asRendered = (kind: Kind<object>, props: object): unknown =>
  new Manifest(new Chart(new App(), 'chart'), 'object', kind, { name: 'x' }, () => props).toJson();
/** By the conversion of the class, as an object of a kind that is known by its class alone. */
const asTheClass = ({ GVK, load }: TypedKind<object>, props: object): unknown => asRendered({ GVK, manifest: (each) => load().manifest(each) }, props);

test.each(all)('%s is what its class makes of it, field by field and in their order', (_, kind) => {
  const [module, type] = kind.type.split('/');
  fc.assert(fc.property(typed(module, type, 7), (props) => {
    expect(JSON.stringify(asRendered(kind, props))).toBe(JSON.stringify(asTheClass(kind, props)));
  }), runs(60));
});

test('every kind has the version of its class, but those that are stable since', () => {
  const different = all.filter(([, kind]) => kind.GVK.apiVersion !== kind.load().GVK.apiVersion).map(([name]) => name);
  expect(different).toEqual(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']);
  expect(all.filter(([name, kind]) => kind.GVK.kind !== name)).toEqual([]);
});

test('names of labels and of data are nobody else\'s', () => {
  const data = { clusterIp: '1', hostIp: '2', value: '3' };
  expect(asRendered(kinds.ConfigMap as TypedKind<object>, { data })).toMatchObject({ data });
  const service = asRendered(kinds.Service as TypedKind<object>, { spec: { selector: data, clusterIp: 'None' } });
  expect(service).toMatchObject({ spec: { selector: data, clusterIP: 'None' } });
});

test('what only cdk8s can render goes through the class', () => {
  const clusterIp = Lazy.any({ produce: () => ({ resolve: () => 'None' }) });
  expect(asRendered(kinds.Service as TypedKind<object>, { spec: { clusterIp } })).toMatchObject({ spec: { clusterIP: 'None' } });
});

test('an object without a prototype is no number and no text', () => {
  const info = Object.assign(Object.create(null), { value: '1' });
  expect(asRendered(kinds.Application as TypedKind<object>, { spec: { info: [info] } })).toMatchObject({ spec: { info: [{ value: '1' }] } });
});

test('a field that is an instance of some class is refused as cdk8s refuses it', () => {
  expect(() => asRendered(kinds.ConfigMap as TypedKind<object>, { data: { when: new Date(0) } })).toThrow(/can't render non-simple object of type 'Date'/);
});

test('what has no field is refused as the class refuses it', () => {
  expect(() => asRendered(kinds.Role as TypedKind<object>, { rules: [null, { verbs: ['get'] }] })).toThrow(TypeError);
});

test('the class decides on the order where CDK8S_DISABLE_SORT asks for none', () => {
  process.env.CDK8S_DISABLE_SORT = '1';
  try {
    const props = { spec: { selector: { b: '1', a: '2' }, clusterIp: 'None', ports: [{ targetPort: new Scalar(1), port: 1, name: 'http' }] } };
    const [ours, theirs] = [asRendered, asTheClass].map((render) => JSON.stringify(render(kinds.Service as TypedKind<object>, props)));
    expect(ours).toBe(theirs);
  } finally {
    delete process.env.CDK8S_DISABLE_SORT;
  }
});
