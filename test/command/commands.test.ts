import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFolder } from '../../src/checks';
import { committed, folderWith, meshmart, shell, TSX } from './command';

const APP = `${TSX} ${resolve('examples/one-service/main.ts')}`;

describe('synth', () => {
  const config = (app: string): string => `app: ${JSON.stringify(app)}\noutput: dist\n`;
  const project = (app: string): string => folderWith({ 'cdk8s.yaml': config(app) });
  /** What the app writes, without its start of a second. */
  const quick = `cp -r ${resolve('examples/one-service/dist')} $CDK8S_OUTDIR`;

  test('runs the app of cdk8s.yaml, says what changed, and the second time that nothing did', () => {
    const folder = project(APP);
    const first = shell(folder, 'meshmart synth');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out.replace(/[\d.]+ s$/m, '# s')).toBe([
      'folder        added  changed  removed',
      'staging           1        0        0',
      'staging/shop      3        0        0',
      '4 files in dist, 2 folders changed, # s', '',
    ].join('\n'));
    expect(readFolder(join(folder, 'dist'))).toEqual(readFolder('examples/one-service/dist'));
    writeFileSync(join(folder, 'cdk8s.yaml'), config(quick));
    writeFileSync(join(folder, 'dist/staging/shop/payment-old.yaml'), 'kind: Old\n');
    expect(JSON.parse(shell(folder, 'meshmart synth --json').out)).toMatchObject({
      files: 4, changes: [{ folder: 'staging/shop', added: 0, changed: 0, removed: 1 }],
    });
    expect(shell(folder, 'meshmart synth').out).toMatch(/^4 files in dist, nothing changed, /);
  });

  test.each([
    ['in the packages of the project', true, {}, '%/node_modules/.cache/meshmart'],
    ['where the caller says', true, { NODE_COMPILE_CACHE: '/somewhere' }, '/somewhere'],
    ['nowhere, without packages', false, {}, 'unset'],
  ])('lets Node keep what it compiles of the app %s', (_, packages, env, folder) => {
    const root = project('echo "${NODE_COMPILE_CACHE-unset}" >&2; exit 3');
    if (packages) mkdirSync(join(root, 'node_modules'));
    const { err } = shell(root, 'meshmart synth', { NODE_COMPILE_CACHE: undefined, ...env });
    expect(err).toContain(`\n  ${folder.replace('%', realpathSync(root))}\n`);
  });

  test('replaces one system alone', () => {
    const folder = project(quick);
    shell(folder, 'meshmart synth');
    const other = join(folder, 'dist/staging/other/a.yaml');
    mkdirSync(join(folder, 'dist/staging/other'));
    writeFileSync(other, 'kind: Kept\n');
    rmSync(join(folder, 'dist/staging/shop/namespace.yaml'));
    expect(shell(folder, 'meshmart synth --env staging --system shop')).toMatchObject({ code: 0 });
    expect([existsSync(other), existsSync(join(folder, 'dist/staging/shop/namespace.yaml'))]).toEqual([true, true]);
    expect(shell(folder, 'meshmart synth --system shpo')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean shop?') });
  });

  test('leaves all as it was where the app fails, and says what the app said', () => {
    const folder = project("echo 'error: [staging/shop] port is wrong' >&2; mkdir -p $CDK8S_OUTDIR/half; exit 3");
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/a.yaml'), 'kind: Kept\n');
    const { code, out, err } = shell(folder, 'meshmart synth');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/app must end with 0, got 3; dist is as it was\n {2}error: \[staging\/shop\] port is wrong\n$/);
    expect(readdirSync(folder).sort()).toEqual(['cdk8s.yaml', 'dist']);
    expect([...readFolder(join(folder, 'dist'))]).toEqual([['a.yaml', 'kind: Kept\n']]);
  });

  test('fails where there is no app, and where it writes elsewhere', () => {
    expect(shell(folderWith({}), 'meshmart synth')).toMatchObject({ code: 2, err: expect.stringContaining('got no cdk8s.yaml in this folder') });
    expect(shell(project('true'), 'meshmart synth')).toMatchObject({ code: 1, err: expect.stringContaining('must write to CDK8S_OUTDIR') });
  });
});

test('publish, start, list and stop are one way there and back', () => {
  const folder = folderWith({}, Object.fromEntries(['staging/airport', 'experiments/airport'].map((each) => [`dist/${each}`, `dist/${each}`])));
  committed(folder);
  execFileSync('git', ['init', '--quiet', '--bare', 'gitops.git'], { cwd: folder });
  const git = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.com' };
  const publish = shell(folder, 'meshmart publish --repo gitops.git --branch main --allow-dirty', git);
  expect([publish.code, publish.err]).toEqual([0, '']);
  expect(publish.out).toMatch(/^[0-9a-f]{40}: \d+ files written, 0 removed\n$/);
  expect(shell(folder, 'meshmart publish --repo gitops.git --branch main --allow-dirty', git).out).toBe('nothing changed\n');
  execFileSync('git', ['clone', '--quiet', '--branch', 'main', 'gitops.git', 'checkout'], { cwd: folder });
  const before = readFolder(join(folder, 'checkout/staging'));
  expect(shell(folder, 'meshmart experiment start airport/panel-slow -p checkout')).toEqual({
    code: 0, out: 'started airport/panel-slow; commit and push checkout\n', err: '',
  });
  const list = JSON.parse(shell(folder, 'meshmart experiment list -p checkout --json').out);
  expect(list.experiments.filter(({ runs }: { runs: boolean }) => runs)).toEqual([expect.objectContaining({ experiment: 'airport/panel-slow' })]);
  expect(readFolder(join(folder, 'checkout/staging'))).not.toEqual(before);
  const misspelt = shell(folder, 'meshmart experiment stop airport/panel-slo -p checkout');
  expect(misspelt).toMatchObject({ code: 2, err: expect.stringContaining('did you mean airport/panel-slow?') });
  expect(shell(folder, 'meshmart experiment stop airport/panel-slow -p checkout').code).toBe(0);
  expect(readFolder(join(folder, 'checkout/staging'))).toEqual(before);
});

test('publish fails with 2 for what is missing, and with 1 for what is refused', async () => {
  const [missing, refused] = [['--branch', 'main'], ['--repo', '/nowhere.git', '--branch', 'a b']].map(async (words) => meshmart(['publish', ...words]));
  expect(await missing).toMatchObject({ code: 2, err: expect.stringContaining("required option '-r, --repo <address>'") });
  expect(await refused).toMatchObject({ code: 1, err: expect.stringContaining('branch must be a name') });
});

describe('contract check', () => {
  const file = 'examples/two-repositories/catalogue/dist/contracts/staging/catalogue.json';

  test('ends with 1 and whom it breaks', async () => {
    const broken = folderWith({ 'catalogue.json': readFileSync(file, 'utf8').replace('"product": {', '"article": {') });
    const ended = await meshmart(['contract', 'check', file, join(broken, 'catalogue.json')]);
    expect(ended).toMatchObject({ code: 1, err: '' });
    expect(ended.out).toMatch(/^error: \[staging catalogue\/products product\] is not in the contract any more, which breaks .*orders; keep it/);
    const json = await meshmart(['contract', 'check', file, join(broken, 'catalogue.json'), '--json']);
    expect(JSON.parse(json.out).findings[0]).toMatchObject({ rule: 'operation-removed', severity: 'error' });
  });

  test('ends with 0 where nobody is broken', async () => {
    expect(await meshmart(['contract', 'check', file, file])).toEqual({ code: 0, out: 'nobody is broken\n', err: '' });
  });

  test('fails for contracts of two systems, for none and for what is none', async () => {
    const other = 'examples/two-repositories/checkout/dist/contracts/staging/checkout.json';
    expect(await meshmart(['contract', 'check', file, other])).toMatchObject({ code: 1, err: expect.stringContaining('must be of one system') });
    expect(await meshmart(['contract', 'check', file, 'nowhere.json'])).toMatchObject({ code: 1, err: expect.stringContaining('contract cannot be read') });
    expect(await meshmart(['contract', 'check', file, 'README.md'])).toMatchObject({ code: 1, err: expect.stringContaining('contract must be JSON') });
  });
});

test('transition check ends with 1 and what to do instead', async () => {
  const at = (step: number, name: string): string => `examples/canary/dist/step-${step}-${name}`;
  const folders = folderWith({}, { 'a/staging': at(3, 'half'), 'b/staging': at(7, 'removed') });
  const ended = await meshmart(['transition', 'check', join(folders, 'a'), '-d', join(folders, 'b')], 80);
  expect(ended.code).toBe(1);
  expect(ended.out).toContain('\x1b[31merror\x1b[39m: [staging ');
  expect(ended.out).toContain('; take the requests away in one commit');
});

describe('diff', () => {
  const at = (step: string): string => `examples/canary/dist/step-${step}`;
  const between = (from: string, to: string): readonly string[] => {
    const folder = folderWith({}, { 'a/staging': at(from), 'b/staging': at(to) });
    return ['diff', join(folder, 'a'), '-d', join(folder, 'b')];
  };

  test('says what changed and what that means, in colours for a terminal alone', async () => {
    const said = [
      'staging shop',
      '  requests of shop/orders: v1 100 %, canary 0 % becomes v1 50 %, canary 50 %',
      '  ~ VirtualService shop/orders  staging/shop/orders.yaml',
      ...[0, 1, 2].flatMap((route) => [
        `      spec.http[${route}].route[0].weight 100 becomes 50`, `      spec.http[${route}].route[1].weight 0 becomes 50`,
      ]),
      'other files', '  ~ staging/prerequisites.md', '',
    ].join('\n');
    const words = between('1-deployed', '3-half');
    expect(await meshmart(words)).toEqual({ code: 0, out: said, err: '' });
    expect((await meshmart(words, 80)).out).toContain('\x1b[33m~\x1b[39m VirtualService shop/orders');
  });

  test('ends with 1 where the step hurts, says nothing of what is the same, and has three other forms', async () => {
    const words = between('3-half', '7-removed');
    expect(await meshmart(words)).toMatchObject({ code: 1, out: expect.stringMatching(/^error: \[staging /m) });
    expect(await meshmart([...words, '-d', words[1]])).toMatchObject({ code: 0, out: expect.stringMatching(/^nothing changed for a cluster from /) });
    expect(JSON.parse((await meshmart([...words, '--json'])).out)).toMatchObject({ systems: [{ system: 'shop' }] });
    expect((await meshmart([...words, '--markdown'])).out).toMatch(/^### What hurts in one step\n/);
    expect((await meshmart([...words, '--text'])).out).toMatch(/^--- a\/staging\/shop\/orders\.yaml$/m);
    const twice = await meshmart([...words, '--json', '--text']);
    expect(twice).toEqual({ code: 2, out: '', err: 'error: one form can be printed, got --text and --json; leave one out\n' });
  });

  test('without a name it is of the last commit', () => {
    const folder = folderWith({}, { 'dist/staging': at('1-deployed') });
    committed(folder);
    writeFileSync(join(folder, 'dist/staging/shop/desk.yaml'), '');
    expect(shell(folder, 'meshmart diff -e staging -s shop').out).toContain('  - Deployment shop/desk');
  });
});

describe('graph', () => {
  const airport = (): string => folderWith({}, { 'dist/staging/airport': 'dist/staging/airport', 'dist/production/airport': 'dist/production/airport' });
  const graph = async (folder: string, ...options: string[]) => meshmart(['graph', '-d', join(folder, 'dist'), ...options]);

  test('prints one environment in the format that is asked for, or writes a file', async () => {
    const folder = airport();
    expect((await graph(folder, '-e', 'staging', '-f', 'mermaid')).out).toMatch(/^flowchart LR\n/);
    expect((await graph(folder, '-e', 'staging')).out).toContain('</svg>');
    expect(JSON.parse((await graph(folder, '-e', 'staging', '--json')).out)).toMatchObject({ environment: 'staging' });
    const file = join(folder, 'a.html');
    expect(await graph(folder, '-e', 'staging', '-f', 'html', '-o', file)).toEqual({ code: 0, out: expect.stringMatching(/^wrote .*a\.html\n$/), err: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('marks what changed against another state', async () => {
    const [before, folder] = [airport(), airport()];
    const against = ['-e', 'staging', '-f', 'dot', '--against', join(before, 'dist')];
    expect((await graph(folder, ...against)).out).not.toMatch(/class="(changed|removed)"/);
    rmSync(join(folder, 'dist/staging/airport/alerts.yaml'));
    expect((await graph(folder, ...against)).out).toContain('class="removed"');
  });

  test('fails with 2 for an environment, format, system or state that is not there, and with 1 for a file that cannot be written', async () => {
    const folder = airport();
    const failed = async (...options: string[]) => { const { code, err } = await graph(folder, ...options); return [code, err]; };
    expect(await failed()).toEqual([2, 'error: one environment must be named, got 2 (production, staging); name one by --env\n']);
    expect(await failed('-e', 'staging', '-f', 'htm')).toEqual([2, expect.stringContaining('did you mean html?')]);
    expect(await failed('-e', 'staging', '-s', 'airprt')).toEqual([2, expect.stringContaining('did you mean airport?')]);
    expect(await failed('-e', 'staging', '--against', 'HAED')).toEqual([2, expect.stringContaining('did you mean HEAD?')]);
    expect(await failed('-e', 'staging', '-o', 'no/folder/a.svg')).toEqual([1, expect.stringContaining('file cannot be written')]);
  });
});

test('helm writes the chart of one system', async () => {
  const out = join(folderWith({}), 'charts');
  const ended = await meshmart(['helm', '-e', 'staging', '-s', 'airport', '--chart-version', '1.4.0', '--out', out]);
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(readFolder(join(out, 'staging/airport')).get('Chart.yaml')).toContain('version: 1.4.0');
});
