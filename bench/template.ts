import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ToolMissing } from '../test/cluster/tools/tools';
import { write } from './inputs';

/** What the TypeScript template of cdk8s has and this project has not: ts-node knows no newer TypeScript. */
const PACKAGES = { 'ts-node': '10.9.2', typescript: '5.9.3' };
const PATIENCE = 120_000; // milliseconds

/**
 * Installs what a project of the template needs. All else it finds in the folders above, where this project has it.
 * @throws ToolMissing where npm cannot get it
 */
export function installTemplate(folder: string): string {
  write(join(folder, 'package.json'), JSON.stringify({ private: true, devDependencies: PACKAGES }));
  const args = ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  try {
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe', encoding: 'utf8', timeout: PATIENCE });
  } catch (error) {
    const [why] = String(error instanceof Error && 'stderr' in error && error.stderr ? error.stderr : error).split('\n');
    throw new ToolMissing(`npm could not install ${Object.entries(PACKAGES).map((each) => each.join(' ')).join(' and ')} (${why})`);
  }
  return folder;
}

/** Writes a project as `cdk8s init typescript-app` does, whose app has the manifests of a file by L2 classes. */
export function writeTemplate(folder: string, manifests: string): void {
  mkdirSync(folder, { recursive: true });
  const template = join(dirname(require.resolve('cdk8s-cli/package.json')), 'templates', 'typescript-app');
  for (const file of ['cdk8s.yaml', 'tsconfig.json']) copyFileSync(join(template, file), join(folder, file));
  write(join(folder, 'package.json'), JSON.stringify({ private: true, main: 'main.js' }));
  write(join(folder, 'main.ts'), `import { synthesize } from '${relative(folder, join(__dirname, 'l2-classes'))}';\n\nsynthesize('${manifests}');\n`);
}
