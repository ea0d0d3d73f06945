import type { EnvValue } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { Address } from '../graph/address';
import { Callee } from '../graph/party';
import { reject } from '../manifest/reject';
import { Callable } from '../mesh/callable';
import { SecretKey, checkSecretKey, secretEnvValue } from '../security/secret-key';
import { VolumeClaim } from '../workload/resource-limited-stateful-set';
import { Volume } from '../workload/volume';

/** A database and the only user that may connect to it. */
export interface DatabaseOptions {
  /** The user's password. Who calls from another namespace needs a Secret of this name there too. */
  readonly password: SecretKey;
  /** The user: an identifier like that of the database. @default - the name of the database */
  readonly user?: string;
}

/** Databases of one engine by name: lower-case letters, digits and underscores, at most 63 of them, a letter first. */
export type Databases<Name extends string> = Readonly<Record<Name, DatabaseOptions>>;

/** What a caller needs to log in. */
export interface Login {
  /** Name of the database. */
  readonly database: string;
  /** Its user. */
  readonly user: string;
  /** The user's password: a reference, for a variable. */
  readonly password: EnvValue;
}

/** A database that can be called. */
export type CallableDatabase<To> = Callable<never, To>;

/** Databases that can be called, by name. */
export function callableDatabases<Name extends string, To>(
  party: Callee, databases: Databases<Name>, told: (to: Address, login: Login) => To,
): Readonly<Record<Name, CallableDatabase<To>>> {
  const callable = Object.entries<DatabaseOptions>(databases).map(([database, { user = database, password }]) => {
    const login = { database, user, password: secretEnvValue(password) };
    return [database, { party, operations: {}, told: (to: Address) => told(to, login) }] as const;
  });
  return Object.fromEntries(callable) as Record<Name, CallableDatabase<To>>; // as many as were given
}

/** Refuses databases and users that the engine does not take, or that are its own. */
export function checkDatabases(construct: IConstruct, databases: Databases<string>, reserved: RegExp): void {
  const names = Object.entries(databases).map(([database, { user = database }]) => ({ database, user }));
  if (names.length === 0) reject(construct, 'databases must be at least one, got none; write for example { orders: { password: … } }');
  for (const { database, user } of names) {
    checkIdentifier(construct, 'database', database, reserved);
    checkIdentifier(construct, `user of ${database}`, user, reserved);
    checkSecretKey(construct, `databases.${database}.password`, databases[database].password);
  }
  const twice = names.find(({ user }, index) => names.findIndex((other) => other.user === user) < index);
  if (twice) reject(construct, `each database has a user of its own, got '${twice.user}' twice; name that of ${twice.database} otherwise`);
}

function checkIdentifier(construct: IConstruct, what: string, name: string, reserved: RegExp): void {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    const example = name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+/, '').slice(0, 63) || 'orders';
    reject(construct, `${what} must be an identifier (lower-case letters, digits and _, a letter first, at most 63), got '${name}'; write '${example}'`);
  }
  if (reserved.test(name)) reject(construct, `${what} must not be one of the engine's own, got '${name}'; name it otherwise`);
}

/** Refuses a store without a size. */
export function checkStorage(construct: IConstruct, storage: VolumeClaim | undefined): void {
  if (storage?.size !== undefined) return;
  reject(construct, `storage must have a size, got ${JSON.stringify(storage)}; write for example { size: Size.gibibytes(10) }`);
}

/** Passwords as files of one folder: that of the one who may do everything, and one a database, each named for whose it is. */
export function passwordFiles(administrator: string, password: SecretKey, databases: Databases<string>): Volume {
  const of = (name: string) => ({ secretName: databases[name].password.secret.name, key: databases[name].password.key });
  return Volume.secretKeys({
    [administrator]: { secretName: password.secret.name, key: password.key }, ...Object.fromEntries(byName(databases).map(([name]) => [name, of(name)])),
  });
}

/** Passwords of the databases alone, as files of one folder. */
export function databasePasswords(databases: Databases<string>): Volume {
  return Volume.secretKeys(Object.fromEntries(byName<DatabaseOptions>(databases)
    .map(([name, { password: { secret, key } }]) => [name, { secretName: secret.name, key }])));
}

/** What has names, sorted by them, in whatever order it was written. */
export function byName<T>(named: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));
}
