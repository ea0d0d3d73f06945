import { spawnSync } from 'node:child_process';
import { GO_TOOLS } from '../tools/pins';
import { tool } from '../tools/tools';

/** What kubeconform says of the objects of a file or folder. */
export interface Conformance {
  /** Objects that it found valid. */
  readonly valid: number;
  /** Objects that it passed over. */
  readonly skipped: number;
  readonly errors: readonly string[];
}

interface Report {
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly status: string; readonly msg: string }[] | null;
  readonly summary: { readonly valid: number; readonly skipped: number };
}

const { version: KUBERNETES } = GO_TOOLS.find(({ name }) => name === 'kubernetes')!;

/** Judges files strictly, by schemas on this machine alone. */
export function conformance(path: string, schemas: string): Conformance {
  const location = `${schemas}/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`;
  const options = ['-strict', '-summary', '-output', 'json', '-kubernetes-version', KUBERNETES, '-schema-location', location];
  const { stdout, stderr } = spawnSync(tool('kubeconform'), [...options, path], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (!stdout.startsWith('{')) throw new Error(`kubeconform gives no report: ${stderr}`);
  const { resources, summary }: Report = JSON.parse(stdout);
  const errors = (resources ?? []).map(({ kind, name, status, msg }) => `${kind} ${name}: ${status}: ${msg}`);
  return { valid: summary.valid, skipped: summary.skipped, errors };
}
