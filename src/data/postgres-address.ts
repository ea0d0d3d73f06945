import { Address } from '../graph/address';
import { Login } from './databases';

/** How a caller writes down where a PostgreSQL database is. No address has the password in it. */
export interface PostgresAddress extends Login {
  /** Host: short inside the caller's namespace, fully qualified elsewhere. */
  readonly host: string;
  /** Port, as environment variables have it. */
  readonly port: string;
  /** For Java: `jdbc:postgresql://<host>:<port>/<database>`, with `?sslmode=verify-full` outside of the cluster. */
  readonly jdbcUrl: string;
  /** For Java without threads that wait: `r2dbc:postgresql://<host>:<port>/<database>`, with `?sslMode=verify-full`. */
  readonly r2dbcUrl: string;
  /** For libpq, and what is made after it: `postgresql://<user>@<host>:<port>/<database>`, with `?sslmode=verify-full`. */
  readonly uri: string;
}

/** Where a database is, and who may log in. @param tls whether the driver speaks TLS itself, and checks whom it speaks to: in the cluster the mesh does */
export function postgresAddress(to: Address, login: Login, tls: boolean): PostgresAddress {
  const path = `/${login.database}`;
  const { host, port, hostPort } = to;
  const [sslmode, sslMode] = tls ? ['?sslmode=verify-full', '?sslMode=verify-full'] : ['', ''];
  return {
    ...login, host, port,
    jdbcUrl: `${to.url(path, 'jdbc:postgresql')}${sslmode}`,
    r2dbcUrl: `${to.url(path, 'r2dbc:postgresql')}${sslMode}`,
    uri: `postgresql://${login.user}@${hostPort}${path}${sslmode}`,
  };
}
