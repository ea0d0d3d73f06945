import { parseArgs } from 'node:util';
import { inWords } from '../src/checks';
import { ConfigurationError } from '../src/graph/configuration-error';
import { publish } from '../src/publish';

const USAGE = `npm run publish:gitops -- --repo <url> --branch <name>
  [--path <folder>] [--dist <folder>] [--adopt <file>]... [--exception '<object>: <reason>']... [--allow-dirty] [--pull-request <branch>]`;

/** Publishes `dist/` to a GitOps repository. Ends with 1 where that is refused. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      repo: { type: 'string' },
      branch: { type: 'string' },
      path: { type: 'string' },
      dist: { type: 'string' },
      adopt: { type: 'string', multiple: true },
      exception: { type: 'string', multiple: true },
      'allow-dirty': { type: 'boolean' },
      'pull-request': { type: 'string' },
    },
  });
  const { repo, branch, path, dist, adopt, exception } = values;
  if (repo === undefined || branch === undefined) throw new ConfigurationError(`[publish:gitops] --repo and --branch must be given; ${USAGE}`);
  const options = { repository: repo, branch, path, dist, adopt, exceptions: exception };
  const { commit, written, removed, warnings } = await publish({
    ...options, allowDirty: values['allow-dirty'], pullRequestBranch: values['pull-request'],
  });
  for (const warning of warnings) console.warn(`warning: ${inWords(warning)}`);
  console.log(commit === undefined ? 'nothing changed' : `${commit}: ${written.length} files written, ${removed.length} removed`);
}

main().catch((error: unknown) => {
  const said = error instanceof ConfigurationError || (error instanceof TypeError && 'code' in error); // parseArgs refuses with a TypeError
  console.error(said ? error.message : error);
  process.exitCode = 1;
});
