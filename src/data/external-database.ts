import { Construct } from 'constructs';
import { Address } from '../graph/address';
import { ExternalService } from '../mesh/external-service';
import { CallableDatabase, Databases, Login, callableDatabases, checkDatabases } from './databases';
import { ExternalServerProps, externalServer } from './external-server';

/** Properties of a database server outside of the cluster. */
export interface ExternalDatabaseProps<Name extends string> extends ExternalServerProps {
  /** Databases and users that somebody has made there. */
  readonly databases: Databases<Name>;
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
  const { databases, plaintext } = props;
  const service = externalServer(scope, id, props, engine);
  checkDatabases(service, databases, engine.reserved);
  return { service, databases: callableDatabases(service.party, databases, (to, login) => engine.told(to, login, !plaintext)) };
}
