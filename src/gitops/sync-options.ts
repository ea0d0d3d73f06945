import { textAt } from '../graph/json';

/** An option of an Argo CD Application, and what it is for. */
export interface SyncOption {
  /** As `syncPolicy.syncOptions` of the Application has it. */
  readonly option: string;
  /** What of the rendered objects asks for it. */
  readonly because: string;
}

/** Options that the Application of a system needs, from what is rendered for it. */
export function syncOptions(objects: readonly unknown[]): readonly SyncOption[] {
  const has = (kind: string): boolean => objects.some((object) => textAt(object, 'kind') === kind);
  return [
    { option: 'CreateNamespace=false', because: has('Namespace') ? 'the Namespace is rendered, with its labels' : 'somebody else owns the namespace' },
    {
      option: 'ServerSideApply=true',
      because: has('HorizontalPodAutoscaler')
        ? 'replicas are left out and stay the autoscaler\'s; no ignore rule is needed' : 'fields of other writers stay theirs',
    },
    { option: 'PruneLast=true', because: 'what is removed goes after what replaces it is healthy' },
    ...(has('CustomResourceDefinition') ? [{ option: 'SkipDryRunOnMissingResource=true', because: 'a CRD comes with objects of its kind' }] : []),
    { option: 'ApplyOutOfSyncOnly=true', because: 'what did not change is left alone' },
    { option: 'FailOnSharedResource=true', because: 'two Applications would undo each other\'s objects' },
    { option: 'RespectIgnoreDifferences=true', because: 'what a controller writes stays, also when the object is applied' },
  ];
}
