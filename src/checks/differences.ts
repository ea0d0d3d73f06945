import { RenderedFiles } from './rendered';

const CONTEXT = 3;

/**
 * What differs between two rendered folders, as a person reads it: files that came or went by name, changed ones line by line.
 * @returns nothing where they are the same
 */
export function differences(expected: RenderedFiles, actual: RenderedFiles): string {
  const paths = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, now] = [expected.get(path), actual.get(path)];
    if (old === now) return [];
    if (old === undefined) return [`+++ ${path} is new`];
    if (now === undefined) return [`--- ${path} is gone`];
    return [`@@@ ${path}`, ...changedLines(old.split('\n'), now.split('\n'))];
  }).join('\n');
}

/** Lines between the first and the last that differ, with some around them. */
function changedLines(old: readonly string[], now: readonly string[]): readonly string[] {
  const first = old.findIndex((line, index) => line !== now[index]);
  const start = first < 0 ? old.length : first;
  const same = [...old].reverse().findIndex((line, index) => line !== now[now.length - 1 - index]);
  const rest = Math.min(same < 0 ? old.length : same, old.length - start, now.length - start);
  return [
    ...old.slice(Math.max(0, start - CONTEXT), start).map((line) => `  ${line}`),
    ...old.slice(start, old.length - rest).map((line) => `- ${line}`),
    ...now.slice(start, now.length - rest).map((line) => `+ ${line}`),
    ...now.slice(now.length - rest, now.length - rest + CONTEXT).map((line) => `  ${line}`),
  ];
}
