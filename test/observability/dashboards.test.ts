import { Duration } from 'cdk8s';
import { MeshedMicroservice, Metrics, Port } from '../../src';
import { dashboardFiles } from '../../src/observability/dashboards/dashboard-files';
import type { DashboardSpec } from '../../src/observability/dashboards/panels';
import { uidOf } from '../../src/observability/dashboards/uid';
import { at, client, container, expectRefusal, listAt, objectIn } from '../mesh/world';
import { watchedShop } from './watched-world';

interface Panel { readonly title: string; readonly type: string; readonly gridPos: { x: number; y: number; w: number; h: number } }

const dashboards = (change: (world: ReturnType<typeof watchedShop>) => void = () => {}) => {
  const world = watchedShop({ metrics: Metrics.operator() });
  change(world);
  const data: Record<string, string> = Object(at(objectIn(world.shop, 'ConfigMap', 'observability-dashboards'), 'data'));
  return Object.fromEntries(Object.entries(data).map(([name, text]) => [name, JSON.parse(text) as unknown]));
};
const panelsOf = (model: unknown) => listAt(model, 'panels') as readonly Panel[];
const panel = (model: unknown, title: string) => panelsOf(model).find((each) => each.title === title);

test('one a system, one a service and one a store', () => {
  expect(Object.keys(dashboards())).toEqual(['shop.json', 'shop_redis.json', 'shop_web.json']);
});

test('no two panels of a dashboard lie over each other, none leaves the page, and each says its unit', () => {
  for (const model of Object.values(dashboards())) {
    const taken = panelsOf(model).flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + index % w} ${y + Math.floor(index / w)}`));
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.every((cell) => Number(cell.split(' ')[0]) < 24)).toBe(true);
    for (const each of panelsOf(model).filter(({ type }) => type !== 'row')) expect(at(each, 'fieldConfig.defaults.unit')).toEqual(expect.any(String));
  }
});

test('links lead to dashboards that are there', () => {
  const all = dashboards();
  const uids = [...Object.values(all).map((model) => at(model, 'uid')), '_mesh'];
  const led = Object.values(all).flatMap((model) => listAt(model, 'links')).map((link) => String(at(link, 'url')).replace('/d/', ''));
  expect(led.length).toBeGreaterThan(4);
  expect(led.filter((uid) => !uids.includes(uid))).toEqual([]);
});

test('the line that should not be crossed is the objective', () => {
  const web = dashboards()['shop_web.json'];
  expect(at(panel(web, 'Share that fails'), 'fieldConfig.defaults.thresholds.steps.1.value')).toBe(0.001);
  expect(at(panel(web, 'P90 and P99 of the duration'), 'fieldConfig.defaults.thresholds.steps.1.value')).toBe(250);
});

test('nothing is asked that can have no answer: ejected pods of one that is never left out, a limit that nobody set, replicas that nobody counts', () => {
  const titles = (model: unknown) => panelsOf(model).map(({ title }) => title);
  const all = dashboards(({ shop }) => {
    new MeshedMicroservice(shop, 'limited', { ...container, port: Port.http(80), rateLimit: { requests: 10, per: Duration.minutes(1) } });
  });
  expect(titles(all['shop_web.json'])).toEqual(expect.arrayContaining(['Pods ejected', 'Replicas']));
  expect(titles(all['shop_web.json'])).not.toContain('Rate limited');
  expect(titles(all['shop_limited.json'])).toContain('Rate limited');
  for (const title of ['Pods ejected', 'Replicas']) expect(titles(all['shop_limited.json'])).not.toContain(title);
});

test('what is left of a budget is shown of every promise, also below 0', () => {
  const left = panel(dashboards()['shop_web.json'], 'Error budget left of 30 days');
  const curves = listAt(left, 'targets').map((target) => [at(target, 'legendFormat'), at(target, 'expr')]);
  expect(curves).toEqual([
    ['99.9 %', '1 - service:request_errors:ratio_rate30d{destination_service="web.shop.svc.cluster.local"} / 0.001'],
    ['99 % below 250 ms', '1 - service:slow_requests:ratio_rate30d{destination_service="web.shop.svc.cluster.local",below="250ms"} / 0.01'],
    ['99.95 % to caller', '1 - call:request_errors:ratio_rate30d{source_workload_namespace="shop",source_canonical_service="caller",' +
    'destination_service="web.shop.svc.cluster.local"} / 0.0005'],
  ]);
  expect([at(left, 'fieldConfig.defaults.min'), at(left, 'fieldConfig.defaults.thresholds.steps')]).toEqual([undefined, [
    { value: null, color: 'red' }, { value: 0, color: 'green' },
  ]]);
});

test('the version that serves and the new one stand on the same axes', () => {
  const titles = panelsOf(dashboards()['shop_web.json']).map(({ title }) => title);
  expect(titles.slice(-4)).toEqual(['Release: v1 and canary', 'Requests', 'Share that fails', 'P99 of the duration']);
});

test('a caller that is added is on the dashboard without one more line', () => {
  const counted = dashboards(({ shop, web }) => { client(shop, 'late').calls(web, { operations: ['find'] }); });
  expect(panelsOf(counted['shop_web.json'])[0].title).toBe('What its callers see (3 declared)');
});

test('a long name has an uid that Grafana takes, and no other has', () => {
  const [one, other] = ['a', 'b'].map((end) => uidOf('a-namespace-with-a-long-name', `a-service-with-one-too-${end}`));
  expect([one.length, other.length, one === other]).toEqual([40, 40, false]);
});

test('what no ConfigMap holds is refused', () => {
  const section = { title: 'x'.repeat(60_000), panels: [] };
  const spec: DashboardSpec = { uid: 'x', title: 'x', tags: [], links: {}, sections: Array.from({ length: 20 }, () => section) };
  const { shop } = watchedShop();
  expectRefusal(() => dashboardFiles(shop, [spec]), '[staging/shop] dashboards of one namespace must be at most 1000000 bytes, got 120', 'several stacks');
  expect(dashboardFiles(shop, [])).toEqual({});
});
