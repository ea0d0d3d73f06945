import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { uniqueId } from '../../manifest/names';
import { declareOwner } from '../../manifest/owner';
import { reject } from '../../manifest/reject';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedJob } from '../../mesh/meshed-job';
import { persistentClaim } from '../../workload/persistent-claim';
import { Resources } from '../../workload/quantity';
import { VolumeClaim } from '../../workload/resource-limited-stateful-set';
import { Volume } from '../../workload/volume';
import { checkStorage } from '../databases';
import { passwordFolder } from '../password-folder';
import { BackedUp } from './backed-up';
import { backupFolder, backupScript, restoreScript } from './scripts';

/** Properties of `Backup`. */
export interface BackupProps {
  /** What is backed up: a store of the same namespace. */
  readonly of: BackedUp;
  /** When, in cron's five fields. @default '0 2 * * *' */
  readonly schedule?: string;
  /** Storage of all backups together; it outlives the store. */
  readonly storage: VolumeClaim;
  /** How many are kept, 1 or more; an older one goes when a new one is whole. @default 7 */
  readonly retention?: number;
  /** Requests and limits of who saves and who restores. */
  readonly resources: Resources;
  /** How long each may take, whole seconds. @default Duration.hours(1) */
  readonly activeDeadline?: Duration;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
}

const scripts = '/etc/backup';
/** Many storages bind a claim to its first pod: until the first backup Argo CD would say that the whole system is progressing. */
const unboundIsWell = { 'argocd.argoproj.io/ignore-healthcheck': 'true' };
/** February has no 31st: it never comes. */
const never = '0 0 31 2 *';

/**
 * Saves a store's data to a claim of its own, on a schedule, and what brings it back: a CronJob that never runs by itself, of which a person makes a Job.
 * (A suspended Job would be suspended again by the next sync of Argo CD, while it restores.) Both call the store like any other caller.
 */
export class Backup extends Construct {
  /** Where the backups are. */
  public readonly claim: Manifest<k8s.KubePersistentVolumeClaimProps>;
  /** What both run. */
  public readonly config: Manifest<k8s.KubeConfigMapProps>;
  /** Who saves. */
  public readonly save: MeshedJob;
  /** Who restores. */
  public readonly restore: MeshedJob;

  /** @throws ConfigurationError on a missing size, on no retention, and on a store of another namespace */
  constructor(scope: Construct, id: string, props: BackupProps) {
    super(scope, uniqueId(scope, id));
    const { of: { backupPlan: plan }, storage, schedule = '0 2 * * *', retention = 7, owner } = props;
    declareOwner(this, owner);
    checkStorage(this, storage);
    const { name, namespace } = plan.party;
    const own = MeshNamespace.of(this).name;
    if (namespace !== own) reject(this, `a backup needs the store's Secrets, got ${plan.party.path} from ${own}; declare it in ${namespace}`);
    if (!Number.isInteger(retention) || retention < 1) reject(this, `retention must be a whole number of backups, 1 or more, got ${retention}`);

    this.claim = persistentClaim(this, `${name}-backups`, storage, unboundIsWell);
    const data = { 'backup.sh': backupScript(plan.save, retention), 'restore.sh': restoreScript(plan.restore) };
    this.config = new Manifest(this, 'Config', kinds.ConfigMap, { name: `${name}-backup` }, () => ({ data }));
    this.save = this.job(`${name}-backup`, props, { script: 'backup.sh', schedule });
    this.restore = this.job(`${name}-restore`, props, { script: 'restore.sh', schedule: never, suspend: true });
  }

  private job(name: string, props: BackupProps, { script, ...when }: { script: string; schedule: string; suspend?: boolean }): MeshedJob {
    const { of: { backupPlan: { party, image, runAsUser, passwords } }, resources, activeDeadline = Duration.hours(1) } = props;
    const job = new MeshedJob(this, name, {
      ...when,
      image,
      runAsUser,
      resources,
      activeDeadline,
      startingDeadline: Duration.hours(1),
      backoffLimit: 1,
      command: ['sh', `${scripts}/${script}`],
      env: { BACKUPS: backupFolder },
      volumes: {
        [scripts]: Volume.configMap(this.config),
        ...(passwords && { [passwordFolder]: passwords }),
        [backupFolder]: Volume.persistentVolumeClaim(this.claim.name),
        '/tmp': Volume.emptyDir(),
      },
    });
    job.calls({ party, operations: {} }, { env: ({ host, port }) => ({ HOST: host, PORT: port }) });
    return job;
  }
}
