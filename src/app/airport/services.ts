import { Duration } from 'cdk8s';
import {
  type MeshNamespace, MeshedMicroservice, Operation, Port, Probe, type Replicas, type Resources, type TrafficPolicy, Volume,
} from '../../index';
import { owners } from './owners';
import { type PanelConfig } from './panel-config';
import type { ProgramOf } from '../stand-in/programs';

/** What experiments change of single services. */
export interface ServiceOptions {
  /** How requests to the panel are carried. @default - see `TrafficPolicy` */
  readonly panelPolicy?: TrafficPolicy;
  /** How requests to the collector are carried. @default - see `TrafficPolicy` */
  readonly collectorPolicy?: TrafficPolicy;
  /** Pods of the collector. @default 2 */
  readonly collectors?: Replicas;
}

const timing = { period: Duration.seconds(7), timeout: Duration.seconds(3) };
const usual = {
  port: Port.http(8080),
  resources: { cpu: ['100m', '150m'], memory: ['128Mi', '256Mi'] },
  replicas: 1, // each keeps what it is told in its own memory or file
  readiness: Probe.tcp({ ...timing, initialDelay: Duration.seconds(10) }),
  liveness: Probe.tcp({ ...timing, initialDelay: Duration.seconds(15) }),
  podAnnotations: { 'sidecar.istio.io/logLevel': 'error' }, // cameras send a frame a second, which is a line each where anything is wrong
} as const;
const vision: Resources = { cpu: ['500m', '1'], memory: ['512Mi', '1Gi'] };
const frame = { frame: Operation.http('POST', '/frame') };
const status = { status: Operation.http('GET', '/status') };

/** The services of the airport, each by itself: what it is, not yet whom it calls. */
export function airportServices(airport: MeshNamespace, program: ProgramOf, options: ServiceOptions, config: PanelConfig) {
  const seeing = { ...usual, owner: owners.vision, resources: vision, replicas: 2, operations: frame };
  const { env, ...collecting } = program('collector');
  return {
    cpanel: panel(airport, program, options, config),
    collector: new MeshedMicroservice(airport, 'collector', {
      ...usual,
      ...collecting,
      env: { ...env, URL_K8S_SUFFIX: `.${airport.domain}` },
      owner: owners.vision,
      replicas: options.collectors ?? 2,
      trafficPolicy: options.collectorPolicy,
      operations: { ...frame, ...status },
    }),
    imageAnalysis: new MeshedMicroservice(airport, 'image-analysis', { ...seeing, ...program('image-analysis') }),
    faceRecognition: new MeshedMicroservice(airport, 'face-recognition', { ...seeing, ...program('face-recognition') }),
    ...keepers(airport, program),
    cameras: [1, 2].map((number) => new MeshedMicroservice(airport, `camera-agent-${number}`, {
      ...usual,
      ...program('camera-agent'),
      owner: owners.vision,
      resources: { cpu: ['100m', number === 1 ? '250m' : '150m'], memory: ['512Mi', '1Gi'] },
      operations: { stream: Operation.http('POST', '/stream'), state: Operation.http('GET', '/state'), frame: Operation.http('GET', '/frame') },
    })),
  };
}

/** The services by their role, each with the types of its operations. */
export type AirportServices = ReturnType<typeof airportServices>;

function panel(airport: MeshNamespace, program: ProgramOf, { panelPolicy }: ServiceOptions, config: PanelConfig) {
  const { env, volumes, ...image } = program('cpanel');
  return new MeshedMicroservice(airport, 'cpanel', {
    slo: { availability: 99.9, latency: { percentile: 99, below: Duration.seconds(1) } },
    ...usual,
    ...image,
    env: { ...env, VERSION: 'v1', FILENAME: '/config/config.json', URL_K8S_SUFFIX: `.${airport.domain}` },
    volumes: { ...volumes, '/config': config.volume },
    trafficPolicy: panelPolicy,
    operations: {
      ...status,
      index: Operation.http('GET', '/'),
      alert: Operation.http('GET', '/alert'),
      addAlert: Operation.http('POST', '/alert'),
      analysis: Operation.http('GET', '/analysis'),
      addAnalysis: Operation.http('POST', '/analysis'),
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

/** Services that keep what they are told in a file. */
function keepers(airport: MeshNamespace, program: ProgramOf) {
  const data = () => ({ '/data': Volume.emptyDir() });
  const [ofAlerts, ofSection] = [program('alerts'), program('section')];
  return {
    alerts: new MeshedMicroservice(airport, 'alerts', {
      ...usual,
      ...ofAlerts,
      env: { ...ofAlerts.env, FILENAME: '/data/data_alerts.json' },
      volumes: { ...ofAlerts.volumes, ...data() },
      operations: {
        ...status,
        all: Operation.http('GET', '/'),
        add: Operation.http('POST', '/'),
        one: Operation.http('GET', '/{id}'),
        remove: Operation.http('DELETE', '/{id}', { idempotent: true }),
      },
    }),
    section: new MeshedMicroservice(airport, 'section-1', {
      ...usual,
      ...ofSection,
      env: { ...ofSection.env, SECTION: '1', FILENAME: '/data/persons.json' },
      volumes: { ...ofSection.volumes, ...data() },
      operations: { ...status, persons: Operation.http('GET', '/persons'), addPerson: Operation.http('POST', '/persons') },
    }),
  };
}
