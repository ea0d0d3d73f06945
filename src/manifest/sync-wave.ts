import { ApiObjectMetadata } from 'cdk8s';

/** Annotation by which Argo CD orders what it applies: lower waves first, each once the one before is healthy; without one an object is of wave 0. */
export const syncWaveAnnotation = 'argocd.argoproj.io/sync-wave';

/**
 * What has to be there before anything runs: where it runs, who it is, what it reads, whom it may talk to, and how. Argo CD sorts custom resources
 * of one wave by name alone, after everything else of it.
 */
const FIRST: ReadonlySet<string> = new Set([
  'Namespace', 'ResourceQuota', 'LimitRange', 'ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'ExternalSecret',
  'AnalysisTemplate', 'NetworkPolicy', 'PeerAuthentication', 'RequestAuthentication', 'AuthorizationPolicy', 'Sidecar', 'ServiceEntry', 'DestinationRule',
  'ConstraintTemplate',
]);

/** The wave that needs no annotation. */
const runs = '0';

/** Stores run before those who ask them. */
export const storeWave = { [syncWaveAnnotation]: '-2' };

/** What refuses all that is not allowed comes after what allows. */
export const withWhatRuns = { [syncWaveAnnotation]: runs };

/** When Argo CD runs a Job: before everything that runs, once the stores are there, or after all of it is healthy. Source: Argo CD, "Resource Hooks". */
export type SyncHook = 'Sync' | 'PostSync';

/** What makes a Job one that Argo CD runs anew at every sync. A PreSync hook would run before its identity and its policies are there. */
export function hookAnnotations(hook: SyncHook): Record<string, string> {
  const common = { 'argocd.argoproj.io/hook': hook, 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' };
  return hook === 'Sync' ? { ...common, [syncWaveAnnotation]: '-1' } : common;
}

/** The metadata of an object in the wave of its kind, unless it says another. */
export function inWave(kind: string, metadata: ApiObjectMetadata): ApiObjectMetadata {
  if (!FIRST.has(kind)) return metadata;
  const { [syncWaveAnnotation]: wave = '-3', ...others } = metadata.annotations ?? {};
  return { ...metadata, annotations: wave === runs ? others : { ...others, [syncWaveAnnotation]: wave } };
}
