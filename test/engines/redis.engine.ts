import { setTimeout as pause } from 'node:timers/promises';
import { Size } from 'cdk8s';
import { RedisCache } from '../../src';
import { container, objectsIn, world } from '../mesh/world';
import { EnginePod } from './engine-pod';
import { runningEngine, withEngine } from './required';

/** What the official image does for another user than root. */
const entrypoint = 'cd /data; exec redis-server "$@"';
/** A thousand keys take a second to load, and questions are answered after each 1024 bytes: with large values often. */
const slowly = `${entrypoint} --key-load-delay 1000 --loading-process-events-interval-bytes 1024`;

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
    await pause(1000);
    expect((await engine.server.stop()).itself).toBe(true);
    await engine.restart();
    const written = Number(said.trim().split('\n').at(-1));
    expect(written).toBeGreaterThan(20);
    expect(Number(redis('llen', 'list'))).toBeGreaterThanOrEqual(written);
    redis('del', 'list');
  });

  test('who reads its data after a start lives, and is not ready', async () => {
    redis('eval', 'for i = 1, 4000 do redis.call("set", "key" .. i, string.rep("x", 500)) end', '0');
    await engine.server.stop();
    const started = engine.restart(slowly);
    const seen = new Set<string>();
    while (!engine.server.runs) await pause(20);
    for (let times = 0; times < 400 && !seen.has('true, true, PONG'); times += 1) {
      const [alive, ready, said] = [engine.server.probe('livenessProbe'), engine.server.probe('readinessProbe'), redis('ping')];
      if (said !== '') seen.add([alive, ready, said.split(' ')[0]].join(', '));
      await pause(50);
    }
    await started;
    expect(seen).toContain('true, false, LOADING'); // an end of 0 with no answer of use
    expect(seen).toContain('true, true, PONG');
    expect(redis('dbsize')).toBe('4001');
  });
});
