import type { ApplicationSpec, ApplicationSpecIgnoreDifferences } from '../../../imports/argoproj.io';

/** What Argo CD does when objects of an Application are removed with it: they go first. */
export const resourcesFinalizer = 'resources-finalizer.argocd.argoproj.io';

/**
 * How objects are compared: as the API server would store them. Otherwise what it adds of itself counts as a difference, in the claims of a
 * StatefulSet and in the ports of a Rollout for ever: both were seen with Argo CD 3.5.6.
 */
export const comparedByServer = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };

/** What an Application applies, and where. */
export interface ApplicationOptions {
  readonly project: string;
  readonly repository: string;
  readonly targetRevision: string;
  /** Folder of the repository. */
  readonly path: string;
  readonly server: string;
  readonly namespace: string;
  readonly syncOptions: readonly string[];
  /** Whether folders inside hold manifests too. */
  readonly recurse: boolean;
  readonly ignoreDifferences: readonly ApplicationSpecIgnoreDifferences[];
}

/** An Application that applies what is in Git, takes back what is not, and tries again for some minutes where it cannot. */
export function applicationSpec(options: ApplicationOptions): ApplicationSpec {
  const { project, repository, targetRevision, path, server, namespace, syncOptions, recurse, ignoreDifferences } = options;
  return {
    destination: { namespace, server },
    ignoreDifferences: ignoreDifferences.length > 0 ? [...ignoreDifferences] : undefined,
    project,
    source: { directory: recurse ? { recurse } : undefined, path, repoUrl: repository, targetRevision },
    syncPolicy: {
      automated: { allowEmpty: false, prune: true, selfHeal: true },
      retry: { backoff: { duration: '5s', factor: 2, maxDuration: '3m' }, limit: 5 },
      syncOptions: [...syncOptions],
    },
  };
}
