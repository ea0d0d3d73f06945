/** Annotations of what Argo CD must not remove without a person: namespaces, claims and stores. */
export const keptByArgoCd = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };
