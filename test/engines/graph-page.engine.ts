import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch, type Browser, type Page } from 'puppeteer-core';
import type { Drawing } from '../../src/topology/drawn';
import { withEngine } from './required';

const CHROMIUM = '/usr/bin/chromium';
const PAYMENT = 'edge demo-app/checkoutservice demo-app/paymentservice';
/** Folder of the pages that have pictures; without it none are made. */
const PICTURES = process.env.MESHMART_PICTURES;

withEngine('Chromium', [CHROMIUM], () => {
  const folder = mkdtempSync(join(tmpdir(), 'graph-page-'));
  const file = join(folder, 'production.html');
  const graph = (...options: string[]): string => execFileSync(process.execPath, [
    '--require', 'tsx/cjs', 'src/command/main.ts', 'graph', '--env', 'production', ...options,
  ], { encoding: 'utf8', maxBuffer: 1 << 24 });
  const all: Drawing = JSON.parse(graph('--json'));
  const wrong: string[] = [];
  let browser: Browser | undefined;
  let page: Page;

  const count = async () => page.$eval('#count', (element) => element.textContent);
  const details = async () => page.$eval('#details', (element) => ((element as unknown as { hidden: boolean }).hidden ? '' : element.textContent ?? ''));
  const dimmed = async (kind: 'node' | 'edge') => (await page.$$(`g.${kind}.dim`)).length;
  const choose = async (id: string) => page.$eval(`g[id="${id}"] text`, (element) => { element.dispatchEvent(new Event('click', { bubbles: true })); });
  const search = async (words: string) => {
    await page.focus('#search');
    await page.$eval('#search', (element) => { (element as unknown as { value: string }).value = ''; });
    await page.keyboard.type(words);
  };

  beforeAll(async () => {
    graph('--format', 'html', '--out', file);
    browser = await launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'], userDataDir: join(folder, 'profile') });
    page = await browser.newPage();
    await page.setOfflineMode(true);
    await page.setViewport({ width: 1400, height: 840 });
    page.on('pageerror', (error) => { wrong.push(String(error)); }).on('requestfailed', (request) => { wrong.push(request.url()); })
      .on('console', (message) => { if (message.type() === 'error') wrong.push(message.text()); });
    await page.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    await page.keyboard.press('Escape');
    await page.select('#system', '');
    await search('');
    await page.keyboard.press('Backspace'); // an input that is emptied by a program says nothing of it
    await page.type('#search', ' ');
  });

  test('shows every call, without a network and without an error', async () => {
    expect(await count()).toBe(`${all.edges.length} of ${all.edges.length} calls`);
    expect([(await page.$$('g.edge')).length, (await page.$$('g.node')).length]).toEqual([all.edges.length, all.nodes.length]);
    expect(wrong).toEqual([]);
  });

  test('finds a service by its name, and a call by what is asked', async () => {
    await search('paymentservice');
    expect(await count()).toBe(`1 of ${all.edges.length} calls`);
    expect(await dimmed('node')).toBe(all.nodes.length - 2);
    await search('CartService/AddItem');
    expect(await count()).toBe(`1 of ${all.edges.length} calls`);
    await search('nobody is called so');
    expect([await count(), await dimmed('edge')]).toEqual([`0 of ${all.edges.length} calls`, all.edges.length]);
  });

  test('shows one system, with its neighbours', async () => {
    await page.select('#system', 'online-boutique');
    expect(await count()).toBe(`16 of ${all.edges.length} calls`);
  });

  test('a click on a call shows which objects it makes, and Escape puts them away', async () => {
    await page.select('#system', 'online-boutique');
    await choose(PAYMENT);
    const shown = await details();
    expect(shown).toContain('demo-app/checkoutservice → demo-app/paymentservice');
    expect(shown).toContain('hipstershop.PaymentService/Charge');
    const edge = all.edges.find(({ from, to }) => PAYMENT === `edge ${from} ${to}`)!;
    expect(edge.objects.length).toBe(6);
    for (const { kind, name, file: where } of edge.objects) expect(shown).toContain(`${kind} ${name} (${where})`);
    await page.keyboard.press('Escape');
    expect(await details()).toBe('');
  });

  test('all of it goes by the keyboard alone', async () => {
    await page.$eval('#search', (element) => { (element as unknown as { blur(): void }).blur(); });
    await page.keyboard.press('/');
    await page.keyboard.type('redis-cart');
    expect(await count()).toBe(`1 of ${all.edges.length} calls`);
    await page.keyboard.press('Tab'); // the systems
    await page.keyboard.press('Tab'); // the one call that is left
    await page.keyboard.press('Enter');
    expect(await details()).toContain('demo-app/cartservice → demo-app/redis-cart');
    expect(wrong).toEqual([]);
  });

  (PICTURES === undefined ? test.skip : test)('the picture of docs/command.md', async () => {
    graph('--system', 'online-boutique', '--format', 'html', '--out', file);
    await page.setViewport({ width: 1780, height: 660 });
    await page.reload();
    await choose(PAYMENT);
    await page.screenshot({ path: join(PICTURES!, 'graph.png') });
  });
});
