import { HttpMethod } from './operation';
import { Protocol } from './port';

/**
 * What a system promises to the systems of other teams, and what it asks of theirs, as synth writes it to
 * `contracts/<environment>/<system>.json`. Its JSON Schema is `contract.schema.json`.
 */
export interface Contract {
  /** Version of this shape. */
  readonly schemaVersion: number;
  /** Name of the environment that it holds in. */
  readonly environment: string;
  /** Name of the system. */
  readonly system: string;
  /** Services that others may build on, by name. */
  readonly services: Readonly<Record<string, ServiceContract>>;
  /** Calls that it makes to services of other repositories, by the caller's name. */
  readonly calls: Readonly<Record<string, CallsContract>>;
}

/** Version of contracts that this library writes and reads. */
export const contractSchemaVersion = 1;

/** A service as other teams see it. */
export interface ServiceContract {
  /** Fully qualified host. */
  readonly host: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Its identity in the mesh: `<trust domain>/ns/<namespace>/sa/<service account>`. */
  readonly identity: string;
  /** Labels of its pods, which NetworkPolicies select. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Its ports by name; the first is the one meant by default. */
  readonly ports: Readonly<Record<string, PortContract>>;
  /** What can be asked of it, by name. */
  readonly operations: Readonly<Record<string, OperationContract>>;
  /** Who is allowed to ask, by identity. */
  readonly callers: Readonly<Record<string, HalfContract>>;
}

/** A port of a service. */
export interface PortContract {
  /** What it speaks. */
  readonly protocol: Protocol;
  /** Port of the Service, 1-65535. */
  readonly port: number;
  /** Port of the container, 1-65535. */
  readonly targetPort: number;
}

/** An operation of a service. */
export interface OperationContract {
  /** What it is spoken in. */
  readonly protocol: 'http' | 'grpc';
  /** HTTP methods, sorted. */
  readonly methods: readonly HttpMethod[];
  /** Path, as `Operation.http` takes it; of gRPC `/<package>.<Service>/<Method>`. */
  readonly path: string;
  /** Name of its port. */
  readonly port: string;
  /** Whether it may be done twice, all that it leads to included. */
  readonly idempotent: boolean;
  /** Whether it stays open. */
  readonly streams: boolean;
  /** How long it may take, by the timeouts of its own calls or by its own word: `5s`, `300ms`. @default - no time is known */
  readonly takes?: string;
}

/** The calls of one workload to services of other repositories. */
export interface CallsContract {
  /** Its identity in the mesh. */
  readonly identity: string;
  /** Its calls, by the callee's host. */
  readonly callees: Readonly<Record<string, HalfContract>>;
}

/** One half of a call between repositories: both halves must say the same. */
export interface HalfContract {
  /** Labels of the caller's pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Operations and how long each may take, all retries included: `5s`; null where it stays open. */
  readonly operations: Readonly<Record<string, string | null>>;
  /** Ports that are open as a whole, by name, and how long a request may take there; null where the mesh sees no requests. */
  readonly ports: Readonly<Record<string, string | null>>;
}
