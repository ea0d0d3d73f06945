import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RenderedFiles, readFolder } from '../../checks/rendered';
import { invalid } from '../../graph/configuration-error';
import { textAt } from '../../graph/json';
import { serviceNameProblem } from '../../manifest/names';

const OURS = require.resolve('meshmart/package.json');
/** Its files are those of a project: its name stands as {{name}}, and npm would leave out a .gitignore. */
const TEMPLATE = join(dirname(OURS), 'src', 'command', 'project', 'template');
/** What a project is built with, and with what it is tested: in the versions that this library is tested with. */
const PEERS = ['cdk8s', 'cdk8s-plus-28', 'constructs'];
const TOOLS = ['@swc/core', '@swc/jest', '@types/jest', '@types/node', 'jest', 'tsx', 'typescript'];
/** Namespaces that are others', and folders of an environment that are no system's. */
const TAKEN = ['argocd', 'default', 'istio-system', 'kube-node-lease', 'kube-public', 'kube-system'];
/** `<name>-production` is an AppProject, whose name has at most 63. */
const LONGEST = 63 - '-production'.length;

/** What a new project is made of. */
export interface NewProject {
  /** Its name: that of the package, of the namespace and of the folders. A DNS label of at most 52 characters that begins with a letter. */
  readonly name: string;
  /** Where npm gets meshmart: a version, or whatever else `dependencies` take. */
  readonly meshmart: string;
}

/** What is wrong with the name of a project, or undefined. */
export function projectNameProblem(name: string): string | undefined {
  const problem = serviceNameProblem(name);
  if (problem !== undefined) return problem.replace('name of a service', 'name');
  if (name.length > LONGEST) return `name must have at most ${LONGEST} characters, got ${name.length} in '${name}'; shorten it`;
  if (TAKEN.includes(name)) return `name must not be that of a namespace that others own (${TAKEN.join(', ')}), got '${name}'; choose another`;
  const packages = ['meshmart', ...PEERS, ...TOOLS];
  return packages.includes(name) ? `name must not be that of a package that the project needs, got '${name}'; choose another` : undefined;
}

/**
 * The files of a new project, which synthesizes and passes its tests as it is: two services, a call, tests, CI and how Argo CD applies it.
 * @returns text by path, with `/`
 * @throws ConfigurationError for a name that cannot be
 */
export function newProject({ name, meshmart }: NewProject): RenderedFiles {
  const problem = projectNameProblem(name);
  if (problem !== undefined) invalid(name, problem);
  const files = [...readFolder(TEMPLATE)].map(([path, text]) => [path === 'gitignore' ? '.gitignore' : path, text.replaceAll('{{name}}', name)] as const);
  return new Map([...files, ['package.json', packageJson(name, meshmart)] as const].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function packageJson(name: string, meshmart: string): string {
  const ours: unknown = JSON.parse(readFileSync(OURS, 'utf8'));
  const pin = (tool: string): string => textAt(ours, `devDependencies.${tool}`) ??
    invalid(OURS, `devDependencies must have ${tool}, got none; install meshmart anew`);
  const pins = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((each) => [each, pin(each)]));
  const swc = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } };
  return `${JSON.stringify({
    name,
    private: true,
    scripts: { 'synth': 'meshmart synth', 'typecheck': 'tsc', 'test': 'jest', 'publish:gitops': `meshmart publish --path ${name}` },
    engines: { node: textAt(ours, 'engines.node') },
    dependencies: { ...pins(PEERS), meshmart },
    devDependencies: pins(TOOLS),
    jest: { testMatch: ['<rootDir>/test/*.test.ts'], transform: { '^.+\\.ts$': ['@swc/jest', swc] } },
  }, null, 2)}\n`;
}
