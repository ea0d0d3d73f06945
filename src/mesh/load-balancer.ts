import { DestinationRuleSpecTrafficPolicyLoadBalancer, DestinationRuleSpecTrafficPolicyLoadBalancerConsistentHash } from '../../imports/networking.istio.io';
import { durationInWords } from '../graph/edge';
import { Balancing, HashKey, Warmup } from '../graph/load-balancer';
import { Callee } from '../graph/party';
import { TrafficPolicy } from '../graph/traffic-policy';
import { locality } from './locality';

/** Istio's words for simple algorithms, as the types of one place of a DestinationRule have them. */
export interface Algorithms<Algorithm> {
  readonly ROUND_UNDERSCORE_ROBIN: Algorithm;
  readonly LEAST_UNDERSCORE_REQUEST: Algorithm;
  readonly RANDOM: Algorithm;
  readonly PASSTHROUGH: Algorithm;
}

/** How a pod is chosen, as one place of a DestinationRule has it. */
export type LoadBalancerSettings<Algorithm> = Omit<DestinationRuleSpecTrafficPolicyLoadBalancer, 'simple'> & { readonly simple?: Algorithm };

/** How a pod is chosen and which places are preferred; nothing where Istio's own ways do. */
export function loadBalancer<Algorithm>(
  algorithms: Algorithms<Algorithm>, callee: Callee, policy: TrafficPolicy,
): LoadBalancerSettings<Algorithm> | undefined {
  const localityLbSetting = locality(callee, policy);
  const balancing = policy.loadBalancer && settings(algorithms, policy.loadBalancer.balancing);
  return balancing || localityLbSetting ? { ...balancing, localityLbSetting } : undefined;
}

function settings<Algorithm>(algorithms: Algorithms<Algorithm>, balancing: Balancing): LoadBalancerSettings<Algorithm> {
  switch (balancing.kind) {
    case 'roundRobin': return { simple: algorithms.ROUND_UNDERSCORE_ROBIN, warmup: balancing.warmup && warmupSpec(balancing.warmup) };
    case 'leastRequest': return { simple: algorithms.LEAST_UNDERSCORE_REQUEST, warmup: balancing.warmup && warmupSpec(balancing.warmup) };
    case 'random': return { simple: algorithms.RANDOM };
    case 'passthrough': return { simple: algorithms.PASSTHROUGH };
    default: return { consistentHash: consistentHash(balancing) };
  }
}

function consistentHash(key: HashKey): DestinationRuleSpecTrafficPolicyLoadBalancerConsistentHash {
  switch (key.kind) {
    case 'header': return { httpHeaderName: key.name };
    case 'queryParameter': return { httpQueryParameterName: key.name };
    case 'sourceIp': return { useSourceIp: true };
    case 'cookie': return { httpCookie: { name: key.name, path: key.set?.path, ttl: key.set && durationInWords(key.set.ttl) } };
  }
}

function warmupSpec({ duration, aggression, minimumPercent }: Warmup): LoadBalancerSettings<never>['warmup'] {
  return { aggression, duration: durationInWords(duration), minimumPercent };
}
