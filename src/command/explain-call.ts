import { MadeField, madeFields } from '../checks/explained-call';
import { inOneLine } from '../graph/json';
import { TracedCall } from '../graph/source-map';
import { CallEnds } from '../graph/trace';
import { Context, printJson } from './context';
import type { ExplainOptions } from './explain';
import { renderedBy, tracedBy } from './run-app';
import { Selection } from './selection';
import { table } from './terminal';
import { UsageError, oneOf } from './usage-error';

/** `meshmart explain <caller> <callee>`: the app runs once as it is and once without their calls. */
export async function explainCall(caller: string, callee: string, options: ExplainOptions, context: Context): Promise<void> {
  const { files, map } = await tracedBy({ app: options.app }, '', context);
  const calls = callsBetween(caller, callee, map.calls, options);
  const ends = calls.map((call): CallEnds => [call.caller, call.callee]);
  const without = await renderedBy({ app: options.app, unchanged: ` without ${caller} → ${callee}`, without: ends }, context);
  const fields = madeFields(files, without.files);
  context.end(0);
  if (options.json) return printJson(context, { calls, fields });
  const { terminal } = context;
  for (const call of calls) terminal.out(`${callInWords(call)}, ${call.place ?? 'place not known'}\n`);
  terminal.out(fields.length === 0 ? 'nothing that is rendered would be otherwise without\n' : `\n${table(terminal, [HEAD, ...fields.map(rowOf)])}`);
}

const HEAD = ['', 'file', 'object', 'field', 'value'];

/** `+` for what is there with the call alone, `-` without it alone, `~` for what is otherwise without it. */
function rowOf({ file, object, field, value, otherwise }: MadeField): readonly string[] {
  const mark = otherwise === undefined ? '+' : value === undefined ? '-' : '~';
  const said = value === undefined || otherwise === undefined ? inBrief(value ?? otherwise) : `${inBrief(value)}, else ${inBrief(otherwise)}`;
  return [mark, file, object ? `${object.kind} ${object.name}` : '', field || 'all', said];
}

/** A value in one line: a text of several by their number. */
export function inBrief(value: unknown): string {
  const lines = typeof value === 'string' ? value.split('\n').length : 1;
  return lines === 1 ? inOneLine(value) : `${lines} lines`;
}

/**
 * Calls between two that a person names, by the end of a path or as `meshmart graph` names them: one pair an environment.
 * @throws UsageError where there is none, with the nearest name, and where a name is that of several
 */
function callsBetween(caller: string, callee: string, all: readonly TracedCall[], { env = [], system = [] }: Selection): readonly TracedCall[] {
  for (const name of env) oneOf('environment', name, [...new Set(all.map(({ caller: path }) => path.split('/')[0]))]);
  for (const name of system) oneOf('system', name, [...new Set(all.map(({ caller: path }) => path.split('/')[1]))]);
  const isChosen = (chosen: readonly string[], name: string): boolean => chosen.length === 0 || chosen.includes(name);
  const calls = all.filter(({ caller: path }) => isChosen(env, path.split('/')[0]) && isChosen(system, path.split('/')[1]));
  if (!calls.some((call) => isBetween(call, caller, callee)) && calls.some((call) => isBetween(call, callee, caller))) {
    throw new UsageError(`caller must come first, got '${caller}', which ${callee} calls; did you mean ${callee} ${caller}?`);
  }
  const from = calls.filter((call) => isNamed(call, 'caller', caller));
  if (from.length === 0) oneOf('caller', caller, namesOf(calls, 'caller'));
  const found = from.filter((call) => isNamed(call, 'callee', callee));
  if (found.length === 0) oneOf(`callee of ${caller}`, callee, namesOf(from, 'callee'));
  for (const end of ['caller', 'callee'] as const) checkOne(end, end === 'caller' ? caller : callee, found);
  return found;
}

function namesOf(calls: readonly TracedCall[], end: 'caller' | 'callee'): readonly string[] {
  return [...new Set(calls.map((call) => call[end].split('/').at(-1)!))];
}

function isBetween(call: TracedCall, caller: string, callee: string): boolean {
  return isNamed(call, 'caller', caller) && isNamed(call, 'callee', callee);
}

/** By its path or the end of it, or as a cluster knows it. */
function isNamed(call: TracedCall, end: 'caller' | 'callee', name: string): boolean {
  return call.ids[end === 'caller' ? 0 : 1] === name || `/${call[end]}`.endsWith(`/${name}`);
}

function checkOne(end: 'caller' | 'callee', name: string, found: readonly TracedCall[]): void {
  const paths = [...new Set(found.map((call) => call[end]))];
  const twins = paths.filter((path) => paths.some((other) => other !== path && other.split('/')[0] === path.split('/')[0]));
  if (twins.length > 0) throw new UsageError(`${end} must be one of its environment, got '${name}', which are ${twins.join(' and ')}; write more of the path`);
}

/** `staging/shop/web → staging/shop/cart read`. */
export function callInWords({ caller, callee, operations, port }: TracedCall): string {
  return [`${caller} → ${callee}`, operations.length > 0 ? operations.join(', ') : port].filter((part) => part !== undefined).join(' ');
}
