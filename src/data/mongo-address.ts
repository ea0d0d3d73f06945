import { Address } from '../graph/address';
import { Login } from './databases';

/** How a caller writes down where a MongoDB database is. */
export interface MongoAddress extends Login {
  /** Host: short inside the caller's namespace, fully qualified elsewhere. */
  readonly host: string;
  /** Port, as environment variables have it. */
  readonly port: string;
  /** `mongodb://<host>:<port>/<database>`, with `?tls=true` outside of the cluster, for programs that have user and password elsewhere. */
  readonly uri: string;
  /**
   * `mongodb://<user>:$(<variable>)@<host>:<port>/<database>`, for `addEnv`: Kubernetes writes the variable's value there.
   * @param variable has the password, of characters that an address may have
   */
  readonly uriWith: (variable: string) => string;
}

/** Where a database is, and who may log in. @param tls whether the driver speaks TLS itself: in the cluster the mesh does */
export function mongoAddress({ host, port, hostPort }: Address, login: Login, tls: boolean): MongoAddress {
  const place = `${hostPort}/${login.database}${tls ? '?tls=true' : ''}`;
  return { ...login, host, port, uri: `mongodb://${place}`, uriWith: (variable) => `mongodb://${login.user}:$(${variable})@${place}` };
}
