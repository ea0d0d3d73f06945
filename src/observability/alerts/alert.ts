import { AlertingRule, Severity } from '../rules';
import { WatchedNamespace } from '../watched';

/** What its runbook asks first: a question, and the query that answers it. Words in angle brackets stand for what the alert's labels say. */
export interface Question {
  /** What one wants to know. */
  readonly question: string;
  /** PromQL that says it. */
  readonly query: string;
}

/** What stays the same wherever an alert is raised. */
export interface AlertKind {
  /** Name, which is that of its runbook. */
  readonly name: string;
  /** How soon somebody has to look. */
  readonly severity: Severity;
  /** How long it has to be so. @default - it fires at once */
  readonly for?: string;
  /** One line that says what and where; `{{ $labels.x }}` is filled in by Prometheus. */
  readonly summary: string;
  /** Whom it hurts, and how. */
  readonly impact: string;
  /** What the runbook says of how it comes to be. */
  readonly meaning: string;
  /** What one asks first. */
  readonly ask: readonly Question[];
  /** What helps. */
  readonly then: readonly string[];
}

/** Where an alert is raised, and when. */
export interface Raised {
  /** When it is so. */
  readonly expr: string;
  /** Labels beside those of the result: whose it is. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** An alert of a namespace. */
export interface NamespaceAlert extends AlertKind {
  /** Its rules there: none where it could never be so. */
  readonly raised: (watched: WatchedNamespace) => readonly Raised[];
}

/** An alert of the mesh itself. */
export interface MeshAlert extends AlertKind {
  /** Its rules. @param jobs what others depend on, beside istiod */
  readonly raised: (jobs: readonly string[]) => readonly Raised[];
}

/** Where runbooks stand: their address without the name. */
export type Runbooks = string | undefined;

/** Rules of an alert as Prometheus has them. */
export function rulesOf(
  kind: AlertKind, raised: readonly Raised[], runbooks: Runbooks, common: Readonly<Record<string, string>> = {},
): readonly AlertingRule[] {
  const { name, severity, summary, impact } = kind;
  return raised.map(({ expr, labels }) => ({
    alert: name,
    expr,
    ...(kind.for !== undefined && { for: kind.for }),
    labels: { severity, ...common, ...labels },
    annotations: { summary, impact, ...(runbooks === undefined ? {} : { runbook_url: `${runbooks.replace(/\/$/, '')}/${runbookFile(name)}` }) },
  }));
}

/** The owner of the namespace, for what is found by its pods. */
export function owned(watched: WatchedNamespace, expr: string): readonly Raised[] {
  const owner = watched.ownerOf();
  return [{ expr, labels: owner === undefined ? {} : { owner } }];
}

/** File of an alert's runbook: `pods-restart.md` of `PodsRestart`. */
export function runbookFile(name: string): string {
  return `${name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.md`;
}
