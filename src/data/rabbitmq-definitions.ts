import { Duration } from 'cdk8s';
import type { EnvValue } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { Address } from '../graph/address';
import { reject } from '../manifest/reject';
import { SecretKey, checkSecretKey } from '../security/secret-key';
import { byName } from './databases';
import { passwordFile } from './password-folder';

/** A queue. */
export interface QueueOptions {
  /**
   * Whether it lives through a restart of the broker. With `false` the programs declare it, as they must with `durable: false`, and every restart
   * takes it and its messages away; RabbitMQ 4.3 refuses such queues unless it is told not to, which it then is. @default true
   */
  readonly durable?: boolean;
  /** How long a message waits at most, whole milliseconds; then it is dropped. @default - for ever */
  readonly messageTtl?: Duration;
  /** How many messages wait at most, 1 or more. @default - as many as there is storage for */
  readonly maxLength?: number;
  /** What happens to one too many: the oldest goes, or the new one is refused. @default - RabbitMQ's own, 'drop-head' */
  readonly overflow?: 'drop-head' | 'reject-publish';
}

/** A user, and what it may do. */
export interface BrokerUserOptions<Queue extends string> {
  /** Its password. */
  readonly password: SecretKey;
  /** Queues that it may declare and read from. It writes by the default exchange, which RabbitMQ lets it do to every queue. */
  readonly queues: readonly [Queue, ...Queue[]];
}

/** Queues by name. */
type Queues = Readonly<Record<string, QueueOptions>>;
/** Users by name. */
type Users = Readonly<Record<string, BrokerUserOptions<string>>>;

/** How a caller writes down where a broker is. */
export interface AmqpAddress {
  /** Host: short inside the caller's namespace, fully qualified elsewhere. */
  readonly host: string;
  /** Port, as environment variables have it. */
  readonly port: string;
  /** The user. */
  readonly user: string;
  /** The user's password: a reference, for a variable. */
  readonly password: EnvValue;
  /** `amqp://<host>:<port>`, or `amqps` where the broker is outside of the cluster, for programs that have user and password elsewhere. */
  readonly uri: string;
  /**
   * The same with `<user>:$(<variable>)@` before the host, for `addEnv`: Kubernetes writes the variable's value there.
   * @param variable has the password, of characters that an address may have
   */
  readonly uriWith: (variable: string) => string;
}

/** Where the broker is, and who may log in. */
export function amqpAddress({ host, port, hostPort }: Address, user: string, password: EnvValue, scheme: 'amqp' | 'amqps'): AmqpAddress {
  return { host, port, user, password, uri: `${scheme}://${hostPort}`, uriWith: (variable) => `${scheme}://${user}:$(${variable})@${hostPort}` };
}

/** Refuses queues and users that the broker does not take. */
export function checkBroker(construct: IConstruct, queues: Queues, users: Users): void {
  for (const name of [...Object.keys(queues), ...Object.keys(users)]) {
    if (!/^[A-Za-z][A-Za-z0-9_.-]{0,126}$/.test(name) || name.startsWith('amq.')) {
      reject(construct, `a queue or user must have letters, digits, _, . and -, a letter first, at most 127, and not begin with amq., got '${name}'`);
    }
  }
  for (const [name, { maxLength, messageTtl }] of Object.entries(queues)) {
    if (maxLength !== undefined && (!Number.isInteger(maxLength) || maxLength < 1)) {
      reject(construct, `maxLength of ${name} must be a whole number of 1 or more, got ${maxLength}; leave it out for no limit`);
    }
    const milliseconds = messageTtl?.toMilliseconds() ?? 1;
    if (milliseconds < 1) reject(construct, `messageTtl of ${name} must be 1 ms or more, got ${milliseconds}; leave it out for no limit`);
  }
  for (const [name, user] of Object.entries(users)) {
    checkSecretKey(construct, `users.${name}.password`, user.password);
    const unknown = user.queues.find((queue) => !(queue in queues));
    const known = Object.keys(queues).sort().join(', ');
    if (unknown !== undefined) reject(construct, `queues of ${name} must exist, got '${unknown}'; declare it, or write one of ${known}`);
  }
}

/**
 * What the broker imports when it starts: queues that live through a restart, and their limits as policies, which can change
 * while arguments of a queue cannot. No user is in it, since it would carry a password.
 */
export function definitions(queues: Queues): string {
  const limits = byName(queues).map(([name, { messageTtl, maxLength, overflow }]) => ({
    vhost: '/', name, pattern: `^${literal(name)}$`, 'apply-to': 'queues', priority: 0,
    definition: { 'message-ttl': messageTtl?.toMilliseconds(), 'max-length': maxLength, overflow },
  }));
  return `${JSON.stringify({
    vhosts: [{ name: '/' }],
    queues: byName(queues).filter(([, queue]) => isDurable(queue)).map(([name]) => ({ vhost: '/', name, durable: true, auto_delete: false, arguments: {} })),
    policies: limits.filter(({ definition }) => Object.values(definition).some((each) => each !== undefined)),
  }, undefined, 2)}\n`;
}

/** Whether a queue lives through a restart. */
function isDurable({ durable = true }: QueueOptions): boolean {
  return durable;
}

/** The broker's own settings. Source: RabbitMQ, release notes of 4.3.0, deprecated features. */
export function brokerConfig(folder: string, queues: Queues): string {
  const permitted = Object.values(queues).every(isDurable) ? '' : 'deprecated_features.permit.transient_nonexcl_queues = true\n';
  return `load_definitions = ${folder}/definitions.json\n${permitted}`;
}

/** What bash runs at each start: makes users that are not there yet, and sets passwords, which come through the standard input, and permissions. */
export function usersScript(users: Users): string {
  const lines = byName(users).map(([name, { queues }]) => {
    const own = [...queues].sort().map(literal).join('|');
    return `user ${name} '^(${own})$' '^(${own}|amq\\.default)$' '^(${own})$'`;
  });
  return `set -euo pipefail
known=$(rabbitmqctl --quiet list_users --no-table-headers | cut -f1)
user() { # name, and what it may configure, write and read
  if grep -qxF "$1" <<< "$known"; then rabbitmqctl --quiet change_password "$1"; else rabbitmqctl --quiet add_user "$1"; fi < "${passwordFile('$1')}"
  rabbitmqctl --quiet set_permissions --vhost / "$@"
}
${lines.join('\n')}
`;
}

function literal(name: string): string {
  return name.replaceAll('.', '\\.');
}
