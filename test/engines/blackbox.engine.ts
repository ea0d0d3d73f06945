import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../cluster/run/until';
import { freePort } from '../free-ports';
import { at, objectIn } from '../mesh/world';
import { watchedShop } from '../observability/watched-world';
import { withEngine } from './required';

const BINARY = '/usr/bin/prometheus-blackbox-exporter';

withEngine('prometheus-blackbox-exporter', [BINARY], () => {
  const folder = mkdtempSync(join(tmpdir(), 'blackbox-'));
  const host = createServer((request, response) => { response.writeHead(Number(request.url!.slice(1)), { location: 'http://127.0.0.1:1/login' }).end(); });
  let exporter: ChildProcess;
  let address = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => { host.listen(0, '127.0.0.1', resolve); });
    const [config] = Object.values(Object(at(objectIn(watchedShop().stack, 'ConfigMap', 'blackbox-exporter'), 'data')));
    writeFileSync(join(folder, 'blackbox.yml'), String(config));
    address = `127.0.0.1:${await freePort()}`;
    exporter = spawn(BINARY, [`--config.file=${folder}/blackbox.yml`, `--web.listen-address=${address}`], { stdio: 'ignore' });
    await until('the exporter is there', async () => (await fetch(`http://${address}/-/healthy`)).ok);
  });
  afterAll(async () => {
    exporter.kill('SIGKILL');
    await new Promise((resolve) => { host.close(resolve); });
    rmSync(folder, { recursive: true, force: true });
  });

  /** Whether it takes a host's answer for good. */
  async function good(target: string): Promise<boolean> {
    const text = await (await fetch(`http://${address}/probe?module=answers&target=${encodeURIComponent(target)}`)).text();
    return /^probe_success 1$/m.test(text);
  }

  test.each([
    [200, true], [302, true], // a login, which is not followed to where it is
    [401, true], [403, true], [404, true], [429, true], [500, false], [502, false], [503, false], [504, false],
  ])('an answer of %i is good: %s', async (status, expected) => {
    expect(await good(`http://127.0.0.1:${(host.address() as AddressInfo).port}/${status}`)).toBe(expected);
  });

  test('no answer is not good', async () => {
    expect(await good(`http://127.0.0.1:${await freePort()}/`)).toBe(false);
  });
});
