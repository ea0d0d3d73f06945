import { Environment, GitOpsApp } from '../../../src';
import { airport } from '../../../src/app/airport/airport';
import { at, listAt } from '../../mesh/world';
import { committedFiles, named, nameOf, objectsOf, ofKind } from '../built';

const files = committedFiles();
const NUMBERS = {
  'cpanel': ['100m', '150m', '128Mi', '256Mi'], 'collector': ['100m', '150m', '128Mi', '256Mi'], 'section-1': ['100m', '150m', '128Mi', '256Mi'],
  'alerts': ['100m', '150m', '128Mi', '256Mi'], 'image-analysis': ['500m', '1', '512Mi', '1Gi'], 'face-recognition': ['500m', '1', '512Mi', '1Gi'],
  'camera-agent-1': ['100m', '250m', '512Mi', '1Gi'], 'camera-agent-2': ['100m', '150m', '512Mi', '1Gi'],
} as const;
const SERVICES = Object.keys(NUMBERS);
const TWICE = ['collector', 'image-analysis', 'face-recognition'];
/** Who calls whom, as the seed has it. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  'cpanel': ['alerts', 'camera-agent-1', 'camera-agent-2', 'collector', 'section-1'],
  'collector': ['cpanel', 'face-recognition', 'image-analysis', 'section-1'],
  'face-recognition': ['alerts'],
  'alerts': ['cpanel'],
  'camera-agent-1': ['collector'],
  'camera-agent-2': ['collector'],
};

describe.each(['staging', 'production'])('in %s', (environment) => {
  const objects = objectsOf(files, `${environment}/airport`);
  const containerOf = (name: string): unknown => at(named(objects, 'Deployment', name), 'spec.template.spec.containers.0');
  const envOf = (name: string) => Object.fromEntries(listAt(containerOf(name), 'env').map((each) => [at(each, 'name'), at(each, 'value')]));

  test('there are eight services, and a second version of the panel', () => {
    expect(ofKind(objects, 'Deployment').map(nameOf).sort()).toEqual([...SERVICES, 'cpanel-v2'].sort());
    expect(ofKind(objects, 'Service').map(nameOf).sort()).toEqual([...SERVICES].sort());
  });

  test.each(Object.entries(NUMBERS))('%s listens on 8080 and has the thesis\' requests, limits and probes', (name, [cpu, cpuLimit, memory, memoryLimit]) => {
    expect(containerOf(name)).toMatchObject({
      ports: [{ containerPort: 8080, name: 'http' }],
      resources: { requests: { cpu, memory }, limits: { cpu: cpuLimit, memory: memoryLimit } },
      readinessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 10, periodSeconds: 7, timeoutSeconds: 3 },
      livenessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 15, periodSeconds: 7, timeoutSeconds: 3 },
    });
    expect(at(named(objects, 'Service', name), 'spec.ports')).toEqual([{ appProtocol: 'http', name: 'http', port: 8080 }]);
    expect(at(named(objects, 'Deployment', name), 'spec.replicas')).toBe(TWICE.includes(name) ? 2 : 1);
  });

  test('every address is in the airport\'s own namespace', () => {
    const host = (name: string): string => `http://${name}.airport.svc.cluster.local:8080`;
    const panel = { URL_ALERTS: host('alerts'), URL_COLLECTOR: host('collector'), URL_K8S_SUFFIX: '.airport.svc.cluster.local' };
    expect(envOf('cpanel')).toMatchObject({ ...panel, VERSION: 'v1' });
    expect(envOf('cpanel-v2')).toMatchObject({ ...panel, VERSION: 'v2' });
    expect(envOf('collector')).toMatchObject({
      URL_ALERTS: host('alerts'), URL_IMAGE_ANALYZE: `${host('image-analysis')}/frame`, URL_FACE_RECOGNITION: `${host('face-recognition')}/frame`,
      URL_CPANEL: `${host('cpanel')}/analysis`, URL_K8S_SUFFIX: '.airport.svc.cluster.local',
    });
    expect(envOf('alerts')).toMatchObject({ URL_CPANEL: `${host('cpanel')}/alert` });
    expect(JSON.stringify(objects)).not.toContain('.default.svc');
    const { 'config.json': config } = at(named(objects, 'ConfigMap', 'cpanel'), 'data') as Record<string, string>;
    expect(JSON.parse(config)).toEqual({
      cameras: [
        { id: 1, name: 'exit camera section 1', url: 'http://camera-agent-1:8080', section: 1, type: 'exit' },
        { id: 2, name: 'entry camera section 1', url: 'http://camera-agent-2:8080', section: 1, type: 'entry' },
      ],
      sections: [{ id: 1, url: 'http://section-1:8080' }],
    });
  });

  test.each(SERVICES)('%s may call whom the seed lets it call, and nobody else', (name) => {
    const egress = listAt(named(objects, 'Sidecar', name), 'spec.egress').flatMap((each) => listAt(each, 'hosts'));
    const called = (EDGES[name] ?? []).map((callee) => `./${callee}.airport.svc.cluster.local`);
    expect(egress).toEqual([...called, 'observability/jaeger.observability.svc.cluster.local']);
  });

  test('the gateway opens what the seed opens, and neither /index nor /fault', () => {
    const [routes] = ofKind(objects, 'VirtualService').filter((each) => at(each, 'spec.gateways') !== undefined);
    const uris = listAt(routes, 'spec.http').flatMap((route) => listAt(route, 'match')).map((match) => Object.values(Object(at(match, 'uri')))[0]);
    expect([...new Set(uris)].sort()).toEqual([
      '/', '/alert', '/alerts', '/alerts/', '/analysis', '/cameras', '/cameras/', '/cameras/[^/]+/stream', '/collector', '/collector/', '/config',
      '/production', '/sections', '/sections/', '/static', '/static/', '/status',
    ]);
    const shares = listAt(routes, 'spec.http').map((route) => listAt(route, 'route').map((each) => [at(each, 'destination.subset'), at(each, 'weight')]));
    expect(shares).toEqual([[['v1', 100], ['v2', 0]], [['v1', 100], ['v2', 0]]]);
  });

  test('programs are in one ConfigMap, and no pod may write to its own', () => {
    const source = at(named(objects, 'ConfigMap', 'programs'), 'data') as Record<string, string>;
    expect(Object.keys(source)).toEqual(['server.mjs', 'stand-in.mjs']);
    for (const name of [...SERVICES, 'cpanel-v2']) {
      expect(at(containerOf(name), 'image')).toBe('docker.io/library/node:24.19.0-alpine');
      expect(at(containerOf(name), 'securityContext.readOnlyRootFilesystem')).toBe(true);
    }
  });
});

test('images as their authors named them need no program of ours', () => {
  const app = new GitOpsApp();
  airport(new Environment(app, 'staging'), { ingress: { hosts: ['airport.example'] }, programs: { registry: 'docker.io/van15h' } });
  const objects = objectsOf(app.render(), 'staging/airport');
  const containers = ofKind(objects, 'Deployment').map((each) => at(each, 'spec.template.spec.containers.0'));

  expect(containers.map((each) => at(each, 'image'))).toContain('docker.io/van15h/cpanel:v2');
  expect(containers.filter((each) => at(each, 'args') !== undefined)).toEqual([]);
  expect(ofKind(objects, 'ConfigMap').map(nameOf)).toEqual(['cpanel']);
});
