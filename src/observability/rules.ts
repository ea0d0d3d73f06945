/** A series that Prometheus records, so that others need not compute it. Source: Prometheus, "Recording rules". */
export interface RecordingRule {
  /** Name of the series: `level:metric:operations`. */
  readonly record: string;
  /** What it is. */
  readonly expr: string;
  /** Labels beside those of the result. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** How soon somebody has to look: at once, or within a day or two. */
export type Severity = 'page' | 'ticket';

/** Something that somebody has to look at. Source: Prometheus, "Alerting rules". */
export interface AlertingRule {
  /** Name of the alert, which is that of its runbook. */
  readonly alert: string;
  /** When it is so: where the result is not empty. */
  readonly expr: string;
  /** How long it has to be so. @default - it fires at once */
  readonly for?: string;
  /** Labels that it is routed by. */
  readonly labels: Readonly<Record<string, string>> & { readonly severity: Severity };
  /** Words for people. */
  readonly annotations: { readonly summary: string; readonly impact: string; readonly runbook_url?: string };
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  /** Name, unique in its file. */
  readonly name: string;
  /** How often. @default - as often as Prometheus scrapes */
  readonly interval?: string;
  /** The rules. */
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}
