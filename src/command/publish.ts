import { inWords } from '../checks/finding';
import { publish } from '../publish/publish';
import { Context, printJson } from './context';

interface Options {
  readonly repo: string;
  readonly branch: string;
  readonly path: string;
  readonly dist: string;
  readonly adopt?: readonly string[];
  readonly exception?: readonly string[];
  readonly allowDirty?: boolean;
  readonly pullRequest?: string;
  readonly json?: boolean;
}

/** `meshmart publish`. */
export async function publishCommand(options: Options, context: Context): Promise<void> {
  const { repo, exception, pullRequest, json = false, ...others } = options;
  const report = await publish({ ...others, repository: repo, exceptions: exception, pullRequestBranch: pullRequest });
  context.end(0);
  if (json) return printJson(context, report);
  for (const warning of report.warnings) context.terminal.err(`warning: ${inWords(warning)}\n`);
  const { commit, written, removed } = report;
  context.terminal.out(commit === undefined ? 'nothing changed\n' : `${commit}: ${written.length} files written, ${removed.length} removed\n`);
}
