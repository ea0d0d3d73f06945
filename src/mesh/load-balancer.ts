import type {
  DestinationRuleSpecTrafficPolicyLoadBalancer, DestinationRuleSpecTrafficPolicyLoadBalancerConsistentHash, DestinationRuleSpecTrafficPolicyLoadBalancerSimple,
} from '../../imports/networking.istio.io';
import { durationInWords } from '../graph/edge';
import { Balancing, HashKey, Warmup } from '../graph/load-balancer';
import { Callee } from '../graph/party';
import { TrafficPolicy } from '../graph/traffic-policy';
import { locality } from './locality';

/** How a pod is chosen, as one place of a DestinationRule has it: each has an enumeration of its own, with the same words. */
type LoadBalancerSettings<Algorithm> = Omit<DestinationRuleSpecTrafficPolicyLoadBalancer, 'simple'> & { readonly simple?: Algorithm };

/** How a pod is chosen and which places are preferred; nothing where Istio's own ways do. */
export function loadBalancer<Algorithm extends string>(callee: Callee, policy: TrafficPolicy): LoadBalancerSettings<Algorithm> | undefined {
  const localityLbSetting = locality(callee, policy);
  const balancing = policy.loadBalancer && settings<Algorithm>(policy.loadBalancer.balancing);
  return balancing || localityLbSetting ? { ...balancing, localityLbSetting } : undefined;
}

function settings<Algorithm extends string>(balancing: Balancing): LoadBalancerSettings<Algorithm> {
  const simple = (word: `${DestinationRuleSpecTrafficPolicyLoadBalancerSimple}`) => word as string as Algorithm;
  switch (balancing.kind) {
    case 'roundRobin': return { simple: simple('ROUND_ROBIN'), warmup: balancing.warmup && warmupSpec(balancing.warmup) };
    case 'leastRequest': return { simple: simple('LEAST_REQUEST'), warmup: balancing.warmup && warmupSpec(balancing.warmup) };
    case 'random': return { simple: simple('RANDOM') };
    case 'passthrough': return { simple: simple('PASSTHROUGH') };
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
