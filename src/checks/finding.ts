/** Something that a check found. */
export interface Finding {
  /** Name of the rule, for example `route-and-subset-removed`. */
  readonly rule: string;
  /** `error`: requests, data or the sync itself are lost. `warning`: right in some order of commits, so that somebody has to know. */
  readonly severity: 'error' | 'warning';
  /** What it is about: `production Deployment demo-app/paymentservice`, or `production bank/payment charge` of a contract. */
  readonly object: string;
  /** What is wrong, and what was found. */
  readonly problem: string;
  /** What to do instead. */
  readonly fix: string;
  /** Identities of the callers that it breaks, where it is about a contract. @default - it is not */
  readonly breaks?: readonly string[];
}

/** A finding as one sentence: `[object] problem; fix`. */
export function inWords({ object, problem, fix, breaks = [] }: Finding): string {
  const whom = breaks.length > 0 ? `, which breaks ${breaks.join(', ')}` : '';
  return `[${object}] ${problem}${whom}; ${fix}`;
}

/** Findings in an order that does not depend on where they were found first. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function key({ severity, object, rule }: Finding): string {
  return [severity, object, rule].join('\0');
}
