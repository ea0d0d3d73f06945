import { setTimeout as pause } from 'node:timers/promises';
import { Size } from 'cdk8s';
import { RedisCache } from '../../src';
import { container, objectsIn, world } from '../mesh/world';
import { EnginePod } from './engine-pod';
import { runningEngine, withEngine } from './required';

/** What the official image does for another user than root. */
const entrypoint = 'cd /data; exec redis-server "$@"';
/** A key takes 20 ms to load until somebody says otherwise, and questions are answered after each 1024 bytes: two of the keys below. */
const slowly = `${entrypoint} --key-load-delay 20000 --loading-process-events-interval-bytes 1024`;

function pod(volume: string, image = entrypoint): EnginePod {
  const cache = new RedisCache(world().shop, 'redis', { resources: container.resources, persistence: { size: Size.gibibytes(1) } });
  return new EnginePod({ objects: objectsIn(cache), volume, entrypoint: image });
}

withEngine('Redis', ['/usr/bin/redis-server'], () => {
  const engine = runningEngine(pod);
  const redis = (...command: readonly string[]): string => engine.server.exec(['redis-cli', ...command]).out.trim();

  test('answers, as process 1, and writes to its storage alone', () => {
    expect([redis('set', 'a', '1'), redis('get', 'a')]).toEqual(['OK', '1']);
    expect(engine.server.exec(['cat', '/proc/1/comm']).out).toBe('redis-server\n');
    expect(engine.server.exec(['touch', '/tmp/x']).out).toContain('Read-only');
  });

  test('nothing that was answered is lost when it is told to stop amid writes', async () => {
    const writer = engine.server.spawn(['sh', '-c', 'i=0; while [ "$(redis-cli rpush list $i)" -gt 0 ] 2>/dev/null; do i=$((i+1)); echo $i; done']);
    let said = '';
    writer.stdout?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    while (said.split('\n').length <= 50) await pause(20);
    expect((await engine.server.stop()).itself).toBe(true);
    await engine.restart();
    const written = Number(said.trim().split('\n').at(-1));
    expect(written).toBeGreaterThanOrEqual(50);
    expect(Number(redis('llen', 'list'))).toBeGreaterThanOrEqual(written);
    redis('del', 'list');
  });

  test('who reads its data after a start lives, and is not ready', async () => {
    redis('config', 'set', 'rdbcompression', 'no');
    redis('eval', 'for i = 1, 4000 do redis.call("set", "key" .. i, string.rep("x", 500)) end', '0');
    redis('bgrewriteaof'); // into a snapshot: while it reads commands, it answers once in 1024 of them alone
    while (!/aof_rewrite_in_progress:0\s+aof_rewrite_scheduled:0/.test(redis('info', 'persistence'))) await pause(50);
    await engine.server.stop();
    const started = engine.restart(slowly);
    while (!engine.server.runs) await pause(20);
    const answers = (): string => [engine.server.probe('livenessProbe'), engine.server.probe('readinessProbe'), redis('ping').split(' ')[0]].join(', ');
    let said = '';
    for (let times = 0; times < 100 && said !== 'true, false, LOADING'; times += 1) {
      await pause(50);
      said = answers();
    }
    expect(said).toBe('true, false, LOADING'); // an end of 0 with no answer of use
    redis('config', 'set', 'key-load-delay', '0'); // the rest at once
    await started;
    expect(answers()).toBe('true, true, PONG');
    expect(redis('dbsize')).toBe('4001');
  });
});
