import { Duration } from 'cdk8s';
import { GroupKind } from './permitted-kinds';

/** A cluster that an environment runs in, as Argo CD knows it. */
export interface ArgoCdCluster {
  /** Short name, for the Applications where there are several: a DNS label. */
  readonly name: string;
  /** Address of its API server; Argo CD's own cluster is `https://kubernetes.default.svc`. */
  readonly server: string;
}

/** When Argo CD may sync, or must not, in the words of an AppProject's `syncWindows`. */
export interface SyncWindow {
  readonly kind: 'allow' | 'deny';
  /** When it begins: five fields of cron. */
  readonly schedule: string;
  /** How long it lasts, whole minutes. */
  readonly duration: Duration;
  /** Time zone of the schedule, for example `Europe/Vienna`. @default 'UTC' */
  readonly timeZone?: string;
  /** Whether people may sync by hand against it. @default false */
  readonly manualSync?: boolean;
}

/** A field that somebody else writes, and Git does not have. */
export interface IgnoredField {
  /** System whose object it is. */
  readonly system: string;
  /** API group of the object; empty for Kubernetes' own. */
  readonly group: string;
  /** Kind of the object. */
  readonly kind: string;
  /** Name of the object. */
  readonly name: string;
  /** The fields, as JSON pointers. */
  readonly jsonPointers: readonly [string, ...string[]];
}

/** Properties of `ArgoCdDelivery`. */
export interface ArgoCdDeliveryProps {
  /** Address of the GitOps repository, without credentials. */
  readonly repository: string;
  /** Branch that is applied. @default 'main' */
  readonly targetRevision?: string;
  /** Folder of the repository that the rendered folder is published to. @default - its root */
  readonly path?: string;
  /** Clusters that the environment runs in, at least one. */
  readonly clusters: readonly [ArgoCdCluster, ...ArgoCdCluster[]];
  /**
   * Name of the AppProject, and what the names of the Applications begin with: one of its own for each repository that delivers to an environment.
   * @default - the environment's
   */
  readonly project?: string;
  /** Namespace of Argo CD. @default 'argocd' */
  readonly namespace?: string;
  /** When it may sync, and when not. @default - always */
  readonly syncWindows?: readonly SyncWindow[];
  /** Kinds of namespaced objects that your own constructs render beyond those of this library. @default - none */
  readonly kinds?: readonly GroupKind[];
  /** Namespaces that the environment had, until what was in them is pruned. @default - none */
  readonly formerNamespaces?: readonly string[];
  /** Fields that others write, beside those of Argo Rollouts. @default - none */
  readonly ignoreDifferences?: readonly IgnoredField[];
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - nobody says */
  readonly owner?: string;
}
