import { Component, DependencyType, JsonFile, cdk8s, javascript, typescript } from 'projen';

const CDK8S = '2.70.106';
const CDK8S_PLUS = '2.5.6';
const CONSTRUCTS = '10.8.1';

const project = new cdk8s.Cdk8sTypeScriptApp({
  name: 'meshmart',
  description: 'Writes every Kubernetes and Istio object of a call between services from one declaration of that call',
  keywords: ['cdk8s', 'istio', 'kubernetes', 'service-mesh', 'canary', 'gitops'],
  license: 'Apache-2.0',
  copyrightOwner: 'The meshmart authors',
  authorName: 'The meshmart authors',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.19.0',
  entrypoint: 'lib/src/index.js',
  entrypointTypes: 'lib/src/index.d.ts',
  allowLibraryDependencies: true,

  projenVersion: '0.103.25',
  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  cdk8sVersion: CDK8S,
  cdk8sVersionPinning: true,
  cdk8sPlusVersion: CDK8S_PLUS,
  cdk8sPlusVersionPinning: true,
  k8sMinorVersion: 28,
  cdk8sCliVersion: '2.207.60',
  cdk8sCliVersionPinning: true,
  constructsVersion: CONSTRUCTS,
  constructsVersionPinning: true,
  typescriptVersion: '6.0.3',
  devDeps: [
    '@eslint/js@10.0.1',
    '@lezer/highlight@1.2.5', // of lezer-promql
    '@lezer/lr@1.4.12', // of lezer-promql
    '@marcbachmann/cel-js@8.0.0',
    '@prometheus-io/lezer-promql@0.315.0',
    '@stylistic/eslint-plugin@5.10.0',
    '@swc/core@1.16.22',
    '@swc/jest@0.2.39',
    '@types/jest@30.0.0',
    '@types/node@20.19.43',
    'echarts@6.1.0', // draws the pictures of docs/dashboards
    'esbuild@0.28.2', // as tsx has it
    'eslint@10.15.0',
    'eslint-plugin-import-x@4.18.1',
    'fast-check@4.10.2',
    'jest@30.5.2',
    'oidc-provider@9.13.3',
    'puppeteer-core@24.43.1', // types and clicks in a real Chromium
    'tsx@4.23.15',
    'typescript-eslint@8.73.0',
  ],

  deps: [
    '@grafana/grafana-foundation-sdk@0.0.21',
    '@hpcc-js/wasm-graphviz@1.29.2', // lays out `meshmart graph`
    'ajv@8.20.0',
    'commander@14.0.3',
    'diff@9.0.0', // lines of `meshmart diff --text`
    'picocolors@1.1.1',
    'simple-git@4.0.2',
    'yaml@2.9.1',
  ],

  tsconfig: {
    include: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts', 'scripts/**/*.ts', 'imports/**/*.ts', '.projenrc.ts'],
    exclude: ['lib', 'coverage', 'examples/two-repositories', 'src/command/project/template'], // the last two compile against the packed library
    compilerOptions: {
      rootDir: '.',
      outDir: 'lib',
      module: 'node20',
      target: 'ES2022',
      lib: ['es2023'],
      isolatedModules: true, // swc and tsx compile one file at a time
      skipLibCheck: true,
      experimentalDecorators: undefined,
      inlineSourceMap: undefined,
      inlineSources: undefined,
      noEmit: true,
    },
  },
  disableTsconfigDev: true,

  gitignore: ['/.meshmart/', '/bench/out/', '/charts/', '/dist.next/', '/dist.old/'],
  npmignoreEnabled: false,
  integrationTestAutoDiscover: false,
  buildWorkflow: false,
  depsUpgrade: false,
  eslint: false,
  github: false,
  jest: false,
  package: false,
  release: false,
  sampleCode: false,
});

// A consumer has one copy of each, or `instanceof` and the construct tree break.
for (const name of ['cdk8s', 'cdk8s-plus-28', 'constructs']) project.deps.removeDependency(name, DependencyType.RUNTIME);
project.addPeerDeps(`cdk8s@^${CDK8S}`, `cdk8s-plus-28@^${CDK8S_PLUS}`, `constructs@^${CONSTRUCTS}`);
project.addDevDeps(`cdk8s@${CDK8S}`, `cdk8s-plus-28@${CDK8S_PLUS}`, `constructs@${CONSTRUCTS}`);

project.package.addField('exports', {
  '.': { types: './lib/src/index.d.ts', default: './lib/src/index.js' },
  './checks': { types: './lib/src/checks.d.ts', default: './lib/src/checks.js' },
  './contract.schema.json': './src/graph/contract.schema.json',
  './publication.schema.json': './src/publish/publication.schema.json',
  './publish': { types: './lib/src/publish.d.ts', default: './lib/src/publish.js' },
  './testing': { types: './lib/src/testing.d.ts', default: './lib/src/testing.js' },
  './package.json': './package.json',
});
project.package.addField('bin', { meshmart: 'lib/src/command/main.js' });
project.package.addField('files', [
  'lib', 'src/command/project/template', 'src/graph/contract.schema.json', 'src/publish/publication.schema.json', 'src/topology/page/client.mjs',
  'src/topology/page/style.css', 'CHANGELOG.md',
]);

project.tryRemoveFile('projenrc/tsconfig.json'); // tsconfig.json covers this file
project.gitignore.removePatterns('!/projenrc/tsconfig.json');
project.defaultTask!.reset('node --import tsx .projenrc.ts');
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
project.npmrc.addConfig('ignore-scripts', 'true'); // no dependency needs its install script

new JsonFile(project, 'tsconfig.build.json', {
  obj: {
    extends: './tsconfig.json',
    compilerOptions: { noEmit: false, noEmitOnError: true, emitDeclarationOnly: true }, // scripts/bundle.ts writes what runs
    include: ['src/**/*.ts', 'src/**/*.json'],
    exclude: ['src/app', 'src/command/project/template'],
  },
});

const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
/** Packages that are modules alone, which jest cannot require as they are. */
const ESM_ONLY = '(@marcbachmann/cel-js|@hpcc-js/wasm-graphviz)';
new JsonFile(project, 'jest.config.json', {
  obj: {
    testMatch: ['<rootDir>/test/**/*.test.ts'],
    transform: {
      '^.+\\.ts$': ['@swc/jest', swc],
      [`/node_modules/${ESM_ONLY}/.+\\.js$`]: ['@swc/jest', { ...swc, jsc: { target: 'es2022' } }],
    },
    transformIgnorePatterns: [`/node_modules/(?!${ESM_ONLY}/)`],
    modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/dist'],
    clearMocks: true,
    maxWorkers: '100%', // jest leaves one core idle, which on two is half of them
    coverageReporters: ['text-summary', 'lcovonly'],
    collectCoverageFrom: ['src/**/*.ts', '!src/command/project/template/**'],
    coverageThreshold: { global: { lines: 95 } },
  },
});

const cdk8sYaml = project.tryFindObjectFile('cdk8s.yaml')!;
cdk8sYaml.addOverride('app', 'node --require tsx/cjs src/app/main.ts');
cdk8sYaml.addOverride('output', 'dist');
cdk8sYaml.addDeletionOverride('imports');

project.gitignore.removePatterns('/dist/');
for (const generated of ['/imports/**', '/package-lock.json']) project.annotateGenerated(generated); // dist is reviewed, so it is not folded

/** Scripts call the tools themselves: a projen task in between costs half a second and hides the command. */
class Scripts extends Component {
  public override preSynthesize(): void {
    const kept = ['default', 'install', 'install:ci'];
    const removed = project.tasks.all.map(({ name }) => name).filter((name) => !kept.includes(name));
    for (const name of ['build', ...removed]) project.removeTask(name); // build refers to the others
    project.package.addField('scripts', {
      synth: 'node --require tsx/cjs src/app/main.ts',
      test: 'npm run typecheck & npm run lint; lint=$?; wait $! && [ $lint = 0 ] && jest --ci', // the first two have a core each
      'test:coverage': 'jest --ci --coverage', // by itself: counting lines makes the tests half as slow again
      bench: 'node --require tsx/cjs bench/main.ts',
      'test:package': 'jest --config test/package/jest.config.json --ci',
      'test:cluster': 'npm run test:cluster:tools && npm run test:cluster:static && npm run test:cluster:live',
      'test:cluster:tools': 'node --require tsx/cjs test/cluster/tools/build.ts',
      'test:cluster:static': 'jest --config test/cluster/static/jest.config.json --ci',
      'test:engines': 'jest --config test/engines/jest.config.json --ci',
      'test:cluster:live': 'jest --config test/cluster/jest.config.json --ci',
      lint: 'eslint --max-warnings 0 .',
      typecheck: 'tsc',
      golden: 'npm run synth && export UPDATE_GOLDEN=1 && jest --ci && npm run test:package',
      build: 'rm -rf lib && tsc -p tsconfig.build.json && node --require tsx/cjs scripts/bundle.ts',
      release: 'npm run build && npm pack',
      'publish:gitops': 'node --require tsx/cjs src/command/main.ts publish',
      helm: 'node --require tsx/cjs src/command/main.ts helm',
      import: 'node --require tsx/cjs scripts/import.ts',
      lock: 'npm install --package-lock-only && node --require tsx/cjs scripts/complete-lock.ts',
      projen: 'projen',
    });
  }
}
new Scripts(project);

project.gitignore.removePatterns('logs'); // a room of the house
project.synth();
