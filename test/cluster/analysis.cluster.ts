import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { FIXTURES, PRODUCTION, STAGING } from './boutique';
import { Cluster } from './cluster';
import { istioObjects } from './control/istiod';
import { kubeconfig } from './control/control-plane';
import type { KubeObject } from './control/kube-client';
import { analyze, asInCluster, isOfEveryEnvoyFilter, validate, type Message } from './judges/istio-analysis';
import { inject } from './injection';
import { ofKind, readManifests, workloads } from './manifests';
import { DIST, SYSTEMS } from './rendered-systems';
import { NODE_NAMESPACE } from './run/namespaces';
import { until } from './run/until';
import { judge } from './table';
import { tool } from './tools/tools';

/** Messages that stay, each with its reason; a reason for a message that does not come fails. */
const SECRET = 'the certificate\'s Secret is made in the cluster, never in Git';
const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'staging/jhipster-store': { 'IST0101 Gateway jhipster-store/gateway': SECRET },
  'staging/observability': { 'IST0101 Gateway observability/gateway': SECRET },
  'production/observability': { 'IST0101 Gateway observability/gateway': SECRET },
  'production/online-boutique': { 'IST0101 Gateway demo-app/gateway': SECRET },
  'production/jhipster-store': { 'IST0101 Gateway jhipster-store/gateway': SECRET },
  'production/airport': { 'IST0101 Gateway airport/gateway': SECRET },
  'production/mern-shop': { 'IST0101 Gateway mern-shop/gateway': SECRET },
  'production/addis-pay': { 'IST0101 Gateway addis-pay/gateway': SECRET },
};

const key = ({ code, origin }: Message): string => `${code} ${origin}`;

test.each(SYSTEMS)('all analyzers of Istio, on the files of $name, say nothing without a reason', ({ name, environment, folder, interception }) => {
  const own = readManifests(folder);
  const isOwn = ({ metadata }: KubeObject): boolean => ofKind(own, 'Namespace').some((each) => each.metadata.name === metadata.name);
  const others = ofKind(readManifests(join(DIST, environment)), 'Namespace').filter((each) => !isOwn(each)); // which policies may speak of
  const { messages, skipped } = analyze(asInCluster([...istioObjects(interception), ...readManifests(FIXTURES), ...others, ...own]));
  const reasons = REASONS[name] ?? {};

  expect(skipped).toEqual([]);
  const unexplained = messages.filter((message) => !(key(message) in reasons));
  expect(unexplained.map(({ message, ...rest }) => `${key({ message, ...rest })}: ${message}`)).toEqual([]);
  expect(Object.keys(reasons).filter((known) => !messages.some((message) => key(message) === known))).toEqual([]);
  judge({ asked: `analyzer messages without a reason, ${name}`, of: 'files', expected: 0, measured: unexplained.length });
});

test.each(SYSTEMS)('istioctl finds $name valid', ({ folder }) => {
  expect(validate(folder)).toBe('');
});

/** What Istio's analyzers say of the running cluster, without a reason for it. */
function unexplainedIn(name: string): string[] {
  const options = ['--kubeconfig', kubeconfig, '--all-namespaces', '--failure-threshold', 'Info', '--output', 'json'];
  const output = execFileSync('ip', ['netns', 'exec', NODE_NAMESPACE, tool('istioctl'), 'analyze', ...options], { encoding: 'utf8', stdio: 'pipe' });
  const said: Message[] = JSON.parse(output);
  const messages = said.filter((each) => !(key(each) in (REASONS[name] ?? {})) && !isOfEveryEnvoyFilter(each.message));
  return messages.map(({ message, ...rest }) => `${key({ message, ...rest })}: ${message}`);
}

test('all analyzers of Istio, on the running staging, say nothing', async () => {
  const cluster = new Cluster();
  await cluster.apply(STAGING);
  const unexplained = unexplainedIn('staging/online-boutique');
  await cluster.remove(ofKind(readManifests(STAGING), 'EnvoyFilter'));
  cluster.close();

  expect(unexplained).toEqual([]);
  judge({ asked: 'analyzer messages, staging', of: 'running cluster', expected: 0, measured: unexplained.length });
});

test('all analyzers of Istio, on production in the API server, say nothing', async () => {
  const cluster = new Cluster();
  await cluster.clear('demo-app');
  await inject(cluster, 'cni');
  const unexplained = await cluster.withoutNewPods(async () => { // twenty sidecars are too many for this machine: their pods are made, not started
    await cluster.submit(readManifests(PRODUCTION));
    const apps = workloads(readManifests(PRODUCTION)).map(({ spec }) => spec.template.metadata.labels.app);
    await until('a pod of each workload', async () => (await Promise.all(apps.map(async (app) => cluster.pods(app)))).every(({ length }) => length > 0));
    return unexplainedIn('production/online-boutique');
  });
  await cluster.clearAll(readManifests(PRODUCTION));
  await inject(cluster, 'init');
  cluster.close();

  expect(unexplained).toEqual([]);
  judge({ asked: 'analyzer messages, production', of: 'API server', expected: 0, measured: unexplained.length });
});
