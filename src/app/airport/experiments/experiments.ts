import type { MeshNamespace } from '../../../index';
import type { AirportOptions } from '../airport';
import { faultExperiments } from './faults';
import { laboratory } from './laboratory';
import { releaseExperiments } from './releases';
import { resilienceExperiments } from './resilience';

/** The experiments of the thesis: what it asked of Istio 1.4, asked of Istio today. */
export function airportExperiments(namespace: MeshNamespace, options: AirportOptions): void {
  const experiment = laboratory(namespace, options);
  releaseExperiments(experiment);
  faultExperiments(experiment);
  resilienceExperiments(experiment);
}
