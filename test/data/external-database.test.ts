import { type ExternalDatabaseProps, MongoDatabase, PostgresDatabase, RabbitMqBroker, RedisCache } from '../../src';
import { at, client, expectRefusal, objectsIn, world } from '../mesh/world';

const databases = { ledger: { password: { secret: { name: 'ledger-db' }, key: 'password' } } };
const base: ExternalDatabaseProps<'ledger'> = { host: 'ledger.db.example.com', cidrs: ['203.0.113.7/32'], databases };
const called = (props: Partial<ExternalDatabaseProps<'ledger'>> = {}) => {
  const { shop } = world();
  return client(shop, 'checkout').calls(PostgresDatabase.external(shop, 'ledger', { ...base, ...props }).databases.ledger, {});
};

test('is a ServiceEntry that is known by its addresses, and nothing else', () => {
  const { service } = PostgresDatabase.external(world().shop, 'ledger', base);
  expect(objectsIn(service)).toMatchObject([{
    kind: 'ServiceEntry', metadata: { name: 'ledger' },
    spec: { addresses: ['203.0.113.7/32'], ports: [{ name: 'tcp-postgres', number: 5432 }], resolution: 'NONE' },
  }]);
});

test('its callers are told what they are told of one in the cluster, and speak TLS', () => {
  expect(called()).toMatchObject({
    host: 'ledger.db.example.com', port: '5432', database: 'ledger', user: 'ledger',
    jdbcUrl: 'jdbc:postgresql://ledger.db.example.com:5432/ledger?sslmode=verify-full',
    r2dbcUrl: 'r2dbc:postgresql://ledger.db.example.com:5432/ledger?sslMode=verify-full',
    uri: 'postgresql://ledger@ledger.db.example.com:5432/ledger?sslmode=verify-full',
  });
  expect(called({ port: 6432, plaintext: { because: 'a tunnel encrypts' } }).uri).toBe('postgresql://ledger@ledger.db.example.com:6432/ledger');
});

test('a MongoDB is reached over TLS too', () => {
  const { shop } = world();
  const to = client(shop, 'checkout').calls(MongoDatabase.external(shop, 'ledger', base).databases.ledger, {});
  expect(to.uriWith('PASSWORD')).toBe('mongodb://ledger:$(PASSWORD)@ledger.db.example.com:27017/ledger?tls=true');
});

const cache = { host: 'cache.example.com', cidrs: ['203.0.113.8/32'] } as const;
const tunnel = { host: 'tunnel.example.com', cidrs: ['203.0.113.9/32'] } as const;

test('a Redis is reached over TLS, with a password where it asks for one', () => {
  const { shop } = world();
  const key = { secret: { name: 'cache' }, key: 'password' };
  const to = client(shop, 'cart').calls(RedisCache.external(shop, 'cache', { ...cache, password: key }), {});
  expect(to).toMatchObject({ host: 'cache.example.com', port: '6379', uri: 'rediss://cache.example.com:6379' });
  expect(to.password?.valueFrom).toEqual({ secretKeyRef: { name: 'cache', key: 'password' } });
  const plain = RedisCache.external(shop, 'plain', { ...tunnel, plaintext: { because: 'a tunnel encrypts' } });
  expect(client(shop, 'web').calls(plain, {})).toMatchObject({ uri: 'redis://tunnel.example.com:6379', password: undefined });
});

test('a RabbitMQ is reached over TLS as one of its users', () => {
  const { shop } = world();
  const broker = { host: 'mq.example.com', cidrs: ['203.0.113.8/32'], users: { shop: { password: { secret: { name: 'mq' }, key: 'password' } } } } as const;
  const to = client(shop, 'cart').calls(RabbitMqBroker.external(shop, 'mq', broker).users.shop, {});
  expect([to.port, to.uriWith('PASSWORD')]).toEqual(['5671', 'amqps://shop:$(PASSWORD)@mq.example.com:5671']);
  const tunnelled = RabbitMqBroker.external(shop, 'tunnel', { ...broker, ...tunnel, plaintext: { because: 'a tunnel encrypts' } });
  expect(client(shop, 'web').calls(tunnelled.users.shop, {}).uri).toBe('amqp://tunnel.example.com:5672');
});

test('passwords of both are references', () => {
  const text = 'hunter2' as never;
  expectRefusal(() => RedisCache.external(world().shop, 'cache', { ...cache, password: text }), '[staging/shop/cache]', 'password must be a key of a Secret');
  const broker = () => RabbitMqBroker.external(world().shop, 'mq', { ...cache, users: { shop: { password: text } } });
  expectRefusal(broker, '[staging/shop/mq]', 'users.shop.password must be a key of a Secret');
});

test('its callers reach its addresses at its port, and nobody else does', () => {
  const { app, shop } = world();
  const { databases: outside } = PostgresDatabase.external(shop, 'ledger', base);
  const [checkout, web] = ['checkout', 'web'].map((name) => client(shop, name));
  checkout.calls(outside.ledger, {});
  expect(app.render().size).toBeGreaterThan(0);
  const egress = (of: typeof checkout) => at(objectsIn(of).find((each) => at(each, 'kind') === 'NetworkPolicy'), 'spec.egress');
  expect([egress(checkout), egress(web)]).toEqual([[{ ports: [{ port: 5432 }], to: [{ ipBlock: { cidr: '203.0.113.7/32' } }] }], undefined]);
});

test.each<[string, Partial<ExternalDatabaseProps<'ledger'>>, string]>([
  ['a host of the cluster', { host: 'ledger.shop.svc.cluster.local' }, 'host must be outside the cluster, got \'ledger.shop.svc.cluster.local\'; call'],
  ['no address range', { cidrs: [] as never }, 'cidrs must be at least one, got none; the mesh'],
  ['a password as text', { databases: { ledger: { password: 'hunter2' as never } } }, 'databases.ledger.password must be a key of a Secret, got a text of 7'],
  ['plaintext without a reason', { plaintext: { because: ' ' } }, 'plaintext must say why, got " "'],
])('fails for %s', (_, props, message) => {
  expectRefusal(() => PostgresDatabase.external(world().shop, 'ledger', { ...base, ...props }), '[staging/shop/ledger]', message);
});
