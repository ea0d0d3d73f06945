import { DatabaseOptions, Databases, byName } from '../databases';
import { passwordFile } from '../password-folder';
import { BackupPlan } from './backed-up';

/** Each database by its own user, in one transaction each. Source: PostgreSQL, pg_dump and pg_restore. */
export function postgresBackup(databases: Databases<string>): Pick<BackupPlan, 'save' | 'restore'> {
  const all = byName<DatabaseOptions>(databases).map(([database, { user = database }]) => ({
    database,
    as: (program: string) => `PGPASSWORD="$(cat ${passwordFile(database)})" ${program}`
      + ` --host="$HOST" --port="$PORT" --username=${user} --dbname=${database}`,
  }));
  return {
    save: all.flatMap(({ database, as }) => [
      `${as('pg_dump')} --format=custom --file=${database}.dump`,
      `pg_restore --list ${database}.dump > /dev/null`,
    ]),
    restore: all.map(({ database, as }) => `${as('pg_restore')} --clean --if-exists --no-owner --single-transaction --exit-on-error ${database}.dump`),
  };
}
