import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Environment, MeshNamespace, MeshedMicroservice, Port } from '../../src';
import { mergedMetrics, proxyStatsMatcher } from '../../src/observability/sidecar-metrics';
import { at, container, listAt } from '../mesh/world';
import { UNLIMITED, declaredCalls, requestOf } from './boutique';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { countedByClusters } from './dashboards/counted';
import { picture } from './dashboards/picture';
import type { Pod } from './kubelet/pod';
import { ofKind, readManifests, synthesized, workloads } from './manifests';
import { statistics } from './proxies';
import { RenderedPrometheus, rendered } from './rendered-prometheus';
import { folderOf } from './rendered-systems';
import { until } from './run/until';
import { judge } from './table';
import { hasTool } from './tools/tools';

const judged = hasTool('prometheus') ? describe : describe.skip;

/** What the tests of the boutique go without. */
const LIMIT = ofKind(readManifests(folderOf('staging', 'online-boutique')), 'EnvoyFilter');

/** Dashboards of the boutique and of the mesh, by the names of their files. */
const DASHBOARDS = Object.fromEntries(['dashboards-demo-app', 'dashboards-mesh'].flatMap((name) => Object.entries(rendered(name)))
  .map(([name, text]): [string, unknown] => [name.replace('.json', ''), JSON.parse(text)]));
const queriesOf = (model: unknown): readonly string[] => listAt(model, 'panels')
  .flatMap((panel) => (at(panel, 'targets') === undefined ? [] : listAt(panel, 'targets'))).map((target) => String(at(target, 'expr')));
/** Where Grafana has the time from one value to the next, times four. */
const filled = (query: string): string => query.replaceAll('$__rate_interval', '30s');
const panelQueries = (): readonly string[] => Object.entries(DASHBOARDS).filter(([name]) => name !== '_mesh').flatMap(([, model]) => queriesOf(model));
/** Folder of the pages that have pictures; without it none are drawn, and shopping is short. */
const PICTURES = process.env.MESHMART_PICTURES;
/**
 * What nobody gives in a run: there are no kubelets, no cert-manager, no exporter of hosts, and 30 days are not over. Clusters know no flags, nobody asks
 * what policies refuse, and refused configuration is not there before the first.
 */
const ELSEWHERE = /\b(kube|kubelet|container|certmanager|probe)_|pilot_total_xds_rejects|service:request|response_flags|response_code="403"/;

/** Requests of all declared calls of the boutique, over and over. */
async function shopping(cluster: Cluster, seconds: number): Promise<void> {
  await Promise.all(declaredCalls.map(async (call) => cluster.request({ ...requestOf(call), concurrency: 1, pauseMs: 150, forMs: seconds * 1000 })));
}

judged('a real Prometheus with the rendered configuration', () => {
  const cluster = new Cluster();
  let prometheus: RenderedPrometheus;
  const query = (text: string): readonly unknown[] => prometheus.query(text);

  beforeAll(async () => {
    await cluster.apply([...UNLIMITED, ...LIMIT]);
    prometheus = new RenderedPrometheus(countedByClusters());
    await until('Prometheus has asked the pods', async () => query('up{job="sidecars"} == 1').length > 0);
  });
  afterAll(async () => {
    await prometheus.stop();
    await cluster.remove(LIMIT);
    cluster.close();
  });

  test('finds every pod with a proxy once, and is answered by each, though the namespace takes mutual TLS alone', async () => {
    const pods = (await cluster.pods()).filter(({ metadata }) => metadata.namespace === 'demo-app').length;
    await until('all pods answer', async () => query('up{namespace="demo-app"} == 1').length === pods);
    const targets = listAt(prometheus.asked('targets?state=active'), 'data.activeTargets').filter((each) => at(each, 'labels.namespace') === 'demo-app');
    expect(targets.every((each) => String(at(each, 'scrapeUrl')).endsWith(`:${mergedMetrics.port}${mergedMetrics.path}`))).toBe(true);
    judge({ asked: 'pods of the boutique that Prometheus asks under STRICT', of: 'Prometheus', expected: pods, measured: targets.length });
  });

  test('knows what Envoy itself counts: every panel that asks for it has data', async () => {
    const queries = [...new Set(panelQueries().filter((text) => text.includes('envoy_')))];
    expect(queries.length).toBeGreaterThan(15);
    const empty = async () => queries.filter((text) => query(filled(text)).length === 0);
    await until('Prometheus has seen each statistic twice', async () => (await empty()).length === 0).catch(() => {});
    const without = await empty();
    const [expected, measured] = [queries.length, queries.length - without.length];
    judge({ asked: 'queries over Envoy\'s own metrics with data', of: 'dashboards of demo-app', expected, measured });
    expect(without).toEqual([]);
  });

  test('and proxies are told to give it', async () => {
    const patterns = proxyStatsMatcher.inclusionRegexps.map((text) => new RegExp(`^(?:${text})$`));
    const given = (await Promise.all((await cluster.pods('frontend')).map(async (pod) => [...(await statistics(pod, '')).keys()]))).flat()
      .filter((name) => patterns.some((pattern) => pattern.test(name)));
    const asked = [...new Set(panelQueries().flatMap((text) => text.match(/envoy_\w+/g) ?? []))];
    const missing = asked.filter((metric) => !given.some((name) => metric.endsWith(name.replace(/^cluster\..*;/, '').replace(/\./g, '_'))));
    expect([asked.length > 2, missing]).toEqual([true, []]);
  });

  test('has what a program counts too: the injector hands its port and path to the agent that is asked', async () => {
    const made = synthesized((app) => {
      const namespace = new MeshNamespace(new Environment(app, 'judged', {}), 'demo-app');
      new MeshedMicroservice(namespace, 'frontend', { ...container, port: Port.http(80, { targetPort: 8080 }), metrics: { path: '/numbers' } });
    });
    const { metadata, spec } = workloads(made)[0].spec.template;
    const { object } = await cluster.client.tryCreate({
      apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'counting', namespace: 'demo-app' }, spec,
    } as KubeObject);
    const pod = object as Pod;
    expect(pod.metadata.annotations).toMatchObject({
      'prometheus.io/port': String(mergedMetrics.port), 'prometheus.io/path': mergedMetrics.path, 'prometheus.io/scrape': 'true',
    });
    const told = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(({ name }) => name === 'istio-proxy')?.env
      ?.find(({ name }) => name === 'ISTIO_PROMETHEUS_ANNOTATIONS');
    expect(JSON.parse(told?.value ?? 'null')).toEqual({ path: '/numbers', port: '8080', scrape: 'true' });
  });

  test('takes all rules, and each of them can be evaluated', async () => {
    const groups = await until('every group was evaluated', async () => {
      const all = listAt(prometheus.asked('rules'), 'data.groups');
      const often = all.filter((group) => Number(at(group, 'interval')) < 60); // the others begin within two minutes
      return often.every((group) => !String(at(group, 'lastEvaluation')).startsWith('0001')) && all;
    });
    const rules = groups.filter((group) => at(group, 'name') !== 'counted-by-clusters').flatMap((group) => listAt(group, 'rules'));
    expect(groups.flatMap((group) => listAt(group, 'rules')).filter((rule) => at(rule, 'health') === 'err').map((rule) => at(rule, 'lastError'))).toEqual([]);
    expect(rules.length).toBeGreaterThan(100);
    const written = Object.values(rendered('prometheus-rules')).flatMap((text) => listAt(parse(text), 'groups')).flatMap((group) => listAt(group, 'rules'));
    judge({ asked: 'rules that Prometheus evaluates', of: 'the stack of staging', expected: written.length, measured: rules.length });
    expect(readFileSync(prometheus.log, 'utf8')).not.toMatch(/level=ERROR/);
  });

  test('has data for every panel of requests, connections and of istiod, by the labels that it asks for', async () => {
    await shopping(cluster, PICTURES === undefined ? 10 : 100);
    const asked = Object.values(DASHBOARDS).flatMap(queriesOf).filter((text) => /\b(istio|pilot|citadel)_/.test(text) && !ELSEWHERE.test(text));
    expect(asked.length).toBeGreaterThan(60);
    const without = [...new Set(asked)].filter((text) => query(filled(text)).length === 0);
    expect(without).toEqual([]);
    judge({ asked: 'queries over requests, connections and istiod without data', of: 'dashboards of demo-app', expected: 0, measured: without.length });
    if (PICTURES === undefined) return;
    const folder = join(PICTURES, 'dashboards');
    mkdirSync(folder, { recursive: true });
    for (const name of ['demo-app', 'demo-app_frontend', 'demo-app_redis-cart', '_mesh']) {
      const drawn = picture(DASHBOARDS[name], (expr) => prometheus.curves(filled(expr), 120, 2));
      writeFileSync(join(folder, `${name.replace(/^_/, '')}.svg`), drawn);
    }
  });
});
