import { existsSync, readdirSync } from 'node:fs';

const installed = '/usr/lib/postgresql';
const version = existsSync(installed) ? readdirSync(installed).sort().at(-1) : '15';
/** Folder of Debian's programs. */
export const POSTGRES = `${installed}/${version}/bin`;

/** What the official image does: an empty folder becomes a database, whose superuser has the password of the file, then the server runs. */
export const postgresEntrypoint = `
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"; chmod 700 "$PGDATA"
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  pg_ctl -o "-c listen_addresses=''" -w start
  sleep 2
  pg_ctl -m fast -w stop
fi
exec postgres -c listen_addresses='*'
`;
