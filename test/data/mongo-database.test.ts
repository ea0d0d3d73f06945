import { runInNewContext } from 'node:vm';
import { Size } from 'cdk8s';
import { MongoDatabase, type MongoDatabaseProps } from '../../src';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from '../mesh/world';

const { resources } = container;
const key = (name: string) => ({ secret: { name }, key: 'password' });
const databases = { carts: { password: key('carts-db') }, reviews: { password: key('reviews-db'), user: 'review_service' } };
const base = { resources, storage: { size: Size.gibibytes(10) }, rootPassword: key('mongodb'), databases };
const server = (props: Partial<MongoDatabaseProps<string>> = {}) => new MongoDatabase(world().shop, 'mongodb', { ...base, ...props });
const pod = () => at(objectIn(server(), 'StatefulSet'), 'spec.template.spec');

test('is one StatefulSet with two Services, and no routes, ejection or disruption budget', () => {
  expect(objectsIn(server()).map((object) => at(object, 'kind')).sort()).toEqual([
    'AuthorizationPolicy', 'ConfigMap', 'NetworkPolicy', 'Service', 'Service', 'ServiceAccount', 'Sidecar', 'StatefulSet',
  ]);
});

test('runs a pinned MongoDB with logins, as the user of the image', () => {
  expect(at(pod(), 'containers')).toMatchObject([{ image: 'docker.io/library/mongo:7.0.40', args: ['--auth', '--bind_ip_all'] }]);
  expect(at(pod(), 'securityContext')).toMatchObject({ fsGroup: 999, runAsUser: 999 });
  expect(at(pod(), 'terminationGracePeriodSeconds')).toBe(60);
});

test('tells its callers address, database, user and where the password is', () => {
  const { app, shop } = world();
  const cart = client(shop, 'cart');
  const to = cart.calls(new MongoDatabase(shop, 'mongodb', base).databases.reviews, { env: ({ password }) => ({ MONGO_PASSWORD: password }) });
  expect(to).toMatchObject({ host: 'mongodb', port: '27017', database: 'reviews', user: 'review_service', uri: 'mongodb://mongodb:27017/reviews' });
  cart.addEnv('MONGO_URL', to.uriWith('MONGO_PASSWORD'));
  expect(app.synthYaml()).toContain('value: mongodb://review_service:$(MONGO_PASSWORD)@mongodb:27017/reviews');
});

/** A server of five methods that knows users, and whether somebody has logged in: no MongoDB, but its refusals as they are documented. */
class Server {
  public readonly users = new Map<string, { readonly pwd: string; readonly roles: unknown }>();
  private loggedIn = false;

  public run(passwords: Readonly<Record<string, string>>): void {
    this.loggedIn = false;
    const script = String(Object.values(Object(at(objectIn(server(), 'ConfigMap'), 'data')))[0]);
    const readFileSync = (path: string) => passwords[path.replace('/etc/passwords/', '')];
    runInNewContext(script, { require: () => ({ readFileSync }), connect: (uri: string) => this.database(uri.split('/').at(-1)!) });
  }

  private database(name: string) {
    const mayMake = (): void => { if (!this.loggedIn && this.users.size > 0) throw new Error('requires authentication'); };
    const users = {
      auth: (user: string, pwd: string) => {
        if (this.users.get(`${name}.${user}`)?.pwd !== pwd) throw new Error('Authentication failed');
        this.loggedIn = true;
      },
      getUser: (user: string) => this.users.get(`${name}.${user}`) ?? null,
      createUser: ({ user, ...given }: { user: string; pwd: string; roles: unknown }) => {
        mayMake();
        if (this.users.has(`${name}.${user}`)) throw new Error('already exists');
        this.users.set(`${name}.${user}`, given);
      },
      updateUser: (user: string, given: { pwd: string; roles: unknown }) => { mayMake(); this.users.set(`${name}.${user}`, given); },
      getSiblingDB: (other: string) => this.database(other),
    };
    return users;
  }
}

const passwords = { root: 'all', carts: 'c\n', reviews: 'r' };

test('its script makes each user in the database that it is for, with rights on nothing else', () => {
  const mongo = new Server();
  mongo.run(passwords);
  expect(Object.fromEntries(mongo.users)).toEqual({
    'admin.root': { pwd: 'all', roles: ['root'] },
    'carts.carts': { pwd: 'c', roles: [{ role: 'readWrite', db: 'carts' }] },
    'reviews.review_service': { pwd: 'r', roles: [{ role: 'readWrite', db: 'reviews' }] },
  });
});

test('its script sets a new password, and does nothing as somebody whom the server does not know', () => {
  const mongo = new Server();
  mongo.run(passwords);
  mongo.run({ ...passwords, carts: 'new' });
  expect(mongo.users.get('carts.carts')?.pwd).toBe('new');
  expect(() => mongo.run({ ...passwords, root: 'other' })).toThrow('requires authentication');
});

test('fails for no size, for its own databases, for no identifier, and for a password as text', () => {
  expectRefusal(() => server({ storage: undefined as never }), '[staging/shop/mongodb] storage must have a size');
  for (const name of ['admin', 'local', 'config', 'root']) expectRefusal(() => server({ databases: { [name]: { password: key('x') } } }), `got '${name}'`);
  expectRefusal(() => server({ databases: { 'my-carts': { password: key('x') } } }), `got 'my-carts'; write 'my_carts'`);
  expectRefusal(() => server({ rootPassword: 'x' as never }), 'rootPassword must be a key of a Secret, got a text of 1 characters');
});
