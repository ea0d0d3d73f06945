import { Denial } from './denial';
import { EnvironmentFacts, PodIdentity, PodPeer } from './environment-facts';
import { InjectedFault } from './fault';
import { HeaderOperations } from './header-operations';
import { Objective } from './objective';
import { Operation } from './operation';
import { Port } from './port';
import { TokenRequirement } from './token';
import { TrafficPolicy } from './traffic-policy';

/** Anything that an edge of the call graph begins or ends at. */
export interface Party {
  /** Construct path, for messages. */
  readonly path: string;
  /** Name of its main object. */
  readonly name: string;
  /** Namespace that it is known in. */
  readonly namespace: string;
  /** Where it lives. */
  readonly environment: EnvironmentFacts;
  /** What others can ask of it, by name; nothing where bytes are not told apart. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Whether another repository renders it. @default false */
  readonly remote?: boolean;
  /** How far the rules hold for it. @default - all the way */
  readonly enforcement?: Enforcement;
}

/** How far the rules hold for pods of a namespace that joins the mesh step by step. */
export interface Enforcement {
  /** Whether plaintext is refused. */
  readonly mtls: 'strict' | 'permissive';
  /** Whether undeclared requests are refused, or only counted by the proxies. */
  readonly authorization: 'enforced' | 'workloads' | 'dry-run';
  /** Whether pods reach what they declare, or anything. */
  readonly outbound: 'declared' | 'any';
  /** Whether undeclared connections are refused by the network. */
  readonly networkPolicies: 'enforced' | 'open';
}

/** Who calls: pods with an identity. */
export interface Caller extends Party, PodIdentity {
  /** Whether it is the edge of the mesh, which has routes of its own and no sidecar. */
  readonly gateway: boolean;
  /** Whether clients reach the hosts of a gateway by TLS. @default false */
  readonly servesTls?: boolean;
  /** Namespace of its routes, where it is a gateway. @default - that of its pods */
  readonly routesIn?: string;
  /** Its versions, the stable one first. @default - one */
  versions?(): readonly Version[];
}

/** A way of reaching one version of a callee. */
export interface Destination {
  /** Another host of the callee, such as that of its pods of one release. @default - its own */
  readonly host?: string;
  /** Port of that host. @default - the callee's own */
  readonly port?: number;
  /** Subset of the callee's DestinationRule. @default - all pods, or a host outside the cluster */
  readonly subset?: string;
  /** Share of the requests in percent. @default - all */
  readonly weight?: number;
  /** Headers that are written or removed for those that go there. @default - none */
  readonly headers?: HeaderOperations;
}

/** How Istio matches a text. Source: `StringMatch` of networking.istio.io/v1. */
export type StringMatch = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string };

/** Requests that a release is for: all that is given must hold. */
export interface ReleaseMatch {
  /** Headers by name. @default - any */
  readonly headers?: Readonly<Record<string, StringMatch>>;
  /** Query parameters by name. @default - any */
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  /** Labels of the caller's pods, beside those that tell who it is. @default - any */
  readonly sourceLabels?: Readonly<Record<string, string>>;
}

/** A version of a callee, as its callers see it. */
export interface Version {
  /** Name of the subset, and value of the pods' label `version`. */
  readonly name: string;
  /** Pods that run whatever the load. */
  readonly minReplicas: number;
  /** Pods that run at most. @default - as many as always run */
  readonly maxReplicas?: number;
}

/** One choice among a callee's versions: requests that match, or all that no earlier choice took. */
export interface Release {
  /** What selects it: any of these. @default - every request */
  readonly match?: readonly ReleaseMatch[];
  /** Where the requests go. */
  readonly destinations: readonly Destination[];
  /** Whether a controller decides among the destinations, in a VirtualService that the routes delegate to. @default false */
  readonly delegated?: boolean;
  /** Who gets a copy of them, and whose answers are dropped: only of operations that may be done twice. @default - nobody */
  readonly mirror?: { readonly subset: string; readonly percent: number };
}

/** Who is called: a host with ports. */
export interface Callee extends Party {
  /** Fully qualified host. */
  readonly host: string;
  /** Its ports; the first is the one that operations mean unless they say otherwise. */
  readonly ports: readonly Port[];
  /** Its pods, where they are in the cluster. */
  readonly pods?: PodPeer;
  /** Where it is outside the cluster: its address ranges, or none where they are not known. */
  readonly external?: { readonly cidrs: readonly string[] };
  /** The egress gateway that callers reach it through, and the port there that is for it alone. @default - they reach it themselves */
  readonly through?: { readonly gateway: Service; readonly port: Port };
  /** How requests and connections to it are carried. @default - see `TrafficPolicy` */
  readonly trafficPolicy?: TrafficPolicy;
  /** What its callers may count on. @default - nothing is promised */
  readonly slo?: Objective;
  /** Its versions, one subset each; none where it has no DestinationRule. */
  versions(): readonly Version[];
  /** How requests of a caller (of anybody, where none is given) spread over its versions, most specific first; the last has no match. */
  releases(caller?: Caller): readonly Release[];
  /** Header by which requests find its second version across callers without one, and the value that it has then. @default - none */
  lane?(): { readonly header: string; readonly value: string } | undefined;
  /** What goes wrong on the way to it on purpose. @default - nothing */
  faults?(): readonly InjectedFault[];
  /** Which requests need a token. @default - none */
  tokens?(): readonly TokenRequirement[];
  /** Which requests are refused whatever is declared. @default - none */
  denials?(): readonly Denial[];
}

/** Pods that call and are called. */
export type Service = Caller & Callee;

/** Whether a caller's way to a callee leads through an egress gateway. */
export function goesThrough(caller: Party, { through }: Callee): boolean {
  return through !== undefined && through.gateway !== caller;
}

/** Whether it listens on several ports, so that a route has to say which it means. */
export function hasSeveralPorts(callee: Callee): boolean {
  return callee.ports.length > 1;
}

/** Whether the mesh tells an external host from others by its addresses, not by the name in the request. */
export function knownByAddress({ ports, external }: Callee): boolean {
  return external !== undefined && external.cidrs.length > 0 && ports.every(({ protocol }) => protocol === 'tcp');
}

/** The port that serves an operation: the one it names, else the first that speaks its protocol. */
export function portOf(callee: Callee, operation: Operation): Port {
  const { port, protocol } = operation;
  return callee.ports.find((each) => (port === undefined ? each.protocol === protocol : each.name === port)) ?? callee.ports[0];
}
