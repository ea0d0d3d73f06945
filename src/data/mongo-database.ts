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
import { mongoBackup } from './backup/mongo-backup';
import { CallableDatabase, Databases, callableDatabases, checkDatabases, checkStorage, databasePasswords, passwordFiles } from './databases';
import { MongoAddress, mongoAddress } from './mongo-address';
import { root, usersScript } from './mongo-users-script';
import { passwordFolder } from './password-folder';
import { ExternalDatabase, ExternalDatabaseProps, externalDatabase } from './external-database';
import { StoreParts, StoreProps, storeParts } from './store-parts';

/** Databases that MongoDB keeps for itself, and the user that is made in one of them. */
const reserved = /^(admin|local|config|root)$/;

const scripts = '/etc/databases';
const shell = 'mongosh --quiet --norc';
// the server listens once it can be asked, and a shell for each question would take more than the question
const makeUsers = `until : 2>/dev/null </dev/tcp/127.0.0.1/27017; do sleep 1; done; exec ${shell} --nodb ${scripts}/users.js`;
const ping = [...shell.split(' '), '--eval', 'quit(db.adminCommand({ ping: 1 }).ok === 1 ? 0 : 1)', 'mongodb://127.0.0.1:27017/admin'];

/** Properties of `MongoDatabase`. */
export interface MongoDatabaseProps<Name extends string> extends StoreProps {
  /** Storage of the data, whose size can only grow. */
  readonly storage: VolumeClaim;
  /** Password of the user `root` of the database `admin`, who makes the others; no service gets it. It is set once, on an empty volume. */
  readonly rootPassword: SecretKey;
  /** The databases, each with a user of its own database that may read and write it and nothing elsewhere. */
  readonly databases: Databases<Name>;
  /** Image with the commands of the official one. @default 'docker.io/library/mongo:7.0.40' */
  readonly image?: string;
  /** User that the image runs the server as. @default 999 */
  readonly runAsUser?: number;
}

/**
 * A MongoDB server of one member with one database and one user a service. Users are made, and their passwords set, at each
 * start of the pod: what is added later is there after the restart that the change causes. None is ever removed.
 */
export class MongoDatabase<Name extends string> extends Construct implements BackedUp {
  /**
   * A MongoDB outside of the cluster, where somebody has made databases and users: no object but its ServiceEntry, the same calls.
   * @throws ConfigurationError on a host of the cluster, on no address ranges, and as the constructor does
   */
  public static external<Name extends string>(scope: Construct, id: string, props: ExternalDatabaseProps<Name>): ExternalDatabase<Name, MongoAddress> {
    return externalDatabase(scope, id, props, { port: 27017, name: 'tcp-mongo', reserved, told: mongoAddress });
  }

  /** What services call. */
  public readonly databases: Readonly<Record<Name, CallableDatabase<MongoAddress>>>;
  /** What makes users. */
  public readonly config: Manifest<k8s.KubeConfigMapProps>;
  /** How its data is saved and brought back. */
  public readonly backupPlan: BackupPlan;
  /** All the rest. */
  public readonly parts: StoreParts;

  /** @throws ConfigurationError on a missing size, on names that MongoDB does not take, and on passwords as text */
  constructor(scope: Construct, id: string, props: MongoDatabaseProps<Name>) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, props.owner);
    const { image = 'docker.io/library/mongo:7.0.40', runAsUser = 999 } = props;
    const { databases, storage, rootPassword } = props;
    checkStorage(this, storage);
    checkDatabases(this, databases, reserved);
    checkSecretKey(this, 'rootPassword', rootPassword);
    const script = usersScript(databases);
    this.config = new Manifest(this, 'Config', kinds.ConfigMap, { name: `${id}-databases` }, () => ({ data: { 'users.js': script } }));
    this.parts = storeParts(this, props, {
      ports: [Port.tcp(27017, { name: 'tcp-mongo' })],
      containerName: 'mongo',
      image,
      runAsUser,
      args: ['--auth', '--bind_ip_all'],
      env: { HOME: '/tmp' }, // where mongosh writes what it did; the image's is the folder of the data
      readiness: Probe.tcp({ period: Duration.seconds(5) }),
      liveness: Probe.exec(ping, { period: Duration.seconds(30), timeout: Duration.seconds(20) }),
      startup: Probe.tcp({ period: Duration.seconds(5), failureThreshold: 120 }),
      postStart: ['bash', '-c', makeUsers],
      terminationGrace: Duration.seconds(60),
      claims: { '/data/db': storage },
      volumes: {
        [scripts]: Volume.configMap(this.config),
        [passwordFolder]: passwordFiles(root, rootPassword, databases),
        '/tmp': Volume.emptyDir(),
      },
    });
    this.backupPlan = { party: this.parts.party, image, runAsUser, passwords: databasePasswords(databases), ...mongoBackup(databases) };
    this.databases = callableDatabases(this.parts.party, databases, (to, login) => mongoAddress(to, login, false));
  }
}
