import { Duration, Size } from 'cdk8s';
import { RabbitMqBroker, type RabbitMqBrokerProps } from '../../src';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from '../mesh/world';

const { resources } = container;
const password = { secret: { name: 'shop-mq' }, key: 'password' };
type Props = RabbitMqBrokerProps<string, string>;
const base: Props = {
  resources,
  storage: { size: Size.gibibytes(8) },
  queues: { 'orders.v1': { messageTtl: Duration.hours(24), maxLength: 1000, overflow: 'reject-publish' }, mails: {} },
  users: { shop: { password, queues: ['orders.v1', 'mails'] } },
};
const broker = (props: Partial<Props> = {}) => new RabbitMqBroker(world().shop, 'rabbitmq', { ...base, ...props });
const file = (name: string, props?: Partial<Props>): string => String(Reflect.get(Object(at(objectIn(broker(props), 'ConfigMap'), 'data')), name));

test('is one StatefulSet with two Services, and no routes, ejection or disruption budget', () => {
  expect(objectsIn(broker()).map((object) => at(object, 'kind')).sort()).toEqual([
    'AuthorizationPolicy', 'ConfigMap', 'NetworkPolicy', 'Service', 'Service', 'ServiceAccount', 'Sidecar', 'StatefulSet',
  ]);
});

test('defines durable queues, and limits that can change as policies', () => {
  expect(JSON.parse(file('definitions.json'))).toEqual({
    vhosts: [{ name: '/' }],
    queues: ['mails', 'orders.v1'].map((name) => ({ vhost: '/', name, durable: true, auto_delete: false, arguments: {} })),
    policies: [{
      vhost: '/', name: 'orders.v1', pattern: '^orders\\.v1$', 'apply-to': 'queues', priority: 0,
      definition: { 'message-ttl': 86_400_000, 'max-length': 1000, overflow: 'reject-publish' },
    }],
  });
});

test('leaves a queue that programs declare without durability to them, with its limits, and lets the broker take it', () => {
  const queues = { orders: { durable: false, maxLength: 5 }, mails: {} };
  const given = { queues, users: { shop: { password, queues: ['orders'] as const } } };
  const { queues: defined, policies } = JSON.parse(file('definitions.json', given));
  expect(defined).toEqual([{ vhost: '/', name: 'mails', durable: true, auto_delete: false, arguments: {} }]);
  expect(policies).toMatchObject([{ name: 'orders', definition: { 'max-length': 5 } }]);
  expect(file('rabbitmq.conf', given)).toBe('load_definitions = /etc/broker/definitions.json\ndeprecated_features.permit.transient_nonexcl_queues = true\n');
  expect(file('rabbitmq.conf')).toBe('load_definitions = /etc/broker/definitions.json\n');
});

test('gives users their queues, and a password that is nowhere in YAML', () => {
  expect(file('users.sh')).toContain('user shop \'^(mails|orders\\.v1)$\' \'^(mails|orders\\.v1|amq\\.default)$\' \'^(mails|orders\\.v1)$\'\n');
});

test('tells its callers address, user and where the password is; a call may say the management port', () => {
  const { shop } = world();
  const { users } = new RabbitMqBroker(shop, 'rabbitmq', base);
  expect(client(shop, 'backend').calls(users.shop, {})).toMatchObject({ host: 'rabbitmq', port: '5672', user: 'shop', uri: 'amqp://rabbitmq:5672' });
  expect(client(shop, 'mail').calls(users.shop, {}).uriWith('MQ_PASSWORD')).toBe('amqp://shop:$(MQ_PASSWORD)@rabbitmq:5672');
  expect(client(shop, 'monitor').calls(users.shop, { port: 'tcp-mgmt' }).port).toBe('15672');
});

test('keeps its data on the claim, and its cookie off it', () => {
  const pod = at(objectIn(broker(), 'StatefulSet'), 'spec.template.spec');
  expect(at(pod, 'containers.0')).toMatchObject({
    image: 'docker.io/library/rabbitmq:4.3.5-management',
    volumeMounts: expect.arrayContaining([{ name: 'data', mountPath: '/data' }, { name: 'var-lib-rabbitmq', mountPath: '/var/lib/rabbitmq' }]),
  });
  expect(at(pod, 'volumes')).toContainEqual({ name: 'var-lib-rabbitmq', emptyDir: {} });
  expect(at(pod, 'terminationGracePeriodSeconds')).toBe(120);
});

test('the order in which queues and users are written changes nothing', () => {
  const [a, b] = [{ password, queues: ['mails'] as const }, { password, queues: ['orders'] as const }];
  const one = objectsIn(broker({ queues: { orders: {}, mails: {} }, users: { a, b } }));
  expect(objectsIn(broker({ queues: { mails: {}, orders: {} }, users: { b, a } }))).toEqual(one);
});

test.each<[string, Partial<Props>, string]>([
  ['no size', { storage: undefined as never }, 'storage must have a size, got undefined'],
  ['a name that the shell would read', { queues: { 'a b': {} }, users: {} }, 'got \'a b\''],
  ['a name of the broker\'s own', { queues: { 'amq.mine': {} }, users: {} }, 'got \'amq.mine\''],
  ['no message at most', { queues: { mails: { maxLength: 0 } }, users: {} }, 'maxLength of mails must be a whole number of 1 or more, got 0'],
  ['no time', { queues: { mails: { messageTtl: Duration.millis(0) } }, users: {} }, 'messageTtl of mails must be 1 ms or more, got 0'],
  ['a queue that does not exist', { users: { shop: { password, queues: ['order'] } } }, 'got \'order\'; declare it, or write one of mails, orders.v1'],
  ['a password as text', { users: { shop: { password: 'hunter2' as never, queues: ['mails'] } } }, 'must be a key of a Secret, got a text of 7 characters'],
])('fails for %s', (_, props, message) => {
  expectRefusal(() => broker(props), '[staging/shop/rabbitmq]', message);
});
