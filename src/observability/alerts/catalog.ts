import { RuleGroup } from '../rules';
import { WatchedNamespace } from '../watched';
import { AlertKind, NamespaceAlert, Runbooks, rulesOf } from './alert';
import { hostAlerts } from './host-alerts';
import { meshAlerts } from './mesh-alerts';
import { objectiveAlerts } from './objective-alerts';
import { releaseAlerts } from './release-alerts';
import { workloadAlerts } from './workload-alerts';

const namespaceAlerts: readonly NamespaceAlert[] = [...hostAlerts, ...objectiveAlerts, ...releaseAlerts, ...workloadAlerts];

/** Every alert that there can be: each has a runbook. */
export const alertCatalog: readonly AlertKind[] = [...namespaceAlerts, ...meshAlerts];

/** Alerts of a namespace. */
export function alertGroup(watched: WatchedNamespace, runbooks: Runbooks): RuleGroup {
  const common = { system: watched.system, namespace: watched.name };
  return { name: `${watched.name}-alerts`, rules: namespaceAlerts.flatMap((kind) => rulesOf(kind, kind.raised(watched), runbooks, common)) };
}

/** Alerts of the mesh itself, and of what watches it. @param jobs of Prometheus that others depend on, beside istiod */
export function meshAlertGroup(runbooks: Runbooks, jobs: readonly string[]): RuleGroup {
  return { name: 'mesh-alerts', rules: meshAlerts.flatMap((kind) => rulesOf(kind, kind.raised(jobs), runbooks)) };
}
