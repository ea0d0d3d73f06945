import { Duration, Size } from 'cdk8s';
import { RabbitMqBroker } from '../../src';
import { container, objectsIn, world } from '../mesh/world';
import { EnginePod, type Ended } from './engine-pod';
import { runningEngine, withEngine } from './required';
import { until } from '../cluster/run/until';

const secrets = { 'shop-mq/password': 'it\'s "quoted" $(x) \\', 'mail-mq/password': 'second-secret', 'late-mq/password': 'third-secret' };

function pod(volume: string, more: { late?: boolean; maxLength?: number; values?: Readonly<Record<string, string>> } = {}): EnginePod {
  const password = (name: string) => ({ secret: { name: `${name}-mq` }, key: 'password' });
  const broker = new RabbitMqBroker(world().shop, 'rabbitmq', {
    resources: container.resources,
    storage: { size: Size.gibibytes(1) },
    queues: {
      orders: { messageTtl: Duration.minutes(10), maxLength: more.maxLength ?? 3, overflow: 'reject-publish' },
      short: { messageTtl: Duration.millis(500) },
      plain: {},
      passing: { durable: false, maxLength: 2, overflow: 'reject-publish' },
    },
    users: {
      shop: { password: password('shop'), queues: ['orders', 'short', 'passing'] },
      [more.late ? 'late' : 'mail']: { password: password(more.late ? 'late' : 'mail'), queues: ['plain'] },
      mail: { password: password('mail'), queues: ['plain'] },
    },
  });
  return new EnginePod({
    objects: asDebianKnows(objectsIn(broker)), secrets: more.values ?? secrets, volume, entrypoint: 'exec rabbitmq-server',
    imageEnv: { PATH: '/usr/lib/rabbitmq/bin:/usr/bin:/bin', HOME: '/var/lib/rabbitmq' },
  });
}

/** Debian's RabbitMQ takes queues that do not live through a restart without being told to, and does not know how it would be told. */
const asDebianKnows = (objects: readonly unknown[]): readonly unknown[] =>
  JSON.parse(JSON.stringify(objects).replace('deprecated_features.permit.transient_nonexcl_queues = true\\n', ''));

withEngine('RabbitMQ', ['/usr/lib/rabbitmq/bin/rabbitmq-server', '/usr/bin/amqp-publish'], () => {
  const engine = runningEngine(pod);
  const amqp = (tool: string, user: string, password: string, ...args: readonly string[]): Ended =>
    engine.server.exec([`amqp-${tool}`, '--server=127.0.0.1', `--username=${user}`, `--password=${password}`, ...args]);
  const shop = (tool: string, ...args: readonly string[]): Ended => amqp(tool, 'shop', secrets['shop-mq/password'], ...args);
  const send = (queue: string, body: string): Ended => shop('publish', '--persistent', `--routing-key=${queue}`, `--body=${body}`);
  const waiting = (): string => engine.server.exec(['rabbitmqctl', '-q', 'list_queues', '--no-table-headers', 'name', 'messages', 'durable']).out;

  test('queues are there, and live through a restart', () => {
    expect(waiting().trim().split('\n').sort()).toEqual(['orders\t0\ttrue', 'plain\t0\ttrue', 'short\t0\ttrue']);
  });

  test('a service declares, writes to and reads its queue', () => {
    expect(shop('declare-queue', '--durable', '--queue=orders')).toEqual({ code: 0, out: 'orders\n' });
    expect(send('orders', 'one').code).toBe(0);
    expect(shop('get', '--queue=orders').out).toBe('one');
  });

  test.each([
    ['reads another queue', 'get', ['--queue=plain']],
    ['makes a queue', 'declare-queue', ['--durable', '--queue=mine']],
    ['writes to an exchange', 'publish', ['--exchange=amq.topic', '--routing-key=x', '--body=x']],
    ['deletes another queue', 'delete-queue', ['--queue=plain']],
    ['makes its queue one that does not live through a restart', 'declare-queue', ['--queue=orders']],
  ])('nobody %s', (_, tool, args) => {
    const { code, out } = shop(tool, ...args);
    expect([code === 0, out]).toEqual([false, expect.stringMatching(/ACCESS_REFUSED|PRECONDITION_FAILED/)]);
  });

  test('whoever may use the default exchange writes to every queue: RabbitMQ asks for no more', () => {
    expect(send('plain', 'from shop').code).toBe(0);
    expect(amqp('get', 'mail', secrets['mail-mq/password'], '--queue=plain').out).toBe('from shop');
  });

  test.each([['shop', 'wrong'], ['guest', 'guest'], ['mail', secrets['shop-mq/password']]])('nobody logs in as %s with %s', (user, password) => {
    expect(amqp('get', user, password, '--queue=orders').out).toContain('ACCESS_REFUSED');
  });

  test('there is nobody else, and nobody who may administer', () => {
    expect(engine.server.exec(['rabbitmqctl', '-q', 'list_users', '--no-table-headers']).out.trim().split('\n').sort()).toEqual(['mail\t[]', 'shop\t[]']);
  });

  test('messages wait no longer than they may, and no more of them', async () => {
    for (const body of ['1', '2', '3', '4', '5']) send('orders', body);
    send('short', 'gone');
    await new Promise((done) => { setTimeout(done, 1500); });
    expect(waiting()).toContain('orders\t3\t');
    expect(waiting()).toContain('short\t0\t');
    expect(shop('get', '--queue=orders').out).toBe('1'); // what came too late was refused
  });

  test('a queue without durability is the program\'s to declare, has its limits, and goes with the broker\'s restart', async () => {
    expect(shop('declare-queue', '--queue=passing')).toEqual({ code: 0, out: 'passing\n' });
    for (const body of ['1', '2', '3']) send('passing', body);
    await until('both are counted', async () => waiting().includes('passing\t2\tfalse'));
    await engine.server.stop();
    await engine.restart();
    expect(waiting()).not.toContain('passing');
  });

  test('no password is in a command line, in the environment or in the log', () => {
    const seen = engine.server.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline; tr "\\0" "\\n" < /proc/1/environ; cat /etc/broker/*']).out + engine.server.output;
    expect(seen).toContain('RABBITMQ_NODENAME=');
    for (const password of Object.values(secrets)) expect(seen).not.toContain(password);
  });

  test('lives, and answers people at its management port', () => {
    expect(engine.server.probe('livenessProbe')).toBe(true);
    expect(engine.server.exec(['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/15672; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; head -1 <&3']).out).toContain('200');
    expect(engine.server.exec(['touch', '/var/lib/x']).out).toContain('Read-only file system');
  });

  test('SIGTERM loses no message; users and limits that changed are there after the restart', async () => {
    expect((await engine.server.stop()).itself).toBe(true);
    await engine.restart({ late: true, maxLength: 4, values: { ...secrets, 'mail-mq/password': 'new' } });
    expect(waiting()).toContain('orders\t2\t');
    for (const body of ['6', '7', '8']) send('orders', body);
    expect(waiting()).toContain('orders\t4\t');
    expect(amqp('publish', 'late', secrets['late-mq/password'], '--persistent', '--routing-key=plain', '--body=x').code).toBe(0);
    expect(amqp('get', 'mail', 'new', '--queue=plain').out).toBe('x');
    expect(amqp('get', 'mail', secrets['mail-mq/password'], '--queue=plain').out).toContain('ACCESS_REFUSED');
  });

  test('a node that fails loses no message that was written down', async () => {
    expect(amqp('publish', 'mail', 'new', '--persistent', '--routing-key=plain', '--body=kept').code).toBe(0);
    await new Promise((done) => { setTimeout(done, 1000); });
    await engine.server.kill();
    await engine.restart();
    expect(waiting()).toContain('plain\t1\t');
  });
});
