import { EnvironmentFacts, PodIdentity, PodPeer } from './environment-facts';
import { Operation } from './operation';
import { Port } from './port';

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
}

/** Who calls: pods with an identity. */
export interface Caller extends Party, PodIdentity {
  /** Whether it is the edge of the mesh, which has routes of its own and no sidecar. */
  readonly gateway: boolean;
}

/** A way of reaching one version of a callee. */
export interface Destination {
  /** Subset of the callee's DestinationRule; none for hosts outside the cluster. */
  readonly subset?: string;
  /** Share of the requests in percent. @default - all */
  readonly weight?: number;
}

/** One choice among a callee's versions: requests that match, or all that no earlier choice took. */
export interface Release {
  /** What selects it: header name and the match of its value. @default - every request */
  readonly headers?: Readonly<Record<string, { readonly exact: string } | { readonly prefix: string } | { readonly regex: string }>>;
  /** Where the requests go. */
  readonly destinations: readonly Destination[];
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
  /** How requests spread over its versions, most specific first; the last has no match. */
  releases(): readonly Release[];
}

/** Pods that call and are called. */
export type Service = Caller & Callee;

/** Whether it listens on several ports that carry requests, so that a route has to say which it means. */
export function hasSeveralPorts(callee: Callee): boolean {
  return callee.ports.length > 1;
}

/** The port that serves an operation. */
export function portOf(callee: Callee, operation: Operation): Port {
  return callee.ports.find((port) => port.name === operation.port) ?? callee.ports[0];
}
