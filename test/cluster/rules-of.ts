import { stringify } from 'yaml';
import { checkTransition } from '../../src/checks';
import type { KubeObject } from './control/kube-client';

const rendered = (objects: readonly KubeObject[]): Map<string, string> =>
  new Map([['test/system/all.yaml', objects.map((object) => stringify(object)).join('---\n')]]);

/** Rules by which the check refuses to go from one commit's objects to the next one's. */
export const rulesOf = (before: readonly KubeObject[], after: readonly KubeObject[]): string[] =>
  [...new Set(checkTransition(rendered(before), rendered(after)).map(({ rule }) => rule))];
