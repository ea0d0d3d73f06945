import { MeasurementDescription } from './measurement';

/** Name of the file that says what an experiment is. */
export const descriptionFile = 'experiment.yaml';

/** What it says. */
export interface ExperimentDescription {
  /** Its name. */
  readonly experiment: string;
  readonly system: string;
  /** The environment that it changes. */
  readonly environment: string;
  readonly question: string;
  readonly remark?: string;
  /** How long it should run: ten minutes are `600s`. */
  readonly duration: string;
  /** Files that the system has with it alone, by their path below `<environment>/<system>/`. */
  readonly added: readonly string[];
  /** Files that differ. */
  readonly changed: readonly string[];
  /** Files that the system has without it alone. */
  readonly removed: readonly string[];
  readonly measurements: readonly MeasurementDescription[];
}
