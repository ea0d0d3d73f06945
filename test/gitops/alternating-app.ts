import { ApiObject, Chart } from 'cdk8s';
import { GitOpsApp } from '../../src/gitops/gitops-app';

/** Two versions of one app, which differ in every file, and each has files that the other lacks. */
export const VERSIONS = ['odd', 'even'] as const;
export type Version = typeof VERSIONS[number];

export function appOf(version: Version, outdir: string): GitOpsApp {
  const app = new GitOpsApp({ outdir });
  const shared = Array.from({ length: 20 }, (_, index) => `shared-${index}`);
  const own = Array.from({ length: 5 }, (_, index) => `${version}-${index}`);
  for (const environment of ['staging', version]) {
    const chart = new Chart(app, environment);
    for (const id of [...shared, ...own]) {
      new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id }, data: { version, text: 'x'.repeat(2000) } });
    }
  }
  return app;
}
