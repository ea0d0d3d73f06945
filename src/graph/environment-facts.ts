/** Pods that a NetworkPolicy names. */
export interface PodPeer {
  /** Namespace of the pods. */
  readonly namespace: string;
  /** Labels that select them. */
  readonly podLabels: Readonly<Record<string, string>>;
}

/** A workload with an identity in the mesh. */
export interface PodIdentity extends PodPeer {
  /** Name of its ServiceAccount. */
  readonly serviceAccount: string;
}

/** A service that sidecars call by themselves: a collector of traces or logs, an external authorizer. */
export interface MeshService extends PodPeer {
  /** Its fully qualified host. */
  readonly host: string;
  /** Ports of its containers. */
  readonly ports: readonly number[];
  /** Namespaces whose proxies call it. @default - all */
  readonly callers?: readonly string[];
}

/** Services that the proxies of a namespace call by themselves. */
export function meshServicesOf({ meshServices }: Pick<EnvironmentFacts, 'meshServices'>, namespace: string): readonly MeshService[] {
  return meshServices.filter(({ callers }) => callers?.includes(namespace) ?? true);
}

/** Istio's words for what proxies do to a path before anything reads it. Source: Istio, MeshConfig `ProxyPathNormalization`. */
export type PathNormalization = 'BASE' | 'MERGE_SLASHES' | 'DECODE_AND_MERGE_SLASHES';

/** What everything in an environment has in common, and what its cluster and mesh look like. */
export interface EnvironmentFacts {
  /** Construct path of the environment. */
  readonly path: string;
  /** DNS domain of the cluster. */
  readonly clusterDomain: string;
  /** Trust domain of the mesh: the first part of every identity. */
  readonly trustDomain: string;
  /** The ingress gateway's pods and identity. */
  readonly gateway: PodIdentity;
  /** How traffic reaches the sidecars: the Istio CNI plugin, or an init container that needs NET_ADMIN. */
  readonly interception: 'cni' | 'init';
  /** Pods of the cluster's DNS. */
  readonly dns: PodPeer;
  /** Addresses of NodeLocal DNSCache, if nodes run it. */
  readonly nodeLocalDns?: readonly string[];
  /** Pods of istiod. */
  readonly istiod: PodPeer;
  /** Pods that scrape metrics. */
  readonly prometheus: PodPeer;
  /** Where the Kubernetes API server is reached, if workloads call it. */
  readonly apiServer?: { readonly addresses: readonly string[]; readonly port: number };
  /** Whether sidecars answer DNS, which gives each external host an address of its own. */
  readonly dnsCapture: boolean;
  /** How proxies normalize paths before anything reads them. */
  readonly pathNormalization: PathNormalization;
  /** Services that the mesh's own configuration makes every sidecar call. */
  readonly meshServices: readonly MeshService[];
}
