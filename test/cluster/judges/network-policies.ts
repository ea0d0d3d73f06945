import { BlockList } from 'node:net';
import type { KubeObject } from '../control/kube-client';

/** A transport protocol that a NetworkPolicy can name. */
export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = typeof PROTOCOLS[number];
export interface Port { readonly protocol: Protocol; readonly port: number }
type Labels = Readonly<Record<string, string>>;

/** An end of a connection: a pod, or without a namespace an address outside the cluster. */
export interface Endpoint { readonly name: string; readonly address: string; readonly namespace?: string; readonly labels: Labels }

/** Who may speak to whom, and the labels of their namespaces. */
export interface Neighbourhood { readonly endpoints: readonly Endpoint[]; readonly namespaces: Readonly<Record<string, Labels>> }

interface Requirement { readonly key: string; readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; readonly values?: readonly string[] }
interface Selector { readonly matchLabels?: Labels; readonly matchExpressions?: readonly Requirement[] }
interface IpBlock { readonly cidr: string; readonly except?: readonly string[] }
interface Peer { readonly podSelector?: Selector; readonly namespaceSelector?: Selector; readonly ipBlock?: IpBlock }
interface PolicyPort { readonly protocol?: Protocol; readonly port?: number | string; readonly endPort?: number }
interface Rule { readonly ports?: readonly PolicyPort[]; readonly from?: readonly Peer[]; readonly to?: readonly Peer[] }

/** As much of a NetworkPolicy as there is. */
export interface NetworkPolicy extends KubeObject {
  readonly spec: {
    readonly podSelector?: Selector;
    readonly policyTypes?: readonly Direction[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

interface Connection { readonly pod: Endpoint; readonly other: Endpoint; readonly port: Port }

/** A named port has a number only in a pod, and the probes ask for numbers. */
export class NamedPort extends Error {}

/** Who decides about a connection: the policies of the pod that makes it, or of the pod that takes it. */
export type Direction = 'Egress' | 'Ingress';

/** A connection and one of the two that decide about it, in words. */
export const flow = (direction: Direction, from: Endpoint, to: Endpoint, { protocol, port }: Port): string =>
  `${direction} ${from.name} -> ${to.name} ${protocol}/${port}`;

function meets(labels: Labels, { key, operator, values = [] }: Requirement): boolean {
  switch (operator) {
    case 'In': return key in labels && values.includes(labels[key]);
    case 'NotIn': return !(key in labels) || !values.includes(labels[key]);
    case 'Exists': return key in labels;
    case 'DoesNotExist': return !(key in labels);
  }
}

/** An empty selector selects everything. */
const selects = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every((requirement) => meets(labels, requirement));

function contains(cidr: string, address: string): boolean {
  const [network, bits] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), 'ipv4');
  return list.check(address, 'ipv4');
}

function isPeer(neighbourhood: Neighbourhood, home: string | undefined, { podSelector, namespaceSelector, ipBlock }: Peer, other: Endpoint): boolean {
  if (ipBlock) return contains(ipBlock.cidr, other.address) && !(ipBlock.except ?? []).some((cidr) => contains(cidr, other.address));
  if (other.namespace === undefined) return false;
  const inNamespace = namespaceSelector ? selects(namespaceSelector, neighbourhood.namespaces[other.namespace]) : other.namespace === home;
  return inNamespace && selects(podSelector ?? {}, other.labels);
}

function isPort({ protocol = 'TCP', port, endPort }: PolicyPort, asked: Port): boolean {
  if (typeof port === 'string') throw new NamedPort(`port ${port} is a name`);
  return protocol === asked.protocol && (port === undefined || (port <= asked.port && asked.port <= (endPort ?? port)));
}

/** Without a list a rule means all ports, or all peers; so does an empty list. */
const oneOf = <T>(list: readonly T[] | undefined, fits: (item: T) => boolean): boolean => list === undefined || list.length === 0 || list.some(fits);

/** By the reference of the API: ingress unless only egress is named, egress where it is named or has rules. */
const typesOf = ({ spec }: NetworkPolicy): readonly string[] => spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])];

/** Whether a pod may take (ingress) or make (egress) a connection: yes where no policy of that type selects it, else where a rule says so. */
function opens(policies: readonly NetworkPolicy[], neighbourhood: Neighbourhood, type: Direction, connection: Connection): boolean {
  const { pod, other, port } = connection;
  const here = policies.filter((policy) => policy.metadata.namespace === pod.namespace && typesOf(policy).includes(type)
    && selects(policy.spec.podSelector ?? {}, pod.labels));
  const rules = here.flatMap(({ spec }) => (type === 'Ingress' ? spec.ingress : spec.egress) ?? []);
  return here.length === 0 || rules.some(({ ports, from, to }) =>
    oneOf(ports, (allowed) => isPort(allowed, port))
    && oneOf(type === 'Ingress' ? from : to, (peer) => isPeer(neighbourhood, pod.namespace, peer, other)));
}

/** What NetworkPolicies allow, by the words of the Kubernetes reference: a second opinion, which shares nothing with cyclonus. */
export function allowedFlows(policies: readonly NetworkPolicy[], neighbourhood: Neighbourhood, ports: readonly Port[]): string[] {
  const { endpoints } = neighbourhood;
  const pods = endpoints.filter(({ namespace }) => namespace !== undefined);
  return pods.flatMap((pod) => endpoints.flatMap((other) => ports.flatMap((port) => [
    ...(opens(policies, neighbourhood, 'Egress', { pod, other, port }) ? [flow('Egress', pod, other, port)] : []),
    ...(opens(policies, neighbourhood, 'Ingress', { pod, other, port }) ? [flow('Ingress', other, pod, port)] : []),
  ]))).sort();
}

/** Ports at which an answer can change: those that policies name, both sides of the ends of ranges, and one of each protocol that nobody names. */
export function tellingPorts(policies: readonly NetworkPolicy[], more: readonly Port[]): Port[] {
  const named = policies.flatMap(({ spec }) => [...spec.ingress ?? [], ...spec.egress ?? []]).flatMap(({ ports }) => ports ?? []);
  const ends = named.flatMap(({ protocol = 'TCP', port, endPort }): Port[] => {
    if (typeof port === 'string') throw new NamedPort(`port ${port} is a name`);
    if (port === undefined) return [];
    return (endPort === undefined ? [port] : [port - 1, port, endPort, endPort + 1]).map((number) => ({ protocol, port: number }));
  });
  const strays = PROTOCOLS.map((protocol): Port => ({ protocol, port: 39999 }));
  const all = new Map([...ends, ...more, ...strays].map((port) => [`${port.protocol}/${port.port}`, port]));
  return [...all.values()];
}
