import { Construct } from 'constructs';
import { Address } from '../graph/address';
import { Port } from '../graph/port';
import { reject } from '../manifest/reject';
import { ExternalService } from '../mesh/external-service';
import { CallableDatabase, Databases, Login, callableDatabases, checkDatabases } from './databases';

/** Properties of a database server outside of the cluster. */
export interface ExternalDatabaseProps<Name extends string> {
  /** Its host, for example `orders.db.example.com`. */
  readonly host: string;
  /** Its address ranges: by them the mesh tells it from other servers of the same port. */
  readonly cidrs: readonly [string, ...string[]];
  /** Databases and users that somebody has made there. */
  readonly databases: Databases<Name>;
  /** Its port, 1-65535. @default - the engine's own */
  readonly port?: number;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Whether callers may do without TLS, since the network between is trusted: why. @default - they may not */
  readonly plaintext?: { readonly because: string };
}

/** A database server outside of the cluster: what services call, and how the mesh knows it. */
export interface ExternalDatabase<Name extends string, To> {
  /** What services call. */
  readonly databases: Readonly<Record<Name, CallableDatabase<To>>>;
  /** The server. */
  readonly service: ExternalService;
}

/** How an engine is reached from outside. */
interface ExternalEngine<To> {
  readonly port: number;
  readonly name: string;
  readonly reserved: RegExp;
  readonly told: (to: Address, login: Login, tls: boolean) => To;
}

/** Makes the callable databases of a server that runs elsewhere. */
export function externalDatabase<Name extends string, To>(
  scope: Construct, id: string, props: ExternalDatabaseProps<Name>, engine: ExternalEngine<To>,
): ExternalDatabase<Name, To> {
  const { host, cidrs, databases, owner, plaintext, port = engine.port } = props;
  const service = new ExternalService(scope, id, { host, cidrs, owner, port: Port.tcp(port, { name: engine.name }) });
  if ((cidrs ?? []).length === 0) reject(service, 'cidrs must be at least one, got none; the mesh tells servers of one port apart by their addresses');
  if (plaintext && !/\S/.test(plaintext.because)) reject(service, `plaintext must say why, got ${JSON.stringify(plaintext.because)}`);
  checkDatabases(service, databases, engine.reserved);
  return { service, databases: callableDatabases(service.party, databases, (to, login) => engine.told(to, login, !plaintext)) };
}
