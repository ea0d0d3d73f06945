import type { DestinationRuleSpecTrafficPolicyOutlierDetection } from '../../imports/networking.istio.io';
import { durationInWords } from '../graph/edge';
import { canEject } from '../graph/ejection';
import { Callee, Version } from '../graph/party';
import { TrafficPolicy } from '../graph/traffic-policy';

/** Says that nothing is left out, where saying nothing would mean another rule: that of all versions, or of the whole mesh. */
export const noEjection: DestinationRuleSpecTrafficPolicyOutlierDetection = { consecutive5XxErrors: 0, consecutiveGatewayErrors: 0 };

/** Leaves out a failing pod, but never the last one of a version: a single pod is never left out, nor one of a store. */
export function outlierDetection(
  callee: Callee, policy: TrafficPolicy, version: Version | undefined,
): DestinationRuleSpecTrafficPolicyOutlierDetection | undefined {
  const { outlierDetection: detection = {} } = policy;
  if (detection === 'none') return noEjection;
  if (!canEject(callee, policy, version)) return undefined;
  const fewest = version?.minReplicas ?? 1;
  return {
    baseEjectionTime: detection.baseEjectionTime && durationInWords(detection.baseEjectionTime),
    consecutive5XxErrors: detection.consecutive5xxErrors ?? 0, // an application's own 500, such as a declined payment, is no sick pod
    consecutiveGatewayErrors: detection.consecutiveGatewayErrors ?? 5,
    interval: detection.interval && durationInWords(detection.interval),
    maxEjectionPercent: detection.maxEjectionPercent ?? allButOne(fewest),
  };
}

/** Rounded up, since Envoy leaves a pod out where the share with it is not above the limit: two of three are 66.7 %; never all. */
function allButOne(pods: number): number {
  return Math.min(99, Math.ceil((100 * (pods - 1)) / pods));
}
