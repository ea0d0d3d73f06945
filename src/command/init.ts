import { existsSync } from 'node:fs';
import { basename, relative, resolve, sep } from 'node:path';
import { named } from '../manifest/folder-error';
import { versions } from '../publish/versions';
import { Context, printJson } from './context';
import { checkNewFolder, makeFolder } from './project/new-folder';
import { newProject, projectNameProblem } from './project/new-project';
import { UsageError } from './usage-error';

interface Options {
  readonly name?: string;
  readonly meshmart?: string;
  readonly json?: boolean;
}

/** `meshmart init`. */
export async function init(folder: string, options: Options, context: Context): Promise<void> {
  checkNewFolder(folder);
  const meshmart = sourceOf(options.meshmart, folder);
  const name = await nameOf(folder, options, context);
  const files = newProject({ name, meshmart });
  makeFolder(folder, files);
  context.end(0);
  const next = [...(resolve(folder) === resolve('.') ? [] : [`cd ${inShell(named(folder))}`]), 'npm install', 'npm run synth'];
  if (options.json) return printJson(context, { folder, name, meshmart, files: [...files.keys()], next });
  context.terminal.out(`made ${name} in ${named(folder)}: ${files.size} files\nnext: ${next.join(' && ')}\n`);
}

/** As told, or as a person says who is asked, or that of the folder. */
async function nameOf(folder: string, { name, json = false }: Options, { terminal }: Context): Promise<string> {
  const own = basename(resolve(folder));
  const usual = projectNameProblem(own) === undefined ? own : undefined;
  const [answer = ''] = name === undefined && !json && terminal.ask ? await terminal.ask([`name${usual === undefined ? '' : ` (${usual})`}: `]) : [];
  const chosen = name ?? (answer === '' ? own : answer);
  const problem = projectNameProblem(chosen);
  if (problem === undefined) return chosen;
  throw new UsageError(`${problem}${name === undefined && answer === '' ? '; say another by --name' : ''}`);
}

/** What `package.json` says of meshmart; the path of a tarball is seen from the new folder. */
function sourceOf(written: string | undefined, folder: string): string {
  if (written === undefined) return versions().meshmart;
  if (!/^\S+$/.test(written)) throw new UsageError(`meshmart must be a version or where npm finds it, got '${written}'; say for example --meshmart 1.2.0`);
  const file = /^file:/.test(written) || (/\.(tgz|tar\.gz)$/.test(written) && !/^\w+:/.test(written));
  if (!file) return written;
  const path = resolve(written.replace(/^file:/, ''));
  if (!existsSync(path)) throw new UsageError(`meshmart must be a file that is there, got none at ${named(path)}; say where the tarball is`);
  return `file:${relative(resolve(folder), path).split(sep).join('/')}`;
}

function inShell(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
