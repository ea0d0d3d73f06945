import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Finding } from '../checks/finding';
import { invalid } from '../graph/configuration-error';
import { orRefuse } from '../manifest/folder-error';
import { absolute, withoutCredentials } from './address';
import { Planner, Prepared } from './plan';
import { normalPath } from './publish-path';
import { Remote } from './remote';
import { countObjects, publishedFiles } from './rendered-folder';
import { identityIn, sourceOf } from './source';

/** Options of `publish`. */
export interface PublishOptions {
  /** Address of the GitOps repository, as git takes it. Its credentials are in no message and no commit. */
  readonly repository: string;
  /** Branch that Argo CD reads. */
  readonly branch: string;
  /** Folder in the repository. No two publishers share one, and none lies in another's. @default '.' */
  readonly path?: string;
  /** Synthesized folder. @default 'dist' */
  readonly dist?: string;
  /** Files that were edited by hand and are overwritten, by their path below `path`; `publication.json` takes over the path of another source. @default [] */
  readonly adopt?: readonly string[];
  /** Errors of `checkTransition` that are meant, as `<object>: <reason>`, beside those of the source's commits. @default [] */
  readonly exceptions?: readonly string[];
  /** Whether files may come from a working tree with changes that are in no commit; the record then says so. @default false */
  readonly allowDirty?: boolean;
  /** Branch that is made for a pull request, instead of moving `branch`. @default - `branch` itself is moved */
  readonly pullRequestBranch?: string;
}

/** What `publish` did. */
export interface PublishReport {
  /** The commit that holds the files; none where the branch had them already, and nothing was pushed. */
  readonly commit?: string;
  /** Files that were written, by their path below the published path. */
  readonly written: readonly string[];
  /** Files that were removed. */
  readonly removed: readonly string[];
  /** What is right in some order of commits, so that somebody has to know. */
  readonly warnings: readonly Finding[];
}

/** How often a push is tried again that somebody else's was faster than. */
const RETRIES = 9;
/** The first wait, in the time that a try takes; the next is up to twice as long. With less, one of 20 at once does not get through. */
const SPREAD = 4;
/** How often waits get longer. */
const DOUBLINGS = 3;

/**
 * Puts the folders of all environments into a GitOps repository, in one commit that the remote takes as a whole or not at all.
 * Nothing happens where the branch has the files already.
 * @throws ConfigurationError where something would be lost: edits by hand, running experiments, another's path, a transition that
 * hurts, a manifest that is empty or cut; and where git cannot read or write. The remote is then as it was
 */
export async function publish(options: PublishOptions): Promise<PublishReport> {
  const { branch, dist = 'dist', pullRequestBranch, allowDirty = false } = options;
  const repository = absolute(options.repository);
  const path = normalPath(options.path ?? '.');
  for (const name of [branch, pullRequestBranch ?? branch]) checkBranch(name);
  const files = publishedFiles(dist);
  const prepared: Prepared = {
    repository, path, dist, files, objects: countObjects(dist, files), adopt: options.adopt ?? [], exceptions: options.exceptions ?? [],
    source: await sourceOf(dist, allowDirty), identity: await identityIn(dist),
  };
  const folder = orRefuse(tmpdir(), 'temporary folder cannot be made', () => mkdtempSync(join(tmpdir(), 'meshmart-publish-')));
  try {
    const remote = await Remote.open(folder, repository);
    const planner = new Planner(remote, prepared);
    let lost = '';
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      const begun = performance.now();
      const outcome = await attemptOn(remote, planner, branch, pullRequestBranch, attempt);
      if (typeof outcome !== 'string') return outcome;
      lost = outcome;
      if (attempt < RETRIES) await setTimeout((performance.now() - begun) * SPREAD * 2 ** Math.min(attempt, DOUBLINGS) * Math.random());
    }
    return invalid(withoutCredentials(repository), `push must not be overtaken every time, got ${RETRIES + 1} tries, and at last ${lost}; publish again`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One try; what git said where somebody else was faster. */
async function attemptOn(
  remote: Remote, planner: Planner, branch: string, pullRequestBranch: string | undefined, attempt: number,
): Promise<PublishReport | string> {
  const base = await remote.fetchBase(branch);
  const { changes, warnings, commit } = await planner.planOn(base, `${attempt}`);
  const report = { written: [...changes.write.keys()], removed: changes.remove, warnings };
  if (commit === undefined) return report;
  if (pullRequestBranch === undefined) return await remote.push(commit, branch, base) ?? { ...report, commit };
  const proposed = await remote.fetchBranch(pullRequestBranch);
  if (proposed === undefined) return await remote.push(commit, pullRequestBranch, undefined) ?? { ...report, commit };
  const [tree, other] = await Promise.all([commit, proposed].map((each) => remote.git.revparse([`${each}^{tree}`])));
  if (tree !== other) {
    invalid(pullRequestBranch, `branch for a pull request must be new, got one that holds something else at ${proposed}; name another one, or delete it`);
  }
  return { ...report, commit: proposed };
}

function checkBranch(name: string): void {
  const valid = !/^[-/.]|[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|\/\.|[/.]$|\.lock(\/|$)|^@$|^$/u.test(name);
  if (!valid) invalid(name, `branch must be a name that git takes, got ${JSON.stringify(name)}; leave out refs/heads/, spaces and signs`);
}
