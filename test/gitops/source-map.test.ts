import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, JsonPatch } from 'cdk8s';
import { EgressGateway, Environment, ExternalService, GitOpsApp, MeshNamespace, MeshedMicroservice, NginxIngress, Operation, Port } from '../../src';
import { SourceMap } from '../../src/graph/source-map';
import { traceVariables } from '../../src/graph/trace';
import { temporaryFolder } from './trees';

const folder = temporaryFolder();
const here = readFileSync(__filename, 'utf8').split('\n');
let count = 0;

/** The place of the only line that has this text, as a source map has it, without its column. */
function placeOf(text: string): string {
  const lines = here.flatMap((line, index) => (line.includes(text) && !line.includes('placeOf(') ? [index + 1] : []));
  expect([text, lines]).toEqual([text, [expect.any(Number)]]);
  return `test/gitops/source-map.test.ts:${lines[0]}`;
}

const withoutColumn = (place: string | undefined): string | undefined => place?.replace(/:\d+$/, '');
const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
const container = { image: 'registry.example/app:1.0.0', port: Port.http(80), resources };

function build(app: GitOpsApp, left: 'read' | 'bank' | 'home' | undefined = undefined): void {
  const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop');
  const cart = new MeshedMicroservice(shop, 'cart', { // made here: cart
    ...container, operations: { read: Operation.http('GET', '/cart'), empty: Operation.http('POST', '/empty') },
  });
  const web = new MeshedMicroservice(shop, 'web', { ...container, operations: { home: Operation.http('GET', '/') } });
  const egress = new EgressGateway(shop, 'egress', { resources });
  const bank = new ExternalService(shop, 'bank', { host: 'bank.example.com', port: Port.tls(443), through: { gateway: egress, port: 9443 } });
  if (left !== 'read') web.calls(cart, { operations: ['read'], timeout: Duration.seconds(2), env: (to) => ({ CART: to.url() }) }); // written here: read
  if (left !== 'read') web.calls(cart, { operations: ['empty'] }); // written here: empty
  if (left !== 'bank') web.calls(bank, { port: 'tls' }); // written here: bank
  if (left !== 'home') new NginxIngress(shop, 'nginx', { hosts: ['shop.example.com'] }).routes(web, { operations: ['home'] }); // written here: home
  cart.service?.addJsonPatch(JsonPatch.add('/spec/trafficDistribution', 'PreferClose')); // patched here
}

function rendered(variables: NodeJS.ProcessEnv): { readonly files: ReadonlyMap<string, string>; readonly map?: SourceMap } {
  const outdir = traceVariables.without in variables ? OUT : join(folder, String(count++));
  const file = `${outdir}.json`;
  const set = { ...variables, ...(traceVariables.sourceMap in variables ? { [traceVariables.sourceMap]: file } : {}) };
  Object.assign(process.env, set);
  try {
    const app = new GitOpsApp({ outdir });
    build(app);
    app.synth();
    return { files: app.render(), map: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined };
  } finally {
    for (const name of Object.keys(set)) delete process.env[name];
  }
}

const traced = { [traceVariables.sourceMap]: 'yes' };
const OUT = join(folder, 'without');
const without = (...ends: readonly string[]): NodeJS.ProcessEnv => ({ [traceVariables.without]: JSON.stringify({ outdir: OUT, calls: [ends] }) });

let map: SourceMap;
beforeAll(() => { map = rendered(traced).map!; });

/** Causes of the fields of an object, as `<field> <place>`. */
function fieldsOf(kind: string, name: string): readonly string[] {
  const object = map.objects.find((each) => each.kind === kind && each.name === name);
  return object!.fields.map(({ field, place, call }) => `${field} ${call === undefined ? 'patch' : map.calls[call].operations.join()} ${withoutColumn(place)}`);
}

test('every object has its construct, its file and its place', () => {
  const found = map.objects.find(({ kind, name }) => kind === 'VirtualService' && name === 'cart');
  expect(found).toMatchObject({ file: 'staging/shop/cart.yaml', namespace: 'shop', construct: 'staging/shop/cart/VirtualService' });
  expect(withoutColumn(found?.place)).toBe(placeOf('made here: cart'));
  expect(map.objects.filter(({ place }) => place === undefined)).toEqual([]);
});

test('every call has its place, and one that follows from another is none', () => {
  expect(map.calls.map(({ callee, operations, place }) => [callee, operations.join(), withoutColumn(place)])).toEqual(expect.arrayContaining([
    ['staging/shop/cart', 'read', placeOf('written here: read')],
    ['staging/shop/cart', 'empty', placeOf('written here: empty')],
    ['staging/shop/bank', '', placeOf('written here: bank')],
    ['staging/shop/web', 'home', placeOf('written here: home')],
  ]));
  expect(map.calls.filter(({ callee }) => callee === 'staging/shop/egress')).toEqual([]);
  expect([...new Set(map.calls.map(({ ids }) => ids.join(' → ')))]).toEqual(expect.arrayContaining(['shop/web → shop/cart', 'shop/web → bank.example.com']));
});

test('a field has the call that made it', () => {
  const [read, empty] = [`read ${placeOf('written here: read')}`, `empty ${placeOf('written here: empty')}`];
  expect(fieldsOf('VirtualService', 'cart').toSorted()).toEqual([`spec.http[0] ${read}`, `spec.http[1] ${empty}`]);
  expect(fieldsOf('AuthorizationPolicy', 'cart').toSorted()).toEqual([`spec.rules[0].to[0] ${read}`, `spec.rules[0].to[1] ${empty}`]);
  expect(fieldsOf('Deployment', 'web')).toEqual([`spec.template.spec.containers[0].env read ${placeOf('written here: read')}`]);
  expect(fieldsOf('Ingress', 'nginx-web')).toEqual([` home ${placeOf('written here: home')}`]);
});

test('a field that each of several calls would make has them all', () => {
  const hosts = fieldsOf('Sidecar', 'web');
  expect(hosts).toEqual(expect.arrayContaining([
    `spec.egress[0].hosts[1] read ${placeOf('written here: read')}`, `spec.egress[0].hosts[1] empty ${placeOf('written here: empty')}`,
  ]));
  expect(hosts.filter((each) => each.includes('read'))).toHaveLength(1);
});

test('what follows from a call has its place', () => {
  expect(fieldsOf('AuthorizationPolicy', 'egress')).toEqual([expect.stringContaining(`  ${placeOf('written here: bank')}`)]);
});

test('a field has the patch that made it', () => {
  expect(fieldsOf('Service', 'cart')).toEqual([`spec.trafficDistribution patch ${placeOf('patched here')}`]);
});

test('of one file alone fields are told apart where that is asked for', () => {
  const { objects } = rendered({ ...traced, [traceVariables.file]: 'staging/shop/web.yaml' }).map!;
  const told = objects.filter(({ fields }) => fields.length > 0).map(({ file }) => file);
  expect([...new Set(told)]).toEqual(['staging/shop/web.yaml']);
});

test('no byte of what is rendered is another, and nothing is captured unless it is asked for', () => {
  const captured = jest.spyOn(Error, 'captureStackTrace');
  const plain = rendered({});
  expect([plain.map, captured.mock.calls.length]).toEqual([undefined, 0]);
  const { files } = rendered(traced);
  expect(captured.mock.calls.length).toBeGreaterThan(0);
  captured.mockRestore();
  expect(files).toEqual(plain.files);
});

test.each([
  ['read', 'staging/shop/web', 'staging/shop/cart'],
  ['bank', 'staging/shop/web', 'staging/shop/bank'],
  ['home', 'staging/shop/nginx', 'staging/shop/web'],
] as const)('a call that is left out leaves what an app renders that never had it: %s', (left, ...ends) => {
  const app = new GitOpsApp();
  build(app, left);
  const { files } = rendered(without(...ends));
  expect(files).toEqual(app.render());
  expect(files).not.toEqual(rendered({}).files);
});

test('what else needs the call is not refused without it', () => {
  const build = (): GitOpsApp => {
    const app = new GitOpsApp();
    const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop');
    const web = new MeshedMicroservice(shop, 'web', container);
    web.calls(new MeshedMicroservice(shop, 'cart', container), { port: 'http', env: (to) => ({ CART: to.url() }) });
    web.addEnv('CART_PAGE', '$(CART)/page');
    return app;
  };
  Object.assign(process.env, without('staging/shop/web', 'staging/shop/cart'));
  const less = build().render().get('staging/shop/web.yaml');
  delete process.env[traceVariables.without];
  expect([build().render().get('staging/shop/web.yaml'), less].map((text) => text?.includes('- name: CART\n'))).toEqual([true, false]);
});

test('fails for a source map among what is rendered, for a folder of what lacks calls, and for calls that are no JSON', () => {
  const outdir = join(folder, 'out');
  process.env[traceVariables.sourceMap] = join(outdir, 'map.json');
  expect(() => { new GitOpsApp({ outdir }).synth(); }).toThrow('a source map is no part of what is rendered, got ');
  delete process.env[traceVariables.sourceMap];
  expect(existsSync(outdir)).toBe(false);
  Object.assign(process.env, without('staging/shop/web', 'staging/shop/cart'));
  expect(() => { new GitOpsApp({ outdir }).synth(); }).toThrow('what lacks staging/shop/web → staging/shop/cart is for ');
  expect(existsSync(outdir)).toBe(false);
  delete process.env[traceVariables.without];
  const wrong = { [traceVariables.without]: '[["a"]]' };
  expect(() => rendered(wrong)).toThrow('variable must be JSON, {"outdir":"out","calls":[["staging/shop/web","staging/shop/cart"]]}, got [["a"]]');
});
