import { stringify } from 'yaml';
import { checkTransition, inWords, type RenderedFiles } from '../../src/checks';

/** Objects as one file of a system. */
export function inOneFile(objects: readonly object[], system: string): RenderedFiles {
  return new Map([[`${system}/all.yaml`, objects.map((object) => stringify(object)).join('---\n')]]);
}

/** Rules that a transition breaks. */
export const rules = (before: RenderedFiles, after: RenderedFiles): string[] => checkTransition(before, after).map(({ rule }) => rule);

/** What is said of a transition. */
export const sentences = (before: RenderedFiles, after: RenderedFiles): string[] => checkTransition(before, after).map(inWords);
