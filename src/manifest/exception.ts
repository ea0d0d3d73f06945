import { ApiObject } from 'cdk8s';
import { isProxyPort } from '../graph/check-callee';
import { invalid } from '../graph/configuration-error';
import { PodPeer } from '../graph/environment-facts';
import { isPortNumber } from '../graph/port';
import { bitsOf, noRange } from './cidr';

/** Annotation that lists what an object may do that others may not, one line each: what, a colon, and why. */
export const exceptionsAnnotation = 'meshmart.dev/exceptions';

/** Who is at the other end of a connection: pods, or an address range. */
export type ExceptionPeer = PodPeer | { readonly cidr: string };

/** Options of `Exception.ingress`. */
export interface IngressExceptionOptions {
  /** Who connects: pods or an address range. */
  readonly peer: ExceptionPeer;
  /** TCP ports of the pods, at least one. */
  readonly ports: readonly [number, ...number[]];
  /** Why: one line that a reviewer understands. */
  readonly because: string;
}

/** Options of `Exception.egress`. */
export type EgressExceptionOptions = {
  /** TCP ports there, at least one. */
  readonly ports: readonly [number, ...number[]];
  /** Why: one line that a reviewer understands. */
  readonly because: string;
} & (
  | {
    /** Address range outside of the cluster, for example `192.0.2.17/32`. */
    readonly cidr: string;
  }
  | {
    /** Namespaces whose pods are reached at these ports, which the sidecar then leaves alone wherever they are. */
    readonly namespaces: readonly [string, ...string[]];
  }
);

/** Options of `Exception.request`. */
export interface RequestExceptionOptions {
  /** Identity of the caller. @default - anybody, also without an identity */
  readonly from?: { readonly namespace: string; readonly serviceAccount: string };
  /** HTTP methods. @default - any */
  readonly methods?: readonly [string, ...string[]];
  /** Paths as an AuthorizationPolicy has them, at least one. */
  readonly paths: readonly [string, ...string[]];
  /** Ports of the container. @default - any */
  readonly ports?: readonly [number, ...number[]];
  /** Why: one line that a reviewer understands. */
  readonly because: string;
}

/** Options of `Exception.port`. */
export interface PortExceptionOptions {
  /** Port of the container, which the sidecar leaves alone. */
  readonly port: number;
  /** Name of the port: a DNS label of at most 15 characters. */
  readonly name: string;
  /** The only pods that may connect, without mutual TLS. */
  readonly peer: PodPeer;
  /** Why: one line that a reviewer understands. */
  readonly because: string;
}

/** Options of `Exception.privileges`. */
export interface PrivilegesExceptionOptions {
  /** Name of the container. @default - the main one */
  readonly container?: string;
  /** Whether it is privileged: root on the node. @default false */
  readonly privileged?: boolean;
  /** Linux capabilities that it keeps. @default - none */
  readonly capabilities?: readonly string[];
  /** Whether it runs as root. @default false */
  readonly root?: boolean;
  /** Whether it may write to its own file system. @default false */
  readonly writableFiles?: boolean;
  /** Whether its pod sees the processes of the node. @default false */
  readonly hostPid?: boolean;
  /** Folders of the node that it may read, as `Volume.hostPath` has them. @default - none */
  readonly hostPaths?: readonly string[];
  /** Folders of the node that it may write, as `Volume.hostPath` with `writable` has them. @default - none */
  readonly writableHostPaths?: readonly string[];
  /** Why: one line that a reviewer understands. */
  readonly because: string;
}

/** What an exception allows. */
export type Allowed =
  | { readonly kind: 'ingress' } & IngressExceptionOptions
  | { readonly kind: 'egress' } & EgressExceptionOptions
  | { readonly kind: 'request' } & RequestExceptionOptions
  | { readonly kind: 'port' } & PortExceptionOptions
  | { readonly kind: 'privileges' } & PrivilegesExceptionOptions
  | { readonly kind: 'pod-security'; readonly because: string }
  | { readonly kind: 'access'; readonly because: string }
  | { readonly kind: 'plaintext'; readonly because: string }
  | { readonly kind: 'credential'; readonly variable: string; readonly because: string };

/** Allows one workload what no workload may, for a reason that stands on the object and in `<environment>/exceptions.md`. */
export class Exception {
  /** Lets somebody connect to the pods whom the call graph does not know. */
  public static ingress(options: IngressExceptionOptions): Exception {
    return new Exception({ kind: 'ingress', ...options }, `ingress from ${inWords(options.peer)} to ${options.ports.join(', ')}`);
  }

  /** Lets the pods connect to addresses or pods that the call graph does not know, beside the mesh. */
  public static egress(options: EgressExceptionOptions): Exception {
    const to = 'cidr' in options ? options.cidr : `pods of ${options.namespaces.join(', ')}`;
    return new Exception({ kind: 'egress', ...options }, `egress to ${to} at ${options.ports.join(', ')} outside of the mesh`);
  }

  /** Lets requests pass that no declared call makes. */
  public static request(options: RequestExceptionOptions): Exception {
    const { from, methods = ['any method'], paths, ports } = options;
    const who = from ? `${from.namespace}/${from.serviceAccount}` : 'anybody';
    const where = ports ? ` at ${ports.join(', ')}` : '';
    return new Exception({ kind: 'request', ...options }, `${methods.join(', ')} ${paths.join(', ')}${where} for ${who}`);
  }

  /** Opens a port of the container beside the mesh, for pods without a sidecar. */
  public static port(options: PortExceptionOptions): Exception {
    return new Exception({ kind: 'port', ...options }, `port ${options.port} outside of the mesh for ${inWords(options.peer)}`);
  }

  /** Gives a container privileges. Its namespace must be one for such pods: `MeshNamespace`'s `podSecurity`. */
  public static privileges(options: PrivilegesExceptionOptions): Exception {
    const { privileged, root, writableFiles, hostPid, hostPaths = [], writableHostPaths = [], capabilities = [] } = options;
    const words = [
      privileged && 'privileged', root && 'root user', writableFiles && 'writable files', hostPid && 'processes of the node',
      hostPaths.length > 0 && `files of the node below ${hostPaths.join(', ')}`,
      writableHostPaths.length > 0 && `files of the node to be written below ${writableHostPaths.join(', ')}`,
      ...capabilities.map((each) => `capability ${each}`),
    ];
    const given = words.filter((word) => typeof word === 'string');
    if (given.length === 0) invalid('exception', `privileges must name at least one, got none because '${options.because}'; remove it`);
    return new Exception({ kind: 'privileges', ...options }, `${given.join(', ')}${options.container ? ` of container ${options.container}` : ''}`);
  }

  /**
   * Says that the value of an environment variable is no credential, or one that may be read by all.
   * @param options `variable` is its name; for another text what the message calls it: `password in an argument of server`
   */
  public static credential(options: { readonly variable: string; readonly because: string }): Exception {
    return new Exception({ kind: 'credential', ...options }, `credential in ${options.variable}`);
  }

  /** Lets a workload do more with the Kubernetes API than others may. */
  public static access(options: { readonly what: string; readonly because: string }): Exception {
    return new Exception({ kind: 'access', because: options.because }, `access to ${options.what}`);
  }

  /** Lets pods without an identity in. */
  public static plaintext(options: { readonly peer: PodPeer; readonly because: string }): Exception {
    return new Exception({ kind: 'plaintext', because: options.because }, `plaintext from ${inWords(options.peer)}`);
  }

  /** Lets pods into a namespace that others refuse. */
  public static podSecurity(options: { readonly level: string; readonly because: string }): Exception {
    return new Exception({ kind: 'pod-security', because: options.because }, `pods of Pod Security ${options.level}`);
  }

  private constructor(
    /** What it allows. */
    public readonly allowed: Allowed,
    /** What it allows, in words. */
    public readonly words: string,
  ) {
    const { because } = allowed;
    if (typeof because !== 'string' || because.trim() === '' || because.includes('\n')) {
      invalid(`exception ${words}`, `because must be one line that says why, got ${JSON.stringify(because)}`);
    }
    const problem = exceptionProblem(allowed);
    if (problem !== undefined) invalid(`exception ${words}`, problem);
  }
}

/** What is wrong with what an exception allows, or undefined. */
function exceptionProblem(allowed: Allowed): string | undefined {
  switch (allowed.kind) {
    case 'ingress':
      return portsProblem(allowed.ports) ??
        ('cidr' in allowed.peer && bitsOf(allowed.peer.cidr) === undefined ? noRange('cidr', allowed.peer.cidr) : undefined);
    case 'egress':
      return portsProblem(allowed.ports) ?? ('cidr' in allowed ? outsideProblem(allowed.cidr) : undefined);
    case 'request':
      return portsProblem(allowed.ports ?? []) ?? requestProblem(allowed);
    case 'port': {
      if (isProxyPort(allowed.port)) return `port must be none of the sidecar's own, got ${allowed.port}; choose another`;
      const isName = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(allowed.name) && /[a-z]/.test(allowed.name) && allowed.name.length <= 15;
      return portsProblem([allowed.port]) ?? (isName ? undefined : `name must be a DNS label of at most 15 characters, got '${allowed.name}'`);
    }
    case 'privileges': {
      const odd = allowed.capabilities?.find((each) => !/^(?!CAP_)[A-Z_]+$/.test(each));
      return odd === undefined ? undefined : `capabilities must be names in upper case without CAP_, got '${odd}'; write for example 'NET_ADMIN'`;
    }
    default:
      return undefined;
  }
}

function portsProblem(ports: readonly number[]): string | undefined {
  const odd = ports.find((port) => !isPortNumber(port));
  return odd === undefined ? undefined : `ports must be whole numbers from 1 to 65535, got ${odd}`;
}

function outsideProblem(cidr: string): string | undefined {
  const bits = bitsOf(cidr);
  if (bits === undefined) return noRange('cidr', cidr);
  return bits > 0 ? undefined : `cidr must be a range outside of the cluster, got '${cidr}', by which every declared call would leave the mesh; narrow it`;
}

/** What no request is: the rule would let nobody in. */
function requestProblem({ methods, paths }: RequestExceptionOptions): string | undefined {
  const method = methods?.find((each) => !/^[A-Z]+$/.test(each));
  if (method !== undefined) return `methods must be in upper case, got '${method}'; write for example 'GET'`;
  const path = paths.find((each) => !/^[/*]/.test(each));
  return path === undefined ? undefined : `paths must begin with '/' or '*', got '${path}'`;
}

/** What exceptions of some kinds allow. */
export function allowedBy<K extends Allowed['kind']>(exceptions: readonly Exception[], ...kinds: readonly K[]): readonly Extract<Allowed, { kind: K }>[] {
  return exceptions.map(({ allowed }) => allowed).filter((each): each is Extract<Allowed, { kind: K }> => kinds.some((kind) => kind === each.kind));
}

/** Writes exceptions of some kinds on the object that they change. */
export function annotateExceptions(object: ApiObject, exceptions: readonly Exception[], ...kinds: readonly Allowed['kind'][]): void {
  const lines = exceptions.filter(({ allowed }) => kinds.includes(allowed.kind)).map(({ words, allowed }) => `${words}: ${allowed.because}`).sort();
  if (lines.length > 0) object.metadata.addAnnotation(exceptionsAnnotation, lines.join('\n'));
}

function inWords(peer: ExceptionPeer): string {
  if ('cidr' in peer) return peer.cidr;
  return `${peer.namespace} ${Object.entries(peer.podLabels).map(([key, value]) => `${key}=${value}`).join(',')}`;
}
