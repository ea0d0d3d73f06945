import { Duration } from 'cdk8s';
import type { Retries } from '../../index';
import { type PanelConfig } from './panel-config';
import { type AirportServices } from './services';

const twoSeconds = { timeout: Duration.seconds(2) };

/** Who calls whom in the airport. Cameras send frames that nobody waits for, and faces are looked for meanwhile: that breaks the circles. */
export function airportCalls(services: AirportServices, config: PanelConfig, collectorRetries: Retries | undefined): void {
  panelCalls(services, config, collectorRetries);
  visionCalls(services);
}

function panelCalls({ cpanel, cameras, section, collector, alerts }: AirportServices, config: PanelConfig, retries: Retries | undefined): void {
  cpanel.calls(collector, {
    ...twoSeconds, operations: ['status'], during: ['collector'], retries, env: (to) => ({ URL_COLLECTOR: to.qualified.url() }),
  });
  cpanel.calls(alerts, {
    ...twoSeconds, operations: ['all', 'one', 'status'], during: ['alerts'], env: (to) => ({ URL_ALERTS: to.qualified.url() }),
  });
  for (const camera of cameras) cpanel.calls(camera, { ...twoSeconds, operations: ['stream'], during: ['stream', 'production'] });
  const addresses = cameras.map((camera) => cpanel.calls(camera, { ...twoSeconds, operations: ['state', 'frame'], during: ['cameras'] }));
  const sections = cpanel.calls(section, { ...twoSeconds, operations: ['persons', 'status'], during: ['sections'] });
  config.name(addresses.map((to) => to.url()), sections.url());
}

function visionCalls({ collector, imageAnalysis, faceRecognition, section, cpanel, alerts, cameras }: AirportServices): void {
  const oneAfterTheOther = { ...twoSeconds, sequential: true, during: ['frame'] } as const;
  for (const camera of cameras) camera.calls(collector, { operations: ['frame'], during: ['stream'], background: true, timeout: Duration.seconds(15) });
  collector.calls(imageAnalysis, { ...oneAfterTheOther, operations: ['frame'], env: (to) => ({ URL_IMAGE_ANALYZE: to.qualified.url('/frame') }) });
  collector.calls(section, { ...oneAfterTheOther, operations: ['addPerson'] });
  collector.calls(cpanel, { ...oneAfterTheOther, operations: ['addAnalysis'], env: (to) => ({ URL_CPANEL: to.qualified.url('/analysis') }) });
  collector.calls(faceRecognition, {
    operations: ['frame'], during: ['frame'], background: true, env: (to) => ({ URL_FACE_RECOGNITION: to.qualified.url('/frame') }),
  });
  const found = faceRecognition.calls(alerts, { operations: ['add'], background: true });
  collector.addEnv('URL_ALERTS', found.qualified.url()); // it tells the face recognition, in the body of a request, whom to tell
  alerts.calls(cpanel, { ...twoSeconds, operations: ['addAlert'], during: ['add'], env: (to) => ({ URL_CPANEL: to.qualified.url('/alert') }) });
}
