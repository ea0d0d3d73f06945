import { textAt } from '../graph/json';

/** An option of an Argo CD Application, and what it is for. */
export interface SyncOption {
  /** As the Application has it: a sync option, or a field of its source. */
  readonly option: string;
  /** What of the rendered objects asks for it. */
  readonly because: string;
}

/** Options that the Application of a system needs, from what is rendered for it. @param paths of its files, below the folder of the environment */
export function syncOptions(objects: readonly unknown[], paths: readonly string[]): readonly SyncOption[] {
  const has = (kind: string): boolean => objects.some((object) => textAt(object, 'kind') === kind);
  const nested = paths.some((path) => path.split('/').length > 2);
  return [
    { option: 'CreateNamespace=false', because: has('Namespace') ? 'the Namespace is rendered, with its labels' : 'somebody else owns the namespace' },
    {
      option: 'ServerSideApply=true',
      because: has('HorizontalPodAutoscaler')
        ? 'replicas are left out and stay the autoscaler\'s; no ignore rule is needed' : 'fields of other writers stay theirs',
    },
    { option: 'PruneLast=true', because: 'what is removed goes after what replaces it is healthy' },
    ...(has('CustomResourceDefinition') ? [{ option: 'SkipDryRunOnMissingResource=true', because: 'a CRD comes with objects of its kind' }] : []),
    ...(nested ? [{ option: 'directory.recurse: true', because: 'its further namespaces are folders in its own' }] : []),
  ];
}
