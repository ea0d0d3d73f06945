import { Exception, KubeBench, type KubeBenchProps, MeshedJob, MeshNamespace, ResourceLimitedJob, Volume } from '../../src';
import { at, container, expectRefusal, listAt, objectIn, objectsIn, stockChart, world } from './world';

const bench = (props?: KubeBenchProps) => new KubeBench(world().staging, 'kube-bench', props);
const why = { because: 'it reads the node' } as const;

test('a namespace of its own that takes such pods, outside of the mesh, where nobody talks to anybody', () => {
  const made = bench();
  expect(at(objectIn(made, 'Namespace'), 'metadata')).toMatchObject({
    name: 'kube-bench', labels: { 'istio-injection': 'disabled', 'pod-security.kubernetes.io/enforce': 'privileged' },
  });
  expect(at(objectIn(made, 'NetworkPolicy'), 'spec')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  expect(objectIn(made, 'ServiceAccount')).toMatchObject({ metadata: { name: 'kube-bench' }, automountServiceAccountToken: false });
});

test('a Job that reads the node, and can write nothing of it', () => {
  const spec = at(objectIn(bench(), 'Job'), 'spec');
  expect(spec).toMatchObject({ activeDeadlineSeconds: 300, backoffLimit: 1 });
  const pod = at(spec, 'template.spec');
  expect(pod).toMatchObject({ hostPID: true, restartPolicy: 'Never', serviceAccountName: 'kube-bench' });
  expect(listAt(pod, 'containers.0.volumeMounts').every((mount) => at(mount, 'readOnly') === true)).toBe(true);
  expect(listAt(pod, 'volumes').map((volume) => at(volume, 'hostPath.path')).sort()).toEqual([
    '/etc/cni/net.d', '/etc/kubernetes', '/etc/systemd', '/lib/systemd', '/opt/cni/bin', '/srv/kubernetes', '/usr/bin', '/var/lib/cni', '/var/lib/etcd',
    '/var/lib/kube-controller-manager', '/var/lib/kube-scheduler', '/var/lib/kubelet',
  ]);
  expect(at(pod, 'containers.0.securityContext')).toEqual({
    allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true, runAsNonRoot: false, runAsUser: 0,
  });
  expect(at(pod, 'containers.0.resources.limits')).toEqual({ cpu: '500m', memory: '256Mi' });
});

test('on a schedule it is a CronJob', () => {
  const made = bench({ schedule: '0 3 * * 1' });
  expect(at(objectIn(made, 'CronJob'), 'spec')).toMatchObject({ schedule: '0 3 * * 1', concurrencyPolicy: 'Forbid' });
  expect(objectsIn(made).some((object) => at(object, 'kind') === 'Job')).toBe(false);
});

test('its reasons stand on it', () => {
  const { app, staging } = world();
  new KubeBench(staging, 'kube-bench');
  const page = app.render().get('staging/exceptions.md')!;
  expect(page).toMatch(/Job kube-bench\/kube-bench \| .*processes of the node, files of the node below .*\/etc\/kubernetes.* \| kube-bench compares/);
});

describe('fails for', () => {
  test('a folder of the node without a reason, and a reason without a folder', () => {
    const job = (exceptions: readonly Exception[], volumes = {}) => () =>
      new ResourceLimitedJob(stockChart(), 'Reader', { ...container, name: 'reader', labels: { app: 'reader' }, exceptions, volumes });
    expectRefusal(job([], { '/logs': Volume.hostPath('/var/log') }), "'/var/log'", 'hostPaths of Exception.privileges');
    expectRefusal(job([Exception.privileges({ hostPaths: ['/var/log'], ...why })]), "'/var/log' without a Volume.hostPath");
    const written = { '/logs': Volume.hostPath('/var/log', { writable: true }) };
    const read = Exception.privileges({ hostPaths: ['/var/log'], ...why });
    expectRefusal(job([read], written), "hostPaths must be folders that are read, got '/var/log'");
    expectRefusal(job([], written), "'/var/log'", 'writableHostPaths of Exception.privileges');
    const write = Exception.privileges({ writableHostPaths: ['/var/log'], ...why });
    expectRefusal(job([write], { '/logs': Volume.hostPath('/var/log') }), "'/var/log'", 'name it in hostPaths');
    expectRefusal(job([write]), "writableHostPaths must be folders that are written, got '/var/log'");
    expect(job([write], written)).not.toThrow();
  });

  test.each<[Parameters<typeof Exception.privileges>[0], Record<string, Volume>]>([
    [{ hostPid: true, ...why }, {}], [{ hostPaths: ['/var/log'], ...why }, { '/logs': Volume.hostPath('/var/log') }],
    [{ writableHostPaths: ['/var/log'], ...why }, { '/logs': Volume.hostPath('/var/log', { writable: true }) }],
  ])('a restricted namespace: %j', (privileges, volumes) => {
    const { shop, staging } = world();
    const exceptions = [Exception.privileges(privileges)];
    expectRefusal(() => new MeshedJob(shop, 'reader', { ...container, exceptions, volumes }),
      '[staging/shop/reader]', 'need a namespace with Pod Security privileged, got restricted', 'podSecurity');
    const open = new MeshNamespace(staging, 'open', { podSecurity: { level: 'privileged', ...why } });
    expect(() => new MeshedJob(open, 'reader', { ...container, exceptions, volumes })).not.toThrow();
  });

  test.each(['kube-system', 'istio-system'])('the namespace %s, which has others in it', (id) => {
    expectRefusal(() => new KubeBench(world().staging, id), `[staging/${id}]`, `'${id}'`, 'choose another');
  });

  test('a schedule that is none', () => {
    expectRefusal(() => bench({ schedule: 'weekly' }), "'weekly'", "cron's five fields");
  });
});
