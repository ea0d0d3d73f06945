import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { CanaryRelease, type CanaryReleaseProps, type Environment, MeshNamespace, type Retries } from '../../index';
import { type PublicIngress, publicGateway } from '../public-gateway';
import { type Programs, programsOf } from '../stand-in/programs';
import { airportCalls } from './calls';
import { owners } from './owners';
import { PanelConfig } from './panel-config';
import { type ServiceOptions, airportServices } from './services';

/** What differs between the environments of the airport, and what its experiments change. */
export interface AirportOptions extends ServiceOptions {
  /** Where its people reach it. */
  readonly ingress: PublicIngress;
  /** Name of its namespace. @default 'airport' */
  readonly namespace?: string;
  /** Where its programs come from. @default 'stand-in' */
  readonly programs?: Programs;
  /** How the panel's second version is released. @default - it runs and waits */
  readonly newPanel?: Partial<CanaryReleaseProps>;
  /** How requests from outside are treated. @default - 5 s, and retries where nothing is done twice */
  readonly outside?: { readonly timeout?: Duration; readonly retries?: Retries };
  /** When the panel's requests to the collector are sent again. @default - where nothing is done twice */
  readonly collectorRetries?: Retries;
}

const plan = [1, 5, 25, 50, 100];

/** The security of an airport: cameras whose frames are analysed, and a panel with what was seen. */
export function airport(environment: Environment, options: AirportOptions) {
  const namespace = new MeshNamespace(environment, 'airport', { name: options.namespace, owner: owners.panel, accessLog: 'errors' });
  const program = programsOf(namespace, options.programs ?? 'stand-in', join(__dirname, 'stand-in.mjs'));
  const config = new PanelConfig(namespace);
  const services = airportServices(namespace, program, options, config);
  airportCalls(services, config, options.collectorRetries);

  const { cpanel } = services;
  const { image } = program('cpanel', 'v2');
  const newPanel = new CanaryRelease(cpanel, 'v2', { image, at: 0, plan, ...options.newPanel, env: { VERSION: 'v2' } });

  const gateway = publicGateway(namespace, options.ingress);
  const timeout = Duration.seconds(5);
  gateway.routes(cpanel, {
    operations: ['index', 'status', 'alert', 'analysis', 'cameras', 'sections', 'alerts', 'collector', 'static'], timeout, ...options.outside,
  });
  gateway.routes(cpanel, { operations: ['production', 'config', 'stream'], timeout });
  return { namespace, gateway, newPanel, ...services };
}
