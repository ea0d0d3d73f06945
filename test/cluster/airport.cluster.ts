import { browse } from './checks';
import { Cluster } from './cluster';
import { readManifests } from './manifests';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import { folderOf } from './rendered-systems';
import type { Outcome } from './run/steering';
import { until } from './run/until';
import { judge } from './table';

const NAMESPACE = 'airport';
const FRONT = { host: 'airport.staging.example.com', protocol: 'http' } as const;

/** Who calls whom for what, as the seed has it. */
const CALLS: readonly (readonly [from: string, to: string, method: string, path: string])[] = [
  ['cpanel', 'alerts', 'GET', '/status'],
  ['cpanel', 'camera-agent-1', 'GET', '/state'],
  ['cpanel', 'camera-agent-2', 'GET', '/frame'],
  ['cpanel', 'collector', 'GET', '/status'],
  ['cpanel', 'section-1', 'GET', '/persons'],
  ['collector', 'cpanel', 'POST', '/analysis'],
  ['collector', 'face-recognition', 'POST', '/frame'],
  ['collector', 'image-analysis', 'POST', '/frame'],
  ['collector', 'section-1', 'POST', '/persons'],
  ['face-recognition', 'alerts', 'POST', '/'],
  ['alerts', 'cpanel', 'POST', '/alert'],
  ['camera-agent-1', 'collector', 'POST', '/frame'],
  ['camera-agent-2', 'collector', 'POST', '/frame'],
];
const SERVICES = [...new Set(CALLS.flatMap(([from, to]) => [from, to]))];
const undeclared = SERVICES.flatMap((from) => SERVICES.filter((to) => to !== from && !CALLS.some((call) => call[0] === from && call[1] === to))
  .map((to) => [from, to] as const));

const cluster = new Cluster();
beforeAll(async () => {
  await cluster.clear(NAMESPACE);
  await cluster.apply(readManifests(folderOf('staging', 'airport')));
});
afterAll(async () => {
  await cluster.clear(NAMESPACE);
  cluster.close();
});

const ask = async (from: string, to: string, method: string, path: string): Promise<Outcome> =>
  (await cluster.request({ from, protocol: 'http', address: `${to}.airport.svc.cluster.local:8080`, method, path, timeoutMs: 5000 }))[0];
const outside = async (path: string, method = 'GET'): Promise<Outcome> => (await browse(cluster, FRONT, { method, path }))[0];

test('every declared call is answered by the program that it is for', async () => {
  const wrong: string[] = [];
  for (const [from, to, method, path] of CALLS) {
    const outcome = await ask(from, to, method, path);
    if (!accepted(outcome) || !outcome.pod.startsWith(to)) wrong.push(`${from} -> ${to}: ${outcomeOf(outcome)}`);
  }
  expect(wrong).toEqual([]);
  judge({ asked: 'declared calls answered', of: 'airport', expected: CALLS.length, measured: CALLS.length - wrong.length });
});

test('nothing else is answered: pairs without a call do not know each other\'s host, and no caller may do more than it says', async () => {
  const open: string[] = [];
  for (const [from, to] of undeclared) if (accepted(await ask(from, to, 'GET', '/status'))) open.push(`${from} -> ${to}`);
  for (const [from, to] of CALLS) if (!refusedByPolicy(await ask(from, to, 'PUT', '/undeclared'))) open.push(`${from} -> ${to} PUT`);
  expect(open).toEqual([]);
  judge({ asked: 'pairs without a call that answer', of: `airport, of ${undeclared.length}`, expected: 0, measured: open.length });
});

test.each([
  '/', '/status', '/alert', '/analysis', '/cameras', '/cameras/1/state', '/cameras/2/frame', '/sections/1/status', '/alerts/', '/alerts/status',
  '/collector/status', '/static/panel.css',
])('people reach %s, at the first version of the panel', async (path) => {
  const outcome = await outside(path);
  expect(outcomeOf(outcome)).toContain('HTTP 200');
  expect([outcome.version, outcome.pod.startsWith('cpanel-')]).toEqual(['v1', true]);
});

test.each([
  ['GET', '/index'], ['GET', '/fault'], ['POST', '/alert'], ['POST', '/analysis'], ['DELETE', '/alerts/1'],
])('nobody outside reaches %s %s', async (method, path) => {
  const outcome = await outside(path, method);
  expect([outcome.status, outcome.pod]).toEqual([404, '']);
});

test('production turns the cameras on, and what they see comes to the section and the panel', async () => {
  expect((await outside('/production?toggle=on')).status).toBe(200);
  const [persons, analysis] = ['/sections/1/persons', '/analysis'];
  await until('persons in the section, and an analysis at the panel', async () =>
    (await Promise.all([persons, analysis].map(async (path) => (await outside(path)).body))).every((body) => body.length > 2));
  expect((await outside('/production?toggle=off')).status).toBe(200);
  judge({ asked: 'cameras that stop when told', of: 'airport', expected: '{"streaming":false}', measured: (await outside('/cameras/1/state')).body });
});

test('istiod and the proxies refuse no configuration', async () => {
  expect(await cluster.rejects()).toEqual([]);
});
