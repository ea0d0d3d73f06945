import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { at, listAt } from '../mesh/world';
import { kubeconfig } from './control/control-plane';
import { readManifests } from './manifests';
import { DIST } from './rendered-systems';
import { NODE_NAMESPACE } from './run/namespaces';
import { start, type RunningProcess } from './run/processes';
import { runFolder } from './run/records';
import { tool } from './tools/tools';

const ADDRESS = '127.0.0.1:19090';
/** istiod is no pod here. */
const ISTIOD = '127.0.0.1:15014';
const LOG = join(runFolder, 'log', 'prometheus-real.log');

/** What a ConfigMap of the rendered stack of staging holds. */
export const rendered = (name: string): Readonly<Record<string, string>> =>
  Object(at(readManifests(join(DIST, 'staging', 'observability')).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name), 'data'));

/** A curve: what Prometheus answers of a time. */
export interface Curve {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value. */
  readonly values: readonly (readonly [number, string])[];
}

interface Job { readonly job_name: string; readonly kubernetes_sd_configs?: readonly object[] }

/** Where each of the jobs that the run can answer is found: with what the pod would have from its ServiceAccount. */
const reached = (job: Job): object | undefined => {
  const discovered = job.kubernetes_sd_configs?.map((each) => ({ ...each, kubeconfig_file: kubeconfig }));
  if (job.job_name === 'sidecars') return { ...job, kubernetes_sd_configs: discovered };
  const targets = { prometheus: ADDRESS, istiod: ISTIOD }[job.job_name];
  return targets === undefined ? undefined : { job_name: job.job_name, static_configs: [{ targets: [targets] }] };
};

/** A real Prometheus with the rendered configuration, without what the run has nobody to answer, and with rules of the test beside the rendered ones. */
export class RenderedPrometheus {
  private readonly folder = mkdtempSync(join(tmpdir(), 'meshmart-prometheus-'));
  private readonly process: RunningProcess;

  constructor(beside: object) {
    const rules = join(this.folder, 'rules');
    mkdirSync(rules);
    for (const [name, text] of Object.entries(rendered('prometheus-rules'))) writeFileSync(join(rules, name), text);
    writeFileSync(join(this.folder, 'beside.yaml'), stringify(beside));
    const config: { scrape_configs: Job[] } = parse(rendered('prometheus')['prometheus.yml']);
    const global = { scrape_interval: '2s', evaluation_interval: '2s' };
    const jobs = config.scrape_configs.flatMap((job) => reached(job) ?? []);
    const file = join(this.folder, 'prometheus.yml');
    writeFileSync(file, stringify({
      ...config, global, alerting: undefined, rule_files: [`${rules}/*.yaml`, join(this.folder, 'beside.yaml')], scrape_configs: jobs,
    }));
    const command = [tool('prometheus'), `--config.file=${file}`, `--storage.tsdb.path=${join(this.folder, 'data')}`, `--web.listen-address=${ADDRESS}`];
    this.process = start({ namespace: NODE_NAMESPACE, log: LOG, command });
  }

  /** What its interface answers, asked where it runs. */
  public asked(path: string): unknown {
    this.process.alive();
    return JSON.parse(execFileSync('ip', [
      'netns', 'exec', NODE_NAMESPACE, process.execPath, '-e', 'fetch(process.argv[1]).then((it) => it.text()).then((it) => process.stdout.write(it))',
      `http://${ADDRESS}/api/v1/${path}`,
    ], { encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 26 }));
  }

  /** What a query has now. */
  public query(text: string): readonly unknown[] {
    return listAt(this.asked(`query?query=${encodeURIComponent(text)}`), 'data.result');
  }

  /** What a query had during the last seconds, every so many of them. */
  public curves(text: string, seconds: number, step: number): readonly Curve[] {
    const now = Date.now() / 1000;
    const range = `query_range?query=${encodeURIComponent(text)}&start=${now - seconds}&end=${now}&step=${step}`;
    return listAt(this.asked(range), 'data.result') as readonly Curve[];
  }

  public async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true });
  }

  public get log(): string {
    return LOG;
  }
}
