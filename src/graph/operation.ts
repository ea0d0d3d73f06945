import { Duration } from 'cdk8s';
import { PathPattern } from './path-pattern';

/** HTTP methods that an operation can have. */
export type HttpMethod = typeof httpMethods[number];

/** All of them. */
export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Options of an `Operation`. */
export interface OperationOptions {
  /**
   * Whether doing it twice is the same as doing it once. Callers never retry what is not, nor what leads to it.
   * A reason says that it is safe although it leads to operations that are not, for example by an idempotency key.
   * @default - true for GET and HEAD alone, else false
   */
  readonly idempotent?: boolean | { readonly because: string };
  /** Whether it stays open (gRPC stream, WebSocket): then it has neither timeout nor retries. @default false */
  readonly streams?: boolean;
  /** Name of the port that serves it, where a service has several. @default - the service's first port that speaks its protocol */
  readonly port?: string;
  /** How long it may take by its own account, more than 0: callers have to wait as long. @default - as long as the calls that it waits for */
  readonly takes?: Duration;
}

/** One thing that a service does when asked: a gRPC method, or an HTTP method on a path. */
export class Operation {
  /**
   * An HTTP operation.
   * @param method one method, or several that mean the same operation
   * @param path `/cart`, `/product/{id}` (one segment) or `/static/*` (`/static` and all below)
   */
  public static http(method: HttpMethod | readonly HttpMethod[], path: string, options: OperationOptions = {}): Operation {
    const methods = typeof method === 'string' ? [method] : [...method].sort();
    const safe = methods.every((each) => each === 'GET' || each === 'HEAD');
    return new Operation('http', methods, new PathPattern(path), { ...options, idempotent: options.idempotent ?? safe });
  }

  /**
   * A gRPC operation.
   * @param method full method name: package, service, slash, method (`hipstershop.CartService/GetCart`)
   */
  public static grpc(method: string, options: OperationOptions = {}): Operation {
    return new Operation('grpc', ['POST'], new PathPattern(`/${method}`), options);
  }

  /** Whether doing it twice is the same as doing it once. */
  public readonly idempotent: boolean;
  /** Why it may be retried although it leads to operations that may not. */
  public readonly because?: string;
  /** Whether it stays open. */
  public readonly streams: boolean;
  /** Name of its port, if it says so. */
  public readonly port?: string;
  /** How long it may take by its own account, if it says so. */
  public readonly takes?: Duration;

  private constructor(
    /** What it is spoken in. */
    public readonly protocol: 'http' | 'grpc',
    /** HTTP methods, sorted. */
    public readonly methods: readonly HttpMethod[],
    /** Paths that reach it. */
    public readonly path: PathPattern,
    options: OperationOptions,
  ) {
    const { idempotent = false } = options;
    this.idempotent = idempotent !== false;
    this.because = typeof idempotent === 'object' ? idempotent.because : undefined;
    this.streams = options.streams ?? false;
    this.port = options.port;
    this.takes = options.takes;
  }

  /** Whether some request is both this operation and the other. */
  public overlaps(other: Operation): boolean {
    return this.methods.some((method) => other.methods.includes(method)) && this.path.overlaps(other.path);
  }

  /** What is wrong with the operation, or undefined. */
  public problem(): string | undefined {
    if (this.protocol === 'grpc' && !/^\/[\w.]+\/\w+$/.test(this.path.text)) {
      return `gRPC method must be '<package>.<Service>/<Method>', got '${this.path.text.slice(1)}'`;
    }
    const odd = this.methods.find((method) => !httpMethods.includes(method));
    if (odd !== undefined) return `HTTP method must be one of ${httpMethods.join(', ')}, got '${odd}'`;
    if (this.methods.length === 0) return `operation on '${this.path.text}' has no HTTP method; give at least one`;
    if (this.because !== undefined && this.because.trim() === '') return "idempotent.because must give a reason, got ''";
    if (this.takes !== undefined && this.streams) return `a stream ends when it ends, got takes ${this.takes.toMilliseconds()}ms; remove it`;
    if (this.takes !== undefined && this.takes.toMilliseconds() <= 0) return `takes must be more than 0, got ${this.takes.toMilliseconds()}ms`;
    return this.path.problem();
  }
}
