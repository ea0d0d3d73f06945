import { execSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFolder } from '../../src/checks';
import { Ended, folderWith, meshmart, shell, TSX, typed } from './command';

const DIST = 'examples/one-service/dist';
const PAYMENT = `${DIST}/staging/shop/paymentservice.yaml`;
const MAIN = 'examples/one-service/main.ts';
const APP = `${TSX} ${resolve(MAIN)}`;
const WITHOUT = '[["staging/shop/checkoutservice","staging/shop/paymentservice"]]';
/** Milliseconds for an app that runs by itself, beside all other tests. */
const REAL = 60_000;
const text = readFileSync(PAYMENT, 'utf8');

/** The place in the source of the only line that has a text. */
function placeIn(file: string, part: string): string {
  const lines = readFileSync(file, 'utf8').split('\n').flatMap((line, index) => (line.includes(part) ? [{ line, number: index + 1 }] : []));
  expect([part, lines.length]).toEqual([part, 1]);
  return `${file}:${lines[0].number}:`;
}

/** The number of the first line that has a text, among those behind another. */
function lineOf(part: string, behind = ''): number {
  return text.slice(0, text.indexOf(part, text.indexOf(behind))).split('\n').length;
}

/** The app's own answers at once: what it once rendered and said of itself, with the call of all of them and without it. */
let quick: string;
beforeAll(() => {
  const folder = folderWith({});
  const [rendered, map, less] = ['dist', 'map.json', 'less'].map((name) => join(folder, name));
  execSync(APP, { env: { ...process.env, CDK8S_OUTDIR: rendered, MESHMART_TRACE: map } });
  execSync(APP, { env: { ...process.env, CDK8S_OUTDIR: less, MESHMART_WITHOUT: `{"outdir":"${less}","calls":${WITHOUT}}` } });
  quick = `if test -n "$MESHMART_TRACE"; then cp -r ${rendered} $CDK8S_OUTDIR; cp ${map} $MESHMART_TRACE; ` +
    `elif test "$MESHMART_WITHOUT" = "{\\"outdir\\":\\"$CDK8S_OUTDIR\\",\\"calls\\":"'${WITHOUT}}'; then cp -r ${less} $CDK8S_OUTDIR; fi`;
}, REAL);

const explain = async (...words: readonly string[]): Promise<Ended> => meshmart(['explain', ...words, '-d', DIST, '--app', quick]);

describe('a line', () => {
  test('has its object, field, construct, source and call', async () => {
    const { code, out, err } = await meshmart(['explain', `${PAYMENT}:${lineOf('attempts: 0', 'kind: VirtualService')}`, '-d', DIST, '--app', APP]);
    expect([code, err]).toEqual([0, '']);
    expect(out.replaceAll(/:\d+$/gm, ':#').split('\n')).toEqual([
      'object     VirtualService shop/paymentservice',
      'field      spec.http[0].retries.attempts = 0',
      `construct  staging/shop/paymentservice/VirtualService, ${placeIn(MAIN, 'new MeshedMicroservice(shop, \'paymentservice\'')}#`,
      `call       staging/shop/checkoutservice → staging/shop/paymentservice charge, ${placeIn(MAIN, 'checkout.calls(payment')}#`,
      '',
    ]);
  }, REAL);

  test('that no call made has its construct alone', async () => {
    const { out } = await explain(`${PAYMENT}:${lineOf('image:')}:7`, '--json');
    expect(JSON.parse(out)).toEqual({
      file: 'staging/shop/paymentservice.yaml',
      line: lineOf('image:'),
      field: 'spec.template.spec.containers[0].image',
      value: 'registry.example/paymentservice:1.4.2',
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'paymentservice' },
      origin: { construct: 'staging/shop/paymentservice/Workload/Resource', place: expect.stringMatching(/^examples\/one-service\/main\.ts:8:\d+$/) },
      causes: [],
      inside: [],
    });
  });

  test('above what a call made has the call too', async () => {
    const { out } = await explain(`${PAYMENT}:${lineOf('http:', 'kind: VirtualService')}`);
    expect(out).toMatch(/^field {8}spec\.http$/m);
    expect(out).toMatch(/^call inside {2}staging\/shop\/checkoutservice → staging\/shop\/paymentservice charge, /m);
  });

  test('that a patch made has the patch', async () => {
    const file = 'examples/patching/dist/staging/shop/cartservice.yaml';
    const line = readFileSync(file, 'utf8').split('\n').findIndex((each) => each.includes('hostUsers')) + 1;
    const { out } = await meshmart(['explain', `${file}:${line}`, '-d', 'examples/patching/dist', '--app', `${TSX} ${resolve('examples/patching/main.ts')}`]);
    expect(out).toContain('field      spec.template.spec.hostUsers = false\n');
    expect(out).toContain(`\npatch      ${placeIn('examples/patching/main.ts', 'cart.workload.deployment.addJsonPatch')}`);
  }, REAL);

  test('of an object that is not as it is rendered has no call, and a warning', async () => {
    const dist = folderWith({}, { dist: DIST });
    const file = join(dist, 'dist/staging/shop/paymentservice.yaml');
    writeFileSync(file, text.replace('attempts: 0', 'attempts: 3'));
    const { code, out, err } = await meshmart(['explain', `${file}:${lineOf('attempts: 0')}`, '-d', join(dist, 'dist'), '--app', quick]);
    expect([code, err]).toEqual([0, `warning: [${file}] object is not as the app renders it now, so no call is named; run meshmart synth\n`]);
    expect(out).toContain('spec.http[0].retries.attempts = 3\n');
    expect(out).not.toContain('call');
    writeFileSync(file, text.replaceAll('name: paymentservice\n', 'name: other\n'));
    expect(await meshmart(['explain', `${file}:${lineOf('attempts: 0')}`, '-d', join(dist, 'dist'), '--app', quick])).toMatchObject({
      code: 1, out: '', err: expect.stringContaining('object must be one that the app renders, got VirtualService shop/other; run meshmart synth'),
    });
  });

  test('of an experiment has the experiment, and the object that runs', async () => {
    const said = 'staging/shop/paymentservice.yaml';
    const map = folderWith({ 'map.json': JSON.stringify({
      version: 1,
      calls: [],
      objects: [{
        file: said, apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'paymentservice', construct: 'staging/shop/paymentservice/Service', fields: [],
      }],
      experiments: [{ folder: 'experiments/shop/slow', construct: 'staging/shop/slow', place: 'main.ts:9:1' }],
    }) });
    const dist = folderWith({
      'dist/experiments/shop/slow/paymentservice.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  namespace: shop\n  name: paymentservice\n',
      'dist/experiments/shop/slow/experiment.yaml': 'experiment: slow\n',
    });
    const words = (file: string): readonly string[] => ['explain', join(dist, 'dist/experiments/shop/slow', file), '-d', join(dist, 'dist'), '--app',
      `mkdir $CDK8S_OUTDIR; cp ${join(map, 'map.json')} $MESHMART_TRACE`];
    expect((await meshmart(words('paymentservice.yaml:5'))).out.split('\n')).toEqual([
      'object         Service shop/paymentservice',
      'field          metadata.name = "paymentservice"',
      'construct      staging/shop/slow, main.ts:9:1',
      'which runs as  staging/shop/paymentservice/Service, place not known',
      '',
    ]);
    expect((await meshmart(words('experiment.yaml:1'))).out).toBe('field      experiment = "slow"\nconstruct  staging/shop/slow, main.ts:9:1\n');
  });

  test.each([
    [`${PAYMENT}:${text.split('\n').length}`, `line must be one of ${PAYMENT}, got ${text.split('\n').length}; it has 1 to ${text.split('\n').length - 1}`],
    [`${PAYMENT}:0`, 'got 0; it has 1 to '],
    [`${PAYMENT}:${lineOf('---')}`, 'line must be one of an object, got '],
    ['README.md:1', `file must lie in the rendered folder ${DIST}, got README.md; name one of it, or another folder by --dist`],
    [`${DIST}/staging/shop/paymentservce.yaml:1`, `got none at ${DIST}/staging/shop/paymentservce.yaml; did you mean ${PAYMENT}?`],
    ['staging/shop/paymentservice.yaml:1', `did you mean ${PAYMENT}?`],
    ['nowhere:1', `file must be there, got none at nowhere; name one of ${DIST}`],
    [`${DIST}/staging/prerequisites.md:1`, 'file must be a manifest, got '],
    ['paymentservice', 'explain must be asked for <caller> <callee> or <file>:<line>, got \'paymentservice\' alone; add the callee or the line'],
  ])('fails with 2 for %s', async (what, err) => {
    const ended = await explain(what);
    expect(ended).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: [^\n]*\n$/) });
    expect(ended.err).toContain(err);
  });

  test('fails with file and line where the file is no YAML', async () => {
    const dist = folderWith({ 'dist/staging/shop/a.yaml': 'kind: A\nmetadata: [\n' });
    const { code, err } = await meshmart(['explain', join(dist, 'dist/staging/shop/a.yaml:1'), '-d', join(dist, 'dist'), '--app', quick]);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: \[staging\/shop\/a\.yaml\] file must be YAML, got .* at line 3, column 1.*; synthesize it anew\n$/);
  });
});

describe('a call', () => {
  test('has its place and all that it makes', async () => {
    const { code, out, err } = await explain('checkoutservice', 'paymentservice');
    expect([code, err]).toEqual([0, '']);
    const [call, empty, , ...rows] = out.trimEnd().split('\n');
    expect([call, empty]).toEqual([
      expect.stringContaining(`staging/shop/checkoutservice → staging/shop/paymentservice charge, ${placeIn(MAIN, 'checkout.calls(payment')}`), '',
    ]);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 4).map((cell) => cell.replace(/^staging\/shop\//, '')))).toEqual([
      ['+', 'checkoutservice.yaml', 'Deployment checkoutservice', 'spec.template.spec.containers[0].env'],
      ['+', 'checkoutservice.yaml', 'NetworkPolicy checkoutservice', 'spec.egress'],
      ['+', 'checkoutservice.yaml', 'Sidecar checkoutservice', 'spec.egress[0].hosts[0]'],
      ['-', 'checkoutservice.yaml', 'Sidecar checkoutservice', 'spec.egress[0].hosts[0]'],
      ['+', 'paymentservice.yaml', 'NetworkPolicy paymentservice', 'spec.ingress'],
      ['+', 'paymentservice.yaml', 'AuthorizationPolicy paymentservice', 'spec.rules'],
      ['+', 'paymentservice.yaml', 'VirtualService paymentservice', 'spec.http[0]'],
    ]);
  });

  test('is told to programs, by the end of a path too', async () => {
    const { out } = await explain('shop/checkoutservice', 'staging/shop/paymentservice', '--env', 'staging', '--system', 'shop', '--json');
    const { calls, fields } = JSON.parse(out);
    expect(calls).toEqual([expect.objectContaining({ caller: 'staging/shop/checkoutservice', operations: ['charge'] })]);
    expect(fields[0]).toEqual({
      file: 'staging/shop/checkoutservice.yaml',
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'checkoutservice' },
      field: 'spec.template.spec.containers[0].env',
      value: [{ name: 'PAYMENT_SERVICE_ADDR', value: 'paymentservice:50051' }],
    });
  });

  test('leaves the rendered folder as it is, and fits a terminal', () => {
    const project = folderWith({ 'cdk8s.yaml': `app: ${JSON.stringify(APP)}\n` }, { dist: DIST });
    const { code, out } = typed(project, 'explain checkoutservice paymentservice', 80);
    expect(code).toBe(0);
    expect(Math.max(...out.slice(out.indexOf('\n\n')).trimEnd().split('\n').map(({ length }) => length))).toBe(80);
    expect(readFolder(join(project, 'dist'))).toEqual(readFolder(DIST));
    expect(shell(project, 'ls -A').out).toBe('cdk8s.yaml\ndist\n');
  }, REAL);

  test.each([
    [['chekoutservice', 'paymentservice'], "caller must be one that is there, got 'chekoutservice'; did you mean checkoutservice? (checkoutservice)"],
    [['checkoutservice', 'paymentsrevice'], "callee of checkoutservice must be one that is there, got 'paymentsrevice'; did you mean paymentservice?"],
    [['paymentservice', 'checkoutservice'], "got 'paymentservice', which checkoutservice calls; did you mean checkoutservice paymentservice?"],
    [['checkoutservice', 'paymentservice', '-e', 'stagin'], 'did you mean staging?'],
    [['checkoutservice', 'paymentservice', '-s', 'shpo'], 'did you mean shop?'],
  ])('fails with 2 and the nearest name: %j', async (words, err) => {
    const ended = await explain(...words);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain(err);
  });

  test('fails where the app does, and where it writes no source map', async () => {
    const errorOf = async (app: string): Promise<string> => {
      const { code, out, err } = await meshmart(['explain', 'checkoutservice', 'paymentservice', '--app', app]);
      expect([code, out]).toEqual([1, '']);
      return err;
    };
    expect(await errorOf('echo broken >&2; exit 3')).toContain('app must end with 0, got 3\n  broken\n');
    expect(await errorOf('mkdir $CDK8S_OUTDIR')).toContain('app must write a source map of version 1, got none;');
    expect(await errorOf('mkdir $CDK8S_OUTDIR; echo \'{"version": 2}\' > $MESHMART_TRACE')).toContain('got version 2;');
    expect(await errorOf(`test -z "$MESHMART_WITHOUT" || exit 4; ${quick}`)).toContain('got 4 without checkoutservice → paymentservice');
  });
});
