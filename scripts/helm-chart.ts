import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFolder } from '../src/checks/rendered';
import { swapFolder } from '../src/gitops/folder-swap';
import { helmChart } from '../src/gitops/helm-chart';
import { ConfigurationError } from '../src/graph/configuration-error';

const USAGE = 'npm run helm -- --env <environment> --system <system> --version <SemVer> [--app-version <version>] [--dist <folder>] [--out <folder>]';

/** Writes one system of one environment of `dist/` as a Helm chart. Ends with 1 where that cannot be. */
function main(): void {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({ options: { 'env': string, 'system': string, 'version': string, 'app-version': string, 'dist': string, 'out': string } });
  const { env, system, version, dist = 'dist', out = 'charts' } = values;
  if (env === undefined || system === undefined || version === undefined) {
    throw new ConfigurationError(`[helm] --env, --system and --version must be given; ${USAGE}`);
  }
  const folder = `${env}/${system}/`;
  const files = [...readFolder(dist)].filter(([path]) => path.startsWith(folder)).map(([path, text]) => [path.slice(folder.length), text] as const);
  const description = `${system} as it runs in ${env}`;
  const chart = helmChart(new Map(files), { name: system, version, description, appVersion: values['app-version'] });
  const target = join(out, env, system);
  swapFolder(target, chart);
  console.log(`wrote ${chart.size} files to ${target}`);
}

try {
  main();
} catch (error) {
  const said = error instanceof ConfigurationError || (error instanceof TypeError && 'code' in error); // parseArgs refuses with a TypeError
  console.error(said ? error.message : error);
  process.exitCode = 1;
}
