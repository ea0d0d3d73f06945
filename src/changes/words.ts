import { createTwoFilesPatch, diffLines } from 'diff';
import { RenderedFiles } from '../checks/rendered';
import { hasLines, inOneLine } from '../graph/json';
import { FieldChange } from './field-changes';
import { ObjectChange } from './object-changes';

/** An object as a person names it: `VirtualService demo-app/frontend`. */
export function objectWords({ object: { kind, namespace, name } }: ObjectChange): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** What became of a field, in one line. */
export function fieldWords({ before, after }: FieldChange): string {
  if (before === undefined) return `is new: ${inOneLine(after)}`;
  if (after === undefined) return `is gone: ${inOneLine(before)}`;
  return hasLines(before) && hasLines(after) ? lineCounts(before, after) : `${inOneLine(before)} becomes ${inOneLine(after)}`;
}

/** The lines that differ, file by file, as `git diff` shows them. */
export function textOf(before: RenderedFiles, after: RenderedFiles): string {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort().filter((path) => before.get(path) !== after.get(path));
  return paths.map((path) => createTwoFilesPatch(`a/${path}`, `b/${path}`, before.get(path) ?? '', after.get(path) ?? '', '', '', { context: 3 })
    .replace(/^=+\n/, '')).join('');
}

function lineCounts(before: string, after: string): string {
  const parts = diffLines(before, after);
  const count = (of: 'added' | 'removed'): number => parts.filter((part) => part[of]).reduce((sum, part) => sum + part.count, 0);
  return `a text: ${count('added')} lines more, ${count('removed')} fewer`;
}
