import { WatchedNamespace } from '../watched';
import { DashboardSpec, dashboardModel } from './panels';
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

/** Dashboards as files, by their names. */
export function dashboardFiles(dashboards: readonly DashboardSpec[]): Readonly<Record<string, string>> {
  return Object.fromEntries(dashboards.map((spec) => [`${spec.uid}.json`, readable(lean(dashboardModel(spec)))]));
}

/** The dashboard of the mesh itself. */
export const meshFiles = (): Readonly<Record<string, string>> => dashboardFiles([meshDashboard()]);

/** What is wrong with files that are to be one ConfigMap. */
export function sizeProblem(files: Readonly<Record<string, string>>): string | undefined {
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes <= most ? undefined : `dashboards of one namespace must be at most ${most} bytes, got ${bytes} of ${Object.keys(files).length}; ` +
    'let several stacks watch its parts, each in a namespace of its own';
}

/** What the builder writes and Grafana does without: it would stand in every panel. */
const usual: ReadonlySet<string> = new Set([
  'asDropdown', 'collapsed', 'fiscalYearStartMonth', 'graphTooltip', 'icon', 'includeVars', 'placement', 'repeatDirection', 'targetBlank', 'transparent',
]);

function lean(model: unknown): unknown {
  const isUsual = (key: string, value: unknown): boolean => value === '' || key === 'id' || (usual.has(key) && typeof value !== 'object');
  return JSON.parse(JSON.stringify(model, (key, value: unknown) => (isUsual(key, value) ? undefined : value)));
}

/** JSON whose lines a person can compare: what fits stands on one line. */
export function readable(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || flat.length + indent.length <= 120) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = Array.isArray(value) ? value.map((each) => readable(each, inner)) : Object.entries(value).filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${JSON.stringify(key)}: ${readable(each, inner)}`);
  return `${open}\n${entries.map((entry) => inner + entry).join(',\n')}\n${indent}${close}`;
}
