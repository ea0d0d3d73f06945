import { Construct } from 'constructs';
import { Callable } from '../mesh/callable';
import { MeshedJob, MeshedJobProps } from '../mesh/meshed-job';
import { EnvVars } from '../workload/container';

/** Properties of `Migration`. */
export interface MigrationProps<To> extends Omit<MeshedJobProps, 'schedule' | 'hook' | 'startingDeadline' | 'suspend'> {
  /** What it changes: one database, by the user that the service has. */
  readonly database: Callable<never, To>;
  /** Variables that say where the database is, and who logs in. */
  readonly connection: (to: To) => EnvVars;
}

/**
 * A change of a database before the programs that need it: at every sync Argo CD runs it anew, after the stores are there and before anything that asks
 * them, and goes on only when it has ended well. So it must do nothing the second time, as Flyway, Liquibase and their like do. What still runs then is
 * the version before: a change that it cannot live with takes two releases.
 */
export class Migration<To> extends MeshedJob {
  constructor(scope: Construct, id: string, { database, connection, ...job }: MigrationProps<To>) {
    super(scope, id, { ...job, hook: 'Sync' });
    this.calls(database, { env: connection });
  }
}
