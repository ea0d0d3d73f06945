import { Experiment, type ExperimentProps, Measurement, type MeasurementOptions, type MeshNamespace } from '../../../index';
import { type AirportOptions, airport } from '../airport';

/** The airport as its experiments see it. */
export type Airport = ReturnType<typeof airport>;

/** An experiment on the airport: what is built otherwise, and what is asked. */
export interface AirportExperiment extends Omit<ExperimentProps<Airport>, 'build'> {
  /** Options that differ. @default - none */
  readonly options?: Partial<AirportOptions>;
}

/** Declares an experiment by its name. */
export type Laboratory = (name: string, experiment: AirportExperiment) => void;

/** Where experiments on a running airport are declared. */
export function laboratory(namespace: MeshNamespace, usual: AirportOptions): Laboratory {
  return (name, { options, ...props }) => {
    new Experiment(namespace, name, { ...props, build: (environment) => airport(environment, { ...usual, ...options }) });
  };
}

type FromOutside = Omit<MeasurementOptions, 'from'>;

/** Asks the panel from outside whether it is online: its answer says which version it is. */
export function panelStatus({ cpanel, gateway }: Airport, options: FromOutside): Measurement {
  return Measurement.of(cpanel, 'status', { from: gateway, ...options });
}

/** Asks the panel from outside for something that it asks another service for. */
export function throughPanel({ cpanel, gateway }: Airport, operation: 'alerts' | 'cameras' | 'collector' | 'sections', options: FromOutside): Measurement {
  return Measurement.of(cpanel, operation, { from: gateway, ...options });
}
