import { ApiObject, JsonPatch, Size } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import {
  CanaryRelease, type EnvironmentProps, Experiment, Measurement, MeshedJob, MeshedMicroservice, MeshNamespace, NamespaceQuota, Operation, Port,
  type QuotaAmounts, RedisCache, Step,
} from '../../src';
import { COUNTED } from '../../src/mesh/namespace-usage';
import { amountOf } from '../../src/workload/amount';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from './world';

const { resources } = container;
const exact = NamespaceQuota.ofWorkloads({ headroomPercent: 0 });
/** An app whose sidecars take as much as its containers: request 100m and 64Mi, limit 200m and 128Mi. */
const built = (quota: NamespaceQuota, build: (shop: MeshNamespace) => unknown, props: EnvironmentProps = {}) => {
  const { app, staging } = world({ proxyResources: resources, ...props });
  const shop = new MeshNamespace(staging, 'sized', { quota });
  build(shop);
  return { app, staging, shop };
};
const hardOf = (shop: MeshNamespace) => at(objectIn(shop, 'ResourceQuota'), 'spec.hard');
const hard = (build: (shop: MeshNamespace) => unknown, props?: EnvironmentProps) => hardOf(built(exact, build, props).shop);
const pods = (build: (shop: MeshNamespace) => unknown) => at(hard(build), 'pods');
const plain = (shop: MeshNamespace, kind: string, spec: object, apiVersion = 'apps/v1') =>
  new ApiObject(new Construct(shop, 'plain'), 'Resource', { apiVersion, kind, metadata: { name: 'plain' }, spec });
const enough: QuotaAmounts = { cpu: ['1', '4'], memory: ['1Gi', '4Gi'], pods: 10 };

test('a namespace has none unless it says so', () => {
  expect(objectsIn(world().shop).map((each) => at(each, 'kind'))).not.toContain('ResourceQuota');
});

describe('sized by what runs', () => {
  test('counts a Deployment with its sidecars and its surge', () => {
    expect(hard((shop) => client(shop, 'web', { replicas: 3 }))).toEqual({
      'pods': '4', 'requests.cpu': '800m', 'requests.memory': '512Mi', 'limits.cpu': '1600m', 'limits.memory': '1Gi',
      'persistentvolumeclaims': '0', 'requests.storage': '0',
    });
  });

  test('counts as many pods as the autoscaler lets there be', () => {
    expect(pods((shop) => client(shop, 'web', { replicas: { min: 2, max: 8, cpuPercent: 70 } }))).toBe('10');
  });

  test('counts both versions of a release', () => {
    expect(pods((shop) => {
      const web = new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80), replicas: 2 });
      new CanaryRelease(web, 'v2', { image: 'registry.example/app:1.2.4', at: 5, plan: [5, 100] });
    })).toBe('6');
  });

  test('counts a release by a controller twice, and the Deployment beside it', () => {
    const steps = [Step.setWeight(5), Step.pause()] as const;
    const replicas = { min: 2, max: 4, cpuPercent: 70 };
    const service = (shop: MeshNamespace, deployment?: 'leaving') =>
      new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80), replicas, rollout: { steps, deployment } });
    expect(pods((shop) => service(shop))).toBe('8');
    expect(pods((shop) => service(shop, 'leaving'))).toBe('13');
  });

  test('counts Jobs, CronJobs and their init containers', () => {
    const big = { ...container, resources: { cpu: ['1', '2'], memory: ['64Mi', '128Mi'] } } as const;
    const of = (schedule?: string) => hard((shop) => new MeshedJob(shop, 'report', { ...container, schedule, initContainers: { fetch: big } }));
    expect(of()).toMatchObject({ 'pods': '1', 'requests.cpu': '1100m', 'limits.cpu': '2200m', 'limits.memory': '256Mi' });
    expect(of('0 3 * * *')).toEqual(of());
  });

  test('counts claims and their storage', () => {
    expect(hard((shop) => {
      new RedisCache(shop, 'redis', { resources, persistence: { size: Size.gibibytes(1) } });
      plain(shop, 'PersistentVolumeClaim', { resources: { requests: { storage: '512Mi' } } }, 'v1');
    })).toMatchObject({ 'pods': '1', 'persistentvolumeclaims': '2', 'requests.storage': '1536Mi' });
  });

  test('counts what patches made of it', () => {
    expect(pods((shop) => client(shop, 'web').workload.deployment.addJsonPatch(JsonPatch.replace('/spec/replicas', 6)))).toBe('8');
  });

  test('counts everything of the environment that is in the namespace, whoever declares it, and nothing else', () => {
    const { staging, shop } = built(exact, () => undefined);
    client(MeshNamespace.existing(staging, 'team', { name: 'sized' }), 'joined');
    client(new MeshNamespace(staging, 'elsewhere'), 'other');
    expect(hardOf(shop)).toMatchObject({ pods: '2' });
  });

  test('counts the sidecar as the mesh is installed, unless the pod says its own or has none', () => {
    const limits = { 'sidecar.istio.io/proxyCPULimit': '1', 'sidecar.istio.io/proxyMemoryLimit': '256Mi', 'sidecar.istio.io/proxyCPU': '10m' };
    const job = (podAnnotations?: Record<string, string>) => (shop: MeshNamespace) => new MeshedJob(shop, 'report', { ...container, podAnnotations });
    expect(hard(job(), { proxyResources: undefined })).toMatchObject({ 'requests.cpu': '200m', 'limits.cpu': '2200m', 'limits.memory': '1152Mi' });
    expect(hard(job(limits))).toMatchObject({ 'requests.cpu': '110m', 'limits.cpu': '1200m', 'limits.memory': '384Mi' });
    const spec = { containers: [{ name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' } } }] };
    const bare = { metadata: { labels: { 'sidecar.istio.io/inject': 'false' } }, spec };
    expect(hard((shop) => plain(shop, 'Job', { template: bare }, 'batch/v1'))).toMatchObject({ 'limits.cpu': '1', 'requests.cpu': '1' });
    const onNode = { spec: { ...spec, hostNetwork: true } };
    expect(hard((shop) => plain(shop, 'Job', { template: onNode }, 'batch/v1'))).toMatchObject({ 'limits.cpu': '1' });
  });

  test('grows with an experiment that runs more', () => {
    const { app, shop } = built(exact, () => undefined);
    const build = (namespace: MeshNamespace) => {
      const operations = { list: Operation.http('GET', '/') };
      const [web, desk] = [new MeshedMicroservice(namespace, 'web', { ...container, port: Port.http(80), operations }), client(namespace, 'desk')];
      desk.calls(web, { operations: ['list'] });
      return { web, desk };
    };
    build(shop);
    new Experiment(shop, 'scaled', {
      question: 'What if there are two?',
      build: (environment) => build(new MeshNamespace(environment, 'sized', { quota: exact })),
      change: ({ web }) => { web.workload.deployment.addJsonPatch(JsonPatch.replace('/spec/replicas', 2)); },
      measure: ({ web, desk }) => [Measurement.of(web, 'list', { from: desk, times: 100, expected: [{ answers: { status: 200 }, percent: 100 }] })],
    });
    const podsIn = (path: string) => /pods: "(\d+)"/.exec(app.render().get(path) ?? '')?.[1];
    expect([podsIn('staging/sized/namespace.yaml'), podsIn('experiments/sized/scaled/namespace.yaml')]).toEqual(['4', '5']);
  });

  test('leaves a quarter of room by default, rounded up', () => {
    const { shop } = built(NamespaceQuota.ofWorkloads(), (namespace) => client(namespace, 'web', { replicas: 2 }));
    expect(hardOf(shop)).toMatchObject({ 'pods': '4', 'limits.cpu': '1500m', 'limits.memory': '960Mi' });
  });

  test('lets no pod have more than the largest that is declared', () => {
    const { shop } = built(NamespaceQuota.ofWorkloads({ headroomPercent: 50 }), (namespace) => {
      client(namespace, 'web', { replicas: 2 });
      client(namespace, 'big', { resources: { cpu: ['1', '1800m'], memory: ['64Mi', '128Mi'] } });
    });
    expect(at(objectIn(shop, 'LimitRange'), 'spec')).toEqual({ limits: [{ type: 'Pod', max: { cpu: '3', memory: '384Mi' } }] });
  });

  test('fails for a container without limits, by its name', () => {
    const template = { spec: { containers: [{ name: 'nginx' }] } };
    const { app } = built(exact, (shop) => plain(shop, 'Deployment', { template }));
    expectRefusal(() => app.render(), '[staging/sized/plain/Resource]', 'container nginx without requests.cpu', 'Deployment plain');
  });

  test('fails for a DaemonSet on nodes that nobody counts, and takes their number', () => {
    const template = { metadata: {}, spec: { containers: [{ name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' } } }] } };
    const daemonSet = (shop: MeshNamespace) => plain(shop, 'DaemonSet', { template });
    expectRefusal(() => built(exact, daemonSet).app.render(), '[staging/sized/plain/Resource]', 'say nodes');
    expect(hardOf(built(NamespaceQuota.ofWorkloads({ headroomPercent: 0, nodes: 5 }), daemonSet).shop)).toMatchObject({ pods: '5', 'limits.cpu': '6' });
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('fails for headroom of %d', (headroomPercent) => {
    expectRefusal(() => built(NamespaceQuota.ofWorkloads({ headroomPercent }), () => undefined), '[staging/sized]', 'headroomPercent', String(headroomPercent));
  });
});

describe('given by hand', () => {
  test('is written as it is', () => {
    const { shop } = built(NamespaceQuota.of({ ...enough, persistentVolumeClaims: 2, storage: Size.gibibytes(10) }), (namespace) => client(namespace, 'web'));
    expect(hardOf(shop)).toEqual({
      'pods': '10', 'requests.cpu': '1', 'requests.memory': '1Gi', 'limits.cpu': '4', 'limits.memory': '4Gi',
      'persistentvolumeclaims': '2', 'requests.storage': '10Gi',
    });
    expect(at(objectIn(shop, 'LimitRange'), 'spec.limits.0.max')).toEqual({ cpu: '4', memory: '4Gi' });
  });

  test('may say how large a pod can be', () => {
    const { app, shop } = built(NamespaceQuota.of({ ...enough, largestPod: { cpu: '400m', memory: '256Mi' } }), (namespace) => client(namespace, 'web'));
    expect(at(objectIn(shop, 'LimitRange'), 'spec.limits.0.max')).toEqual({ cpu: '400m', memory: '256Mi' });
    expect(() => app.render()).not.toThrow();
  });

  test('fails where more runs than it holds, with the sum by workload', () => {
    const { app } = built(NamespaceQuota.of({ ...enough, cpu: ['1', '2'] }), (shop) => {
      client(shop, 'web', { replicas: 3 });
      client(shop, 'desk', { replicas: 2 });
    });
    const parts = ['got limits.cpu 2 for 2800m (', 'Deployment web 4 x 400m', 'Deployment desk 3 x 400m', '); raise it'];
    expectRefusal(() => app.render(), '[staging/sized] quota', ...parts);
  });

  test.each<[string, Partial<QuotaAmounts>, string]>([
    ['pods', { pods: 1 }, 'got pods 1 for 3 (StatefulSet redis 1, Deployment web 2)'],
    ['memory', { memory: ['128Mi', '4Gi'] }, 'got requests.memory 128Mi for 384Mi'],
    ['claims', {}, 'got persistentvolumeclaims 0 for 1 (StatefulSet redis 1)'],
    ['storage', { persistentVolumeClaims: 1, storage: Size.mebibytes(512) }, 'got requests.storage 512Mi for 1Gi (StatefulSet redis 1Gi)'],
    ['a pod', { largestPod: { cpu: '300m', memory: '1Gi' } }, 'got cpu 300m for 400m of Deployment web'],
  ])('fails for %s that do not fit', (_, amounts, message) => {
    const { app } = built(NamespaceQuota.of({ ...enough, ...amounts }), (shop) => {
      new RedisCache(shop, 'redis', { resources, persistence: { size: Size.gibibytes(1) } });
      client(shop, 'web');
    });
    expectRefusal(() => app.render(), message, 'raise it');
  });

  test.each<[Partial<QuotaAmounts>, string]>([
    [{ pods: 1.5 }, 'got 1.5'], [{ persistentVolumeClaims: -1 }, 'got -1'], [{ cpu: ['2', '1'] }, 'quota.cpu has a limit below its request, got 2 to 1'],
    [{ largestPod: { cpu: '0', memory: '1Gi' } }, "largestPod.cpu must be a quantity above zero, got '0'"],
  ])('fails for %j, which no quota can be', (amounts, message) => {
    expectRefusal(() => built(NamespaceQuota.of({ ...enough, ...amounts }), () => undefined), '[staging/sized]', message);
  });
});

test('what is sized by any workloads holds them, and one less of anything does not', () => {
  const amount = fc.integer({ min: 1, max: 40 }).map((each) => each * 50);
  const service = fc.record({
    cpu: fc.tuple(amount, amount), memory: fc.tuple(amount, amount), replicas: fc.integer({ min: 1, max: 6 }), most: fc.integer({ min: 0, max: 9 }),
  });
  type Services = typeof service extends fc.Arbitrary<infer T> ? readonly T[] : never;
  const add = (services: Services, stores: number) => (shop: MeshNamespace): void => {
    services.forEach(({ cpu, memory, replicas: min, most }, index) => client(shop, `web-${index}`, {
      resources: { cpu: [`${Math.min(...cpu)}m`, `${Math.max(...cpu)}m`], memory: [`${Math.min(...memory)}Mi`, `${Math.max(...memory)}Mi`] },
      replicas: most > min ? { min, max: most, cpuPercent: 70 } : min,
    }));
    for (let index = 0; index < stores; index++) new RedisCache(shop, `redis-${index}`, { resources, persistence: { size: Size.mebibytes(64) } });
  };
  const quotaOf = ([requestCpu, requestMemory, limitCpu, limitMemory, podCount, persistentVolumeClaims, storage]: readonly number[]) => NamespaceQuota.of({
    cpu: [`${requestCpu}m`, `${limitCpu}m`], memory: [`${requestMemory}Mi`, `${limitMemory}Mi`],
    pods: podCount, persistentVolumeClaims, storage: Size.mebibytes(storage),
  });
  const several = fc.array(service, { minLength: 1, maxLength: 3 });
  fc.assert(fc.property(several, fc.integer({ min: 1, max: 2 }), fc.nat(COUNTED.length - 1), (services, stores, one) => {
    const build = add(services, stores);
    const sized = new Map(Object.entries(hard(build) as object));
    const amounts = COUNTED.map((key) => amountOf(key, sized.get(key))! / (/memory|storage/.test(key) ? 2 ** 20 : 1));
    expect(() => built(quotaOf(amounts), build).app.render()).not.toThrow();
    const less = amounts.map((each, index) => (index === one ? each - 1 : each));
    expect(() => built(quotaOf(less), build).app.render()).toThrow(`quota must hold what the namespace runs at most, got ${COUNTED[one]}`);
  }), { numRuns: 20 });
});

test('fails for an annotation that takes the limits of a sidecar away', () => {
  const podAnnotations = { 'sidecar.istio.io/proxyCPU': '50m', 'sidecar.istio.io/proxyCPULimit': '1' };
  expectRefusal(() => client(world().shop, 'web', { podAnnotations }), '[staging/shop/web', 'without sidecar.istio.io/proxyMemoryLimit', 'add them');
});
