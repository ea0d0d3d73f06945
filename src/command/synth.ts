import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RenderedFiles, readFolder } from '../checks/rendered';
import { recoverFolder, swapFolder } from '../gitops/folder-swap';
import { ConfigurationError } from '../graph/configuration-error';
import { textAt } from '../graph/json';
import { named, orRefuse } from '../manifest/folder-error';
import { Context, printJson } from './context';
import { Selection, selected } from './selection';
import { table } from './terminal';
import { UsageError } from './usage-error';

interface Options extends Selection {
  readonly app?: string;
  readonly dist: string;
  readonly json?: boolean;
}

/** One folder of the rendered one, by its files. */
interface FolderChanges {
  readonly folder: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** `meshmart synth`: the app renders into a temporary folder, whose files take the place of the rendered one when the app has ended well. */
export async function synth(options: Options, context: Context): Promise<void> {
  const begun = performance.now();
  recoverFolder(options.dist);
  const before: RenderedFiles = existsSync(options.dist) ? orRefuse(options.dist, 'folder cannot be read', () => readFolder(options.dist)) : new Map();
  const fresh = await rendered(options.app ?? appOf(), options.dist, context);
  const wanted = selected(fresh, options, new Map([...before, ...fresh]));
  const gone = selected(before, options, new Map([...before, ...fresh]));
  const after = new Map([...[...before].filter(([path]) => !gone.has(path)), ...wanted]);
  const changes = changesOf(before, after);
  if (changes.length > 0 || !existsSync(options.dist)) swapFolder(options.dist, after);
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(1));
  context.end(0);
  if (options.json) return printJson(context, { folder: options.dist, files: after.size, seconds, changes });
  const rows = changes.map(({ folder, added, changed, removed }) => [folder, added, changed, removed]);
  const { terminal } = context;
  if (rows.length > 0) terminal.out(table(terminal, [['folder', 'added', 'changed', 'removed'], ...rows]));
  terminal.out(`${after.size} files in ${options.dist}, ${changes.length === 0 ? 'nothing changed' : `${changes.length} folders changed`}, ${seconds} s\n`);
}

/** What `cdk8s.yaml` says runs the app. */
function appOf(): string {
  if (!existsSync('cdk8s.yaml')) throw new UsageError('app must be known, got no cdk8s.yaml in this folder; go to that of the project, or name it by --app');
  const content: unknown = orRefuse('cdk8s.yaml', 'file must be YAML', () => parse(readFileSync('cdk8s.yaml', 'utf8')));
  const app = textAt(content, 'app');
  if (app === undefined) throw new UsageError('cdk8s.yaml must have app, got none; write for example app: node --import tsx src/main.ts');
  return app;
}

/** Runs the app, which says itself what is wrong with it. @throws ConfigurationError where it ends badly; nothing is changed then */
async function rendered(app: string, dist: string, { terminal }: Context): Promise<RenderedFiles> {
  const folder = orRefuse(tmpdir(), 'temporary folder cannot be made', () => mkdtempSync(join(tmpdir(), 'meshmart-synth-')));
  try {
    const progress = terminal.columns !== undefined && process.stderr.isTTY;
    if (progress) terminal.err('rendering…');
    const outdir = join(folder, 'dist');
    const { code, said } = await ran(app, { ...process.env, CDK8S_OUTDIR: outdir });
    if (progress) terminal.err('\r\x1b[K');
    if (code !== 0) throw new ConfigurationError(`[${app}] app must end with 0, got ${code}; ${named(dist)} is as it was\n${said.trimEnd()}`);
    if (!existsSync(outdir)) {
      throw new ConfigurationError(`[${app}] app must write to CDK8S_OUTDIR, got nothing there; give GitOpsApp no outdir, and call synth or synthesize`);
    }
    return readFolder(outdir);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ran(app: string, env: NodeJS.ProcessEnv): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(app, { shell: true, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => { done({ code: code ?? 128 + constants.signals[signal!], said: Buffer.concat(said).toString() }); });
  });
}

function changesOf(before: RenderedFiles, after: RenderedFiles): readonly FolderChanges[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  const folders = [...new Set(paths.map(folderOf))].sort();
  return folders.map((folder) => {
    const own = paths.filter((path) => folderOf(path) === folder);
    const [added, removed] = [before, after].map((without) => own.filter((path) => !without.has(path)).length);
    return { folder, added, changed: own.length - added - removed, removed };
  });
}

/** `staging/shop` for all that lies in it, `staging` for what lies beside. */
function folderOf(path: string): string {
  return path.split('/').slice(0, -1).slice(0, path.startsWith('experiments/') ? 3 : 2).join('/') || '.';
}
