import { Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Calls } from '../graph/calls';
import { portsOf } from '../graph/edge';
import { PodPeer } from '../graph/environment-facts';
import { Callee, Caller, goesThrough } from '../graph/party';
import { Port } from '../graph/port';
import { Exception, ExceptionPeer, allowedBy, annotateExceptions } from '../manifest/exception';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { Scalar } from '../manifest/typed-kind';

/** Annotation that says which addresses outside the cluster had to be left open, and why. */
export const openEgressAnnotation = 'meshmart.dev/open-egress';

/** Addresses that no host on the internet has. Source: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291. */
const privateRanges = {
  v4: ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  v6: ['::1/128', 'fc00::/7', 'fe80::/10'],
};

/** Both halves of every call of a workload, on the ports of the containers; without calls, nothing in and nothing out. */
export function networkPolicy(
  scope: Construct, graph: Calls, workload: Caller, exceptions: readonly Exception[] = [],
): Manifest<k8s.KubeNetworkPolicyProps> {
  const annotations = { [openEgressAnnotation]: Lazy.any({ produce: () => openEgress(graph, workload) }) as string };
  const policy = new Manifest(scope, 'NetworkPolicy', kinds.NetworkPolicy, { name: workload.name, annotations }, () => ({
    spec: {
      podSelector: { matchLabels: { ...workload.podLabels } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: written([...ingressRules(graph, workload), ...exceptedIngress(workload, exceptions), ...openTo(workload)]),
      egress: written([...distinct(egressRules(graph, workload)), ...exceptedEgress(exceptions), ...openTo(workload)]),
    },
  }));
  annotateExceptions(policy, exceptions, 'ingress', 'egress', 'port');
  return policy;
}

/** A rule that everything passes, while a namespace is not closed yet. */
export function openTo({ enforcement }: Pick<Caller, 'enforcement'>): Record<string, never>[] {
  return enforcement?.networkPolicies === 'open' ? [{}] : [];
}

function exceptedIngress({ namespace }: Caller, exceptions: readonly Exception[]): k8s.NetworkPolicyIngressRule[] {
  const peers = allowedBy(exceptions, 'ingress').map((each) => (
    { from: [exceptedPeer(each.peer, namespace)], ports: each.ports.map((port) => policyPort(port)) }));
  const ports = allowedBy(exceptions, 'port').map((each) => ({ from: [peer(each.peer, namespace)], ports: [policyPort(each.port)] }));
  return [...peers, ...ports];
}

function exceptedEgress(exceptions: readonly Exception[]): k8s.NetworkPolicyEgressRule[] {
  return allowedBy(exceptions, 'egress').map(({ ports, ...to }) => ({
    to: ['cidr' in to ? { ipBlock: { cidr: to.cidr } } : podsOf(to.namespaces)], ports: ports.map((port) => policyPort(port)),
  }));
}

function exceptedPeer(other: ExceptionPeer, namespace: string): k8s.NetworkPolicyPeer {
  return 'cidr' in other ? { ipBlock: { cidr: other.cidr } } : peer(other, namespace);
}

/** All pods of some namespaces. */
function podsOf(namespaces: readonly string[]): k8s.NetworkPolicyPeer {
  const key = 'kubernetes.io/metadata.name';
  return { namespaceSelector: { matchExpressions: [{ key, operator: 'In', values: [...namespaces].sort() }] } };
}

/** Where pods are, seen from a namespace. */
export function peer({ namespace, podLabels }: PodPeer, from: string): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: namespace === from ? undefined : { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { ...podLabels } },
  };
}

/** A port as a NetworkPolicy has it. */
export function policyPort(port: number, protocol?: 'UDP' | 'TCP'): k8s.NetworkPolicyPort {
  return { port: new Scalar(port), protocol };
}

function ingressRules(graph: Calls, workload: Caller): k8s.NetworkPolicyIngressRule[] {
  const groups = new Map<string, { readonly ports: readonly Port[]; readonly callers: Set<Caller> }>();
  for (const edge of graph.to(workload)) {
    const ports = portsOf(edge);
    const key = ports.map((port) => port.targetPort).join();
    const group = groups.get(key) ?? { ports, callers: new Set() };
    groups.set(key, group);
    group.callers.add(edge.caller);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { ports, callers }]) => ({
    from: distinct([...callers].map((caller) => peer(caller, workload.namespace))),
    ports: ports.map((port) => policyPort(port.targetPort)),
  }));
}

function egressRules(graph: Calls, workload: Caller): k8s.NetworkPolicyEgressRule[] {
  const groups = new Map<Callee, Set<number>>();
  for (const edge of graph.from(workload).filter(({ callee }) => !goesThrough(workload, callee))) {
    const ports = groups.get(edge.callee) ?? new Set();
    groups.set(edge.callee, ports);
    for (const port of portsOf(edge)) ports.add(port.targetPort);
  }
  return [...groups.entries()].map(([callee, ports]) => ({
    to: callee.pods ? [peer(callee.pods, workload.namespace)] : addresses(callee.external?.cidrs ?? []),
    ports: [...ports].sort((a, b) => a - b).map((port) => policyPort(port)),
  }));
}

function addresses(cidrs: readonly string[]): k8s.NetworkPolicyPeer[] {
  if (cidrs.length > 0) return [...cidrs].sort().map((cidr) => ({ ipBlock: { cidr } }));
  return [{ ipBlock: { cidr: '0.0.0.0/0', except: privateRanges.v4 } }, { ipBlock: { cidr: '::/0', except: privateRanges.v6 } }];
}

function openEgress(graph: Calls, workload: Caller): string | undefined {
  const open = graph.from(workload).filter(({ callee }) => callee.external?.cidrs.length === 0 && !goesThrough(workload, callee));
  const hosts = [...new Set(open.flatMap((edge) => portsOf(edge).map((port) => `${edge.callee.host}:${port.number}`)))];
  return hosts.length > 0 ? `any public address, because the addresses of ${hosts.join(', ')} are not known; cidrs would narrow it` : undefined;
}

/** Each once: several gateways are the same pods, and several hosts any address. */
function distinct<T extends object>(items: readonly T[]): T[] {
  return [...new Map(items.map((each) => [JSON.stringify(each), each])).values()];
}

/** A list that is written only where it has something to say. */
function written<T>(rules: T[]): T[] | undefined {
  return rules.length > 0 ? rules : undefined;
}
