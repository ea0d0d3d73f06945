import { Duration } from 'cdk8s';

/** How fast requests have to be answered. */
export interface LatencyObjective {
  /** Which share of the requests has to be as fast, in percent, more than 0 and less than 100. */
  readonly percentile: number;
  /** How long they may take, whole milliseconds. Of a service level objective one of `latencyBounds`. */
  readonly below: Duration;
}

/** A service level objective: what callers may count on over 30 days. Alerts and panels follow from it. */
export interface Objective {
  /**
   * Share of the requests that are answered well, in percent, more than 0 and less than 100: not by 5xx or gRPC's faults of a server.
   * Of connections, where the mesh sees no requests, nothing can be said.
   * @default - none
   */
  readonly availability?: number;
  /** How fast requests have to be answered. @default - none */
  readonly latency?: LatencyObjective;
}

/**
 * Bounds of the buckets in which proxies count how long requests take, in milliseconds. Source: Envoy, default buckets of its histograms, which Istio
 * does not change for `istio_request_duration_milliseconds`. Two longer ones are left out: Prometheus 3 writes them otherwise, as `1.8e+06`.
 */
export const latencyBounds: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
];

/** What is wrong with an objective, or undefined. @param carriesRequests whether the mesh sees requests; @param streams whether they all stay open */
export function objectiveProblem({ availability, latency }: Objective, { carriesRequests, streams }: Measured): string | undefined {
  if (availability === undefined && latency === undefined) return 'slo must say availability, latency or both, got neither; remove it';
  if (!carriesRequests) return `the mesh sees no requests at a port of TCP or TLS, got slo.${latency ? 'latency' : 'availability'}; remove it`;
  if (availability !== undefined && !(availability > 0 && availability < 100)) {
    return `slo.availability must be more than 0 and less than 100 percent, got ${availability}; ${
      availability === 100 ? 'one failed request would break it for a month: say 99.9' : 'say for example 99.9'}`;
  }
  if (!latency) return undefined;
  if (!(latency.percentile > 0 && latency.percentile < 100)) {
    return `slo.latency.percentile must be more than 0 and less than 100, got ${latency.percentile}; say for example 99`;
  }
  if (streams) return 'slo.latency needs requests that end by themselves, got operations that all stream; remove it';
  return boundProblem(latency.below.toMilliseconds());
}

/** What the mesh sees of a callee. */
interface Measured {
  readonly carriesRequests: boolean;
  readonly streams: boolean;
}

function boundProblem(milliseconds: number): string | undefined {
  if (latencyBounds.includes(milliseconds)) return undefined;
  const below = latencyBounds.filter((bound) => bound < milliseconds).at(-1);
  const above = latencyBounds.find((bound) => bound > milliseconds);
  const near = [below, above].filter((bound) => bound !== undefined).map((bound) => `${bound} ms`).join(' or ');
  return `slo.latency.below must be a bound that proxies count at, got ${milliseconds} ms; say ${near}`;
}

/** A latency objective in words: `99 % below 250 ms`. */
export function latencyInWords({ percentile, below }: LatencyObjective): string {
  return `${percentile} % below ${below.toMilliseconds()} ms`;
}
