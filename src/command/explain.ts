import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { Cause, ExplainedLine, Origin, explainedLine } from '../checks/explained-line';
import { RenderedFiles, isManifest } from '../checks/rendered';
import { orRefuse } from '../manifest/folder-error';
import { Context, printJson } from './context';
import { callInWords, explainCall, inBrief } from './explain-call';
import { nearest } from './nearest';
import { folderState } from './rendered-state';
import { tracedBy } from './run-app';
import { Selection } from './selection';
import { table } from './terminal';
import { UsageError } from './usage-error';

/** Options of `meshmart explain`. */
export interface ExplainOptions extends Selection {
  readonly app?: string;
  readonly dist: string;
  readonly json?: boolean;
}

/** `meshmart explain`: what a call makes, or where a line of a rendered file comes from. */
export async function explain(what: string, callee: string | undefined, options: ExplainOptions, context: Context): Promise<void> {
  if (callee !== undefined) return explainCall(what, callee, options, context);
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(what) ?? [];
  if (file === undefined) throw new UsageError(`explain must be asked for <caller> <callee> or <file>:<line>, got '${what}' alone; add the callee or the line`);
  return explainLine(file, Number(line), options, context);
}

async function explainLine(name: string, line: number, { app, dist, json }: ExplainOptions, context: Context): Promise<void> {
  const file = fileIn(dist, name);
  const text = orRefuse(name, 'file cannot be read', () => readFileSync(join(dist, file), 'utf8'));
  const last = text.replace(/\n$/, '').split('\n').length;
  if (line < 1 || line > last) throw new UsageError(`line must be one of ${name}, got ${line}; it has 1 to ${last}`);
  const { files, map } = await tracedBy({ app }, file, context);
  const explained = explainedLine(file, text, line, files, map);
  if (!explained) throw new UsageError(`line must be one of an object, got ${name}:${line}, which stands between two; name one of its fields`);
  context.end(0);
  if (explained.causes === undefined) {
    context.terminal.err(`warning: [${name}] object is not as the app renders it now, so no call is named; run meshmart synth\n`);
  }
  if (json) return printJson(context, explained);
  context.terminal.out(table(context.terminal, rowsOf(explained)));
}

/** A file as its path below the rendered folder. @throws UsageError where it is none that can be explained */
function fileIn(dist: string, name: string): string {
  const files = folderState(dist);
  const file = relative(resolve(dist), resolve(name)).split(sep).join('/');
  if (file.startsWith('../') && existsSync(name) && statSync(name).isFile()) {
    throw new UsageError(`file must lie in the rendered folder ${dist}, got ${name}; name one of it, or another folder by --dist`);
  }
  if (!files.has(file)) throw new UsageError(`file must be there, got none at ${name}; ${guessOf(name, dist, files)}`);
  if (!isManifest(file) && !/^experiments\/.*\.ya?ml$/.test(file)) {
    throw new UsageError(`file must be a manifest, got ${name}, which is derived from many; name an <environment>/<system>/<component>.yaml of ${dist}`);
  }
  return file;
}

function guessOf(name: string, dist: string, files: RenderedFiles): string {
  const near = files.has(name) ? name : nearest(relative('', name), [...files.keys()].map((path) => join(dist, path)));
  if (near === undefined) return `name one of ${dist}`;
  return `did you mean ${files.has(near) ? join(dist, near) : near}?`;
}

function rowsOf({ object, field, value, origin, running, causes = [], inside = [] }: ExplainedLine): readonly (readonly string[])[] {
  const isLeaf = typeof value !== 'object' || value === null;
  return [
    ...object ? [['object', `${object.kind} ${[object.namespace, object.name].filter((part) => part !== '').join('/')}`]] : [],
    ['field', isLeaf ? `${field} = ${inBrief(value)}` : field],
    ['construct', whereIs(origin)],
    ...running ? [['which runs as', whereIs(running)]] : [],
    ...causes.map((cause) => [cause.call ? 'call' : 'patch', causeInWords(cause)]),
    ...inside.map((cause) => [`${cause.call ? 'call' : 'patch'} inside`, causeInWords(cause)]),
  ];
}

function causeInWords(cause: Cause): string {
  return cause.call ? `${callInWords(cause.call)}, ${cause.place ?? 'place not known'}` : cause.place ?? 'place not known';
}

function whereIs({ construct, place }: Origin): string {
  return `${construct}, ${place ?? 'place not known'}`;
}
