import type { k8s } from 'cdk8s-plus-28';
import { EnvironmentFacts, PodPeer, meshServicesOf } from '../graph/environment-facts';
import { Enforcement } from '../graph/party';
import { openTo, peer, policyPort } from './network-policy';

/**
 * What every pod of a mesh must be able to do: ask DNS, reach istiod and the mesh's own services, and be scraped.
 * Probes need no rule: a node always reaches its own pods. Source: Kubernetes, Network Policies, "Prerequisites".
 */
export function meshNeeds(
  facts: EnvironmentFacts, { name: namespace, enforcement }: { readonly name: string; readonly enforcement?: Enforcement }, scrapers: readonly PodPeer[] = [],
): k8s.NetworkPolicySpec {
  const scraping = scrapers.length > 0 ? scrapers : [facts.prometheus];
  const dnsPorts = [policyPort(53), policyPort(53, 'UDP')];
  const nodeLocal = (facts.nodeLocalDns ?? []).map((address) => ({ ipBlock: { cidr: `${address}/32` } }));
  return {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: scraping.map((each) => peer(each, namespace)), ports: [policyPort(15020), policyPort(15090)] }, ...openTo({ enforcement })],
    egress: [
      { to: [peer(facts.dns, namespace), ...nodeLocal], ports: dnsPorts },
      { to: [peer(facts.istiod, namespace)], ports: [policyPort(15012)] },
      ...meshServicesOf(facts, namespace).map((service) => ({ to: [peer(service, namespace)], ports: service.ports.map((port) => policyPort(port)) })),
      ...openTo({ enforcement }),
    ],
  };
}
