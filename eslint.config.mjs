import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import js from '@eslint/js';
import stylistic from '@stylistic/eslint-plugin';
import { defineConfig } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The rooms of the house from the foundation up: a room imports from those below it, never from its own floor or above. */
const FLOORS = [['graph'], ['manifest'], ['security', 'workload'], ['mesh'], ['data', 'observability', 'gitops'], ['app']];
/** CRD types stay where objects are made: not in the model, not in what users write. */
const WITHOUT_CRD_TYPES = ['graph', 'workload', 'app'];
/** Rooms that read what was rendered, never how, and how many floors each knows; one knows those before it. */
const READERS = { checks: 1, topology: 1, changes: 1, testing: 1, publish: 2 };

const closedTo = (room, floor) => [
  ...FLOORS.slice(floor).flat().filter((other) => other !== room).map((other) => `./src/${other}`),
  ...(WITHOUT_CRD_TYPES.includes(room) ? ['./imports'] : []),
  ...(room === 'app' ? [] : ['./src/index.ts']),
];
const zones = [
  ...FLOORS.flatMap((rooms, floor) => rooms.map((room) => ({
    target: `./src/${room}`,
    from: closedTo(room, floor),
    message: `${room} may import only from the rooms below it.`,
  }))),
  { target: ['./src/!(app)/**', './src/*.ts', './examples'], from: './src/app', message: 'Nobody imports the app.' },
  { target: './src', from: ['./test', './examples', './scripts'], message: 'The library does not know its tests.' },
  ...Object.entries(READERS).map(([room, floors], index) => ({
    target: `./src/${room}`,
    from: [...FLOORS.slice(floors).flat(), ...Object.keys(READERS).slice(index + 1), 'index.ts', '../imports'].map((other) => `./src/${other}`),
    message: `${room} reads YAML and the model's words, no constructs.`,
  })),
  // The command calls all that a test can call too; what makes constructs it runs as a process.
  { target: './src/command', from: ['./src/app', './src/index.ts', './imports'], message: 'The command calls rooms, not the app.' },
  { target: './src/!(command)/**', from: './src/command', message: 'The library does not know its command.' },
  {
    target: `./src/!(${[...Object.keys(READERS), 'command', 'app'].join('|')})/**`,
    from: Object.keys(READERS).map((room) => `./src/${room}`),
    message: 'What is rendered does not know who reads it.',
  },
];

/** Relative imports are resolved by their text, so that a zone holds before the other file is written. */
const lexicalResolver = {
  interfaceVersion: 3,
  name: 'lexical',
  resolve(source, file) {
    if (!source.startsWith('.')) return { found: false };
    const path = resolve(dirname(file), source);
    return { found: true, path: existsSync(path) ? path : `${path}.ts` };
  },
};

export default defineConfig(
  { ignores: ['imports/', 'lib/', 'dist*/', 'coverage/', 'node_modules/', 'bench/out/'] },
  js.configs.recommended,
  {
    files: ['src/**/*.mjs', 'test/**/*.mjs'], // programs of their own
    languageOptions: { globals: Object.fromEntries(['process', 'console', 'fetch', 'URL', 'setInterval', 'clearInterval'].map((name) => [name, 'readonly'])) },
  },
  { files: ['src/topology/page/*.mjs'], languageOptions: { globals: { document: 'readonly' } } },
  ...tseslint.configs.recommended,
  stylistic.configs.customize({ semi: true, quotes: 'single', indent: 2, braceStyle: '1tbs' }),
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [lexicalResolver, createNodeResolver()] },
    rules: {
      '@stylistic/arrow-parens': ['error', 'always'],
      '@stylistic/lines-between-class-members': 'off',
      '@stylistic/max-len': ['error', { code: 160, ignoreUrls: true }],
      '@stylistic/max-statements-per-line': 'off',
      '@stylistic/multiline-ternary': 'off',
      '@stylistic/no-multi-spaces': ['error', { ignoreEOLComments: true }],
      '@stylistic/operator-linebreak': 'off',
      '@stylistic/quote-props': 'off',
      '@stylistic/quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: 'always' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'import-x/no-default-export': 'error',
      'max-lines': ['error', 300],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: false }],
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/app/**', 'src/command/project/template/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{
        regex: '^cdk8s-plus-28$|/imports/(?!json-names)', allowTypeImports: true,
        message: 'Types only, since loading the classes takes long: use kinds, Scalar or enumerated.',
      }] }],
    },
  },
  {
    files: ['src/*/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: 'ExportAllDeclaration, ExportNamedDeclaration[source]',
        message: 'src/index.ts is the only barrel file.',
      }],
    },
  },
  // What is said to people, and the queries that they ask: one line each.
  { files: ['src/observability/alerts/*-alerts.ts', 'src/observability/dashboards/*-dashboard{,s}.ts'], rules: { '@stylistic/max-len': 'off' } },
  // A system is one list that reads from top to bottom.
  { files: ['src/app/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'no-console': 'off' } },
  { files: ['src/command/project/template/**'], rules: { 'no-console': 'off' } }, // a project of its own
  { files: ['examples/**/*.ts'], rules: { 'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }] } },
  { files: ['*.config.mjs'], rules: { 'import-x/no-default-export': 'off' } },
);
