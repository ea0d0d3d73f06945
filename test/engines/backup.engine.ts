import { Size } from 'cdk8s';
import { type BackedUp, Backup, PostgresDatabase, RedisCache } from '../../src';
import { at, container, objectIn, objectsIn, world } from '../mesh/world';
import { EnginePod, type Ended } from './engine-pod';
import { POSTGRES, postgresEntrypoint } from './postgres';
import { runningEngine, withEngine } from './required';

const { resources } = container;
const storage = { size: Size.gibibytes(1) };
const secrets = { 'postgresql/password': 'super-secret', 'orders-db/password': 'it\'s "quoted" $(x) \\', 'users-db/password': 'second-secret' };

/** A store, and how it is backed up: what the rendered Jobs run. */
function backedUp<Store extends BackedUp>(make: (shop: ReturnType<typeof world>['shop']) => Store) {
  const { shop } = world();
  const store = make(shop);
  const scripts = at(objectIn(new Backup(shop, 'backup', { of: store, storage, resources, retention: 2 }), 'ConfigMap'), 'data') as Record<string, string>;
  return { store, scripts };
}
const key = (name: string) => ({ secret: { name }, key: 'password' });
const postgres = () => backedUp((shop) => new PostgresDatabase(shop, 'postgresql', {
  resources, storage, superuserPassword: key('postgresql'), databases: { orders: { password: key('orders-db') }, users: { password: key('users-db') } },
}));
const redis = () => backedUp((shop) => new RedisCache(shop, 'redis', { resources, persistence: storage }));

/** Runs a script of the ConfigMap where the store's own programs are, as its own user, in a folder that this pod may write to. */
type Env = Record<string, string>;
const runs = (server: EnginePod, scripts: Env, port: number, folder: string) => (script: string, env: Env = {}): Ended => {
  server.exec(['mkdir', '-p', `${folder}/backups`]);
  const moved = scripts[script].replaceAll('/tmp/', `${folder}/`);
  return server.exec(['sh', '-c', moved], { BACKUPS: `${folder}/backups`, HOST: '127.0.0.1', PORT: String(port), ...env });
};
const kept = (server: EnginePod, folder: string): string[] => server.exec(['ls', `${folder}/backups`]).out.trim().split('\n').filter(Boolean);
/** Backups are named for their second. */
const nextSecond = async (): Promise<void> => new Promise((done) => { setTimeout(done, 1100); });

withEngine('PostgreSQL, backed up', [`${POSTGRES}/pg_dump`], () => {
  const { scripts } = postgres();
  const engine = runningEngine((volume) => new EnginePod({
    objects: objectsIn(postgres().store), secrets, volume, entrypoint: postgresEntrypoint, imageEnv: { PATH: `${POSTGRES}:/usr/bin:/bin` },
  }));
  const orders = (statement: string): Ended => engine.server.exec(
    ['psql', '--no-psqlrc', '-tA', '-h', '127.0.0.1', '-U', 'orders', '-d', 'orders', '-c', statement], { PGPASSWORD: secrets['orders-db/password'] },
  );
  const run = (script: string, env?: Record<string, string>): Ended => runs(engine.server, scripts, 5432, '/tmp')(script, env);

  test('what was saved comes back, whatever became of it, with what is not a table', () => {
    expect(orders('CREATE TABLE things (id serial PRIMARY KEY, name text); CREATE EXTENSION pgcrypto').code).toBe(0);
    orders('INSERT INTO things (name) VALUES (\'one\'), (\'two\')');
    expect(run('backup.sh')).toEqual({ code: 0, out: expect.stringMatching(/^saved /) });
    expect(orders('DELETE FROM things; ALTER TABLE things DROP COLUMN name').code).toBe(0);

    expect(run('restore.sh')).toEqual({ code: 0, out: expect.stringMatching(/restored /) });
    expect(orders('SELECT name FROM things ORDER BY id').out).toBe('one\ntwo\n');
    expect(orders('INSERT INTO things (name) VALUES (\'three\') RETURNING id').out).toContain('3'); // the sequence, too
  });

  test('the newest are kept, and a person may ask for an older one', async () => {
    await nextSecond();
    expect(run('backup.sh').code).toBe(0);
    orders('INSERT INTO things (name) VALUES (\'four\')');
    await nextSecond();
    expect(run('backup.sh').code).toBe(0);
    const [older, newer, ...others] = kept(engine.server, '/tmp');
    expect([newer > older, others]).toEqual([true, []]);
    expect(run('restore.sh', { BACKUP: older }).code).toBe(0);
    expect(orders('SELECT count(*) FROM things').out).toBe('3\n');
    expect(run('restore.sh').code).toBe(0);
    expect(orders('SELECT count(*) FROM things').out).toBe('4\n');
  });

  test('a backup that fails half-way leaves the old ones as they are, and no half of itself for long', async () => {
    const before = kept(engine.server, '/tmp');
    await nextSecond();
    expect(run('backup.sh', { PORT: '1' }).code).not.toBe(0);
    expect(kept(engine.server, '/tmp').filter((name) => name.endsWith('Z'))).toEqual(before);
    expect(kept(engine.server, '/tmp').filter((name) => name.endsWith('.part'))).toHaveLength(1);
    expect(run('backup.sh').code).toBe(0);
    expect(kept(engine.server, '/tmp').filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('a restore that fails changes nothing', () => {
    orders('INSERT INTO things (name) VALUES (\'five\')');
    const [count] = [orders('SELECT count(*) FROM things').out];
    engine.server.exec(['sh', '-c', 'cd /tmp/backups; cp -r "$(ls | tail -n 1)" broken; truncate -s -20 broken/orders.dump']);
    expect(run('restore.sh', { BACKUP: 'broken' }).code).not.toBe(0);
    expect(orders('SELECT count(*) FROM things').out).toBe(count);
    expect(run('restore.sh', { BACKUP: 'nothing' }).code).not.toBe(0);
  });

  test('nobody else may read what was saved', () => {
    const modes = engine.server.exec(['sh', '-c', 'stat -c %a /tmp/backups/*Z /tmp/backups/*Z/*']).out.trim().split('\n');
    expect(new Set(modes.map((mode) => mode.slice(-2)))).toEqual(new Set(['00']));
  });
});

withEngine('Redis, backed up', ['/usr/bin/redis-server', '/usr/bin/redis-check-rdb'], () => {
  const { scripts } = redis();
  const engine = runningEngine((volume) => new EnginePod({ objects: objectsIn(redis().store), volume, entrypoint: 'cd /data; exec redis-server "$@"' }));
  const cli = (...args: readonly string[]): string => engine.server.exec(['redis-cli', ...args]).out;
  const run = (script: string, env?: Record<string, string>): Ended => runs(engine.server, scripts, 6379, '/data')(script, env);

  test('what was saved comes back with its times, and what came since stays', () => {
    cli('set', 'cart:1', 'two words');
    cli('hset', 'cart 2', 'a\nb', '1');
    cli('set', 'session', 'x', 'ex', '1000');
    expect(run('backup.sh')).toEqual({ code: 0, out: expect.stringContaining('saved ') });
    cli('del', 'cart:1', 'cart 2', 'session');
    cli('set', 'new', 'since');

    expect(run('restore.sh')).toEqual({ code: 0, out: expect.stringContaining('restored ') });
    expect([cli('get', 'cart:1'), cli('hget', 'cart 2', 'a\nb'), cli('get', 'new')]).toEqual(['two words\n', '1\n', 'since\n']);
    expect(Number(cli('ttl', 'session'))).toBeGreaterThan(900);
  });

  test('what came back is kept like anything else', async () => {
    await engine.server.stop();
    await engine.restart();
    expect(cli('get', 'cart:1')).toBe('two words\n');
  });

  test('a backup that fails leaves the old one as it is, and a restore of nothing says so', () => {
    const before = kept(engine.server, '/data');
    expect(run('backup.sh', { PORT: '1' }).code).not.toBe(0);
    expect(kept(engine.server, '/data').filter((name) => name.endsWith('Z'))).toEqual(before);
    engine.server.exec(['sh', '-c', 'rm -r /data/backups/*']);
    expect(run('restore.sh')).toEqual({ code: 1, out: 'there is no backup\n' });
  });
});
