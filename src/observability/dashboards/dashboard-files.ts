/* eslint-disable @typescript-eslint/no-require-imports -- Grafana's builder takes as long to load as much of the library, and only who watches needs it */
import { IConstruct } from 'constructs';
import { reject } from '../../manifest/reject';
import { WatchedNamespace } from '../watched';
import type { DashboardSpec } from './panels';
import { isStore, meshDashboard, storeDashboard, systemDashboard } from './other-dashboards';
import { serviceDashboard } from './service-dashboard';

/** What a ConfigMap holds at most, with room for its own fields. Source: Kubernetes, ConfigMap, 1 MiB. */
const most = 1_000_000;

/** Dashboards of a namespace: its own, then one a service and one a store. */
export function dashboardsOf(watched: WatchedNamespace): readonly DashboardSpec[] {
  return [
    systemDashboard(watched),
    ...watched.services.map((callee) => serviceDashboard(watched, callee)),
    ...watched.callees.filter(isStore).map((store) => storeDashboard(watched, store)),
  ];
}

/** Dashboards as files of one ConfigMap, by their names. @throws ConfigurationError with the construct's path where that would not hold them */
export function dashboardFiles(construct: IConstruct, dashboards: readonly DashboardSpec[]): Readonly<Record<string, string>> {
  const { dashboardModel } = require('./panels') as typeof import('./panels');
  const files = dashboards.map((spec) => [`${spec.uid}.json`, readable(lean(dashboardModel(spec)))] as const);
  const bytes = files.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  if (bytes > most) {
    reject(construct, `dashboards of one namespace must be at most ${most} bytes, got ${bytes} of ${files.length}; ` +
    'let several stacks watch its parts, each in a namespace of its own');
  }
  return Object.fromEntries(files);
}

/** The dashboard of the mesh itself. */
export function meshFiles(construct: IConstruct): Readonly<Record<string, string>> {
  return dashboardFiles(construct, [meshDashboard()]);
}

/** What the builder writes and Grafana does without: it would stand in every panel. */
const usual: ReadonlySet<string> = new Set([
  'annotations', 'asDropdown', 'collapsed', 'fiscalYearStartMonth', 'graphTooltip', 'icon', 'id', 'includeVars', 'placement', 'repeatDirection', 'targetBlank',
  'templating', 'transparent',
]);

function lean(model: unknown): unknown {
  const isUsual = (key: string, value: unknown): boolean => value === '' || usual.has(key);
  return JSON.parse(JSON.stringify(model, (key, value: unknown) => (isUsual(key, value) ? undefined : value)));
}

/** JSON whose lines a person can compare: what fits stands on one line. */
export function readable(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const inner = `${indent}  `;
  const members = Object.entries(value).map(([key, each]) => ({ key: isList ? '' : `${JSON.stringify(key)}:`, text: readable(each, inner) }));
  const flat = `${open}${members.map(({ key, text }) => key + text).join(',')}${close}`;
  if (flat.length + indent.length <= 120 && !flat.includes('\n')) return flat;
  const lines = members.map(({ key, text }) => `${inner}${key}${isList ? '' : ' '}${text}`);
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
