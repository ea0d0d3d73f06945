import { Size } from 'cdk8s';
import { Port, ResourceLimitedStatefulSet, type ResourceLimitedStatefulSetProps, Volume } from '../../src';
import { at, container, expectRefusal, objectIn, objectsIn, stockChart } from '../mesh/world';

function store(props: Partial<ResourceLimitedStatefulSetProps> = {}): ResourceLimitedStatefulSet {
  return new ResourceLimitedStatefulSet(stockChart(), 'store', { ...container, name: 'store', serviceName: 'store', selector: { app: 'store' }, ...props });
}

const object = (props?: Partial<ResourceLimitedStatefulSetProps>) => objectIn(store(props), 'StatefulSet');

describe('the defaults', () => {
  test('are one pod without storage', () => {
    const spec = at(object(), 'spec');
    expect(Object.keys(spec as object)).toEqual(['selector', 'serviceName', 'template']);
    expect(at(spec, 'template.spec.containers.0.volumeMounts')).toBeUndefined();
  });

  test("are the ServiceAccount default and Kubernetes' own time to stop", () => {
    expect(at(object(), 'spec.template.spec.serviceAccountName')).toBe('default');
    expect(at(object(), 'spec.template.spec.terminationGracePeriodSeconds')).toBeUndefined();
  });

  test('are one object, which Argo CD neither prunes nor deletes', () => {
    expect(objectsIn(store()).length).toBe(1);
    expect(at(object(), 'metadata.annotations')).toMatchObject({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' });
  });
});

test('a claim is storage of its own at a path', () => {
  const set = object({ claims: { '/var/data': { size: Size.gibibytes(1) } } });
  expect(at(set, 'spec.volumeClaimTemplates')).toEqual([
    { metadata: { name: 'var-data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  ]);
  expect(at(set, 'spec.template.spec.containers.0.volumeMounts')).toEqual([{ name: 'var-data', mountPath: '/var/data' }]);
});

test('a claim may name its class', () => {
  const set = object({ claims: { '/data': { size: Size.mebibytes(1536), storageClassName: 'fast' } } });
  expect(at(set, 'spec.volumeClaimTemplates.0.spec')).toMatchObject({ storageClassName: 'fast', resources: { requests: { storage: '1536Mi' } } });
});

test('volumes and claims stand side by side', () => {
  const set = object({ volumes: { '/tmp': Volume.emptyDir() }, claims: { '/data': { size: Size.gibibytes(1) } } });
  expect(at(set, 'spec.template.spec.containers.0.volumeMounts')).toEqual([{ name: 'tmp', mountPath: '/tmp' }, { name: 'data', mountPath: '/data' }]);
  expect(at(set, 'spec.template.spec.volumes')).toEqual([{ name: 'tmp', emptyDir: {} }]);
});

test('its pods have ports, labels and an identity', () => {
  const set = object({ ports: [Port.tcp(6379)], labels: { tier: 'data' }, serviceAccountName: 'store' });
  expect(at(set, 'spec.template.metadata.labels')).toEqual({ app: 'store', tier: 'data' });
  expect(at(set, 'spec.template.spec')).toMatchObject({ serviceAccountName: 'store', containers: [{ ports: [{ name: 'tcp', containerPort: 6379 }] }] });
});

test('fails for a claim of size 0', () => {
  expectRefusal(() => store({ claims: { '/data': { size: Size.mebibytes(0) } } }), '[shop/store]', '/data', '0Ki');
});

test('fails for a claim at the path of a volume', () => {
  const props = { volumes: { '/data': Volume.emptyDir() }, claims: { '/data': { size: Size.gibibytes(1) } } };
  expectRefusal(() => store(props), '[shop/store]', '/data');
});

test('fails for a name that is no DNS label', () => {
  expectRefusal(() => store({ name: 'Store' }), '[shop/store]', "'Store'");
});

test('fails for a bad container where it is written', () => {
  expectRefusal(() => store({ image: 'redis:latest' }), '[shop/store]', "'redis:latest'");
});

test('fails for a name that leaves no room for what Kubernetes adds, and for labels that would take its pod from it', () => {
  expect(() => store({ name: 'a'.repeat(52) })).not.toThrow();
  expectRefusal(() => store({ name: 'a'.repeat(53) }), '[shop/store]', '52', '53', 'shorten');
  expectRefusal(() => store({ labels: { app: 'other' } }), '[shop/store]', "app 'other' for 'store'");
});
