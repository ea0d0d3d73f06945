import { EnvValue } from 'cdk8s-plus-28';
import { type ContainerProps, Port, Probe, Volume } from '../../src';
import { podTemplate } from '../../src/workload/pod';
import { at, container, expectRefusal, stockChart } from '../mesh/world';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

function spec(props: Partial<ContainerProps> = {}, ports: readonly Port[] = []) {
  const template = podTemplate(stockChart(), { ...container, ...props }, { labels: {}, serviceAccountName: 'default', ports });
  return template.spec!.containers[0];
}

describe('the image', () => {
  test.each([
    'redis:8.10.1-alpine', 'registry.example:5000/team/app:1.0', `redis@${DIGEST}`, `redis:latest@${DIGEST}`, 'a/b/c:v1_2.3-rc',
  ])('may be %s', (image) => {
    expect(spec({ image }).image).toBe(image);
  });

  test.each([
    ['no tag', 'redis'],
    ['no tag behind a registry with a port', 'registry.example:5000/app'],
    ['the tag latest', 'redis:latest'],
    ['an empty tag', 'redis:'],
    ['a short digest', 'redis@sha256:abc'],
    ['a space', 'my redis:1'],
  ])('fails for %s', (_, image) => {
    expectRefusal(() => spec({ image }), '[shop]', `'${image}'`, 'tag other than latest', 'pin it');
  });
});

test('is asked for as Kubernetes does by itself, or as one says', () => {
  expect([spec().imagePullPolicy, spec({ imagePullPolicy: 'Always' }).imagePullPolicy]).toEqual([undefined, 'Always']);
});

test.each(['', undefined as never])('fails without an image, got %j', (image) => {
  expectRefusal(() => spec({ image }), '[shop]', 'image');
});

describe('the defaults of a container', () => {
  test('are no command, arguments, variables, ports, probes and volumes', () => {
    const { name, image, resources, securityContext, ...others } = spec();
    expect(Object.values(others).filter((value) => value !== undefined)).toEqual([]);
    expect([name, image, resources, securityContext]).not.toContain(undefined);
  });

  test('are a read-only root file system, no capabilities and no escalation', () => {
    expect(spec().securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true });
  });

  test('ask the gRPC health of the first port where that speaks gRPC', () => {
    const probe = { grpc: { port: 8080 } };
    const { readinessProbe, livenessProbe } = spec({}, [Port.grpc(50051, { targetPort: 8080 })]);
    expect(JSON.parse(JSON.stringify([readinessProbe, livenessProbe]))).toEqual([probe, probe]);
  });

  test.each([Port.http(80), Port.tcp(80), Port.tls(80)])('open a connection where the first port speaks $protocol', (port) => {
    const { readinessProbe, livenessProbe } = spec({}, [port]);
    expect([readinessProbe?.tcpSocket?.port.value, livenessProbe?.tcpSocket?.port.value]).toEqual([80, 80]);
  });
});

test('fails for a variable that uses one after it, or itself, which would stay as it is written', () => {
  expectRefusal(() => spec({ env: { URL: '$(USER)@a', USER: 'b' } }), '[shop]', 'URL', 'got $(USER)', 'move USER up');
  expectRefusal(() => spec({ env: { PATH: '/opt:$(PATH)' } }), '[shop]', 'PATH', 'got $(PATH)');
  expect(() => spec({ env: { URL: '$$(USER) $(date)', USER: 'b', AGAIN: '$(USER)' } })).not.toThrow();
});

describe('probes', () => {
  test('of readiness never restart a pod: liveness asks by the first port, unless it says how', () => {
    const { livenessProbe } = spec({ readiness: Probe.httpGet('/ready') }, [Port.http(80)]);
    expect([livenessProbe?.httpGet, livenessProbe?.tcpSocket?.port.value]).toEqual([undefined, 80]);
  });

  test('of liveness do not decide who gets requests', () => {
    expect(spec({ liveness: Probe.exec(['true']) }, [Port.grpc(80)]).readinessProbe?.grpc).toEqual({ port: 80 });
  });

  test('may differ, and startup is asked only where it is given', () => {
    const probes = { readiness: Probe.tcp(), liveness: Probe.exec(['true']), startup: Probe.httpGet('/started') };
    const { readinessProbe, livenessProbe, startupProbe } = spec(probes, [Port.http(80)]);
    const asked = [at(readinessProbe, 'tcpSocket.port.value'), at(livenessProbe, 'exec.command.0'), at(startupProbe, 'httpGet.path')];
    expect(asked).toEqual([80, 'true', '/started']);
  });

  test('may ask at a port that no Service has', () => {
    expect(spec({ readiness: Probe.grpc({ port: 9000 }) }).readinessProbe?.grpc).toEqual({ port: 9000 });
  });

  test.each([[Probe.grpc(), Port.http(80)], [Probe.httpGet('/'), Port.grpc(80)], [Probe.httpGet('/'), Port.tls(80)]])(
    'fails for one that the first port cannot answer: %j', (readiness, port) => {
      const run = () => spec({ readiness }, [port, Port.tcp(81)]);
      expectRefusal(run, '[shop]', 'must ask at a port that speaks it', `80, of ${port.protocol}`, 'give the probe a port');
    },
  );

  test('may ask by any protocol at a port of their own, and at one whose bytes are not read', () => {
    expect(spec({ readiness: Probe.httpGet('/', { port: 80 }) }, [Port.grpc(80)]).readinessProbe?.httpGet?.path).toBe('/');
    expect(spec({ readiness: Probe.httpGet('/') }, [Port.tcp(80)]).readinessProbe?.httpGet?.path).toBe('/');
  });

  test('fails for a probe of a container without a port', () => {
    expectRefusal(() => spec({ readiness: Probe.httpGet('/') }), '[shop]', 'without', 'give the probe a port');
  });

  test.each([0, 70_000, 80.5])('fails for a probe at port %d', (port) => {
    expectRefusal(() => spec({ readiness: Probe.tcp({ port }) }), '[shop]', 'port', String(port), '65535');
  });
});

describe('variables', () => {
  test('stand in the order written', () => {
    expect(spec({ env: { B: '1', A: '2' } }).env).toEqual([{ name: 'B', value: '1' }, { name: 'A', value: '2' }]);
  });

  test('may come from a key of a Secret', () => {
    const env = { PASSWORD: EnvValue.fromSecretValue({ secret: { name: 'db' } as never, key: 'password' }) };
    expect(spec({ env }).env).toMatchObject([{ name: 'PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'db' } } }]);
  });

  test.each(['', '1A', 'A B', 'A=B'])('fails for the name %j', (name) => {
    expectRefusal(() => spec({ env: { [name]: '1' } }), '[shop]', 'environment variable', `'${name}'`);
  });
});

describe('resources', () => {
  test('are requests and limits of both', () => {
    const { requests, limits } = spec().resources ?? {};
    const texts = [requests, limits].map((quantities) => Object.entries(quantities ?? {}).map(([name, { value }]) => `${name} ${value}`));
    expect(texts).toEqual([['cpu 100m', 'memory 64Mi'], ['cpu 200m', 'memory 128Mi']]);
  });

  test('fails without them', () => {
    expectRefusal(() => spec({ resources: undefined as never }), '[shop]', 'resources.cpu', 'undefined', '100m');
  });
});

describe('volumes', () => {
  test('are mounted under a name made of their path', () => {
    expect(spec({ volumes: { '/var/cache/App': Volume.emptyDir() } }).volumeMounts).toEqual([{ name: 'var-cache-app', mountPath: '/var/cache/App' }]);
  });

  test.each([Volume.configMap('settings'), Volume.secret('certificate')])('are read-only where they are files of a ConfigMap or Secret', (volume) => {
    expect(spec({ volumes: { '/etc/app': volume } }).volumeMounts).toEqual([{ name: 'etc-app', mountPath: '/etc/app', readOnly: true }]);
  });

  test('can stand at several paths', () => {
    const shared = Volume.emptyDir();
    expect(spec({ volumes: { '/a': shared, '/b': shared } }).volumeMounts).toEqual([{ name: 'a', mountPath: '/a' }, { name: 'a', mountPath: '/b' }]);
  });

  test.each([
    ['a path with a colon', '/a:b'],
    ['a path that makes no name', '/'], ['a path that is not absolute', 'data'], ['a path whose name is too long', `/${'a'.repeat(64)}`],
  ])('fails for %s', (_, path) => {
    expectRefusal(() => spec({ volumes: { [path]: Volume.emptyDir() } }), '[shop]', path);
  });
});
