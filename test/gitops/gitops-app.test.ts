import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart, Lazy, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { invalid } from '../../src/graph/configuration-error';
import { GitOpsApp } from '../../src/gitops/gitops-app';
import { readTree, temporaryFolder, writeTree } from './trees';

const folder = temporaryFolder();
let count = 0;

function newApp(): GitOpsApp {
  return new GitOpsApp({ outdir: join(folder, String(count++)) });
}

function configMap(scope: Construct, id: string, name = id.toLowerCase()): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: id } });
}

function invalidConstruct(scope: Construct, id: string, ...problems: string[]): Construct {
  const construct = new Construct(scope, id);
  construct.node.addValidation({ validate: () => problems });
  return construct;
}

function problemsOf(app: GitOpsApp): string[] {
  try {
    app.render();
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('the layout', () => {
  test('is one file per component, below the scopes of its chart', () => {
    const app = newApp();
    const shop = new Chart(new Construct(app, 'production'), 'online-boutique');
    configMap(new Construct(new Construct(shop, 'cartservice'), 'Part'), 'Resource', 'cart');
    configMap(shop, 'flags');
    app.synth();
    expect(Object.keys(readTree(app.outdir) ?? {})).toEqual([
      'production/online-boutique/cartservice.yaml',
      'production/online-boutique/flags.yaml',
    ]);
  });

  test('nests charts that are nested', () => {
    const app = newApp();
    const outer = new Chart(app, 'shop');
    const inner = new Chart(outer, 'payments');
    configMap(outer, 'cart');
    configMap(inner, 'payment');
    configMap(new Chart(new Construct(outer, 'team'), 'lab'), 'probe');
    expect([...app.render().keys()]).toEqual(['shop/cart.yaml', 'shop/payments/payment.yaml', 'shop/team/lab/probe.yaml']);
  });

  test('has no file for a chart or component without objects', () => {
    const app = newApp();
    new Construct(new Chart(app, 'shop'), 'notes');
    expect([...app.render().keys()]).toEqual([]);
    app.synth();
    expect(readTree(app.outdir)).toEqual({});
  });

  test('puts the objects of a component into the order of their kinds', () => {
    const app = newApp();
    const cart = new Construct(new Chart(app, 'shop'), 'cart');
    for (const kind of ['VirtualService', 'Service', 'Deployment', 'ServiceAccount']) {
      new ApiObject(cart, kind, { apiVersion: 'v1', kind, metadata: { name: 'cart' } });
    }
    const kinds = app.render().get('shop/cart.yaml')?.match(/(?<=^kind: ).*$/gm);
    expect(kinds).toEqual(['ServiceAccount', 'Deployment', 'Service', 'VirtualService']);
  });

  test('is the same in whatever order constructs are created', () => {
    const rendered = [['a', 'b', 'c'], ['c', 'a', 'b']].map((ids) => {
      const app = newApp();
      const shop = new Chart(app, 'shop');
      const component = new Construct(shop, 'component');
      for (const id of ids) configMap(component, id, 'same-name');
      for (const id of ids) configMap(shop, id);
      return [...app.render()];
    });
    expect(rendered[1]).toEqual(rendered[0]);
  });

  test('is not changed by dependencies', () => {
    const app = newApp();
    const component = new Construct(new Chart(app, 'shop'), 'cart');
    const a = configMap(component, 'a');
    a.addDependency(configMap(component, 'b'));
    expect(app.render().get('shop/cart.yaml')).toMatch(/name: a\n(.|\n)*name: b\n/);
  });

  test('fails where two components share a file on a file system that ignores case', () => {
    const app = newApp();
    const shop = new Chart(app, 'shop');
    configMap(shop, 'cart');
    configMap(shop, 'Cart');
    expect(problemsOf(app)).toEqual(['[shop/cart] file must be its own, got that of shop/Cart, since case does not count everywhere; change the id']);
  });

  test('fails where charts that differ in case only have a component of one name', () => {
    const app = newApp();
    configMap(new Chart(app, 'shop'), 'cart');
    configMap(new Chart(app, 'Shop'), 'cart');
    expect(problemsOf(app)).toEqual(['[shop/cart] file must be its own, got that of Shop/cart, since case does not count everywhere; change the id']);
  });

  test('fails where a folder has the name of a file', () => {
    const app = newApp();
    const shop = new Chart(app, 'shop');
    configMap(shop, 'cart');
    configMap(new Chart(shop, 'Cart.yaml'), 'redis');
    expect(problemsOf(app)).toEqual(['[shop/Cart.yaml] folder must not be called as a file, got the name of that of shop/cart; change the id']);
  });

  test.each(['..', '.git', 'a b', 'a\\b', 'tür', 'a:b'])('fails for the id %j, which is no file name everywhere', (id) => {
    const app = newApp();
    configMap(new Chart(app, 'shop'), id, 'name');
    configMap(new Construct(new Chart(app, id), 'fine'), 'Resource', 'name');
    const rule = `id becomes a file name and must be letters, digits, '.', '_' and '-', got ${JSON.stringify(id)}`;
    expect(problemsOf(app)).toEqual([`[${id}] ${rule}`, `[shop/${id}] ${rule}`].sort());
  });

  test('lets ids inside a component be anything', () => {
    const app = newApp();
    configMap(new Construct(new Chart(app, 'shop'), 'cart'), 'a b/ä', 'name');
    expect([...app.render().keys()]).toEqual(['shop/cart.yaml']);
  });
});

describe('synth', () => {
  test('writes what render gives', () => {
    const app = newApp();
    configMap(new Chart(app, 'shop'), 'cart');
    app.synth();
    expect(readTree(app.outdir)).toEqual(Object.fromEntries(app.render()));
  });

  test('gives the same bytes twice', () => {
    const app = newApp();
    configMap(new Chart(app, 'shop'), 'cart');
    app.synth();
    const first = readTree(app.outdir);
    app.synth();
    expect(readTree(app.outdir)).toEqual(first);
  });

  test('renders one string on request, the files joined as cdk8s joins objects', () => {
    const app = newApp();
    const shop = new Chart(app, 'shop');
    const objects = [configMap(shop, 'a'), configMap(shop, 'b')];
    expect(app.synthYaml()).toBe(Yaml.stringify(...objects.map((object): unknown => object.toJson())));
    expect(app.charts).toEqual([shop]);
  });

  test('validates and renders each construct once', () => {
    const app = newApp();
    const shop = new Chart(app, 'shop');
    let calls = 0;
    new ApiObject(shop, 'cart', { apiVersion: 'v1', kind: 'ConfigMap', data: { calls: Lazy.any({ produce: () => String(++calls) }) } });
    shop.node.addValidation({ validate: () => (calls++, []) });
    app.synth();
    expect(readFileSync(join(app.outdir, 'shop/cart.yaml'), 'utf8')).toContain('calls: "2"');
  });

  test.each([
    ['the property', { outdir: 'x' }, 'y', 'x'],
    ['CDK8S_OUTDIR, which the command sets', {}, 'y', 'y'],
    ['dist', {}, undefined, 'dist'],
  ])('takes its folder from %s', (_, props, variable, expected) => {
    const before = process.env.CDK8S_OUTDIR;
    if (variable === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = variable;
    expect(new GitOpsApp(props).outdir).toBe(expected);
    delete process.env.CDK8S_OUTDIR;
    if (before !== undefined) process.env.CDK8S_OUTDIR = before;
  });
});

describe('validation', () => {
  test('fails with all problems of all constructs, sorted, each once', () => {
    const app = newApp();
    const shop = new Chart(app, 'shop');
    invalidConstruct(shop, 'b', 'second, got 2', 'first, got 1', 'first, got 1');
    invalidConstruct(shop, 'a', 'third, got 3');
    configMap(shop, 'a b');
    expect(problemsOf(app)).toEqual([
      `[shop/a b] id becomes a file name and must be letters, digits, '.', '_' and '-', got "a b"`,
      '[shop/a] third, got 3',
      '[shop/b] first, got 1',
      '[shop/b] second, got 2',
    ]);
  });

  test('fails where a rule about several constructs names one of them itself', () => {
    const app = newApp();
    invalidConstruct(new Chart(app, 'shop'), 'graph', '[shop/cart] timeout must fit, got 12s');
    expect(problemsOf(app)).toEqual(['[shop/cart] timeout must fit, got 12s']);
  });

  test('fails with the others where one validation throws', () => {
    const app = newApp();
    const shop = new Chart(app, 'shop');
    shop.node.addValidation({ validate: () => invalid('shop', 'thrown, got 1') });
    invalidConstruct(shop, 'a', 'returned, got 2');
    expect(problemsOf(app)).toEqual(['[shop/a] returned, got 2', '[shop] thrown, got 1']);
  });

  test('fails with what is wrong in every object', () => {
    const app = newApp();
    const shop = new Chart(app, 'shop');
    const broken = (id: string, produce: () => unknown) =>
      new ApiObject(shop, id, { apiVersion: 'v1', kind: 'ConfigMap', data: Lazy.any({ produce }) });
    broken('cart', () => invalid('shop/cart', 'data must be text, got 1'));
    broken('redis', () => new Date(0));
    expect(problemsOf(app)).toEqual([
      '[shop/cart] data must be text, got 1',
      `[shop/redis] can't render non-simple object of type 'Date'`,
    ]);
  });

  test('fails with the error itself where a validation has a bug', () => {
    const app = newApp();
    const bug = new TypeError('x is not a function');
    app.node.addValidation({ validate: () => { throw bug; } });
    expect(() => app.render()).toThrow(bug);
  });

  test('fails with the error itself where an object has a bug', () => {
    const app = newApp();
    const produce = () => { throw new TypeError('x is not a function'); };
    new ApiObject(new Chart(app, 'shop'), 'cart', { apiVersion: 'v1', kind: 'ConfigMap', data: Lazy.any({ produce }) });
    expect(() => app.render()).toThrow(/^Failed serializing construct at path 'shop\/cart' .*TypeError: x is not a function$/);
  });

  test('runs once for each construct, not once for each chart', () => {
    const app = newApp();
    const validate = jest.fn(() => []);
    for (const id of ['a', 'b', 'c']) configMap(new Chart(app, id), 'cart').node.addValidation({ validate });
    app.render();
    expect(validate).toHaveBeenCalledTimes(3);
  });
});

describe('a failed synth', () => {
  test.each([
    ['a validation', (app: GitOpsApp) => { invalidConstruct(app, 'wrong', 'wrong, got 1'); }],
    ['an object', (app: GitOpsApp) => {
      new ApiObject(new Chart(app, 'wrong'), 'cart', { apiVersion: 'v1', kind: 'ConfigMap', data: new Date(0) });
    }],
  ])('fails in %s and leaves the old folder whole', (_, spoil) => {
    const app = newApp();
    configMap(new Chart(app, 'shop'), 'cart');
    app.synth();
    const before = readTree(app.outdir);
    const next = new GitOpsApp({ outdir: app.outdir });
    configMap(new Chart(next, 'shop'), 'redis');
    spoil(next);
    expect(() => next.synth()).toThrow(/^\[wrong/);
    expect(readTree(app.outdir)).toEqual(before);
    expect(readTree(`${app.outdir}.next`)).toBeUndefined();
  });

  test('fails after it has put back what a killed one left aside', () => {
    const app = newApp();
    writeTree(`${app.outdir}.old`, { 'old.yaml': 'old' });
    invalidConstruct(app, 'wrong', 'wrong, got 1');
    expect(() => app.synth()).toThrow('[wrong] wrong, got 1');
    expect(readTree(app.outdir)).toEqual({ 'old.yaml': 'old' });
  });
});
