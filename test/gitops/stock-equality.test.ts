import { join } from 'node:path';
import { ApiObject, App, Chart, Include, IResolver, JsonPatch, Lazy, ResolutionContext, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { GitOpsApp } from '../../src/gitops/gitops-app';
import { readTree, temporaryFolder, writeTree } from './trees';

const folder = temporaryFolder();
const { k8s } = kplus;

function configMap(scope: Construct, id: string, data: unknown = { key: id }): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id }, data });
}

function webserver(scope: Construct): kplus.Deployment {
  const deployment = new kplus.Deployment(scope, 'web', { metadata: { labels: { tier: 'front' } } });
  const config = new kplus.ConfigMap(scope, 'config', { data: { 'nginx.conf': 'server {\n  listen 80;\n}\n', flag: 'yes', number: '010', time: '12:30:45' } });
  const container = deployment.addContainer({
    image: 'nginx:1.29',
    portNumber: 80,
    resources: { cpu: { request: kplus.Cpu.millis(100) }, memory: { request: Size.mebibytes(64) } },
    envVariables: { FLAG: kplus.EnvValue.fromConfigMap(config, 'flag'), EMPTY: kplus.EnvValue.fromValue('') },
    liveness: kplus.Probe.fromHttpGet('/health'),
  });
  container.mount('/etc/nginx', kplus.Volume.fromConfigMap(scope, 'volume', config));
  deployment.exposeViaService({ serviceType: kplus.ServiceType.CLUSTER_IP }).exposeViaIngress('/');
  new kplus.HorizontalPodAutoscaler(scope, 'hpa', { target: deployment, maxReplicas: 4 });
  deployment.scheduling.separate(kplus.Pods.select(scope, 'others', { labels: { app: 'other' } }));
  new kplus.NetworkPolicy(scope, 'policy', { selector: deployment, egress: { default: kplus.NetworkPolicyTrafficDefault.DENY } });
  return deployment;
}

/** Replaces `upper:…` by capital letters. */
const upperCase: IResolver = {
  resolve: (context: ResolutionContext): void => {
    const value: unknown = context.value;
    if (typeof value === 'string' && value.startsWith('upper:')) context.replaceValue(value.slice(6).toUpperCase());
  },
};

const BUILDS: [string, (app: Construct) => void][] = [
  ['API objects', (app) => {
    const chart = new Chart(app, 'shop', { namespace: 'demo-app', labels: { team: 'a' } });
    configMap(chart, 'plain', { text: 'a: b', long: 'x '.repeat(200), lines: 'a\n\nb  \n', yes: 'y', octal: '0775', exponent: '1e3', empty: {}, list: [] });
    new ApiObject(chart, 'unnamed', { apiVersion: 'example.com/v1', kind: 'Widget', spec: { z: 1, a: [{ b: null, a: undefined }], keep: 'ü✓' } });
  }],
  ['values evaluated at synth', (app) => {
    const data = { late: 'unset' };
    configMap(new Chart(app, 'shop'), 'lazy', Lazy.any({ produce: () => ({ ...data, nested: Lazy.any({ produce: () => 'x' }) }) }));
    data.late = 'set';
  }],
  ['resolvers', (app) => {
    configMap(new Chart(app, 'shop'), 'resolved', { key: 'upper:abc', list: ['upper:d', 1] });
  }],
  ['JSON patches', (app) => {
    const object = configMap(new Chart(app, 'shop'), 'patched', { b: '1', c: '2' });
    object.addJsonPatch(JsonPatch.add('/data/a', { z: 1, y: [1] }), JsonPatch.copy('/data/a', '/data/again'), JsonPatch.remove('/data/b'));
    object.metadata.addAnnotation('example.com/note', 'late');
    object.metadata.addFinalizers('example.com/keep');
  }],
  ['L1 classes', (app) => {
    const chart = new Chart(app, 'shop');
    new k8s.KubeService(chart, 'service', { spec: { ports: [{ port: 80, targetPort: k8s.IntOrString.fromString('http') }] } });
    new k8s.KubeResourceQuota(chart, 'quota', { spec: { hard: { cpu: k8s.Quantity.fromNumber(4), memory: k8s.Quantity.fromString('4Gi') } } });
  }],
  ['L2 constructs of cdk8s-plus', (app) => {
    webserver(new Chart(app, 'shop'));
    webserver(new Construct(new Chart(app, 'other', { disableResourceNameHashes: true }), 'component'));
  }],
  ['nested charts', (app) => {
    const outer = new Chart(new Construct(app, 'production'), 'shop', { namespace: 'shop', labels: { level: 'outer' } });
    configMap(outer, 'outer');
    const inner = new Chart(new Construct(outer, 'team'), 'payments', { namespace: 'payments' });
    configMap(inner, 'inner');
    webserver(inner);
  }],
  ['dependencies between objects, components and charts', (app) => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => new Chart(app, id));
    const [first, second] = ['first', 'second'].map((id) => configMap(a, id));
    second.addDependency(webserver(b));
    first.addDependency(second);
    c.addDependency(a);
    webserver(c).node.addDependency(first);
  }],
  ['included YAML', (app) => {
    const url = join(folder, 'included.yaml');
    const included = ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: included}\ndata: {mode: "0644", on: "on"}', 'kind: Widget\napiVersion: x/v1'];
    writeTree(folder, { 'included.yaml': included.join('\n---\n') });
    new Include(new Chart(app, 'shop'), 'included', { url });
  }],
];

/** All documents of all files, sorted: the two apps divide them differently. */
function documentsIn(outdir: string): string[] {
  return Object.values(readTree(outdir) ?? {}).flatMap((text) => text.split(/^---\n/m)).sort();
}

describe('every document is what stock cdk8s writes, byte for byte', () => {
  test.each(BUILDS)('for %s', (name, build) => {
    const [ours, theirs] = ['ours', 'theirs'].map((app) => join(folder, `${name} ${app}`));
    const apps = [new GitOpsApp({ outdir: ours, resolvers: [upperCase] }), new App({ outdir: theirs, resolvers: [upperCase] })];
    for (const app of apps) {
      build(app);
      app.synth();
    }
    expect(documentsIn(ours).length).toBeGreaterThan(0);
    expect(documentsIn(ours)).toEqual(documentsIn(theirs));
  });

  test('for an app that CDK8S_DISABLE_SORT leaves unsorted', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    const outdirs = ['ours', 'theirs'].map((name) => join(folder, 'unsorted', name));
    for (const app of [new GitOpsApp({ outdir: outdirs[0] }), new App({ outdir: outdirs[1] })]) {
      configMap(new Chart(app, 'shop'), 'unsorted', { z: '1', a: '2' });
      app.synth();
    }
    delete process.env.CDK8S_DISABLE_SORT;
    expect(documentsIn(outdirs[0])).toEqual(documentsIn(outdirs[1]));
    expect(documentsIn(outdirs[0])[0]).toContain('z: "1"\n  a: "2"');
  });
});
