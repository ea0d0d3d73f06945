import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Port } from '../graph/port';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { SecretKey, checkSecretKey } from '../security/secret-key';
import { Probe } from '../workload/probe';
import { VolumeClaim } from '../workload/resource-limited-stateful-set';
import { Volume } from '../workload/volume';
import { BackedUp, BackupPlan } from './backup/backed-up';
import { postgresBackup } from './backup/postgres-backup';
import { CallableDatabase, Databases, callableDatabases, checkDatabases, checkStorage, databasePasswords, passwordFiles } from './databases';
import { passwordFile, passwordFolder } from './password-folder';
import { PostgresAddress, postgresAddress } from './postgres-address';
import { databasesSql, superuser } from './postgres-databases-sql';
import { ExternalDatabase, ExternalDatabaseProps, externalDatabase } from './external-database';
import { StoreParts, StoreProps, storeParts } from './store-parts';

/** Names that PostgreSQL keeps for itself. */
const reserved = /^(postgres|template[01]|pg_.*|public|none)$/;

const scripts = '/etc/databases';
/** A folder of the volume, since the volume's own may have `lost+found` in it. */
const data = '/data/pgdata';

// at an address, not at the socket, where the image's own setup answers before there is anything to serve
const answers = ['pg_isready', '--quiet', '--host=127.0.0.1'];
// who recovers refuses connections and says so (1): to restart it would begin the recovery anew
const lives = ['sh', '-c', `${answers.join(' ')} || [ $? -eq 1 ]`];
const makeDatabases = [
  `until ${answers.join(' ')}; do sleep 1; done`,
  `exec psql --no-psqlrc --quiet --username=${superuser} --dbname=postgres --file=${scripts}/databases.sql`,
].join('; ');

/** Properties of `PostgresDatabase`. */
export interface PostgresDatabaseProps<Name extends string> extends StoreProps {
  /** Storage of the data, whose size can only grow. */
  readonly storage: VolumeClaim;
  /** Password of the superuser `postgres`, which the engine wants; no service gets it. */
  readonly superuserPassword: SecretKey;
  /** The databases, each with a user that may do everything in it and nothing elsewhere. */
  readonly databases: Databases<Name>;
  /** Image with the commands of the official one. @default 'docker.io/library/postgres:17.11-alpine' */
  readonly image?: string;
  /** User that the image runs the server as; the official ones know 70 (Alpine) and 999 (Debian). @default 70 */
  readonly runAsUser?: number;
}

/**
 * A PostgreSQL server of one member with one database and one user a service. Databases and users are made, and passwords
 * set, at each start of the pod: what is added later is there after the restart that the change causes. None is ever removed.
 */
export class PostgresDatabase<Name extends string> extends Construct implements BackedUp {
  /**
   * A PostgreSQL outside of the cluster, where somebody has made databases and users: no object but its ServiceEntry, the same calls.
   * @throws ConfigurationError on a host of the cluster, on no address ranges, and as the constructor does
   */
  public static external<Name extends string>(scope: Construct, id: string, props: ExternalDatabaseProps<Name>): ExternalDatabase<Name, PostgresAddress> {
    return externalDatabase(scope, id, props, { port: 5432, name: 'tcp-postgres', reserved, told: postgresAddress });
  }

  /** What services call. */
  public readonly databases: Readonly<Record<Name, CallableDatabase<PostgresAddress>>>;
  /** What makes databases and users. */
  public readonly config: Manifest<k8s.KubeConfigMapProps>;
  /** How its data is saved and brought back. */
  public readonly backupPlan: BackupPlan;
  /** All the rest. */
  public readonly parts: StoreParts;

  /** @throws ConfigurationError on a missing size, on names that PostgreSQL does not take, and on passwords as text */
  constructor(scope: Construct, id: string, props: PostgresDatabaseProps<Name>) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, props.owner);
    const { image = 'docker.io/library/postgres:17.11-alpine', runAsUser = 70 } = props;
    const { databases, storage, superuserPassword } = props;
    checkStorage(this, storage);
    checkDatabases(this, databases, reserved);
    checkSecretKey(this, 'superuserPassword', superuserPassword);
    const sql = databasesSql(databases);
    this.config = new Manifest(this, 'Config', kinds.ConfigMap, { name: `${id}-databases` }, () => ({ data: { 'databases.sql': sql } }));
    this.parts = storeParts(this, props, {
      ports: [Port.tcp(5432, { name: 'tcp-postgres' })],
      containerName: 'postgres',
      image,
      runAsUser,
      env: {
        PGDATA: data,
        POSTGRES_PASSWORD_FILE: passwordFile(superuser),
        POSTGRES_INITDB_ARGS: '--encoding=UTF8 --auth-host=scram-sha-256 --data-checksums', // initdb trusts whoever is on 127.0.0.1
      },
      readiness: Probe.exec(answers, { period: Duration.seconds(5), timeout: Duration.seconds(5) }),
      liveness: Probe.exec(lives, { timeout: Duration.seconds(5), failureThreshold: 6 }),
      startup: Probe.exec(lives, { period: Duration.seconds(5), timeout: Duration.seconds(5), failureThreshold: 120 }),
      postStart: ['sh', '-c', makeDatabases],
      // SIGTERM alone waits for every client to go; after this one it says nothing new, nor does the image's own SIGINT
      preStop: ['pg_ctl', 'stop', '--mode=fast', '--no-wait'],
      terminationGrace: Duration.seconds(60),
      claims: { '/data': storage },
      volumes: {
        [scripts]: Volume.configMap(this.config),
        [passwordFolder]: passwordFiles(superuser, superuserPassword, databases),
        '/var/run/postgresql': Volume.emptyDir(),
        '/tmp': Volume.emptyDir(),
      },
    });
    this.backupPlan = { party: this.parts.party, image, runAsUser, passwords: databasePasswords(databases), ...postgresBackup(databases) };
    this.databases = callableDatabases(this.parts.party, databases, (to, login) => postgresAddress(to, login, false));
  }
}
