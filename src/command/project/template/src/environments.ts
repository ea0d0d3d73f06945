import type { ArgoCdDeliveryProps } from 'meshmart';

/** What Argo CD reads, and the cluster that it applies it to. */
const delivery = {
  repository: 'https://git.example.com/{{name}}/gitops.git',
  path: '{{name}}',
  clusters: [{ name: 'own', server: 'https://kubernetes.default.svc' }],
} as const;

/** What differs between the environments: data, and nothing else. */
export const environments: Readonly<Record<string, { readonly replicas: number; readonly delivery: ArgoCdDeliveryProps }>> = {
  staging: { replicas: 1, delivery: { ...delivery, project: '{{name}}-staging' } },
  production: { replicas: 3, delivery: { ...delivery, project: '{{name}}-production' } },
};
