import { spawnSync } from 'node:child_process';
import type { KubeObject } from '../control/kube-client';
import { tool } from '../tools/tools';
import { onDisk } from './temporary-folder';

/** A check that an object does not pass. */
export interface Finding { readonly check: string; readonly object: string; readonly critical: boolean; readonly says: string }

interface Score {
  readonly object_name: string;
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

const CRITICAL = 1;
const OK = 10;
const OPTIONS = ['--kubernetes-version', 'v1.36', '--all-default-optional', '--disable-ignore-checks-annotations', '--output-format', 'json'];

/** Everything that kube-score holds against objects, with all its optional checks. */
export function score(objects: readonly KubeObject[]): Finding[] {
  return onDisk(objects, (file) => {
    const { stdout, stderr } = spawnSync(tool('kube-score'), ['score', ...OPTIONS, file], { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (!stdout.startsWith('[')) throw new Error(`kube-score gives no report: ${stderr}`);
    const scores: Score[] = JSON.parse(stdout);
    return scores.flatMap(({ type_meta: { kind }, object_meta: { name }, checks }) => checks
      .filter(({ grade, skipped }) => !skipped && grade < OK)
      .map(({ check, grade, comments }) => ({
        check: check.id,
        object: `${kind} ${name}`,
        critical: grade <= CRITICAL,
        says: (comments ?? []).map(({ path, summary }) => [path, summary].filter(Boolean).join(': ')).join('; '),
      })));
  });
}
