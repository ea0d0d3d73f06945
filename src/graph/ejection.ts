import { Callee, Version } from './party';
import { TrafficPolicy, passesThrough } from './traffic-policy';

/** Whether a failing pod of a version can be left out: never the last one, nor where the mesh sees no answers or chooses no pod. */
export function canEject({ ports }: Callee, policy: TrafficPolicy, version: Version | undefined): boolean {
  const seen = ports.some((port) => port.carriesRequests) && !passesThrough(policy);
  return seen && policy.outlierDetection !== 'none' && (version?.minReplicas ?? 1) >= 2;
}
