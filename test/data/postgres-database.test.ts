import { Size } from 'cdk8s';
import { type DatabaseOptions, MeshNamespace, PostgresDatabase, type PostgresDatabaseProps } from '../../src';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from '../mesh/world';

const { resources } = container;
const key = (name: string) => ({ secret: { name }, key: 'password' });
const base = { resources, storage: { size: Size.gibibytes(10) }, superuserPassword: key('postgresql') };
const orders = { orders: { password: key('orders-db') } };
const server = (props: Partial<PostgresDatabaseProps<string>> = {}, id = 'postgresql') =>
  new PostgresDatabase(world().shop, id, { ...base, databases: orders, ...props });
const pod = (props?: Partial<PostgresDatabaseProps<string>>) => at(objectIn(server(props), 'StatefulSet'), 'spec.template.spec');
const sqlOf = (databases: Readonly<Record<string, DatabaseOptions>>) => at(objectIn(server({ databases }), 'ConfigMap'), 'data')?.['databases.sql' as never];

test('is one StatefulSet with everything that a call needs, but no routes, no ejection and no disruption budget', () => {
  expect(objectsIn(server()).map((object) => at(object, 'kind')).sort()).toEqual([
    'AuthorizationPolicy', 'ConfigMap', 'NetworkPolicy', 'Service', 'Service', 'ServiceAccount', 'Sidecar', 'StatefulSet',
  ]);
});

test('its pod has a name by a headless Service, and callers an address by another', () => {
  const postgres = server();
  expect(at(objectIn(postgres, 'StatefulSet'), 'spec.serviceName')).toBe('postgresql-headless');
  expect(at(objectIn(postgres, 'Service', 'postgresql-headless'), 'spec.clusterIP')).toBe('None');
  expect(at(objectIn(postgres, 'Service', 'postgresql'), 'spec')).toEqual({
    ports: [{ appProtocol: 'tcp', name: 'tcp-postgres', port: 5432 }], selector: { app: 'postgresql' },
  });
});

test('is not pruned, and keeps its data in a folder of the volume', () => {
  const set = objectIn(server({ storage: { size: Size.gibibytes(10), storageClassName: 'fast' } }), 'StatefulSet');
  expect(at(set, 'metadata.annotations')).toMatchObject({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' });
  expect(at(set, 'spec.volumeClaimTemplates')).toMatchObject([{ metadata: { name: 'data' }, spec: { storageClassName: 'fast' } }]);
  expect(at(set, 'spec.template.spec.containers.0.env.0')).toEqual({ name: 'PGDATA', value: '/data/pgdata' });
});

test('runs a pinned PostgreSQL by default, as the user of the image', () => {
  expect(at(pod(), 'containers.0.image')).toBe('docker.io/library/postgres:17.11-alpine');
  expect(at(pod(), 'securityContext')).toMatchObject({ fsGroup: 70, runAsNonRoot: true, runAsUser: 70 });
  expect(at(pod({ image: 'docker.io/library/postgres:16.15', runAsUser: 999 }), 'securityContext')).toMatchObject({ fsGroup: 999, runAsUser: 999 });
});

test('writes to its volume, its socket and /tmp, and nowhere else', () => {
  const mounts = at(pod(), 'containers.0.volumeMounts') as { mountPath: string; readOnly?: boolean }[];
  expect(mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath).sort()).toEqual(['/data', '/tmp', '/var/run/postgresql']);
  expect(at(pod(), 'containers.0.securityContext.readOnlyRootFilesystem')).toBe(true);
});

test('has 60 seconds to shut down', () => {
  expect(at(pod(), 'terminationGracePeriodSeconds')).toBe(60);
});

test('tells its callers address, database, user and where the password is, and no password', () => {
  const { app, shop, staging } = world();
  const databases = { ...orders, users: { password: key('users-db'), user: 'people' } };
  const postgres = new PostgresDatabase(shop, 'postgresql', { ...base, databases });
  const told = client(shop, 'web').calls(postgres.databases.users, { env: (to) => ({ URL: to.jdbcUrl, USER: to.user, PASSWORD: to.password }) });
  expect(told).toEqual({
    host: 'postgresql', port: '5432', database: 'users', user: 'people', password: { valueFrom: { secretKeyRef: { key: 'password', name: 'users-db' } } },
    jdbcUrl: 'jdbc:postgresql://postgresql:5432/users', r2dbcUrl: 'r2dbc:postgresql://postgresql:5432/users', uri: 'postgresql://people@postgresql:5432/users',
  });
  const other = client(new MeshNamespace(staging, 'desk'), 'support').calls(postgres.databases.orders, {});
  expect(other.host).toBe('postgresql.shop.svc.cluster.local');
  expect(app.synthYaml()).toContain(
    'name: PASSWORD\n              valueFrom:\n                secretKeyRef:\n                  key: password\n                  name: users-db\n',
  );
  expect(at(objectIn(postgres, 'AuthorizationPolicy'), 'spec.rules')).toHaveLength(2);
});

test('its Secrets are among what a cluster must have', () => {
  const { app, shop } = world();
  new PostgresDatabase(shop, 'postgresql', { ...base, databases: orders });
  expect(app.render().get('staging/prerequisites.md')).toMatch(/Secret shop\/postgresql [^]*Secret shop\/orders-db /);
});

test('the order in which databases are written changes nothing', () => {
  const [a, b] = [{ password: key('a-db') }, { password: key('b-db') }];
  expect(objectsIn(server({ databases: { a, b } }))).toEqual(objectsIn(server({ databases: { b, a } })));
});

test('names that SQL knows as words are quoted', () => {
  expect(sqlOf({ order: { password: key('order-db'), user: 'user' } })).toContain('CREATE DATABASE "order" OWNER "user"');
});

test('fails for no size', () => {
  expectRefusal(() => server({ storage: undefined as never }), '[staging/shop/postgresql] storage must have a size, got undefined; write');
  expectRefusal(() => server({ storage: {} as never }), 'storage must have a size, got {}');
  expectRefusal(() => server({ storage: { size: Size.mebibytes(0) } }), '[staging/shop/postgresql', '0Ki');
});

test.each([['Orders', 'orders'], ['order-items', 'order_items'], ['1st', 'st'], ['', 'orders'], ['a"; DROP', 'a_drop'], ['x'.repeat(64), 'x'.repeat(63)]])(
  'fails for a database named %s, which is no identifier', (name, fix) => {
    expectRefusal(() => server({ databases: { [name]: { password: key('db') } } }), `database must be an identifier`, `got '${name}'`, `write '${fix}'`);
  });

test.each(['postgres', 'template1', 'pg_catalog', 'public', 'none'])('fails for %s, which is the engine\'s own', (name) => {
  expectRefusal(() => server({ databases: { [name]: { password: key('db') } } }), `got '${name}'`, 'name it otherwise');
  expectRefusal(() => server({ databases: { orders: { password: key('db'), user: name } } }), `user of orders must not be`, `got '${name}'`);
});

test('fails for a password as text, which is not repeated', () => {
  const run = () => server({ databases: { orders: { password: 'hunter2' as never } } });
  expectRefusal(run, 'databases.orders.password must be a key of a Secret, got a text of 7 characters; write');
  expect(run).not.toThrow(/hunter2/);
  expectRefusal(() => server({ superuserPassword: 'x' as never }), 'superuserPassword must be a key of a Secret');
  expectRefusal(() => server({ superuserPassword: { secret: { name: 'x' }, key: '' } }), 'superuserPassword must be a key of a Secret');
  const wrapped = () => server({ superuserPassword: { value: 'hunter2' } as never });
  expectRefusal(wrapped, 'got something else');
  expect(wrapped).not.toThrow(/hunter2/);
});

test('fails for no database, and for one user of two', () => {
  expectRefusal(() => server({ databases: {} }), 'databases must be at least one');
  expectRefusal(() => server({ databases: { ...orders, users: { password: key('db'), user: 'orders' } } }), 'got \'orders\' twice', 'users');
});

test('fails for a name whose headless Service has too long a one', () => {
  expectRefusal(() => server({}, 'p'.repeat(55)), 'at most 63 characters', 'shorten it');
});

test('a database that does not exist does not compile', () => {
  const postgres = new PostgresDatabase(world().shop, 'postgresql', { ...base, databases: orders });
  // @ts-expect-error it is called orders
  expect(postgres.databases.ordres).toBeUndefined();
});
