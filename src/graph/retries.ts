import { Duration } from 'cdk8s';

/** When a request counts as failed. Source: Envoy, `x-envoy-retry-on` and `x-envoy-retry-grpc-on`; a number is a status code. */
export type RetryCondition = typeof retryConditions[number] | `${number}`;

const retryConditions = [
  '5xx', 'gateway-error', 'reset', 'reset-before-request', 'connect-failure', 'refused-stream', 'envoy-ratelimited',
  'retriable-4xx', 'retriable-status-codes', 'retriable-headers', 'http3-post-connect-failure',
  'cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable',
] as const;

/** How a failed request is sent again, in the words of Istio's HTTPRetry. */
export interface RetryPolicy {
  /** How often it is sent again, 0-10. */
  readonly attempts: number;
  /** Conditions as Istio's `retryOn` has them, for example `['5xx']`. */
  readonly retryOn: readonly RetryCondition[];
  /** How long one try may take. @default - as long as the timeout of all tries together */
  readonly perTryTimeout?: Duration;
}

/**
 * What a call does when it fails:
 * `none`, `beforeSend` (only a request that never left is sent again), or a policy.
 */
export type Retries = 'none' | 'beforeSend' | RetryPolicy;

/** Conditions on the status of a gRPC answer. Source: Envoy, `x-envoy-retry-grpc-on`. */
const ofGrpc: readonly RetryCondition[] = ['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'];

const neverSent: readonly RetryCondition[] = ['connect-failure', 'refused-stream'];

/** No retries. */
export const noRetries: RetryPolicy = { attempts: 0, retryOn: [] };

/** Sends again what provably never reached the server, which is safe for every operation. */
export const beforeSend: RetryPolicy = { attempts: 2, retryOn: neverSent };

/** What idempotent operations get when a call says nothing. */
export const defaultRetries: Readonly<Record<'http' | 'grpc', RetryPolicy>> = {
  http: { attempts: 2, retryOn: [...neverSent, 'gateway-error'] },
  grpc: { attempts: 2, retryOn: [...neverSent, 'unavailable'] },
};

/** The policy that a word stands for. */
export function retryPolicy(retries: Retries): RetryPolicy {
  if (retries === 'none') return noRetries;
  return retries === 'beforeSend' ? beforeSend : retries;
}

/** Whether a policy can make a server do something twice. */
export function mayRepeat(policy: RetryPolicy): boolean {
  return policy.attempts > 0 && !policy.retryOn.every((condition) => neverSent.includes(condition));
}

/** What is wrong with a policy on a route with this timeout, or undefined. */
export function retryProblem(policy: RetryPolicy, timeout: Duration): string | undefined {
  const { attempts, perTryTimeout, retryOn } = policy;
  if (!Number.isInteger(attempts) || attempts < 0 || attempts > 10) {
    return `retries.attempts must be a whole number from 0 to 10, got ${attempts}`;
  }
  if (attempts > 0 && retryOn.length === 0) return 'retries.retryOn is empty; name the conditions or choose none';
  const odd = retryOn.find((condition) => !isRetryCondition(condition));
  if (odd !== undefined) return `unknown condition in retries.retryOn, got '${odd}'; use status codes or ${retryConditions.join(', ')}`;
  if (perTryTimeout === undefined) return undefined;
  const [each, all] = [perTryTimeout.toMilliseconds(), timeout.toMilliseconds()];
  if (each <= 0) return `retries.perTryTimeout must be more than 0, got ${each}ms`;
  if (each * (1 + attempts) <= all) return undefined;
  return `retries need perTryTimeout × (1 + attempts) = ${each * (1 + attempts)}ms, more than the timeout of ${all}ms; lower one or raise the timeout`;
}

/** A condition of a policy that no answer of a call by these protocols can meet, or undefined. */
export function idleConditionProblem({ attempts, retryOn }: RetryPolicy, speaksGrpc: boolean): string | undefined {
  if (attempts === 0 && retryOn.length > 0) return `retries.retryOn needs attempts, got 0 for ${retryOn.join(', ')}; say 'none', or 1 attempt or more`;
  const grpc = speaksGrpc ? undefined : retryOn.find((condition) => ofGrpc.includes(condition));
  if (grpc !== undefined) return `retries.retryOn '${grpc}' is a status of gRPC, got a call by http; use 'gateway-error', or a status code`;
  if (retryOn.includes('retriable-headers')) return "retries.retryOn 'retriable-headers' needs headers that Istio cannot name, got it; remove it";
  const coded = retryOn.some((condition) => /^\d+$/.test(condition));
  if (!retryOn.includes('retriable-status-codes') || coded) return undefined;
  return "retries.retryOn 'retriable-status-codes' needs status codes beside it, got none; add for example '503'";
}

function isRetryCondition(condition: string): boolean {
  return retryConditions.some((known) => known === condition) || /^[1-5]\d\d$/.test(condition);
}
