import { CallerOptions, Hop, MatcherOptions, OutsideOptions, RetriesOptions } from './testing/matchers';

export { type RenderedFiles, readFolder } from './checks/rendered';
export { differences } from './checks/differences';
export { type CallerOptions, type Hop, type MatcherOptions, type OutsideOptions, type RetriesOptions, type Verdict, matchers } from './testing/matchers';
export { type Rendered } from './testing/mesh';
export { type Asked, type Token } from './testing/request';

/** What `expect(app)` can be asked once `expect.extend(matchers)` was said. */
export interface MeshMatchers<R = void> {
  /** Whether a caller's request gets through to a callee: Sidecar, NetworkPolicies, AuthorizationPolicy and routes all let it. */
  toCall(caller: string, callee: string, options: CallerOptions): R;
  /** Whether a request reaches a service from a workload, or from `outside` through a gateway. */
  toBeReachableFrom(callee: string, from: string, options: OutsideOptions): R;
  /** Whether a failed request of a caller is sent again just so often. */
  toHaveRetries(caller: string, callee: string, options: RetriesOptions): R;
  /** Whether every call of a chain ends within the one before it. */
  toFitBudget(chain: readonly Hop[], options?: Pick<MatcherOptions, 'environment'>): R;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- jest's types are extended in it
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars -- as jest declares it
    interface Matchers<R, T = {}> extends MeshMatchers<R> {}
  }
}
