import { Callee } from '../../graph/party';
import { Volume } from '../../workload/volume';

/** How the data of a store is saved and brought back, by its own programs. */
export interface BackupPlan {
  /** What the store is in the call graph. */
  readonly party: Callee;
  /** Image with its programs. */
  readonly image: string;
  /** User that they run as. */
  readonly runAsUser: number;
  /** Passwords, at their own folder. @default - there are none */
  readonly passwords?: Volume;
  /** Lines of sh that write everything into the folder where they run, and fail where it is not whole. `$HOST` and `$PORT` say where the store is. */
  readonly save: readonly string[];
  /** Lines of sh that bring everything back from the folder where they run. */
  readonly restore: readonly string[];
}

/** A store that can be backed up: a `PostgresDatabase`, a `MongoDatabase` or a `RedisCache`. */
export interface BackedUp {
  /** How. */
  readonly backupPlan: BackupPlan;
}
