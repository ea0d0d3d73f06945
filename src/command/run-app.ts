import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RenderedFiles, readFolder } from '../checks/rendered';
import { ConfigurationError, invalid } from '../graph/configuration-error';
import { at, textAt } from '../graph/json';
import { SourceMap } from '../graph/source-map';
import { CallEnds, traceVariables } from '../graph/trace';
import { orRefuse } from '../manifest/folder-error';
import { Context } from './context';
import { UsageError } from './usage-error';

/** How the app is run. */
export interface AppRun {
  /** What runs it. @default - what `cdk8s.yaml` says */
  readonly app?: string;
  /** What a person reads where the app fails, behind what its exit code was. @default '' */
  readonly unchanged?: string;
  /** Calls that are left out, one at least. @default - none */
  readonly without?: readonly CallEnds[];
}

/** Runs the app, which says itself what is wrong with it, into a folder that is gone afterwards. @throws ConfigurationError where it ends badly */
export async function renderedBy(run: AppRun, context: Context): Promise<{ readonly files: RenderedFiles }> {
  const { without: calls } = run;
  const variables = (folder: string): NodeJS.ProcessEnv => (calls ? { [traceVariables.without]: JSON.stringify({ outdir: outdirIn(folder), calls }) } : {});
  return inFolder(run, context, variables, (files) => ({ files }));
}

/**
 * The same, and where everything in it was written.
 * @param file the only file whose fields are told apart; '' is none
 */
export async function tracedBy(run: AppRun, file: string, context: Context): Promise<{ readonly files: RenderedFiles; readonly map: SourceMap }> {
  const mapIn = (folder: string): string => join(folder, 'source-map.json');
  const variables = (folder: string): NodeJS.ProcessEnv => ({ [traceVariables.sourceMap]: mapIn(folder), [traceVariables.file]: file });
  return inFolder(run, context, variables, (files, folder, app) => ({ files, map: sourceMapIn(mapIn(folder), app) }));
}

/** What `cdk8s.yaml` says runs the app. */
function appOf(): string {
  if (!existsSync('cdk8s.yaml')) throw new UsageError('app must be known, got no cdk8s.yaml in this folder; go to that of the project, or name it by --app');
  const content: unknown = orRefuse('cdk8s.yaml', 'file must be YAML', () => parse(readFileSync('cdk8s.yaml', 'utf8')));
  const app = textAt(content, 'app');
  if (app === undefined) throw new UsageError('cdk8s.yaml must have app, got none; write for example app: node --import tsx src/main.ts');
  return app;
}

function outdirIn(folder: string): string {
  return join(folder, 'dist');
}

async function inFolder<T>(
  { app = appOf(), unchanged = '' }: AppRun, { terminal }: Context,
  variables: (folder: string) => NodeJS.ProcessEnv, read: (files: RenderedFiles, folder: string, app: string) => T,
): Promise<T> {
  const folder = orRefuse(tmpdir(), 'temporary folder cannot be made', () => mkdtempSync(join(tmpdir(), 'meshmart-synth-')));
  try {
    const progress = terminal.columns !== undefined && process.stderr.isTTY;
    if (progress) terminal.err('rendering…');
    const outdir = outdirIn(folder);
    const { code, said } = await ran(app, { ...process.env, CDK8S_OUTDIR: outdir, ...variables(folder) });
    if (progress) terminal.err('\r\x1b[K');
    if (code !== 0) throw new ConfigurationError(`[${app}] app must end with 0, got ${code}${unchanged}\n${said.trimEnd()}`);
    if (!existsSync(outdir)) {
      throw new ConfigurationError(`[${app}] app must write to CDK8S_OUTDIR, got nothing there; give GitOpsApp no outdir, and call synth or synthesize`);
    }
    return read(readFolder(outdir), folder, app);
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

function sourceMapIn(file: string, app: string): SourceMap {
  const content: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  if (isSourceMap(content)) return content;
  const got = content === undefined ? 'none' : `version ${String(at(content, 'version'))}`;
  return invalid(app, `app must write a source map of version 1, got ${got}; let it be a GitOpsApp of the meshmart whose command this is`);
}

function isSourceMap(content: unknown): content is SourceMap {
  return at(content, 'version') === 1 && ['calls', 'objects', 'experiments'].every((list) => Array.isArray(at(content, list)));
}
