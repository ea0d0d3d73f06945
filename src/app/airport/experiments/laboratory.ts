import { type Environment, Experiment, type ExperimentProps, Measurement, type MeasurementOptions, type MeshNamespace } from '../../../index';
import { type AirportOptions, airport } from '../airport';

/** The airport as its experiments see it. */
export type Airport = ReturnType<typeof airport>;

/** An experiment on the airport: what is built otherwise, and what is asked. */
export interface AirportExperiment extends Omit<ExperimentProps<Airport>, 'build'> {
  /** Options that differ. @default - none */
  readonly options?: Partial<AirportOptions>;
  /** What is done to the system that the options make. @default - nothing */
  readonly change?: (system: Airport) => void;
}

/** Declares an experiment by its name. */
export type Laboratory = (name: string, experiment: AirportExperiment) => void;

/** Where experiments on a running airport are declared. */
export function laboratory(namespace: MeshNamespace, usual: AirportOptions): Laboratory {
  return (name, { options, change, ...props }) => {
    const build = (environment: Environment): Airport => {
      const system = airport(environment, { ...usual, ...options });
      change?.(system);
      return system;
    };
    new Experiment(namespace, name, { build, ...props });
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
