import { Databases, byName } from './databases';
import { passwordFile } from './password-folder';

/** Name of the superuser: the image's own. */
export const superuser = 'postgres';

/**
 * What psql runs at each start, as the superuser: makes databases and users that are not there yet, and sets passwords.
 * Running it again changes nothing else.
 */
export function databasesSql(databases: Databases<string>): string {
  return [PREAMBLE, ...byName(databases).map(([database, { user = database }]) => databaseSql(database, user))].join('\n');
}

const PREAMBLE = `\\set ON_ERROR_STOP on
-- statements have passwords in them: none goes to the log
SET log_statement = none;
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;
-- by default everybody may connect everywhere
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
`;

/** Names are identifiers of lower-case letters, digits and underscores, so that they need nothing but quotes. */
function databaseSql(database: string, user: string): string {
  return `\\set password \`cat ${passwordFile(database)}\`
SELECT 'CREATE ROLE "${user}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec
ALTER ROLE "${user}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
SELECT 'CREATE DATABASE "${database}" OWNER "${user}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec
REVOKE ALL ON DATABASE "${database}" FROM PUBLIC;
`;
}
