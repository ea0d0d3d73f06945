import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ARGO_ROLLOUTS, readCrds } from '../../../scripts/crds';
import { NODE_NAMESPACE } from '../run/namespaces';
import { start, type RunningProcess } from '../run/processes';
import { runFolder } from '../run/records';
import { until } from '../run/until';
import { tool } from '../tools/tools';
import { kubeconfig } from './control-plane';
import type { KubeClient, KubeObject } from './kube-client';

const PROMETHEUS_PORT = 9095;
/** What the controller watches; each is known at a moment of its own. */
const KINDS = ['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun', 'Experiment'];
/** Where the controller keeps what it needs for itself. */
export const ROLLOUTS_NAMESPACE = 'argo-rollouts';
const answerFile = join(runFolder, 'prometheus.json');

/** Where the controller finds what stands in for Prometheus. */
export const PROMETHEUS = `http://127.0.0.1:${PROMETHEUS_PORT}`;

/** What the stand-in answers from now on, to each query that holds a word; none is no series. */
export function measured(values: Readonly<Record<string, number>>): void {
  writeFileSync(answerFile, JSON.stringify(values));
}

/** Answers each query with a number by the words in it. */
const STAND_IN = `
  require('node:http').createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; }).on('end', () => {
      const query = new URLSearchParams(body).get('query') ?? '';
      const values = JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'));
      const found = Object.keys(values).find((word) => query.includes(word));
      const result = found === undefined ? [] : [{ metric: {}, value: [Date.now() / 1000, String(values[found])] }];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
      console.log(JSON.stringify({ query, result }));
    });
  }).listen(${PROMETHEUS_PORT}, '127.0.0.1');
`;

/** Argo Rollouts' own definitions. @throws CrdsUnavailable where neither a mirror nor the project answers */
export async function applyRolloutDefinitions(client: KubeClient): Promise<void> {
  const published = parseAllDocuments(await readCrds(ARGO_ROLLOUTS)).flatMap((document): KubeObject[] => document.toJS() ?? []);
  const labels = { 'istio-injection': 'disabled' };
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ROLLOUTS_NAMESPACE, labels } });
  for (const definition of published.filter(({ kind }) => kind === 'CustomResourceDefinition')) await client.apply(definition);
  for (const kind of KINDS) await until(`the API server knows the kind ${kind}`, async () => client.list('argoproj.io/v1alpha1', kind));
}

/** Starts the real controller of Rollouts, and what stands in for Prometheus. */
export function startRollouts(): readonly RunningProcess[] {
  measured({});
  const log = (name: string): string => join(runFolder, 'log', `${name}.log`);
  const options = ['--loglevel=info', '--leader-elect=false', '--metricsPort=18090', '--healthzPort=18080', `--kubeconfig=${kubeconfig}`];
  return [
    start({ namespace: NODE_NAMESPACE, log: log('prometheus'), command: [process.execPath, '-e', STAND_IN, answerFile] }),
    start({ namespace: NODE_NAMESPACE, log: log('rollouts-controller'), command: [tool('rollouts-controller'), ...options] }),
  ];
}
