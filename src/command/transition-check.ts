import { relative, resolve, sep } from 'node:path';
import { simpleGit } from 'simple-git';
import { checkHistory } from '../checks/history';
import { checkTransition } from '../checks/transition';
import { Context, printFindings, printJson } from './context';
import { folderState, stateOf } from './rendered-state';
import { UsageError } from './usage-error';

interface Options {
  readonly dist: string;
  readonly branch: string;
  readonly json?: boolean;
}

/** `meshmart transition check`: ends with 1 where a cluster cannot take a step. */
export async function transitionCheck(from: string | undefined, options: Options, context: Context): Promise<void> {
  const { dist, json = false } = options;
  const { commits, findings } = from === undefined ? await ofHistory(options) : {
    commits: undefined, findings: checkTransition(await stateOf(from, dist), folderState(dist)),
  };
  context.end(findings.some(({ severity }) => severity === 'error') ? 1 : 0);
  if (json) return printJson(context, { commits, findings });
  printFindings(context, findings);
  const checked = commits === undefined ? `from ${from} to ${dist}` : `in ${commits.length} ${commits.length === 1 ? 'commit' : 'commits'}`;
  context.terminal.out(findings.length === 0 ? `nothing hurts ${checked}\n` : '');
}

/** @throws UsageError where nothing can be checked: to say nothing would be to say that all is well */
async function ofHistory({ dist, branch }: Options): ReturnType<typeof checkHistory> {
  const repository = (await simpleGit('.').revparse(['--show-toplevel']).catch(() => '.')).trim();
  const report = await checkHistory({ repository, folder: relative(repository, resolve(dist)).split(sep).join('/'), branch });
  if (report.skipped !== undefined) throw new UsageError(`history cannot be checked: ${report.skipped}`);
  return report;
}
