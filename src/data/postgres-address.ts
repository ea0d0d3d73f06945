import { Address } from '../graph/address';
import { Login } from './databases';

/** How a caller writes down where a PostgreSQL database is. No address has the password in it. */
export interface PostgresAddress extends Login {
  /** Host: short inside the caller's namespace, fully qualified elsewhere. */
  readonly host: string;
  /** Port, as environment variables have it. */
  readonly port: string;
  /** For Java: `jdbc:postgresql://<host>:<port>/<database>`. */
  readonly jdbcUrl: string;
  /** For Java without threads that wait: `r2dbc:postgresql://<host>:<port>/<database>`. */
  readonly r2dbcUrl: string;
  /** For libpq, and what is made after it: `postgresql://<user>@<host>:<port>/<database>`. */
  readonly uri: string;
}

/** Where a database is, and who may log in. */
export function postgresAddress(to: Address, login: Login): PostgresAddress {
  const path = `/${login.database}`;
  const { host, port, hostPort } = to;
  return {
    ...login, host, port, jdbcUrl: to.url(path, 'jdbc:postgresql'), r2dbcUrl: to.url(path, 'r2dbc:postgresql'), uri: `postgresql://${login.user}@${hostPort}${path}`,
  };
}
