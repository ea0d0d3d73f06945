import { Duration } from 'cdk8s';
import { RetryPolicy, beforeSend, defaultRetries, idleConditionProblem, mayRepeat, noRetries, retryPolicy, retryProblem } from '../../src/graph/retries';

const fiveSeconds = Duration.seconds(5);

test('words stand for policies', () => {
  expect(retryPolicy('none')).toBe(noRetries);
  expect(retryPolicy('beforeSend')).toBe(beforeSend);
  const own: RetryPolicy = { attempts: 3, retryOn: ['5xx'] };
  expect(retryPolicy(own)).toBe(own);
});

test('pins the default policies', () => {
  expect(noRetries).toEqual({ attempts: 0, retryOn: [] });
  expect(beforeSend).toEqual({ attempts: 2, retryOn: ['connect-failure', 'refused-stream'] });
  expect(defaultRetries).toEqual({
    http: { attempts: 2, retryOn: ['connect-failure', 'refused-stream', 'gateway-error'] },
    grpc: { attempts: 2, retryOn: ['connect-failure', 'refused-stream', 'unavailable'] },
  });
});

test('a policy repeats only where a request may have reached the server', () => {
  expect(mayRepeat(noRetries)).toBe(false);
  expect(mayRepeat(beforeSend)).toBe(false);
  expect(mayRepeat(defaultRetries.http)).toBe(true);
  expect(mayRepeat(defaultRetries.grpc)).toBe(true);
  expect(mayRepeat({ attempts: 0, retryOn: ['5xx'] })).toBe(false);
  expect(mayRepeat({ attempts: 1, retryOn: ['reset'] })).toBe(true);
});

test('tries that fit in the timeout of all together are well', () => {
  expect(retryProblem({ attempts: 4, retryOn: ['5xx'], perTryTimeout: Duration.seconds(1) }, fiveSeconds)).toBeUndefined();
  expect(retryProblem({ attempts: 10, retryOn: ['5xx'] }, fiveSeconds)).toBeUndefined();
});

test.each([-1, 1.5, 11, NaN])('fails on %d attempts', (attempts) => {
  expect(retryProblem({ attempts, retryOn: ['5xx'] }, fiveSeconds)).toBe(`retries.attempts must be a whole number from 0 to 10, got ${attempts}`);
});

test('fails on attempts without a condition, which would be those of Envoy', () => {
  expect(retryProblem({ attempts: 1, retryOn: [] }, fiveSeconds)).toBe('retries.retryOn is empty; name the conditions or choose none');
});

test('fails on tries that take longer than all together may', () => {
  expect(retryProblem({ attempts: 4, retryOn: ['5xx'], perTryTimeout: Duration.millis(1001) }, fiveSeconds))
    .toBe('retries need perTryTimeout × (1 + attempts) = 5005ms, more than the timeout of 5000ms; lower one or raise the timeout');
});

test('fails on a try without time, which the CRD refuses to be 0s', () => {
  expect(retryProblem({ attempts: 1, retryOn: ['5xx'], perTryTimeout: Duration.seconds(0) }, fiveSeconds)).toMatch(/perTryTimeout must be .*got 0/);
});

test.each<[string, RetryPolicy, string]>([
  ['conditions without an attempt', { attempts: 0, retryOn: ['5xx'] }, "retries.retryOn needs attempts, got 0 for 5xx; say 'none', or 1 attempt or more"],
  ['a status of gRPC in a call by http', { attempts: 1, retryOn: ['5xx', 'unavailable'] },
    "retries.retryOn 'unavailable' is a status of gRPC, got a call by http; use 'gateway-error', or a status code"],
  ['headers that nobody can name', { attempts: 1, retryOn: ['retriable-headers'] },
    "retries.retryOn 'retriable-headers' needs headers that Istio cannot name, got it; remove it"],
  ['status codes that nobody names', { attempts: 1, retryOn: ['retriable-status-codes'] },
    "retries.retryOn 'retriable-status-codes' needs status codes beside it, got none; add for example '503'"],
])('fails on %s', (_, policy, problem) => {
  expect(idleConditionProblem(policy, false)).toBe(problem);
});

test('conditions that an answer can meet are well', () => {
  expect(idleConditionProblem({ attempts: 1, retryOn: ['unavailable'] }, true)).toBeUndefined();
  expect(idleConditionProblem({ attempts: 1, retryOn: ['retriable-status-codes', '503'] }, false)).toBeUndefined();
  expect(idleConditionProblem(noRetries, false)).toBeUndefined();
});
