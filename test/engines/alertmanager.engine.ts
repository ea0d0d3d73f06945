import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Size } from 'cdk8s';
import { parse, stringify } from 'yaml';
import { Metrics, Receiver } from '../../src';
import { until } from '../cluster/run/until';
import { freePort } from '../free-ports';
import { at, container, objectIn } from '../mesh/world';
import { watchedShop } from '../observability/watched-world';
import { withEngine } from './required';

const BINARY = '/usr/bin/prometheus-alertmanager';
const SECRETS = '/etc/alertmanager-secrets';
const key = (name: string) => ({ secret: { name: 'alerts' }, key: name });

/** What arrived where, beside the program that sent it. */
interface Message { readonly path: string; readonly body: unknown }

withEngine('prometheus-alertmanager', [BINARY], () => {
  const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  const messages: Message[] = [];
  const receiver = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => { text += String(chunk); }).on('end', () => {
      messages.push({ path: request.url!, body: JSON.parse(text) });
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"success"}');
    });
  });
  let program: ChildProcess;
  let address = '';
  const to = (path: string) => messages.filter((message) => message.path === path).map(({ body }) => body);

  beforeAll(async () => {
    await new Promise<void>((resolve) => { receiver.listen(0, '127.0.0.1', resolve); });
    const local = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const [slack, web, pages] = [
      Receiver.slack({ channel: '#shop', webhook: key('slack') }), Receiver.slack({ channel: '#web', webhook: key('web') }),
      Receiver.pagerDuty({ routingKey: key('pages') }),
    ];
    const { stack } = watchedShop({
      metrics: Metrics.embedded({
        storage: { size: Size.gibibytes(1) }, resources: container.resources,
        alerting: { otherwise: [slack], routes: [{ severity: 'page', to: [pages, slack] }, { owner: '@shops/web', to: [web] }] },
      }),
    });
    const [text] = Object.values(Object(at(objectIn(stack, 'ConfigMap', 'alertmanager'), 'data')));
    const config: unknown = parse(String(text).replaceAll(SECRETS, join(folder, 'secrets')));
    Object.assign(config as object, { global: { pagerduty_url: `${local}/pagerduty` } }); // its own address is outside
    Object.assign(at(config, 'route') as object, { group_wait: '1s' }); // instead of 30
    const files = {
      'alertmanager.yml': stringify(config),
      'secrets/alerts/slack': `${local}/slack`, 'secrets/alerts/web': `${local}/web`, 'secrets/alerts/pages': 'key-of-pages',
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    address = `127.0.0.1:${await freePort()}`;
    program = spawn(BINARY, [
      `--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/data`, '--cluster.listen-address=', `--web.listen-address=${address}`,
    ], { stdio: 'ignore' });
    await until('Alertmanager is ready', async () => (await fetch(`http://${address}/-/ready`)).ok);
  });
  afterAll(async () => {
    program.kill('SIGKILL');
    await new Promise((resolve) => { receiver.close(resolve); });
    rmSync(folder, { recursive: true, force: true });
  });

  /** Raises alerts as Prometheus does. */
  async function raise(...alerts: readonly Readonly<Record<string, string>>[]): Promise<void> {
    const annotations = { summary: 'web: 20% of the requests fail', impact: 'Callers get errors.' };
    const body = JSON.stringify(alerts.map((labels) => ({ labels: { namespace: 'shop', system: 'shop', service: 'web', ...labels }, annotations })));
    const { status } = await fetch(`http://${address}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(status).toBe(200);
  }

  test('a page wakes somebody up and is written to the channel; a ticket of the same budget beside it is not', async () => {
    await raise(
      { alertname: 'ErrorBudgetBurnsFast', severity: 'page', objective: '99.9 %' }, { alertname: 'ErrorBudgetBurns', severity: 'ticket', objective: '99.9 %' },
    );
    await until('both are told', async () => to('/pagerduty').length > 0 && to('/slack').length > 0);
    await pause(3000);
    expect(to('/pagerduty')).toMatchObject([{
      routing_key: 'key-of-pages', event_action: 'trigger', payload: { severity: 'critical', summary: '[FIRING 1] ErrorBudgetBurnsFast shop' },
    }]);
    expect(to('/slack')).toMatchObject([{
      channel: '#shop', attachments: [{ title: '[FIRING 1] ErrorBudgetBurnsFast shop', text: 'web: 20% of the requests fail\nCallers get errors.\n' }],
    }]);
  });

  test('a ticket goes to who owns what it is about, and to the others where nobody has a route', async () => {
    messages.length = 0;
    await raise({ alertname: 'PodRestarts', severity: 'ticket', owner: '@shops/web' }, { alertname: 'VolumeFills', severity: 'ticket', owner: '@shops/data' });
    await until('both are told', async () => to('/web').length > 0 && to('/slack').length > 0);
    expect(to('/web')).toMatchObject([{ channel: '#web', attachments: [{ title: '[FIRING 1] PodRestarts shop' }] }]);
    expect(to('/slack')).toMatchObject([{ channel: '#shop', attachments: [{ title: '[FIRING 1] VolumeFills shop' }] }]);
    expect(to('/pagerduty')).toEqual([]);
  });
});
