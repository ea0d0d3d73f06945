import { Duration, JsonPatch } from 'cdk8s';
import { Port, type Replicas, ResourceLimitedDeployment, type ResourceLimitedDeploymentProps, Volume } from '../../src';
import { at, container, expectRefusal, listAt, objectIn, objectsIn, stockChart } from '../mesh/world';

const SELECTOR = { app: 'web', version: 'v1' };

function deployment(props: Partial<ResourceLimitedDeploymentProps> = {}): ResourceLimitedDeployment {
  return new ResourceLimitedDeployment(stockChart(), 'web', { ...container, name: 'web', selector: SELECTOR, ...props });
}

const spec = (props?: Partial<ResourceLimitedDeploymentProps>) => at(objectIn(deployment(props), 'Deployment'), 'spec');
const pod = (props?: Partial<ResourceLimitedDeploymentProps>) => at(spec(props), 'template.spec');

describe('the defaults', () => {
  test('are one pod, and no object beside the Deployment', () => {
    const web = deployment();
    expect(objectsIn(web).map((object) => at(object, 'kind'))).toEqual(['Deployment']);
    expect([web.autoscaler, web.disruptionBudget]).toEqual([undefined, undefined]);
    expect(at(spec(), 'replicas')).toBe(1);
  });

  test('are updates that never have fewer pods', () => {
    expect(at(spec(), 'strategy')).toEqual({ rollingUpdate: { maxUnavailable: 0 } });
  });

  test("are the ServiceAccount default and Kubernetes' own time to stop", () => {
    expect(at(pod(), 'serviceAccountName')).toBe('default');
    expect(at(pod(), 'terminationGracePeriodSeconds')).toBeUndefined();
  });

  test('are no ports, no lifecycle and no spread', () => {
    const absent = ['containers.0.ports', 'containers.0.lifecycle', 'topologySpreadConstraints'].map((path) => at(pod(), path));
    expect(absent).toEqual([undefined, undefined, undefined]);
  });
});

test('labels of pods are those that select them, and further ones', () => {
  const labels = { 'app.kubernetes.io/part-of': 'shop' };
  expect(at(spec({ labels }), 'selector.matchLabels')).toEqual(SELECTOR);
  expect(at(spec({ labels }), 'template.metadata.labels')).toEqual({ ...SELECTOR, ...labels });
});

test('a pod that listens goes on serving for 5 seconds after it was told to stop', () => {
  const stop = pod({ ports: [Port.http(80)], terminationGrace: Duration.seconds(5) });
  expect(at(stop, 'containers.0.lifecycle')).toEqual({ preStop: { sleep: { seconds: 5 } } });
  expect(at(stop, 'terminationGracePeriodSeconds')).toBe(10);
});

test('a pod that does not listen has nothing to drain', () => {
  const stop = pod({ terminationGrace: Duration.seconds(5) });
  expect([at(stop, 'containers.0.lifecycle'), at(stop, 'terminationGracePeriodSeconds')]).toEqual([undefined, 5]);
});

test('variables that are known only at synth stand before its own', () => {
  const late: Record<string, string> = {};
  const web = deployment({ env: { B: '2' }, edgeEnv: () => late });
  late.C = '3';
  expect(at(objectIn(web, 'Deployment'), 'spec.template.spec.containers.0.env')).toEqual([{ name: 'C', value: '3' }, { name: 'B', value: '2' }]);
});

describe('a claim that one node can have', () => {
  const volumes = { '/data': Volume.persistentVolumeClaim('data') };

  test('is let go before a new pod comes', () => {
    expect(at(spec({ volumes }), 'strategy')).toEqual({ type: 'Recreate' });
  });

  test.each<Replicas>([2, { min: 1, max: 3, cpuPercent: 70 }])('fails for replicas %j', (replicas) => {
    expectRefusal(() => deployment({ volumes, replicas }), '[shop/web]', '/data', 'shared');
  });

  test('may be shared by several pods if it says so', () => {
    const shared = { '/data': Volume.persistentVolumeClaim('data', { shared: true }) };
    expect(at(spec({ volumes: shared, replicas: 2 }), 'strategy')).toEqual({ rollingUpdate: { maxUnavailable: 0 } });
  });
});

describe('two pods or more', () => {
  test('keep one while a node is drained, but do not block the drain when they are sick', () => {
    const budget = objectIn(deployment({ replicas: 2 }), 'PodDisruptionBudget');
    expect(at(budget, 'spec')).toEqual({ minAvailable: 1, selector: { matchLabels: SELECTOR }, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  test('spread over nodes and zones, counting pods of one rollout', () => {
    const constraint = { labelSelector: { matchLabels: SELECTOR }, matchLabelKeys: ['pod-template-hash'], maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' };
    const topologies = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'];
    expect(listAt(pod({ replicas: 3 }), 'topologySpreadConstraints')).toEqual(topologies.map((topologyKey) => ({ ...constraint, topologyKey })));
  });
});

describe('replicas that follow the load', () => {
  const replicas = { min: 2, max: 5, cpuPercent: 70 };

  test('leave their number to the autoscaler', () => {
    expect(spec({ replicas })).not.toHaveProperty('replicas');
  });

  test('measure the application container alone', () => {
    expect(at(objectIn(deployment({ replicas, containerName: 'main' }), 'HorizontalPodAutoscaler'), 'spec')).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [{ type: 'ContainerResource', containerResource: { container: 'main', name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    });
  });

  test('measure the container server by default', () => {
    expect(at(objectIn(deployment({ replicas }), 'HorizontalPodAutoscaler'), 'spec.metrics.0.containerResource.container')).toBe('server');
  });

  test('have no PodDisruptionBudget where one pod is all that is sure', () => {
    expect(deployment({ replicas: { ...replicas, min: 1 } }).disruptionBudget).toBeUndefined();
    expect(deployment({ replicas }).disruptionBudget).toBeDefined();
  });
});

test('its parts take patches for fields that the types do not know', () => {
  const web = deployment({ replicas: { min: 2, max: 5, cpuPercent: 70 } });
  web.autoscaler?.addJsonPatch(JsonPatch.add('/spec/behavior', { scaleDown: { tolerance: '5%' } }));
  expect(at(objectIn(web, 'HorizontalPodAutoscaler'), 'spec.behavior')).toEqual({ scaleDown: { tolerance: '5%' } });
});

test.each<[string, Replicas, string]>([
  ['no pod', 0, '0'],
  ['a negative number', -1, '-1'],
  ['half a pod', 1.5, '1.5'],
  ['a range from 0', { min: 0, max: 2, cpuPercent: 70 }, '0 to 2'],
  ['a range that ends before it begins', { min: 3, max: 2, cpuPercent: 70 }, '3 to 2'],
  ['a range up to a fraction', { min: 1, max: 2.5, cpuPercent: 70 }, '1 to 2.5'],
  ['0 percent', { min: 1, max: 2, cpuPercent: 0 }, '0'],
])('fails for %s', (_, replicas, got) => {
  expectRefusal(() => deployment({ replicas }), '[shop/web]', 'replicas', `got ${got}`);
});

test('fails for a name that is no DNS label, where it is written', () => {
  expectRefusal(() => deployment({ name: 'Web' }), '[shop/web]', "'Web'");
});

test('fails for a bad container where it is written, not at synth', () => {
  expectRefusal(() => deployment({ image: 'web:latest' }), '[shop/web]', "'web:latest'");
});

test('fails for a grace that is no whole number of seconds', () => {
  expectRefusal(() => deployment({ terminationGrace: Duration.millis(1500) }), '[shop/web]', 'terminationGrace', '1500');
});

describe('fails for labels', () => {
  test('that select all pods', () => {
    expectRefusal(() => deployment({ selector: {} }), '[shop/web]', 'selector', 'got none', "{ app: 'web' }");
  });

  test('that would take its pods from it', () => {
    expectRefusal(() => deployment({ labels: { version: 'v2' } }), '[shop/web]', "version 'v2' for 'v1'", 'remove it');
  });

  test.each([[{ team: 'a b' }, "'a b' for team"], [{ team: 'a'.repeat(64) }, 'for team'], [{ 'the team': 'a' }, "'the team'"], [{ 'a/b/c': 'd' }, "'a/b/c'"],
    [{ 'A/b': 'c' }, "'A/b'"]])('that Kubernetes refuses: %j', (labels, got) => {
    expectRefusal(() => deployment({ labels }), '[shop/web]', 'labels', got);
  });

  test('not for those that it takes', () => {
    const labels = { 'empty': '', 'example.com/Team': 'Shop_1.a' };
    expect(at(spec({ labels }), 'template.metadata.labels')).toMatchObject(labels);
  });
});
