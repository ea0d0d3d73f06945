import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { objectsIn, readFolder } from '../../src/checks/rendered';
import { listAt } from '../../src/graph/json';

const GOLDEN = 'test/package/consumer.yaml';
const INSTALL = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
const STRICT = ['--strict', '--module', 'node20', '--target', 'es2022', '--types', 'node'];
const REPOSITORIES = 'examples/two-repositories';
const TEMPLATE = 'src/command/project/template';
const TOOLS = ['@swc/core', '@swc/jest', '@types/jest', '@types/node', 'jest', 'tsx', 'typescript'];
const ENV = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}` };
const ours = JSON.parse(readFileSync('package.json', 'utf8'));
const LOAD = "const start = performance.now(); require('meshmart'); console.log((performance.now() - start).toFixed());";

const NAMES = ['checks', 'publish', 'testing', 'contract.schema.json', 'publication.schema.json'];
const ENTRIES = `for (const name of ${JSON.stringify(NAMES)}) console.log(Object.keys(require('meshmart/' + name)).sort().join());`;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let packed: Packed;

/** What the command prints. */
function run(cwd: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: ENV });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** Tools for development, which are ours. */
function addTools(project: string): void {
  for (const tool of TOOLS) {
    mkdirSync(dirname(join(project, 'node_modules', tool)), { recursive: true });
    symlinkSync(resolve('node_modules', tool), join(project, 'node_modules', tool));
  }
}

/** A project with the tarball and its peers from the registry; tools for development are ours. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshmart-consumer-'));
  run('.', 'npm', 'run', 'build');
  [packed] = JSON.parse(run('.', 'npm', 'pack', '--json', '--pack-destination', folder));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  run(folder, 'npm', ...INSTALL, join(folder, packed.filename), ...Object.keys(ours.peerDependencies).map((name) => `${name}@${ours.devDependencies[name]}`));
  addTools(folder);
});
afterAll(() => { rmSync(folder, { recursive: true }); });

test('the tarball holds neither app nor tests', () => {
  const paths = packed.files.map(({ path }) => path);
  const library = /^lib\/(src|imports)\/.+\.(js|d\.ts)$/;
  const foreign = paths.filter((path) => !library.test(path) || path.startsWith('lib/src/app/'));
  const page = ['client.mjs', 'style.css'].map((name) => `src/topology/page/${name}`);
  const schemas = ['src/graph/contract.schema.json', 'src/publish/publication.schema.json'];
  const template = [...readFolder(TEMPLATE).keys()].map((path) => `${TEMPLATE}/${path}`);
  expect(foreign.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...page, ...schemas, ...template].sort());
});

test('it works in an empty project', () => {
  copyFileSync('test/package/consumer.ts', join(folder, 'consumer.ts'));
  run(folder, 'tsc', ...STRICT, 'consumer.ts');
  const yaml = run(folder, process.execPath, 'consumer.js');
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, yaml);
  expect(yaml).toBe(readFileSync(GOLDEN, 'utf8'));

  const milliseconds = run(folder, process.execPath, '--eval', LOAD).trim();
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed()} kB`;
  console.info(`tarball ${kilobytes(packed.size)}, unpacked ${kilobytes(packed.unpackedSize)}, loads in ${milliseconds} ms`);
});

test('what makes constructs loads neither git nor what compares', () => {
  const load = (name: string): string => `require('${name}'); console.log(Object.keys(require.cache).join());`;
  const modulesOf = (name: string): string => run(folder, process.execPath, '--eval', load(name));
  for (const name of ['simple-git', 'diff']) expect(modulesOf('meshmart')).not.toContain(`node_modules/${name}/`);
  expect(modulesOf('meshmart/publish')).toContain('node_modules/simple-git/');
});

test('it draws a page from what it packs, and compares', () => {
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  expect(run(folder, 'npx', 'meshmart', 'graph', '--env', 'staging', '--system', 'airport', '--format', 'html')).toContain('<svg');
  expect(run(folder, 'npx', 'meshmart', 'diff', 'dist')).toBe('nothing changed for a cluster from dist to dist\n');
});

test('ES modules find every name, and a class is one to all entry points', () => {
  const module = `
    import { ConfigurationError, GitOpsApp, MeshedMicroservice } from 'meshmart';
    import { publish } from 'meshmart/publish';
    const error = await publish({ dist: 'nowhere', repository: '.', branch: 'main' }).catch((reason) => reason);
    console.log(GitOpsApp.name, MeshedMicroservice.name, error instanceof ConfigurationError);`;
  expect(run(folder, process.execPath, '--input-type=module', '--eval', module)).toBe('GitOpsApp MeshedMicroservice true\n');
});

test('every entry point loads', () => {
  expect(run(folder, process.execPath, '--eval', ENTRIES).trim().split('\n')).toEqual([
    'checkHistory,checkTransition,compareContracts,compareRendered,draw,drawingOf,inWords,markdownOf,readFolder,topologiesOf,unmatchedHalves',
    'publicationIn,publish,startExperiment,stopExperiment',
    'differences,matchers,readFolder',
    expect.stringContaining('definitions'),
    expect.stringContaining('definitions'),
  ]);
});

describe('a new project', () => {
  let empty: string;
  let project: string;
  beforeAll(() => {
    empty = mkdtempSync(join(tmpdir(), 'meshmart-new-')); // beside, so that it finds no module but its own
    project = join(empty, 'shop');
  });
  afterAll(() => { rmSync(empty, { recursive: true }); });

  /** What a person writes, in the project. */
  const says = (line: string): string => run(project, 'sh', '-c', line);

  test('has its first YAML after three commands', () => {
    const made = run(empty, join(folder, 'node_modules/.bin/meshmart'), 'init', 'shop', '--meshmart', join(folder, packed.filename));
    expect(made.split('\n').at(-2)).toBe('next: cd shop && npm install && npm run synth');
    run(project, 'npm', ...INSTALL, '--omit=dev');
    addTools(project);
    says('npm run synth');
    expect([...readFolder(join(project, 'dist')).keys()]).toEqual(expect.arrayContaining([
      'bootstrap/production.yaml', 'production/argocd/project.yaml', 'production/argocd/shop.yaml', 'staging/shop/greetings.yaml', 'staging/shop/web.yaml',
    ]));
  });

  test('passes what its CI runs, with each commit compared', () => {
    says('git init --quiet && git config user.name shop && git config user.email shop@example.com && git add -A && git commit --quiet -m first');
    expect(says('git status --porcelain --ignored')).toBe('!! node_modules/\n');
    const { jobs } = parse(readFileSync(join(project, '.github/workflows/ci.yaml'), 'utf8'));
    const [install, ...commands]: string[] = jobs.check.steps.flatMap((step: { readonly run?: string }) => step.run ?? []);
    expect([install, commands.length]).toEqual(['npm ci', 2]);
    for (const command of commands) says(command);
    const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    const publish: string = jobs.publish.steps.at(-1).run;
    expect(Object.keys(scripts)).toContain(/^npm run (\S+)/.exec(publish)?.[1]);
    says(`git init --quiet --bare ../gitops.git && GITOPS_REPOSITORY=../gitops.git; ${publish}`);
    expect(says('git --git-dir ../gitops.git show main:shop/staging/shop/web.yaml')).toBe(readFileSync(join(project, 'dist/staging/shop/web.yaml'), 'utf8'));
  });

  test('takes services, which are synthesized, compile and leave its tests as they were', () => {
    says('npx meshmart add service payments --image registry.example.com/payments:1.0.0 --port 8080 --caller web');
    says('npx meshmart add service mail-box --image registry.example.com/mail-box:1.0.0 --port grpc:50051 --caller payments --owner @example/mail');
    says('npx meshmart add service new --image registry.example.com/new:1.0.0 --port tcp:6379 --caller mail-box');
    says('npx meshmart add service night-run --image registry.example.com/night-run:1.0.0');
    for (const script of ['synth', 'typecheck', 'test']) says(`npm run ${script}`);
    const objects = objectsIn(readFolder(join(project, 'dist')));
    const allowed = objects.filter(({ kind, environment, name }) => kind === 'AuthorizationPolicy' && environment === 'staging' && name !== 'deny-all');
    const callers = (content: unknown) => listAt(content, 'spec.rules.0.from.0.source.principals').map((each) => String(each).split('/').at(-1));
    expect(Object.fromEntries(allowed.map(({ name, content }) => [name, callers(content)]))).toMatchObject({
      'payments': ['web'], 'mail-box': ['payments'], 'new': ['mail-box'],
    });
    expect(objects.filter(({ kind, name }) => kind === 'Deployment' && name === 'night-run')).toHaveLength(2);
  });

  test('has tests that fail where a call is gone, and types that refuse a wrong one', () => {
    const file = join(project, 'src/system.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace("['greet']", "['replace']"));
    expect(() => says('npx jest test/calls')).toThrow(/web.*greetings/);
    writeFileSync(file, text.replace("['greet']", "['gret']"));
    expect(() => says('npm run typecheck')).toThrow(/Type '"gret"' is not assignable to type '"greet" \| "replace"'/);
    writeFileSync(file, text);
  });
});

describe('two repositories of two teams', () => {
  const partner = { catalogue: 'checkout', checkout: 'catalogue' };
  const teams = Object.keys(partner) as (keyof typeof partner)[];
  const contractOf = (team: string, environment: string): string => join('contracts', environment, `${team}.json`);

  /** Writes `dist/` anew, here and in the other's copies of the contracts. */
  function rewrite(team: keyof typeof partner): void {
    run(join(folder, team), 'npm', 'run', 'synth');
    rmSync(join(REPOSITORIES, team, 'dist'), { recursive: true, force: true });
    cpSync(join(folder, team, 'dist'), join(REPOSITORIES, team, 'dist'), { recursive: true });
    for (const environment of readdirSync(join(folder, team, 'dist', 'contracts'))) {
      for (const root of [folder, REPOSITORIES]) {
        copyFileSync(join(folder, team, 'dist', contractOf(team, environment)), join(root, partner[team], contractOf(team, environment)));
      }
    }
  }

  beforeAll(() => {
    for (const team of teams) cpSync(join(REPOSITORIES, team), join(folder, team), { recursive: true });
    if (process.env.UPDATE_GOLDEN) for (const team of [...teams, ...teams]) rewrite(team); // twice: a contract may change what the other writes
  });

  test.each(teams)('what the CI of %s runs passes', (team) => {
    const { jobs } = parse(readFileSync(join(folder, team, '.github/workflows/ci.yml'), 'utf8'));
    const [install, ...commands]: string[] = jobs.test.steps.flatMap((step: { readonly run?: string }) => step.run ?? []);
    expect([install, commands.length]).toEqual(['npm ci', 2]);
    for (const command of commands) run(join(folder, team), 'sh', '-c', command);
  });

  test('what a team has rendered can be published', () => {
    const [repository, source] = ['gitops.git', 'catalogue'].map((name) => join(folder, name));
    run(folder, 'git', 'init', '--quiet', '--bare', repository);
    run(source, 'git', 'init', '--quiet');
    for (const [key, value] of [['user.name', 'catalogue'], ['user.email', 'catalogue@example.com']]) run(source, 'git', 'config', key, value);
    run(source, 'git', 'add', 'dist');
    run(source, 'git', 'commit', '--quiet', '--message', 'render');
    const options = { repository, branch: 'main', path: 'catalogue', allowDirty: true };
    run(source, process.execPath, '--eval', `require('meshmart/publish').publish(${JSON.stringify(options)})`);
    expect(run(repository, 'git', 'show', 'main:catalogue/staging/catalogue/products.yaml'))
      .toBe(readFileSync(join(source, 'dist/staging/catalogue/products.yaml'), 'utf8'));
    expect(JSON.parse(run(repository, 'git', 'show', 'main:catalogue/publication.json'))).toHaveProperty('provenance.versions.meshmart', ours.version);
  });

  test('an operation that the contract has no more does not compile', () => {
    const file = join(folder, 'checkout', contractOf('catalogue', 'staging'));
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"product": {', '"article": {'));
    expect(() => run(join(folder, 'checkout'), 'npm', 'run', 'typecheck')).toThrow(/build\.ts.*Type '"product"' is not assignable to type '"list"'/);
    writeFileSync(file, text);
  });

  test('a half that the other team took back is reported by name', () => {
    const file = join(folder, 'catalogue', 'src/build.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace("operations: ['product'], timeout", "operations: ['list'], timeout"));
    run(join(folder, 'catalogue'), 'npm', 'run', 'synth');
    expect(() => run(join(folder, 'checkout'), 'npm', 'test')).toThrow(/orders → products.*product/);
  });
});
