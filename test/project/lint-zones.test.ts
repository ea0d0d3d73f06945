import { execFileSync } from 'node:child_process';

const BELOW: Record<string, string[]> = {
  graph: [],
  manifest: ['graph'],
  security: ['graph', 'manifest'],
  workload: ['graph', 'manifest'],
  mesh: ['graph', 'manifest', 'security', 'workload'],
  data: ['graph', 'manifest', 'security', 'workload', 'mesh'],
  observability: ['graph', 'manifest', 'security', 'workload', 'mesh'],
  gitops: ['graph', 'manifest', 'security', 'workload', 'mesh'],
  app: ['graph', 'manifest', 'security', 'workload', 'mesh', 'data', 'observability', 'gitops', 'checks', 'testing', 'publish'],
  checks: ['graph'],
  testing: ['graph', 'checks'],
  publish: ['graph', 'manifest', 'checks', 'testing'],
};
const ROOMS = Object.keys(BELOW);

/** ESLint reads its configuration with a dynamic import, which jest's sandbox refuses: it runs in a process of its own. */
const LINT = `
  import { ESLint } from 'eslint';
  import { text } from 'node:stream/consumers';
  const eslint = new ESLint();
  const refused = async ([filePath, module, isType]) => {
    const text = isType ? "import type { X } from '" + module + "';\\nexport type Y = X;\\n" : "import { x } from '" + module + "';\\nexport const y = x;\\n";
    const [result] = await eslint.lintText(text, { filePath });
    return [...new Set(result.messages.map(({ ruleId }) => ruleId))].join();
  };
  const cases = JSON.parse(await text(process.stdin));
  console.log(JSON.stringify(await Promise.all(cases.map(refused))));
`;

type Import = readonly [file: string, module: string, isType?: boolean];

const PAIRS = ROOMS.flatMap((from) => ROOMS.filter((to) => to !== from).map((to) => [from, to] as const));
const BETWEEN_ROOMS = PAIRS.map(([from, to]): Import => [`src/${from}/deeper/file.ts`, `../../${to}/thing`]);
const CRD_TYPES = ROOMS.map((room): Import => [`src/${room}/file.ts`, '../../imports/networking.istio.io', true]);
const OUT_OF_THE_HOUSE: Record<string, Import> = {
  'the library exports its rooms': ['src/index.ts', './mesh/thing'],
  'the library uses its peers': ['src/mesh/thing.ts', 'cdk8s'],
  'the library exports the app': ['src/index.ts', './app/main'],
  'another command uses the app': ['src/cli/main.ts', '../app/main'],
  'an example uses the app': ['examples/shop.ts', '../src/app/main'],
  'a room has types of cdk8s-plus': ['src/mesh/thing.ts', 'cdk8s-plus-28', true],
  'a room loads cdk8s-plus': ['src/mesh/thing.ts', 'cdk8s-plus-28'],
  'a room loads classes of custom resources': ['src/mesh/thing.ts', '../../imports/networking.istio.io'],
  'a room uses a test': ['src/mesh/thing.ts', '../../test/helper'],
  'a room uses a development dependency': ['src/mesh/thing.ts', 'fast-check'],
};

let refusedBy: Map<string, string>;
const rules = (imports: readonly Import[]) => imports.map((each) => refusedBy.get(each.join()));

beforeAll(() => {
  const imports = [...BETWEEN_ROOMS, ...CRD_TYPES, ...Object.values(OUT_OF_THE_HOUSE)];
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', LINT], { input: JSON.stringify(imports), encoding: 'utf8' });
  const verdicts: string[] = JSON.parse(output);
  refusedBy = new Map(imports.map((each, index) => [each.join(), verdicts[index]]));
});

test('lets a room import only from the rooms below it', () => {
  const refused = rules(BETWEEN_ROOMS);

  expect(PAIRS.filter((_, index) => refused[index] === '')).toEqual(PAIRS.filter(([from, to]) => BELOW[from].includes(to)));
  expect(new Set(refused)).toEqual(new Set(['', 'import-x/no-restricted-paths']));
});

test('gives CRD types only to the rooms that make objects of the mesh', () => {
  const refused = rules(CRD_TYPES);

  expect(ROOMS.filter((_, index) => refused[index] === '')).toEqual(['manifest', 'security', 'mesh', 'data', 'observability', 'gitops']);
});

test('keeps the app and the tests out of what npm exports', () => {
  const refused = rules(Object.values(OUT_OF_THE_HOUSE));

  expect(Object.fromEntries(Object.keys(OUT_OF_THE_HOUSE).map((sentence, index) => [sentence, refused[index]]))).toEqual({
    'the library exports its rooms': '',
    'the library uses its peers': '',
    'the library exports the app': 'import-x/no-restricted-paths',
    'another command uses the app': 'import-x/no-restricted-paths',
    'an example uses the app': 'import-x/no-restricted-paths',
    'a room has types of cdk8s-plus': '',
    'a room loads cdk8s-plus': '@typescript-eslint/no-restricted-imports',
    'a room loads classes of custom resources': '@typescript-eslint/no-restricted-imports',
    'a room uses a test': 'import-x/no-restricted-paths',
    'a room uses a development dependency': 'import-x/no-extraneous-dependencies',
  });
});
