import { setTimeout as pause } from 'node:timers/promises';
import { Size } from 'cdk8s';
import { PostgresDatabase } from '../../src';
import { container, objectsIn, world } from '../mesh/world';
import { EnginePod, type Ended } from './engine-pod';
import { POSTGRES as bin, postgresEntrypoint as entrypoint } from './postgres';
import { runningEngine, withEngine } from './required';

const secrets = {
  'postgresql/password': 'super-secret', 'orders-db/password': 'it\'s "quoted" $(x) \\', 'users-db/password': 'second-secret', 'late-db/password': 'third',
};

function pod(volume: string, names: readonly string[] = ['orders', 'users'], values: Readonly<Record<string, string>> = secrets): EnginePod {
  const key = (name: string) => ({ secret: { name }, key: 'password' });
  const postgres = new PostgresDatabase(world().shop, 'postgresql', {
    resources: container.resources,
    storage: { size: Size.gibibytes(1) },
    superuserPassword: key('postgresql'),
    databases: Object.fromEntries(names.map((name) => [name, { password: key(`${name}-db`) }])),
  });
  return new EnginePod({ objects: objectsIn(postgres), secrets: values, volume, entrypoint, imageEnv: { PATH: `${bin}:/usr/bin:/bin` } });
}

withEngine('PostgreSQL', [`${bin}/postgres`], () => {
  const pg = runningEngine(pod);
  const sql = (user: string, password: string, database: string, statement: string): Ended =>
    pg.server.exec(['psql', '--no-psqlrc', '-tA', '-h', '127.0.0.1', '-U', user, '-d', database, '-c', statement], { PGPASSWORD: password });
  const orders = (statement: string): Ended => sql('orders', secrets['orders-db/password'], 'orders', statement);

  test('a service works in its own database', () => {
    const made = orders('CREATE TABLE things (id serial PRIMARY KEY); CREATE SCHEMA more; CREATE EXTENSION pgcrypto; INSERT INTO things DEFAULT VALUES');
    expect(made.code).toBe(0);
    expect(orders('SELECT count(*), current_user FROM things GROUP BY 2')).toEqual({ code: 0, out: '1|orders\n' });
    expect(orders('SHOW server_encoding; ').out + orders('SHOW data_checksums').out).toBe('UTF8\non\n');
  });

  test.each([
    ['another database', 'users', 'SELECT 1', 'permission denied for database "users"'],
    ['the superuser\'s database', 'postgres', 'SELECT 1', 'permission denied for database "postgres"'],
    ['the template of new databases', 'template1', 'SELECT 1', 'permission denied for database "template1"'],
    ['a new database', 'orders', 'CREATE DATABASE other', 'permission denied to create database'],
    ['a new role', 'orders', 'CREATE ROLE other', 'permission denied to create role'],
    ['more rights', 'orders', 'ALTER ROLE orders SUPERUSER', 'must be superuser'],
    ['another role', 'orders', 'SET ROLE postgres', 'permission denied to set role'],
    ['passwords', 'orders', 'SELECT * FROM pg_authid', 'permission denied for table pg_authid'],
    ['files of the pod', 'orders', 'SELECT pg_read_file(\'/etc/passwords/users\')', 'permission denied for function pg_read_file'],
    ['programs', 'orders', 'COPY (SELECT 1) TO PROGRAM \'true\'', 'must be superuser'],
  ])('a service does not get at %s', (_, database, statement, refusal) => {
    const { code, out } = sql('orders', secrets['orders-db/password'], database, statement);
    expect([code === 0, out]).toEqual([false, expect.stringContaining(refusal)]);
  });

  test.each([['orders', 'wrong', 'orders'], ['orders', secrets['users-db/password'], 'orders'], ['postgres', '', 'postgres']])(
    'nobody logs in as %s with the password "%s", not even from inside the pod', (user, password, database) => {
      expect(sql(user, password, database, 'SELECT 1').code).toBe(2);
    });

  test('no password is in a command line, in the environment or in the log', () => {
    const seen = pg.server.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline; tr "\\0" "\\n" < /proc/1/environ']).out + pg.server.output;
    expect(seen).toContain('POSTGRES_PASSWORD_FILE=');
    for (const password of Object.values(secrets)) expect(seen).not.toContain(password);
  });

  test('the root is read-only, and process 1 is the server, without capabilities', () => {
    expect(pg.server.exec(['touch', '/var/lib/x']).out).toContain('Read-only file system');
    expect(pg.server.exec(['cat', '/proc/1/comm']).out).toBe('postgres\n');
    expect(pg.server.exec(['grep', 'Cap[EBP]', '/proc/1/status']).out.match(/\t0+\n/g)).toHaveLength(3);
  });

  /** A client that asks for nothing and stays. */
  const client = async (): Promise<void> => {
    pg.server.spawn(['psql', '-h', '127.0.0.1', '-U', 'orders', '-d', 'orders', '-c', 'SELECT pg_sleep(100)'], { PGPASSWORD: secrets['orders-db/password'] });
    const asleep = 'SELECT count(*) FROM pg_stat_activity WHERE query LIKE \'%sleep(100)\' AND pid <> pg_backend_pid()';
    while (orders(asleep).out !== '1\n') await pause(100);
  };

  test('SIGTERM alone waits for a client that stays, which would end in a kill', async () => {
    await client();
    process.kill(pg.server.mainPid, 'SIGTERM');
    expect(await pg.server.goneWithin(5)).toBe(false);
    expect(pg.server.output).toContain('received smart shutdown request');
    await pg.restart();
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('with its hook it goes at once, whether the runtime sends %s or the other', async (signal) => {
    await client();
    expect((await pg.server.stop(signal)).itself).toBe(true);
    expect(pg.server.output).toMatch(/received fast shutdown request[^]*database system is shut down/);
    expect(pg.server.output).not.toContain('smart shutdown');
    await pg.restart();
    expect(pg.server.output).not.toContain('not properly shut down');
  });

  test.each([
    ['told to stop', () => pg.server.stop(), /database system was shut down at/],
    ['killed', () => pg.server.kill(), /automatic recovery in progress/],
  ] as const)('nothing that was committed is lost when it is %s amid writes', async (_, end, log) => {
    const [before] = /\d+/.exec(orders('SELECT count(*) FROM things').out) ?? [];
    const insert = 'psql -tA -h 127.0.0.1 -U orders -d orders -c "INSERT INTO things DEFAULT VALUES RETURNING id"';
    const writer = pg.server.spawn(['sh', '-c', `while ${insert}; do :; done`],
      { PGPASSWORD: secrets['orders-db/password'] });
    let said = '';
    writer.stdout?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    await pause(1500);
    await end();
    await pg.restart();
    const committed = said.match(/^\d+$/gm) ?? [];
    expect(committed.length).toBeGreaterThan(5);
    expect(orders(`SELECT count(*) FROM things WHERE id IN (${committed.join()})`).out).toBe(`${committed.length}\n`);
    expect(Number(orders('SELECT count(*) FROM things').out)).toBeGreaterThanOrEqual(Number(before) + committed.length);
    expect(pg.server.output).toMatch(log);
  });

  test('a database that is added later is there after the restart; the others keep their data', async () => {
    const count = orders('SELECT count(*) FROM things').out;
    await pg.server.stop();
    await pg.restart(['orders', 'users', 'late']);
    expect(sql('late', secrets['late-db/password'], 'late', 'CREATE TABLE new (); SELECT 1').code).toBe(0);
    expect(orders('SELECT count(*) FROM things').out).toBe(count);
  });

  test('a database that is no longer declared stays, with its data', async () => {
    await pg.server.stop();
    await pg.restart(['orders']);
    expect(sql('late', secrets['late-db/password'], 'late', 'SELECT count(*) FROM new').out).toBe('0\n');
  });

  test('a new password holds after the restart, and the old one no longer', async () => {
    const old = secrets['orders-db/password'];
    await pg.server.stop();
    await pg.restart(['orders'], { ...secrets, 'orders-db/password': 'new' });
    expect([sql('orders', 'new', 'orders', 'SELECT 1').out, sql('orders', old, 'orders', 'SELECT 1').code]).toEqual(['1\n', 2]);
    await pg.server.stop();
    await pg.restart();
  });

  test('a statement that fails leaves no password in the log', async () => {
    const run = (script: string): string =>
      pg.server.exec(['sh', '-c', `sed '${script}' /etc/databases/databases.sql | psql -U postgres -d postgres -f -`]).out;
    const failing = 's/ALTER ROLE "users"/ALTER ROLE "nobody"/';
    expect([run(failing), pg.server.output]).toEqual([
      expect.stringContaining('role "nobody" does not exist'), expect.not.stringContaining(secrets['users-db/password']),
    ]);
    run(`${failing}; /^SET log_/d`);
    expect(pg.server.output).toContain(secrets['users-db/password']);
  });

  test('who recovers lives, is not ready, and is not started anew', () => {
    const probe = pg.server.commandOf('livenessProbe').at(-1);
    const liveness = (code: number) => pg.server.exec(['sh', '-c', `pg_isready() { return ${code}; }; ${probe}`]).code === 0;
    expect([0, 1, 2, 3].map(liveness)).toEqual([true, true, false, false]); // source: pg_isready(1): accepts, rejects, no response, no attempt
    expect(pg.server.probe('livenessProbe')).toBe(true);
  });
});
