import { Duration } from 'cdk8s';
import { type ContainerProps, type PodProps, Port, Probe, Volume } from '../../src';
import { podTemplate } from '../../src/workload/pod';
import { at, container, expectRefusal, stockChart } from '../mesh/world';

const CONTEXT = { labels: { app: 'web' }, serviceAccountName: 'web' };

function template(props: Partial<PodProps> = {}, context = {}) {
  return podTemplate(stockChart(), { ...container, ...props }, { ...CONTEXT, ...context });
}

describe('the defaults of a pod', () => {
  test('are a container named server, and nothing beside it', () => {
    const { containers, initContainers, volumes } = template().spec ?? {};
    expect([containers?.map(({ name }) => name), initContainers, volumes]).toEqual([['server'], undefined, undefined]);
  });

  test('are user and group 1000, never root, with the usual system calls', () => {
    expect(template().spec?.securityContext).toEqual({
      fsGroup: 1000, runAsGroup: 1000, runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test("are Kubernetes' own 30 seconds to stop, unwritten", () => {
    expect(template().spec?.terminationGracePeriodSeconds).toBeUndefined();
  });

  test('are labels and identity of its workload, without annotations', () => {
    const { metadata, spec } = template();
    expect([metadata, spec?.serviceAccountName]).toEqual([{ labels: { app: 'web' }, annotations: undefined }, 'web']);
  });
});

test('the user can be another', () => {
  expect(template({ runAsUser: 70 }).spec?.securityContext).toMatchObject({ runAsUser: 70, runAsGroup: 70, fsGroup: 70 });
});

test('the grace of the application comes after the time to drain', () => {
  const context = { labels: { app: 'web' }, serviceAccountName: 'web', drain: Duration.seconds(5) };
  const { spec } = podTemplate(stockChart(), { ...container, terminationGrace: Duration.minutes(2) }, context);
  expect(spec?.terminationGracePeriodSeconds).toBe(125);
});

test('annotations of the pod are its own', () => {
  expect(template({ podAnnotations: { note: 'a' } }).metadata?.annotations).toEqual({ note: 'a' });
});

test('ports of the container are those that it listens on', () => {
  const ports = [Port.http(80, { targetPort: 8080 }), Port.tcp(9000, { name: 'tcp-admin' })];
  expect(template({}, { ports }).spec?.containers[0].ports).toEqual([{ name: 'http', containerPort: 8080 }, { name: 'tcp-admin', containerPort: 9000 }]);
});

test('a user who is not root may listen below 1024 where a port says so, and nowhere else', () => {
  const sysctls = (...ports: readonly Port[]) => template({}, { ports }).spec?.securityContext?.sysctls;
  const low = [Port.http(8080, { targetPort: 443 }), Port.http(8081, { name: 'http-plain', targetPort: 80 })];
  expect(sysctls(...low)).toEqual([{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }]);
  expect(sysctls(Port.http(80, { targetPort: 1024 }))).toBeUndefined();
});

test('variables of edges stand before its own, which may use them', () => {
  const { containers } = template({ env: { URL: 'http://$(ADDR)' } }, { edgeEnv: () => ({ ADDR: 'a:1' }) }).spec ?? {};
  expect(containers?.[0].env).toEqual([{ name: 'ADDR', value: 'a:1' }, { name: 'URL', value: 'http://$(ADDR)' }]);
});

test('variables that come last stand after its own', () => {
  const { containers } = template({ env: { A: '1' } }, { edgeEnv: () => ({ ADDR: 'a:1' }), lastEnv: () => ({ ALL: '$(A) $(ADDR)' }) }).spec ?? {};
  expect(containers?.[0].env?.map(({ name }) => name)).toEqual(['ADDR', 'A', 'ALL']);
});

describe('init containers', () => {
  const init = (props: Partial<ContainerProps>): Partial<PodProps> => ({ initContainers: { migrate: { ...container, ...props } } });

  test('run in the order written, hardened like the others', () => {
    const initContainers = { wait: { ...container }, migrate: { ...container, args: ['up'] } };
    const [wait, migrate] = template({ initContainers }).spec?.initContainers ?? [];
    expect([wait.name, migrate.name, migrate.args]).toEqual(['wait', 'migrate', ['up']]);
    expect(at(migrate, 'securityContext.readOnlyRootFilesystem')).toBe(true);
  });

  test('have neither ports nor probes', () => {
    const [migrate] = template(init({}), { ports: [Port.http(80)] }).spec?.initContainers ?? [];
    expect([migrate.ports, migrate.readinessProbe, migrate.livenessProbe]).toEqual([undefined, undefined, undefined]);
  });

  test('know the addresses of calls', () => {
    const [migrate] = template(init({ env: { A: '1' } }), { edgeEnv: () => ({ ADDR: 'a:1' }) }).spec?.initContainers ?? [];
    expect(migrate.env).toEqual([{ name: 'ADDR', value: 'a:1' }, { name: 'A', value: '1' }]);
  });

  test('fails for one without resources', () => {
    expectRefusal(() => template(init({ resources: undefined })), '[shop]', 'resources.cpu', 'undefined');
  });

  test('fails for one with a limit below its request', () => {
    expectRefusal(() => template(init({ resources: { cpu: ['2', '1'], memory: ['1Mi', '1Mi'] } })), '[shop]', '2 to 1', 'raise the limit');
  });

  test('fails for one without a tag', () => {
    expectRefusal(() => template(init({ image: 'busybox' })), '[shop]', "'busybox'", 'pin it');
  });

  test('fails for one with a probe', () => {
    expectRefusal(() => template(init({ readiness: Probe.exec(['true']) })), '[shop]', "'migrate'", 'remove it');
  });

  test('fails for a name that is no DNS label', () => {
    expectRefusal(() => template({ initContainers: { Migrate: container } }), '[shop]', 'container name', "'Migrate'");
  });

  test('fails for the name of the main container', () => {
    expectRefusal(() => template({ initContainers: { server: container } }), '[shop]', 'server');
  });
});

describe('volumes', () => {
  test('can be shared by containers', () => {
    const volumes = { '/data': Volume.emptyDir() };
    const { spec } = template({ volumes, initContainers: { fill: { ...container, volumes } } });
    expect([spec?.volumes?.length, spec?.initContainers?.[0].volumeMounts]).toEqual([1, [{ name: 'data', mountPath: '/data' }]]);
  });

  test.each([
    Volume.configMap('The Settings'), Volume.secret(''), Volume.persistentVolumeClaim('a_b'), Volume.secretKeys({ a: { secretName: 'B', key: 'a' } }),
  ])(
    'fails for those of an object whose name cannot be', (volume) => {
      expectRefusal(() => template({ volumes: { '/etc/app': volume } }), '[shop]', 'volume at /etc/app', `'${volume.objects[0]}'`);
    },
  );

  test('fails for two at paths that make one name', () => {
    const volumes = { '/var/log': Volume.emptyDir(), '/var-log': Volume.emptyDir() };
    expectRefusal(() => template({ volumes }), '[shop]', "'var-log'", 'another path');
  });
});

test('fails for the user of the sidecar, whose traffic is not intercepted, and for names of its containers', () => {
  expectRefusal(() => template({ runAsUser: 1337 }), '[shop]', 'runAsUser', '1337', 'choose another');
  expectRefusal(() => template({ containerName: 'istio-proxy' }), '[shop]', "'istio-proxy'", 'rename it');
  expectRefusal(() => template({ initContainers: { 'istio-init': container } }), '[shop]', "'istio-init'");
});

test.each([0, -1, 1.5])('fails for user %d', (runAsUser) => {
  expectRefusal(() => template({ runAsUser }), '[shop]', 'runAsUser', `${runAsUser}`, 'root');
});

test('fails for a container name that is no DNS label', () => {
  expectRefusal(() => template({ containerName: 'Server' }), '[shop]', 'container name', "'Server'");
});

test('fails for an annotation whose key cannot be', () => {
  expectRefusal(() => template({ podAnnotations: { 'a b/!': 'c' } }), '[shop]', 'podAnnotations', "'a b/!'");
});
