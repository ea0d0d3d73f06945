import { Duration } from 'cdk8s';
import { EnvFieldPaths, EnvValue, k8s } from 'cdk8s-plus-28';
import { Address, Environment, IngressGateway, Manifest, MeshNamespace, MeshedMicroservice, Operation, Port, Probe, Volume, type Resources } from '../../src';

const image = (name: string) => `docker.io/van15h/${name}:v1`;
const timing = { period: Duration.seconds(7), timeout: Duration.seconds(3) };
const service = {
  port: Port.http(8080),
  resources: { cpu: ['100m', '150m'], memory: ['128Mi', '256Mi'] },
  readiness: Probe.tcp({ ...timing, initialDelay: Duration.seconds(10) }),
  liveness: Probe.tcp({ ...timing, initialDelay: Duration.seconds(15) }),
} as const;
const large: Resources = { cpu: ['500m', '1'], memory: ['512Mi', '1Gi'] };
const frame = { frame: Operation.http('POST', '/frame') };
const twoSeconds = { timeout: Duration.seconds(2) };

/** Cameras at an airport: services that call each other in circles, by fully qualified addresses. */
export function airport(environment: Environment, namespace = 'airport'): void {
  const ns = new MeshNamespace(environment, 'airport', { name: namespace });
  const all = { cpanel: cpanelOf(ns), alerts: alertsOf(ns), ...analysisOf(ns), ...sectionOf(ns) };
  const { cameras, section } = callFromPanel(all);
  callFromCollector(all);
  const config = {
    cameras: cameras.map((camera, index) => ({ id: index + 1, url: camera.url() })),
    sections: [{ id: 1, url: section.url() }],
  };
  new Manifest(all.cpanel, 'Config', k8s.KubeConfigMap, { name: 'cpanel' }, () => ({ data: { 'config.json': JSON.stringify(config, undefined, 2) } }));
  const gateway = new IngressGateway(ns, 'airport-gateway', { hosts: ['*'] });
  gateway.routes(all.cpanel, {
    operations: [
      'index', 'status', 'alert', 'analysis', 'production', 'config', 'cameras', 'stream', 'sections', 'alerts', 'collector', 'static',
    ],
    timeout: Duration.seconds(3),
  });
}

function cpanelOf(ns: MeshNamespace) {
  return new MeshedMicroservice(ns, 'cpanel', {
    ...service,
    image: image('cpanel'),
    env: { URL_K8S_SUFFIX: `.${ns.domain}`, FILENAME: '/config/config.json', MY_POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME) },
    volumes: { '/config': Volume.configMap('cpanel'), '/tmp': Volume.emptyDir() },
    operations: {
      index: Operation.http('GET', '/'),
      status: Operation.http('GET', '/status'),
      alert: Operation.http('POST', '/alert'),
      analysis: Operation.http('POST', '/analysis'),
      production: Operation.http('GET', '/production', { idempotent: false }), // a GET that switches the cameras on and off
      config: Operation.http('PUT', '/config'),
      cameras: Operation.http('GET', '/cameras/*'),
      stream: Operation.http('POST', '/cameras/{id}/stream'),
      sections: Operation.http('GET', '/sections/*'),
      alerts: Operation.http('GET', '/alerts/*'),
      collector: Operation.http('GET', '/collector/*'),
      static: Operation.http('GET', '/static/*'),
    },
  });
}

/** Its program writes beside itself unless told where; a working directory cannot be said: issue 5 (adoption). */
function alertsOf(ns: MeshNamespace) {
  const alerts = new MeshedMicroservice(ns, 'alerts', {
    ...service,
    image: image('alerts'),
    replicas: 1,
    env: { FILENAME: '/data/alerts.json' },
    volumes: { '/data': Volume.persistentVolumeClaim('alerts-data') },
    operations: {
      all: Operation.http('GET', '/'),
      add: Operation.http('POST', '/'),
      one: Operation.http('GET', '/{id}'),
      remove: Operation.http('DELETE', '/{id}', { idempotent: true }),
      status: Operation.http('GET', '/status'),
    },
  });
  new Manifest(alerts, 'Claim', k8s.KubePersistentVolumeClaim, { name: 'alerts-data' }, () => ({
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: k8s.Quantity.fromString('1Gi') } } },
  }));
  return alerts;
}

function analysisOf(ns: MeshNamespace) {
  const seeing = { ...service, resources: large, replicas: 2, operations: frame };
  const collector = new MeshedMicroservice(ns, 'collector', {
    ...service,
    image: image('collector'),
    replicas: 2,
    env: { URL_K8S_SUFFIX: `.${ns.domain}` },
    operations: { ...frame, status: Operation.http('GET', '/status') },
  });
  return {
    collector,
    imageAnalysis: new MeshedMicroservice(ns, 'image-analysis', { ...seeing, image: image('image-analysis') }),
    faceRecognition: new MeshedMicroservice(ns, 'face-recognition', { ...seeing, image: image('face-recognition') }),
  };
}

function sectionOf(ns: MeshNamespace) {
  const section = new MeshedMicroservice(ns, 'section-1', {
    ...service,
    image: image('section'),
    env: { SECTION: '1' },
    operations: {
      persons: Operation.http('GET', '/persons'),
      addPersons: Operation.http('POST', '/persons'),
      status: Operation.http('GET', '/status'),
    },
  });
  const cameras = [1, 2].map((n) => new MeshedMicroservice(ns, `camera-agent-${n}`, {
    ...service,
    image: image('camera-agent'),
    resources: { cpu: ['100m', '250m'], memory: ['512Mi', '1Gi'] },
    operations: { stream: Operation.http('POST', '/stream'), state: Operation.http('GET', '/state'), frame: Operation.http('GET', '/frame') },
  }));
  return { section, cameras };
}

interface All extends ReturnType<typeof analysisOf>, ReturnType<typeof sectionOf> {
  readonly cpanel: ReturnType<typeof cpanelOf>;
  readonly alerts: ReturnType<typeof alertsOf>;
}

function callFromPanel({ cpanel, cameras, section, collector, alerts }: All): { readonly cameras: readonly Address[]; readonly section: Address } {
  for (const camera of cameras) cpanel.calls(camera, { ...twoSeconds, operations: ['stream'], during: ['stream', 'production'] });
  cpanel.calls(collector, {
    ...twoSeconds,
    operations: ['status'],
    during: ['collector', 'status'],
    env: (to) => ({ URL_COLLECTOR: to.qualified.url() }),
  });
  cpanel.calls(alerts, {
    ...twoSeconds,
    operations: ['all', 'one', 'status'],
    during: ['alerts'],
    env: (to) => ({ URL_ALERTS: to.qualified.url() }),
  });
  return {
    cameras: cameras.map((camera) => cpanel.calls(camera, { ...twoSeconds, operations: ['state', 'frame'], during: ['cameras', 'production'] })),
    section: cpanel.calls(section, { ...twoSeconds, operations: ['persons', 'status'], during: ['sections'] }),
  };
}

function callFromCollector({ collector, imageAnalysis, faceRecognition, section, cpanel, alerts, cameras }: All): void {
  const unwaited = { operations: ['frame'], during: ['frame'], background: true } as const;
  collector.calls(imageAnalysis, { ...unwaited, env: (to) => ({ URL_IMAGE_ANALYZE: to.qualified.url('/frame') }) });
  collector.calls(faceRecognition, { ...unwaited, env: (to) => ({ URL_FACE_RECOGNITION: to.qualified.url('/frame') }) });
  collector.calls(section, { ...twoSeconds, operations: ['addPersons'], during: ['frame'] });
  collector.calls(cpanel, { ...twoSeconds, operations: ['analysis'], during: ['frame'], env: (to) => ({ URL_CPANEL: to.qualified.url('/analysis') }) });
  faceRecognition.calls(alerts, { operations: ['add'], background: true });
  alerts.calls(cpanel, { ...twoSeconds, operations: ['alert'], during: ['add'], env: (to) => ({ URL_CPANEL: to.qualified.url('/alert') }) });
  for (const camera of cameras) camera.calls(collector, { operations: ['frame'], during: ['stream'], background: true });
}
