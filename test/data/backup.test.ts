import { Duration, Size } from 'cdk8s';
import { type BackedUp, Backup, type BackupProps, MeshNamespace, Migration, MongoDatabase, PostgresDatabase, RedisCache } from '../../src';
import { at, container, expectRefusal, listAt, objectIn, world } from '../mesh/world';

const { resources } = container;
const storage = { size: Size.gibibytes(20) };
const key = (name: string) => ({ secret: { name }, key: 'password' });
type Shop = ReturnType<typeof world>['shop'];
const postgres = (shop: Shop) => new PostgresDatabase(shop, 'store', {
  resources, storage, superuserPassword: key('root'), databases: { orders: { password: key('orders') } },
});
const STORES: Readonly<Record<string, (shop: Shop) => BackedUp>> = {
  postgres: (shop) => postgres(shop),
  mongo: (shop) => new MongoDatabase(shop, 'store', { resources, storage, rootPassword: key('root'), databases: { carts: { password: key('carts') } } }),
  redis: (shop) => new RedisCache(shop, 'store', { resources }),
};

function backup(engine: keyof typeof STORES = 'postgres', props: Partial<BackupProps> = {}) {
  const { shop } = world();
  const store = STORES[engine](shop);
  return { shop, store, backup: new Backup(shop, 'store-backup', { of: store, storage, resources, ...props }) };
}
const cronJob = (of: Backup, name: string) => objectIn(of, 'CronJob', name);

describe.each(Object.keys(STORES))('a backup of %s', (engine) => {
  test('is made by a CronJob with an identity of its own and no other calls than the store', () => {
    const { backup: made } = backup(engine);
    for (const name of ['store-backup', 'store-restore']) {
      expect(at(objectIn(made, 'Sidecar', name), 'spec.egress')).toEqual([{ hosts: ['./store.shop.svc.cluster.local'] }]);
      expect(at(objectIn(made, 'NetworkPolicy', name), 'spec.egress.0.to')).toEqual([{ podSelector: { matchLabels: { app: 'store' } } }]);
      expect(at(cronJob(made, name), 'spec.jobTemplate.spec.template.spec.serviceAccountName')).toBe(name);
    }
  });

  test('has the store\'s own programs, as its own user, and no password but as a file', () => {
    const { backup: made, store } = backup(engine);
    const pod = at(cronJob(made, 'store-backup'), 'spec.jobTemplate.spec.template.spec');
    expect(at(pod, 'containers.0.image')).toBe(store.backupPlan.image);
    expect(at(pod, 'securityContext.runAsUser')).toBe(store.backupPlan.runAsUser);
    expect(listAt(pod, 'containers.0.env').map((each) => at(each, 'name'))).toEqual(['HOST', 'PORT', 'BACKUPS']);
    expect(JSON.stringify(pod)).not.toContain('"root"'); // services' users are enough
  });
});

test('the store lets both in, and who restores never runs by itself', () => {
  const { backup: made, store } = backup();
  const rules = listAt(objectIn(store as PostgresDatabase<'orders'>, 'AuthorizationPolicy'), 'spec.rules');
  const callers = rules.map((rule) => String(at(rule, 'from.0.source.principals.0')).split('/sa/')[1]);
  expect(callers).toEqual(['store-backup', 'store-restore']);
  const saving = { schedule: '0 2 * * *', concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 3600 };
  expect(at(cronJob(made, 'store-backup'), 'spec')).toMatchObject(saving);
  expect(at(cronJob(made, 'store-backup'), 'spec')).not.toHaveProperty('suspend');
  expect(at(cronJob(made, 'store-restore'), 'spec')).toMatchObject({ schedule: '0 0 31 2 *', suspend: true });
});

test('the claim outlives the store, and is no reason to wait', () => {
  const claim = objectIn(backup('postgres', { storage: { ...storage, storageClassName: 'slow' } }).backup, 'PersistentVolumeClaim');
  expect(at(claim, 'metadata')).toMatchObject({
    name: 'store-backups',
    annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true', 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
  });
  expect(at(claim, 'spec')).toMatchObject({ storageClassName: 'slow', resources: { requests: { storage: '20Gi' } } });
});

test.each<[string, Partial<BackupProps>, readonly string[]]>([
  ['no retention', { retention: 0 }, ['retention', 'got 0']],
  ['half a backup', { retention: 1.5 }, ['retention', 'got 1.5']],
  ['no size', { storage: {} as never }, ['storage must have a size']],
  ['a schedule that is none', { schedule: 'daily' }, ["'daily'", "'0 3 * * *'"]],
  ['a deadline that is none', { activeDeadline: Duration.millis(5) }, ['activeDeadline']],
])('fails for %s', (_, props, texts) => {
  expectRefusal(() => backup('postgres', props), '[staging/shop/store-backup', ...texts);
});

test('fails in another namespace, where the Secrets are not', () => {
  const { staging, shop } = world();
  const store = STORES.postgres(shop);
  const desk = new MeshNamespace(staging, 'desk');
  const there = () => new Backup(desk, 'store-backup', { of: store, storage, resources });
  expectRefusal(there, '[staging/desk/store-backup]', 'staging/shop/store', 'declare it in shop');
});

describe('a migration', () => {
  const migration = () => {
    const { shop } = world();
    const { databases } = postgres(shop);
    return new Migration(shop, 'orders-migration', {
      ...container, database: databases.orders, connection: (to) => ({ DB_URL: to.jdbcUrl, DB_USER: to.user, DB_PASSWORD: to.password }),
    });
  };

  test('comes after the stores and before the services, anew at each sync', () => {
    expect(at(objectIn(migration(), 'Job'), 'metadata.annotations')).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation', 'argocd.argoproj.io/sync-wave': '-1',
    });
  });

  test('has an edge of its own, as the service\'s user', () => {
    expect(at(objectIn(migration(), 'Sidecar'), 'spec.egress')).toEqual([{ hosts: ['./store.shop.svc.cluster.local'] }]);
    const env = listAt(objectIn(migration(), 'Job'), 'spec.template.spec.containers.0.env');
    expect(env).toContainEqual({ name: 'DB_URL', value: 'jdbc:postgresql://store:5432/orders' });
    expect(env).toContainEqual({ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'orders' } } });
  });
});
