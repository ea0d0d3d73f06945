import { execFileSync } from 'node:child_process';
import { FIXTURES, PRODUCTION, STAGING } from './boutique';
import { Cluster } from './cluster';
import { istioObjects, type Interception } from './control/istiod';
import { kubeconfig } from './control/control-plane';
import { analyze, asInCluster, validate, type Message } from './judges/istio-analysis';
import { inject } from './injection';
import { ofKind, readManifests, workloads } from './manifests';
import { NODE_NAMESPACE } from './run/namespaces';
import { until } from './run/until';
import { judge } from './table';
import { tool } from './tools/tools';

/** Messages that stay, each with its reason; a reason for a message that does not come fails. */
const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  staging: {},
  running: { 'IST0133 EnvoyFilter istio-system/meshmart-marker': 'by it the tests see that configuration has arrived' },
  production: { 'IST0101 Gateway demo-app/gateway': 'the certificate\'s Secret is made in the cluster, never in Git' },
};

const key = ({ code, origin }: Message): string => `${code} ${origin}`;

test.each<[string, string, Interception]>([['staging', STAGING, 'init'], ['production', PRODUCTION, 'cni']])(
  'all analyzers of Istio, on the files of %s, say nothing without a reason', (environment, folder, interception) => {
    const { messages, skipped } = analyze(asInCluster([...istioObjects(interception), ...readManifests(FIXTURES), ...readManifests(folder)]));

    expect(skipped).toEqual([]);
    const unexplained = messages.filter((message) => !(key(message) in REASONS[environment]));
    expect(unexplained.map(({ message, ...rest }) => `${key({ message, ...rest })}: ${message}`)).toEqual([]);
    expect(Object.keys(REASONS[environment]).filter((known) => !messages.some((message) => key(message) === known))).toEqual([]);
    judge({ asked: `analyzer messages without a reason, ${environment}`, of: 'files', expected: 0, measured: unexplained.length });
  });

test.each([STAGING, PRODUCTION])('istioctl finds %s valid', (folder) => {
  expect(validate(folder)).toBe('');
});

/** What Istio's analyzers say of the running cluster, without a reason for it. */
function unexplainedIn(environment: string): string[] {
  const options = ['--kubeconfig', kubeconfig, '--all-namespaces', '--failure-threshold', 'Info', '--output', 'json'];
  const output = execFileSync('ip', ['netns', 'exec', NODE_NAMESPACE, tool('istioctl'), 'analyze', ...options], { encoding: 'utf8', stdio: 'pipe' });
  const reasons = { ...REASONS.running, ...REASONS[environment] };
  const messages: Message[] = JSON.parse(output).filter((message: Message) => !(key(message) in reasons));
  return messages.map(({ message, ...rest }) => `${key({ message, ...rest })}: ${message}`);
}

test('all analyzers of Istio, on the running staging, say nothing', async () => {
  const cluster = new Cluster();
  await cluster.apply(STAGING);
  const unexplained = unexplainedIn('staging');
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
    return unexplainedIn('production');
  });
  await cluster.clear('demo-app');
  await inject(cluster, 'init');
  cluster.close();

  expect(unexplained).toEqual([]);
  judge({ asked: 'analyzer messages, production', of: 'API server', expected: 0, measured: unexplained.length });
});
