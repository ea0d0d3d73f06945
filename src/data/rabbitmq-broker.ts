import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Address } from '../graph/address';
import { Callee } from '../graph/party';
import { Port } from '../graph/port';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { Callable } from '../mesh/callable';
import { ExternalService } from '../mesh/external-service';
import { SecretKey, checkSecretKey, secretEnvValue } from '../security/secret-key';
import { Probe } from '../workload/probe';
import { VolumeClaim } from '../workload/resource-limited-stateful-set';
import { Volume } from '../workload/volume';
import { byName, checkStorage } from './databases';
import { ExternalServerProps, externalServer } from './external-server';
import { passwordFolder } from './password-folder';
import { AmqpAddress, BrokerUserOptions, QueueOptions, amqpAddress, brokerConfig, checkBroker, definitions, usersScript } from './rabbitmq-definitions';
import { StoreParts, StoreProps, storeParts } from './store-parts';

const folder = '/etc/broker';
// before the server is there the command would make a cookie of its own
const makeUsers = `until : 2>/dev/null </dev/tcp/127.0.0.1/5672; do sleep 1; done; exec bash ${folder}/users.sh`;

/** Properties of `RabbitMqBroker`. */
export interface RabbitMqBrokerProps<Queue extends string, User extends string> extends StoreProps {
  /** Storage of the messages, whose size can only grow. */
  readonly storage: VolumeClaim;
  /** Queues of the virtual host `/`, by name. */
  readonly queues: Readonly<Record<Queue, QueueOptions>>;
  /** Users by name; there is no other, and none who may everything. */
  readonly users: Readonly<Record<User, BrokerUserOptions<NoInfer<Queue>>>>;
  /** Image with the commands of the official one. @default 'docker.io/library/rabbitmq:4.3.5-management' */
  readonly image?: string;
  /** User that the image runs the server as. @default 999 */
  readonly runAsUser?: number;
}

/** Properties of a RabbitMQ outside of the cluster. */
export interface ExternalBrokerProps<User extends string> extends ExternalServerProps {
  /** Users by name, whom somebody has made there. */
  readonly users: Readonly<Record<User, { readonly password: SecretKey }>>;
}

/** A RabbitMQ outside of the cluster: what services call, and how the mesh knows it. */
export interface ExternalBroker<User extends string> {
  /** What services call: the broker as one of its users. */
  readonly users: Readonly<Record<User, Callable<never, AmqpAddress>>>;
  /** The server. */
  readonly service: ExternalService;
}

/**
 * A RabbitMQ of one member with queues, durable unless one says otherwise, and users who read theirs alone. Queues and users are made, limits and
 * passwords set, at each start of the pod. None is ever removed.
 */
export class RabbitMqBroker<Queue extends string, User extends string> extends Construct {
  /**
   * A RabbitMQ outside of the cluster, where somebody has made queues and users: no object but its ServiceEntry, the same calls, over TLS (5671).
   * @throws ConfigurationError on a host of the cluster, on no address ranges, and on passwords as text
   */
  public static external<User extends string>(scope: Construct, id: string, props: ExternalBrokerProps<User>): ExternalBroker<User> {
    const [port, scheme] = props.plaintext ? [5672, 'amqp'] as const : [5671, 'amqps'] as const;
    const service = externalServer(scope, id, props, { port, name: scheme === 'amqp' ? 'tcp-amqp' : 'tcp-amqps' });
    for (const [name, { password }] of byName<{ password: SecretKey }>(props.users)) checkSecretKey(service, `users.${name}.password`, password);
    return { service, users: callableUsers(service.party, props.users, scheme) };
  }

  /** What services call: the broker as one of its users, at `tcp-amqp`, or at `tcp-mgmt` where the call says that port. */
  public readonly users: ExternalBroker<User>['users'];
  /** Queues, limits and users. */
  public readonly config: Manifest<k8s.KubeConfigMapProps>;
  /** All the rest. */
  public readonly parts: StoreParts;

  /** @throws ConfigurationError on a missing size, on names and limits that RabbitMQ does not take, and on passwords as text */
  constructor(scope: Construct, id: string, props: RabbitMqBrokerProps<Queue, User>) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, props.owner);
    const { queues, storage } = props;
    const users = byName<BrokerUserOptions<Queue>>(props.users);
    checkStorage(this, storage);
    checkBroker(this, queues, props.users);
    const files = users.map(([name, { password }]) => [name, { secretName: password.secret.name, key: password.key }] as const);
    const scripts = { 'definitions.json': definitions(queues), 'users.sh': usersScript(props.users) };
    const data = { ...scripts, 'enabled_plugins': '[rabbitmq_management].\n', 'rabbitmq.conf': brokerConfig(folder, queues) };
    this.config = new Manifest(this, 'Config', kinds.ConfigMap, { name: `${id}-definitions` }, () => ({ data }));
    this.parts = storeParts(this, props, {
      ports: [Port.tcp(5672, { name: 'tcp-amqp' }), Port.tcp(15672, { name: 'tcp-mgmt' })],
      containerName: 'rabbitmq',
      image: props.image ?? 'docker.io/library/rabbitmq:4.3.5-management',
      runAsUser: props.runAsUser ?? 999,
      env: {
        RABBITMQ_NODENAME: 'rabbit@localhost', // the folder of the data is named for it
        RABBITMQ_MNESIA_BASE: '/data',
        RABBITMQ_LOGS: '-',
        RABBITMQ_LOG_BASE: '/tmp', // where upgrades are written down, which it opens in any case
        RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
        RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
      },
      readiness: Probe.tcp({ period: Duration.seconds(5) }),
      liveness: Probe.exec(['rabbitmq-diagnostics', '--quiet', 'ping'], { period: Duration.seconds(60), timeout: Duration.seconds(30) }),
      startup: Probe.tcp({ period: Duration.seconds(5), failureThreshold: 120 }),
      postStart: ['bash', '-c', makeUsers],
      terminationGrace: Duration.seconds(120),
      claims: { '/data': storage },
      volumes: {
        [folder]: Volume.configMap(this.config),
        [passwordFolder]: Volume.secretKeys(Object.fromEntries(files)),
        '/var/lib/rabbitmq': Volume.emptyDir(), // its home: a cookie on a claim becomes readable to the group, and is refused
        '/tmp': Volume.emptyDir(),
      },
    });
    this.users = callableUsers<User>(this.parts.party, props.users, 'amqp');
  }
}

/** The broker as each of its users. */
function callableUsers<User extends string>(
  party: Callee, users: Readonly<Record<User, { readonly password: SecretKey }>>, scheme: 'amqp' | 'amqps',
): ExternalBroker<User>['users'] {
  const callable = byName<{ readonly password: SecretKey }>(users).map(([user, { password }]) =>
    [user, { party, operations: {}, told: (to: Address) => amqpAddress(to, user, secretEnvValue(password), scheme) }] as const);
  return Object.fromEntries(callable) as ExternalBroker<User>['users']; // as many as were given
}
