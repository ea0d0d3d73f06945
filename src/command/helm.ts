import { join } from 'node:path';
import { swapFolder } from '../gitops/folder-swap';
import { helmChart } from '../gitops/helm-chart';
import { Context, printJson } from './context';
import { folderState } from './rendered-state';
import { environmentsOf, systemsOf } from './selection';
import { oneOf } from './usage-error';

interface Options {
  readonly env: string;
  readonly system: string;
  readonly chartVersion: string;
  readonly appVersion?: string;
  readonly dist: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `meshmart helm`. */
export function helm({ env, system, chartVersion, appVersion, dist, out, json = false }: Options, context: Context): void {
  const state = folderState(dist);
  oneOf('environment', env, environmentsOf(state));
  oneOf('system', system, systemsOf(state));
  const folder = `${env}/${system}/`;
  const files = new Map([...state].filter(([path]) => path.startsWith(folder)).map(([path, text]) => [path.slice(folder.length), text]));
  const chart = helmChart(files, { name: system, version: chartVersion, description: `${system} as it runs in ${env}`, appVersion });
  const target = join(out, env, system);
  swapFolder(target, chart);
  context.end(0);
  if (json) return printJson(context, { folder: target, files: [...chart.keys()].sort() });
  context.terminal.out(`wrote ${chart.size} files to ${target}\n`);
}
