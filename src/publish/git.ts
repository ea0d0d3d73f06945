import { SimpleGit, simpleGit } from 'simple-git';
import { invalid } from '../graph/configuration-error';
import { secretsOf, withoutCredentials } from './address';

/** Variables that say who commits and how remotes are reached. Others could lead git to another repository, as those of a hook do. */
const ENVIRONMENT = [
  'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_AUTHOR_DATE', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'GIT_COMMITTER_DATE',
  'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_ASKPASS', 'SSH_ASKPASS', 'GIT_TERMINAL_PROMPT',
  'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'GIT_SSL_CERT', 'GIT_SSL_KEY', 'GIT_SSL_NO_VERIFY',
];

/** What is deleted in a moment needs no maintenance. */
const CONFIG = ['gc.auto=0', 'maintenance.auto=false'];

/** Lines of git's that a message has. */
const LINES = 6;

/** What helps, by what git says. */
const FIXES: readonly (readonly [says: RegExp, fix: string])[] = [
  [/no space left|out of disk ?space|quota/i, 'free some space there'],
  [/checked out branch/i, 'publish to a bare repository'],
  [/hook declined|protected|not allowed to push|denyNonFastForwards|GH006/i, 'let this user push to the branch, or give a pullRequestBranch'],
  [/read-only file system|permission (to .* )?denied|insufficient permission|error: 403|access denied/i, 'let this user write there'],
  [/could not read (username|password)|authentication failed|error: 401|publickey/i, 'give git credentials: a credential helper, or a key'],
  [/not (appear to be )?a git repository|not found|does not exist|error: 404/i, 'check the address, or make the repository with git init --bare'],
  [/could not resolve|failed to connect|unable to access|connection (refused|timed out|reset)|hung up|unable to connect/i, 'check the address and the network'],
  [/dubious ownership/i, 'let its owner be this user, or name it in safe.directory'],
  [/unknown option/i, 'use git 2.29 or newer'], // the first with --no-write-fetch-head
];

/** Variables that configure git for one process, as jobs of a CI get their credentials. */
const CONFIGURED = /^GIT_CONFIG_(COUNT|(KEY|VALUE)_\d+)$/;

/** Git in a folder, with a text for the process to read where one is given. */
export function gitIn(folder: string, input?: Buffer): SimpleGit {
  const allowEnvironment = [...ENVIRONMENT, ...Object.keys(process.env).filter((name) => CONFIGURED.test(name))];
  return simpleGit({ baseDir: folder, allowEnvironment, config: CONFIG, ...(input === undefined ? {} : { input: () => input }) });
}

/** What git said when a command failed that asks a remote, in one line and without credentials. */
export function saidBy(address: string, error: unknown): string {
  const said = secretsOf(address).reduce((text, secret) => text.replaceAll(secret, '***'), withoutCredentials(String(error)));
  const lines = said.replace(/^\w*Error: /, '').split('\n').map((line) => line.trim()).filter((line) => !/^(To |Done$|hint:|$)/.test(line));
  return lines.slice(0, LINES).join(' | ');
}

/**
 * Waits for a git command that asks a remote. Git's error is no cause of ours: it has the address in the command that failed.
 * @throws ConfigurationError with what git said and what helps
 */
export async function orRefuseRemote<T>(address: string, problem: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    const said = saidBy(address, error);
    const fix = FIXES.find(([says]) => says.test(said))?.[1];
    return invalid(withoutCredentials(address), `${problem}, got ${said}${fix === undefined ? '' : `; ${fix}`}`);
  });
}
