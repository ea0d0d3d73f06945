import { isDeepStrictEqual } from 'node:util';
import type {
  DestinationRuleSpecSubsetsTrafficPolicy, DestinationRuleSpecSubsetsTrafficPolicyLoadBalancerSimple, DestinationRuleSpecTrafficPolicy,
  DestinationRuleSpecTrafficPolicyLoadBalancerSimple,
} from '../../imports/networking.istio.io';
import { Callee, Version } from '../graph/party';
import { TrafficPolicy } from '../graph/traffic-policy';
import { connectionPool } from './connection-pool';
import { loadBalancer } from './load-balancer';
import { noEjection, outlierDetection } from './outlier-detection';

/** The policy of a callee, for all of its versions: ejection by the pods of the first, or of the one given. */
export function trafficPolicy(callee: Callee, version = callee.versions().at(0)): DestinationRuleSpecTrafficPolicy {
  return policySpec<DestinationRuleSpecTrafficPolicyLoadBalancerSimple>(callee, callee.trafficPolicy ?? {}, version);
}

/**
 * What a subset says beside the callee's policy: the fields that differ, each as a whole, since Istio takes a field from the subset or from
 * the policy above and never joins the two (`MergeSubsetTrafficPolicy` in its source). Ejection that must not be is said.
 */
export function subsetTrafficPolicy(callee: Callee, policy: TrafficPolicy, version: Version): DestinationRuleSpecSubsetsTrafficPolicy | undefined {
  const usual = policySpec<DestinationRuleSpecSubsetsTrafficPolicyLoadBalancerSimple>(callee, callee.trafficPolicy ?? {}, callee.versions().at(0));
  const own = policySpec<DestinationRuleSpecSubsetsTrafficPolicyLoadBalancerSimple>(callee, policy, version);
  const differing = {
    connectionPool: isDeepStrictEqual(own.connectionPool, usual.connectionPool) ? undefined : own.connectionPool,
    loadBalancer: isDeepStrictEqual(own.loadBalancer, usual.loadBalancer) ? undefined : own.loadBalancer,
    outlierDetection: isDeepStrictEqual(own.outlierDetection, usual.outlierDetection) ? undefined : own.outlierDetection ?? noEjection,
  };
  return Object.values(differing).some((field) => field !== undefined) ? differing : undefined;
}

function policySpec<Algorithm extends string>(callee: Callee, policy: TrafficPolicy, version: Version | undefined) {
  return {
    connectionPool: connectionPool(callee, policy.connectionPool),
    loadBalancer: loadBalancer<Algorithm>(callee, policy),
    outlierDetection: outlierDetection(callee, policy, version),
  };
}
