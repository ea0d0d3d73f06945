import type { DestinationRuleSpecTrafficPolicyLoadBalancerLocalityLbSetting } from '../../imports/networking.istio.io';
import { canEject } from '../graph/ejection';
import { Callee } from '../graph/party';
import { TrafficPolicy, failsOver } from '../graph/traffic-policy';

/**
 * Which places requests go to. Leading away from failing pods is left out where none can fail and another stay: an environment that runs one
 * pod has nowhere to lead to, and shares its declaration with others that run more.
 */
export function locality(callee: Callee, policy: TrafficPolicy): DestinationRuleSpecTrafficPolicyLoadBalancerLocalityLbSetting | undefined {
  const { locality: chosen } = policy;
  if (chosen === undefined || (failsOver(policy) && !canEject(callee, policy, callee.versions().at(0)))) return undefined;
  if (chosen === 'off') return { enabled: false };
  return {
    distribute: chosen.distribute?.map(({ from, to }) => ({ from, to: { ...to } })),
    failover: chosen.failover?.map(({ from, to }) => ({ from, to })),
    failoverPriority: chosen.failoverPriority && [...chosen.failoverPriority],
  };
}
