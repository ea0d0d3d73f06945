import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Environment, MeshNamespace, MeshedMicroservice, Port } from '../../src';
import { at, container, listAt } from '../mesh/world';
import { mergedMetrics, proxyStatsMatcher } from '../../src/observability/sidecar-metrics';
import { UNLIMITED } from './boutique';
import { Cluster } from './cluster';
import { kubeconfig } from './control/control-plane';
import type { KubeObject } from './control/kube-client';
import type { Pod } from './kubelet/pod';
import { ofKind, readManifests, synthesized, workloads } from './manifests';
import { statistics } from './proxies';
import { DIST, folderOf } from './rendered-systems';
import { NODE_NAMESPACE } from './run/namespaces';
import { start, type RunningProcess } from './run/processes';
import { runFolder } from './run/records';
import { until } from './run/until';
import { judge } from './table';
import { hasTool, tool } from './tools/tools';

const ADDRESS = '127.0.0.1:19090';
const judged = hasTool('prometheus') ? describe : describe.skip;

/** What a ConfigMap of the rendered stack holds. */
const rendered = (name: string): Readonly<Record<string, string>> =>
  Object(at(readManifests(join(DIST, 'staging', 'observability')).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name), 'data'));

/** What the tests of the boutique go without. */
const LIMIT = ofKind(readManifests(folderOf('staging', 'online-boutique')), 'EnvoyFilter');

/** Queries of the dashboards of the boutique. */
const panelQueries = (): readonly string[] => Object.values(rendered('dashboards-demo-app')).map((text) => JSON.parse(text) as unknown)
  .flatMap((model) => listAt(model, 'panels')).flatMap((panel) => (at(panel, 'targets') === undefined ? [] : listAt(panel, 'targets')))
  .map((target) => String(at(target, 'expr')));

/** The rendered configuration, with what the pod would have from its ServiceAccount and what the rig does not run left out. */
function configuration(rules: string): object {
  const config: { scrape_configs: { job_name: string; kubernetes_sd_configs?: object[] }[] } = parse(rendered('prometheus')['prometheus.yml']);
  const found = config.scrape_configs.filter(({ job_name: job }) => ['sidecars', 'prometheus'].includes(job));
  const reached = found.map((job) => (job.kubernetes_sd_configs
    ? { ...job, kubernetes_sd_configs: job.kubernetes_sd_configs.map((each) => ({ ...each, kubeconfig_file: kubeconfig })) }
    : { ...job, static_configs: [{ targets: [ADDRESS] }] }));
  const often = { scrape_interval: '2s', evaluation_interval: '2s' };
  return { ...config, global: often, alerting: undefined, rule_files: [`${rules}/*.yaml`], scrape_configs: reached };
}

judged('a real Prometheus with the rendered configuration', () => {
  const cluster = new Cluster();
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-prometheus-'));
  let prometheus: RunningProcess;

  /** What its interface answers, asked where it runs. */
  const asked = (path: string): unknown => JSON.parse(execFileSync('ip', [
    'netns', 'exec', NODE_NAMESPACE, process.execPath, '-e', 'fetch(process.argv[1]).then((it) => it.text()).then((it) => process.stdout.write(it))',
    `http://${ADDRESS}/api/v1/${path}`,
  ], { encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 26 }));
  const query = (text: string): readonly unknown[] => listAt(asked(`query?query=${encodeURIComponent(text)}`), 'data.result');

  beforeAll(async () => {
    await cluster.apply([...UNLIMITED, ...LIMIT]);
    const rules = join(folder, 'rules');
    mkdirSync(rules);
    for (const [name, text] of Object.entries(rendered('prometheus-rules'))) writeFileSync(join(rules, name), text);
    writeFileSync(join(folder, 'prometheus.yml'), stringify(configuration(rules)));
    prometheus = start({
      namespace: NODE_NAMESPACE,
      log: join(runFolder, 'log', 'prometheus-real.log'),
      command: [
        tool('prometheus'), `--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${ADDRESS}`,
      ],
    });
    await until('Prometheus has asked the pods', async () => {
      prometheus.alive();
      return query('up{job="sidecars"} == 1').length > 0;
    });
  });
  afterAll(async () => {
    await prometheus.stop();
    await cluster.remove(LIMIT);
    rmSync(folder, { recursive: true });
    cluster.close();
  });

  test('finds every pod with a proxy once, and is answered by each, though the namespace takes mutual TLS alone', async () => {
    const pods = (await cluster.pods()).filter(({ metadata }) => metadata.namespace === 'demo-app').length;
    await until('all pods answer', async () => query('up{namespace="demo-app"} == 1').length === pods);
    const targets = listAt(asked('targets?state=active'), 'data.activeTargets').filter((each) => at(each, 'labels.namespace') === 'demo-app');
    expect(targets.every((each) => String(at(each, 'scrapeUrl')).endsWith(`:${mergedMetrics.port}${mergedMetrics.path}`))).toBe(true);
    judge({ asked: 'pods of the boutique that Prometheus asks under STRICT', of: 'Prometheus', expected: pods, measured: targets.length });
  });

  test('knows what Envoy itself counts: every panel that asks for it has data', async () => {
    const queries = [...new Set(panelQueries().filter((text) => text.includes('envoy_')))];
    expect(queries.length).toBeGreaterThan(15);
    const empty = async () => queries.filter((text) => query(text.replaceAll('$__rate_interval', '30s')).length === 0);
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
      const all = listAt(asked('rules'), 'data.groups');
      const often = all.filter((group) => Number(at(group, 'interval')) < 60); // the others begin within two minutes
      return often.every((group) => !String(at(group, 'lastEvaluation')).startsWith('0001')) && all;
    });
    const rules = groups.flatMap((group) => listAt(group, 'rules'));
    expect(rules.filter((rule) => at(rule, 'health') === 'err').map((rule) => at(rule, 'lastError'))).toEqual([]);
    expect(rules.length).toBeGreaterThan(100);
    const written = Object.values(rendered('prometheus-rules')).flatMap((text) => listAt(parse(text), 'groups')).flatMap((group) => listAt(group, 'rules'));
    judge({ asked: 'rules that Prometheus evaluates', of: 'the stack of staging', expected: written.length, measured: rules.length });
    expect(readFileSync(join(runFolder, 'log', 'prometheus-real.log'), 'utf8')).not.toMatch(/level=ERROR/);
  });
});
