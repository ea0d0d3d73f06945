import type { AppProjectSpec, AppProjectSpecSyncWindows } from '../../../imports/argoproj.io';
import { ArgoCdDeliveryProps, SyncWindow } from './delivery-props';
import { permittedKinds } from './permitted-kinds';

/** What is there without Git: a certificate of the mesh in every namespace, Secrets that people make, claims of StatefulSets. */
const EXPECTED = [{ kind: 'ConfigMap', name: 'istio-ca-root-cert' }, { kind: 'PersistentVolumeClaim' }, { kind: 'Secret' }];

/** Namespaces of an environment: those with objects, and those that are rendered themselves. */
interface Namespaces {
  readonly used: readonly string[];
  readonly owned: readonly string[];
}

/** What Applications of an environment may do: from one repository, to its clusters and namespaces, with these kinds. */
export function environmentProject(environment: string, { used, owned }: Namespaces, props: ArgoCdDeliveryProps): AppProjectSpec {
  const { repository, clusters, syncWindows = [], kinds = [] } = props;
  const permitted = [...permittedKinds, ...kinds].sort((a, b) => (`${a.group} ${a.kind}` < `${b.group} ${b.kind}` ? -1 : 1));
  return {
    description: `What runs in ${environment}`,
    clusterResourceWhitelist: owned.map((name) => ({ group: '', kind: 'Namespace', name })),
    destinations: clusters.flatMap(({ server }) => used.map((namespace) => ({ namespace, server }))),
    namespaceResourceWhitelist: permitted.map(({ group, kind }) => ({ group, kind })),
    orphanedResources: { ignore: EXPECTED.map((each) => ({ ...each })), warn: true },
    sourceRepos: [repository],
    syncWindows: syncWindows.length > 0 ? syncWindows.map(windowSpec) : undefined,
  };
}

/** What the Application that makes the others may do: that, and nothing else. */
export function rootProject(environment: string, { repository }: ArgoCdDeliveryProps, namespace: string): AppProjectSpec {
  return {
    description: `The Applications of ${environment}`,
    destinations: [{ namespace, server: ownCluster }],
    namespaceResourceWhitelist: ['AppProject', 'Application'].map((kind) => ({ group: 'argoproj.io', kind })),
    sourceRepos: [repository],
  };
}

/** The cluster that Argo CD itself runs in. */
export const ownCluster = 'https://kubernetes.default.svc';

function windowSpec({ kind, schedule, duration, timeZone, manualSync }: SyncWindow): AppProjectSpecSyncWindows {
  const minutes = duration.toMinutes();
  return {
    applications: ['*'],
    duration: minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`,
    kind,
    manualSync,
    schedule,
    timeZone,
  };
}
