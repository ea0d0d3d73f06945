/** What a node is. `remote` runs in another repository or cluster, `external` outside of the mesh. */
export type NodeKind = 'service' | 'store' | 'client' | 'gateway' | 'remote' | 'external';

/** A share of the requests of a callee. */
export interface Share {
  /** Name of the version. */
  readonly version: string;
  /** Percent of the requests, 0 to 100. */
  readonly weight: number;
}

/** A workload, a gateway, or what lies outside. */
export interface TopologyNode {
  /** `<namespace>/<name>`, or the host of what is outside. */
  readonly id: string;
  readonly kind: NodeKind;
  /** Name without the namespace. */
  readonly name: string;
  /** Folder that its objects lie in. @default - what is outside has none */
  readonly system?: string;
  /** How requests spread over versions, where there are several. */
  readonly shares: readonly Share[];
  /** Version that gets copies of requests, and of how many percent. @default - none */
  readonly mirror?: Share;
}

/** How requests of an edge are carried. */
export interface Carried {
  /** As Istio writes it: `5s`. @default - no limit */
  readonly timeout?: string;
  /** How often a request is tried again. */
  readonly retries: number;
}

/** An object that an edge makes or changes. */
export interface EdgeObject {
  readonly kind: string;
  /** `<namespace>/<name>`. */
  readonly name: string;
  /** Where it stands, below the rendered folder. */
  readonly file: string;
}

/** Somebody who may ask somebody. */
export interface TopologyEdge {
  /** Id of who asks. */
  readonly from: string;
  /** Id of who is asked. */
  readonly to: string;
  /** As the Service names it: `http`, `grpc`, `tcp`, `tls`. */
  readonly protocol: string;
  /** What may be asked: `GET, HEAD /api/*`; nothing where all may be. */
  readonly operations: readonly string[];
  /** How, each way once; nothing where the mesh does not see requests. */
  readonly carried: readonly Carried[];
  /** What stands in the rendered folder because of it. */
  readonly objects: readonly EdgeObject[];
}

/** Who may ask whom in one environment, as the rendered manifests let them: what is not here is refused. */
export interface Topology {
  readonly environment: string;
  /** By id. */
  readonly nodes: readonly TopologyNode[];
  /** By the ids of both ends. */
  readonly edges: readonly TopologyEdge[];
}
