import { AlertRoute, Alerting, Receiver } from './receiver';

const status = '[{{ .Status | toUpper }}{{ if eq .Status "firing" }} {{ .Alerts.Firing | len }}{{ end }}]';
const title = `${status} {{ .CommonLabels.alertname }} {{ .CommonLabels.system }}`;
const urgency = '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}';
const text = '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.impact }}{{ with .Annotations.runbook_url }}\n{{ . }}{{ end }}\n{{ end }}';

/** What differs from one Alertmanager to the next. */
export interface AlertmanagerForm {
  /** Folder of the files that have the receivers' secrets, each in one of its Secret. */
  readonly secretFolder: string;
  /** Alerts that nobody is told of. @default - none */
  readonly unheard?: readonly string[];
}

/** Alertmanager's configuration. Source: Prometheus, Alertmanager 0.35, "Configuration". */
export function alertmanagerConfig({ otherwise, routes = [] }: Alerting, { secretFolder, unheard = [] }: AlertmanagerForm): object {
  const quiet = unheard.length > 0 ? [{ matchers: [`alertname=~${JSON.stringify(unheard.join('|'))}`], receiver: 'nobody' }] : [];
  const told = routes.map((route, index) => ({ matchers: matchersOf(route), receiver: nameOf(route, index) }));
  return {
    route: {
      receiver: 'otherwise',
      group_by: ['alertname', 'system', 'service'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '4h',
      ...(quiet.length + told.length > 0 && { routes: [...quiet, ...told] }),
    },
    // who is woken up needs no ticket beside it
    inhibit_rules: ['Error', 'Latency'].map((what) => ({
      source_matchers: [`alertname="${what}BudgetBurnsFast"`],
      target_matchers: [`alertname="${what}BudgetBurns"`],
      equal: ['namespace', 'service', 'caller', 'objective'],
    })),
    receivers: [
      receiver('otherwise', otherwise, secretFolder),
      ...routes.map((route, index) => receiver(nameOf(route, index), route.to, secretFolder)),
      ...(quiet.length > 0 ? [{ name: 'nobody' }] : []),
    ],
  };
}

/** Name of the file that has a receiver's secret. */
export function secretFile({ secret: { secret, key } }: Receiver): string {
  return `${secret.name}/${key}`;
}

/** Everybody who may be told something, each once. */
export function receiversOf({ otherwise, routes = [] }: Alerting): readonly Receiver[] {
  return [...otherwise, ...routes.flatMap(({ to }) => to)];
}

function nameOf({ owner, severity }: AlertRoute, index: number): string {
  return [`route ${index}:`, owner, severity].filter((part) => part !== undefined).join(' ');
}

function matchersOf({ owner, severity }: AlertRoute): readonly string[] {
  return Object.entries({ owner, severity }).flatMap(([label, value]) => (value === undefined ? [] : [`${label}=${JSON.stringify(value)}`]));
}

function receiver(name: string, to: readonly Receiver[], secretFolder: string): object {
  const [slack, pagerDuty] = [to.filter(({ service }) => service === 'slack'), to.filter(({ service }) => service === 'pagerduty')];
  return {
    name,
    ...(slack.length > 0 && {
      slack_configs: slack.map((each) => ({ api_url_file: `${secretFolder}/${secretFile(each)}`, channel: each.channel, send_resolved: true, title, text })),
    }),
    ...(pagerDuty.length > 0 && {
      pagerduty_configs: pagerDuty.map((each) => ({ routing_key_file: `${secretFolder}/${secretFile(each)}`, description: title, severity: urgency })),
    }),
  };
}
