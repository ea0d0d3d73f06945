import { ARGO_ROLLOUTS, type CrdSource, CrdsUnavailable, GATEKEEPER, definitionsIn, readCrds } from '../../scripts/crds';
import { AdmissionEngine, Environment, MeshNamespace } from '../../src';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { inject } from './injection';
import { PROXY, interceptor, type Pod } from './kubelet/pod';
import { ofKind, synthesized } from './manifests';
import { limitsRule, ruleFor } from './limits-rule';
import { until } from './run/until';
import { UNLIMITED, limited, podWith, refusalOf, unlimited, workloadsWith } from './unlimited';
import { against } from './verdicts';

const cluster = new Cluster();
const { tried, probe, said, hold, lift } = limitsRule(cluster);
const SHOP = 'limited-shop';
const POLICY = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];

/** A namespace of a mesh that intercepts by an init container, so that Pod Security only warns. */
const [namespace] = ofKind(synthesized((app) => { new MeshNamespace(new Environment(app, 'judged', { interception: 'init' }), SHOP); }), 'Namespace');

const deniedOf = (named: string): RegExp => new RegExp(`require-resource-limits.* denied request: ${refusalOf(named).replace(/[()]/g, '\\$&')}$`);
/** Pods are refused for their account until it is there. */
const account = async (name: string) =>
  until(`the account of ${name}`, async () => cluster.client.get(`/api/v1/namespaces/${name}/serviceaccounts/default`));
const create = async (pod: KubeObject) => cluster.client.create(await cluster.client.path('v1', 'Pod', pod.metadata.namespace), pod);
const patched = async (pod: KubeObject, subresource: string, spec: object) => {
  const path = await cluster.client.path('v1', 'Pod', pod.metadata.namespace, pod.metadata.name);
  return cluster.client.raw('PATCH', `${path}${subresource}`, { spec }, 'application/strategic-merge-patch+json');
};

beforeAll(async () => {
  await inject(cluster, 'init');
  await cluster.submit([namespace]);
  await account(SHOP);
});
afterAll(async () => {
  await cluster.clear(SHOP);
  await inject(cluster, 'init');
  cluster.close();
});

describe('the API server itself, where the rule denies', () => {
  const rule = ruleFor([SHOP]);
  const before = podWith(SHOP, 'before', { nodeName: 'nowhere', containers: [unlimited('old')] });
  beforeAll(async () => {
    await create({ ...before, metadata: { ...before.metadata, finalizers: ['example.com/kept'] } } as KubeObject);
    await hold(rule, SHOP);
  });
  afterAll(async () => lift(rule, SHOP));

  test('takes the policy and its binding without a warning, and finds nothing wrong with its expressions', async () => {
    expect(await against(rule, async (object) => cluster.client.apply(object))).toEqual([]);
    const path = await cluster.client.path('admissionregistration.k8s.io/v1', POLICY[0], undefined, 'require-resource-limits');
    const checked = await until('the expressions are checked', async () => {
      const { status } = await cluster.client.get<{ status?: { typeChecking?: { expressionWarnings?: unknown[] } } }>(path);
      return status?.typeChecking;
    });
    expect(checked.expressionWarnings ?? []).toEqual([]);
  });

  test.each(Object.entries(UNLIMITED))('refuses a pod with %s, and names the container', async (_, { spec, named }) => {
    const [message, ...others] = await tried(podWith(SHOP, 'web', spec));
    expect(message).toMatch(deniedOf(named));
    expect(others).toEqual([]);
  });

  test('refuses what makes pods by its template', async () => {
    const objects = workloadsWith(SHOP, 'web', { containers: [unlimited('nginx')] });
    for (const object of objects) expect((await tried(object)).join()).toMatch(deniedOf('nginx (cpu, memory)'));
    const good = workloadsWith(SHOP, 'web', { containers: [limited('server')] });
    for (const object of good) expect((await tried(object)).join()).not.toContain('limits');
  });

  test.each(['init', 'cni'] as const)('takes a pod that the real injector gave its sidecar, by %s', async (interception) => {
    await inject(cluster, interception);
    const { object, warnings } = await cluster.client.tryCreate(podWith(SHOP, 'web', { containers: [limited('server')], initContainers: [limited('setup')] }));
    const { spec } = object as Pod;
    const added = [...spec.initContainers ?? [], ...spec.containers].filter(({ name }) => !['server', 'setup'].includes(name));
    expect(added.map(({ name }) => name).sort()).toEqual([PROXY, interceptor(object as Pod)!.name].sort());
    for (const { resources } of added) expect(Object.keys(resources?.limits ?? {}).sort()).toEqual(['cpu', 'memory']);
    expect(warnings.join()).not.toContain('every container must have limits');
  });

  test('refuses a sidecar whose limits an annotation took away', async () => {
    await inject(cluster, 'init');
    const pod = podWith(SHOP, 'web', { containers: [limited('server')] });
    const annotated = (annotations: Record<string, string>): KubeObject => ({ ...pod, metadata: { ...pod.metadata, annotations } });
    const requests = { 'sidecar.istio.io/proxyCPU': '50m', 'sidecar.istio.io/proxyMemory': '64Mi' };
    expect((await tried(annotated(requests))).join()).toMatch(/got none for istio-init \(cpu, memory\), istio-proxy \(cpu, memory\)$/);
    const limits = { 'sidecar.istio.io/proxyCPULimit': '1', 'sidecar.istio.io/proxyMemoryLimit': '256Mi' };
    expect((await tried(annotated({ ...requests, ...limits }))).join()).not.toContain('limits of cpu');
  });

  test('leaves ephemeral containers alone, whose limits the API itself refuses', async () => {
    const pod = podWith(SHOP, 'debugged', { nodeName: 'nowhere', containers: [limited('server')] });
    await create(pod);
    const debug = async (container: object) =>
      patched(pod, '/ephemeralcontainers', { ephemeralContainers: [{ name: 'debugger', image: 'example.com/debugger', ...container }] });
    const withLimits = await debug({ resources: { limits: { cpu: '1', memory: '64Mi' } } });
    expect([withLimits.status, withLimits.text]).toEqual([422, expect.stringContaining('cannot be set for an Ephemeral Container')]);
    expect((await debug({})).status).toBe(200);
  });

  test('lets nobody take the limits of a running pod away', async () => {
    const pod = podWith(SHOP, 'resized', { nodeName: 'nowhere', containers: [limited('server')] });
    await create(pod);
    const { status, text } = await patched(pod, '/resize', { containers: [{ name: 'server', resources: { limits: null } }] });
    expect([status, text]).toEqual([422, expect.stringMatching(/limits/)]);
  });

  test('lets a pod of before change and end', async () => {
    const path = await cluster.client.path('v1', 'Pod', SHOP, 'before');
    const change = async (metadata: object) => cluster.client.raw('PATCH', path, { metadata }, 'application/merge-patch+json');
    expect((await change({ labels: { note: 'seen' } })).status).toBe(200);
    await cluster.client.delete(before, 0);
    expect((await change({ finalizers: null })).status).toBe(200);
    await until('it is gone', async () => (await cluster.client.raw('GET', path)).status === 404);
  });

  test('leaves other namespaces alone', async () => {
    expect(await said('default')).not.toContain('limits');
  });
});

test('where the rule warns, pods are taken and a person is told', async () => {
  const rule = ruleFor([SHOP], 'warn');
  await hold(rule, SHOP);
  const { warnings } = await cluster.client.tryCreate(probe(SHOP));
  expect(warnings.filter((each) => each.includes(refusalOf('nginx (cpu, memory)')))).toHaveLength(1);
  await lift(rule, SHOP);
});

describe('kinds of others', () => {
  /** Lets the API server know kinds while something is judged; where their definitions are found neither here nor there, nothing is. */
  async function withKinds(source: CrdSource, sample: KubeObject, work: () => Promise<void>): Promise<void> {
    let definitions: readonly KubeObject[];
    try {
      definitions = definitionsIn(await readCrds(source), source);
    } catch (error) {
      if (!(error instanceof CrdsUnavailable)) throw error;
      console.warn(`not judged: ${error.message}`);
      return;
    }
    await cluster.submit(definitions);
    try {
      await until(`the kind ${sample.kind}`, async () => cluster.client.apply(sample, { dryRun: true }));
      await work();
    } finally {
      for (const definition of definitions) await cluster.client.delete(definition);
    }
  }

  test('a Rollout is refused by its template, and taken where it names a Deployment', async () => {
    const [{ spec, metadata }] = workloadsWith(SHOP, 'released', { containers: [unlimited('nginx')] }) as (KubeObject & { spec: object })[];
    const rollout = (own: object): KubeObject =>
      ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec: { ...own, strategy: { canary: {} } } } as KubeObject);
    const rule = ruleFor([SHOP]);
    const reference = { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'released' } };
    await withKinds({ ...ARGO_ROLLOUTS, kinds: ['Rollout'] }, rollout(reference), async () => {
      await hold(rule, SHOP);
      await until('the rule knows the kind', async () => (await tried(rollout(spec))).join().includes('denied'));
      expect((await tried(rollout(spec))).join()).toMatch(deniedOf('nginx (cpu, memory)'));
      expect(await tried(rollout(reference))).toEqual([]);
      await lift(rule, SHOP);
    });
  });

  test('the template of Gatekeeper is taken strictly', async () => {
    const [template] = ofKind(ruleFor([SHOP], 'deny', AdmissionEngine.gatekeeper()), 'ConstraintTemplate');
    await withKinds(GATEKEEPER, template, async () => {
      const wrong = { ...template, spec: { targets: [{ target: 'admission.k8s.gatekeeper.sh', codes: [] }] } } as KubeObject;
      expect(await against([template], async (object) => cluster.client.apply(object, { dryRun: true }))).toEqual([]);
      expect((await against([wrong], async (object) => cluster.client.apply(object, { dryRun: true }))).join()).toContain('codes');
    });
  });
});
