import { DatabaseOptions, Databases, byName } from '../databases';
import { passwordFile } from '../password-folder';
import { BackupPlan } from './backed-up';

/** Each database by its own user, whose password the tools read from a file. Source: MongoDB Database Tools, mongodump and mongorestore. */
export function mongoBackup(databases: Databases<string>): Pick<BackupPlan, 'save' | 'restore'> {
  const all = byName<DatabaseOptions>(databases).map(([database, { user = database }]) => ({
    database,
    config: `printf "password: '%s'\\n" "$(sed "s/'/''/g" ${passwordFile(database)})" > /tmp/${database}.yaml`,
    as: (program: string) => `${program} --config=/tmp/${database}.yaml --host="$HOST" --port="$PORT" --username=${user}`
      + ` --authenticationDatabase=${database} --archive=${database}.archive.gz --gzip`,
  }));
  return {
    save: all.flatMap(({ database, config, as }) => [config, `${as('mongodump')} --db=${database}`, `gzip -t ${database}.archive.gz`]),
    restore: all.flatMap(({ database, config, as }) => [`umask 077; ${config}`, `${as('mongorestore')} --nsInclude='${database}.*' --drop`]),
  };
}
