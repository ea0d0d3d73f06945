import { Duration } from 'cdk8s';

/** How a pod that has just become ready gets its full share of the requests. */
export interface Warmup {
  /** Until it has its full share, 1 ms or more. */
  readonly duration: Duration;
  /** How the share grows: 1 evenly, more than 1 first slowly, less than 1 (from Istio 1.29 on) first fast; more than 0. @default 1 */
  readonly aggression?: number;
  /** Share of the full one that it begins with, in percent, 0-100. @default 10 */
  readonly minimumPercent?: number;
}

/** Options of `LoadBalancer.roundRobin` and `LoadBalancer.leastRequest`. */
export interface WarmupOptions {
  /** How long a new pod is spared, or how exactly. @default - it gets its full share at once */
  readonly warmup?: Duration | Warmup;
}

/** A cookie that the caller's proxy sets where a request has none. */
export interface CookieOptions {
  /** How long it lasts; 0 ends it with the browser's session. */
  readonly ttl: Duration;
  /** Path that it is sent with. @default - the path of the request */
  readonly path?: string;
}

/** How a pod is chosen, as data. */
export type Balancing =
  | { readonly kind: 'roundRobin'; readonly warmup?: Warmup }
  | { readonly kind: 'leastRequest'; readonly warmup?: Warmup }
  | { readonly kind: 'random' }
  | { readonly kind: 'passthrough' }
  | HashKey;

/** What of a request or connection leads to the same pod, as data. */
export type HashKey =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'cookie'; readonly name: string; readonly set?: CookieOptions }
  | { readonly kind: 'sourceIp' }
  | { readonly kind: 'queryParameter'; readonly name: string };

/** How a caller's proxy chooses among the pods of a callee: one way, by its name. */
export class LoadBalancer {
  /** Each pod in turn. */
  public static roundRobin(options: WarmupOptions = {}): LoadBalancer {
    return new LoadBalancer({ kind: 'roundRobin', warmup: warmupOf(options) });
  }

  /** Of two pods picked at random, the one with fewer requests under way: what Istio does where nothing is said. */
  public static leastRequest(options: WarmupOptions = {}): LoadBalancer {
    return new LoadBalancer({ kind: 'leastRequest', warmup: warmupOf(options) });
  }

  /** Any pod. */
  public static random(): LoadBalancer {
    return new LoadBalancer({ kind: 'random' });
  }

  /** The address that the caller itself connected to; versions are not told apart. */
  public static passthrough(): LoadBalancer {
    return new LoadBalancer({ kind: 'passthrough' });
  }

  /** The same pod for the same value of a header, while pods stay. */
  public static byHeader(name: string): LoadBalancer {
    return new LoadBalancer({ kind: 'header', name });
  }

  /** The same pod for the same value of a cookie, while pods stay. @param set sets it where it is missing @default - it is never set */
  public static byCookie(name: string, set?: CookieOptions): LoadBalancer {
    return new LoadBalancer({ kind: 'cookie', name, set });
  }

  /** The same pod for the same address of the caller, while pods stay. */
  public static bySourceIp(): LoadBalancer {
    return new LoadBalancer({ kind: 'sourceIp' });
  }

  /** The same pod for the same value of a query parameter, while pods stay. */
  public static byQueryParameter(name: string): LoadBalancer {
    return new LoadBalancer({ kind: 'queryParameter', name });
  }

  private constructor(
    /** How a pod is chosen. */
    public readonly balancing: Balancing,
  ) {}
}

function warmupOf({ warmup }: WarmupOptions): Warmup | undefined {
  return warmup instanceof Duration ? { duration: warmup } : warmup;
}
