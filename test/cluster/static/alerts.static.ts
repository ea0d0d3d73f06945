import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { alertCatalog } from '../../../src/observability/alerts/catalog';
import { at, objectsIn } from '../../mesh/world';
import { ruleFiles } from '../../observability/rule-files';
import { watchedShop } from '../../observability/watched-world';
import { readManifests } from '../manifests';
import { DIST } from '../rendered-systems';
import { hasTool } from '../tools/tools';
import { alertCases } from './alert-cases';
import { firing, judgeValue, judgedBy } from './promtool';

const ENVIRONMENTS = ['staging', 'production'];
const judged = hasTool('promtool') ? test : test.skip;
const { app } = watchedShop();
const rules = { groups: [...ruleFiles(objectsIn(app)).values()].flatMap(({ groups }) => groups) };

test('every alert that there can be has a case that fires and one that does not', () => {
  expect(alertCases.map(({ alert }) => alert).sort()).toEqual(alertCatalog.map(({ name }) => name).sort());
});

judged.each(alertCases)('$alert fires when it should, and is quiet otherwise', ({ fires, quiet, ...when }) => {
  expect([firing(rules, when, fires), firing(rules, when, quiet)]).toEqual(['fires', 'is quiet']);
});

const requests = (labels: string): string => `istio_requests_total{reporter="source",destination_service="web.shop.svc.cluster.local",${labels}}`;

judged('one request that fails wakes nobody up', () => {
  const answered = (code: number): string => requests(`destination_service_namespace="shop",response_code="${code}"`);
  const rare = { [answered(200)]: '0+1x70', [answered(503)]: '0x65 1x5' };
  expect(firing(rules, { alert: 'ErrorBudgetBurnsFast', at: '70m' }, rare)).toBe('is quiet');
});

judged('a canary that has all requests is still judged', () => {
  const answered = (revision: string, code: number): string => requests(`destination_canonical_revision="${revision}",response_code="${code}"`);
  const given = { [answered('canary', 503)]: '0+100x30', [answered('v1', 200)]: '7x30' };
  expect(firing(rules, { alert: 'CanaryFailsMore', at: '30m' }, given)).toBe('fires');
});

judged('a canary that gets copies alone is judged by what it counts itself, since who sends copies does not', () => {
  const copied = { groups: [...ruleFiles(objectsIn(watchedShop({}, { at: 0, mirror: 50 }).app)).values()].flatMap(({ groups }) => groups) };
  const counted = (revision: string, code: number): string =>
    `istio_requests_total{reporter="destination",destination_workload_namespace="shop",destination_canonical_service="web",` +
    `destination_canonical_revision="${revision}",response_code="${code}"}`;
  const seen = { [requests('destination_canonical_revision="v1",response_code="200"')]: '0+100x30', [counted('v1', 200)]: '0+100x30' };
  const when = { alert: 'CanaryFailsMore', at: '30m' };
  expect(firing(copied, when, { ...seen, [counted('canary', 503)]: '0+50x30' })).toBe('fires');
  expect(firing(copied, when, { ...seen, [counted('canary', 200)]: '0+50x30' })).toBe('is quiet');
});

judged('a budget of 30 days counts requests, not hours', () => {
  const answered = (code: number): string => requests(`destination_service_namespace="shop",response_code="${code}"`);
  // a hundred a minute of which half fail, for an hour; then 950 a minute of which none does, for five
  const given = { [answered(200)]: '0+50x60 3950+950x299', [answered(503)]: '0+50x60 3000x300' };
  const left = 'round(sum(service:request_errors:ratio_rate30d{destination_service="web.shop.svc.cluster.local"}), 0.001)';
  judgeValue(rules, { expr: left, at: '6h' }, given, 0.01);
});

judged('pods that vanish are missed', () => {
  expect(firing(rules, { alert: 'MetricsMissing', at: '20m' }, { 'up{namespace="elsewhere"}': '1x20' })).toBe('fires');
});

judged('a caller that was promised something is told apart from others', () => {
  const labels = 'reporter="source",destination_service="web.shop.svc.cluster.local",destination_service_namespace="shop"';
  const answered = (name: string, namespace: string, status: number): string =>
    `istio_requests_total{${labels},source_canonical_service="${name}",source_workload_namespace="${namespace}",grpc_response_status="${status}"}`;
  const when = { alert: 'ErrorBudgetBurnsFast', at: '70m' };
  const crowd = { [answered('istio-ingressgateway', 'istio-system', 0)]: '0+10000x70' };
  const both = (status: number) => ({ ...crowd, [answered('caller', 'shop', status)]: '0+1x70', [answered('caller', 'shop', 0)]: '0+50x70' });
  expect(firing(rules, when, both(14))).toBe('fires');
  expect(firing(rules, when, both(5))).toBe('is quiet'); // not found is an answer
});

judged.each(ENVIRONMENTS)('promtool and amtool take all rules and configurations of %s', (environment) => {
  const objects = readManifests(join(DIST, environment));
  const files = [...ruleFiles(objects)];
  expect(files.length).toBeGreaterThan(5);
  for (const [, file] of files) expect(judgedBy('promtool', ['check', 'rules', 'rules.yaml'], { 'rules.yaml': stringify(file) })).toContain('SUCCESS');
  const config = (name: string): string => {
    const found: unknown = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    return String(Object.values(Object(at(found, 'data')))[0]);
  };
  expect(judgedBy('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], { 'prometheus.yml': config('prometheus') })).toContain('SUCCESS');
  const values: unknown = parse(readFileSync(join(DIST, environment, 'kube-prometheus-stack-values.yaml'), 'utf8'));
  for (const text of [config('alertmanager'), stringify(at(values, 'alertmanager.config'))]) {
    expect(judgedBy('amtool', ['check-config', 'alertmanager.yml'], { 'alertmanager.yml': text })).toContain('SUCCESS');
  }
});
