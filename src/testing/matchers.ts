import { durationFromWords, durationInWords, millisecondsOf } from '../graph/edge';
import { at, textAt } from '../graph/json';
import { Mesh, Rendered } from './mesh';
import { Asked, Token, inWords, requestOf } from './request';

/** What a matcher answers: jest's and vitest's own shape. */
export interface Verdict {
  /** Whether it holds. */
  readonly pass: boolean;
  /** What to say where that is not what was expected. */
  readonly message: () => string;
}

/** Options of the matchers. */
export interface MatcherOptions {
  /** What is asked. */
  readonly operation: Asked;
  /** Name of the environment. @default - the only one */
  readonly environment?: string;
}

/** Options of `toCall`. */
export interface CallerOptions extends MatcherOptions {
  /** The token that comes with the request and was found right. @default - none */
  readonly token?: Token;
}

/** Options of `toBeReachableFrom`. */
export interface OutsideOptions extends CallerOptions {
  /** Host that is asked for from outside. @default - any */
  readonly host?: string;
}

/** Options of `toHaveRetries`. */
export interface RetriesOptions extends MatcherOptions {
  /** How often a failed request is sent again, 0 or more. */
  readonly attempts: number;
}

/** A call in a chain: who calls whom for what. */
export type Hop = readonly [caller: string, callee: string, operation: Asked];

/** Whether a caller's request gets through to a callee: Sidecar, NetworkPolicies, AuthorizationPolicy and routes all let it. */
export function toCall(app: Rendered, caller: string, callee: string, { operation, environment, token }: CallerOptions): Verdict {
  const request = { ...requestOf(operation), token };
  const refusals = Mesh.of(app, environment).refusals(caller, callee, request);
  const call = `${caller} → ${callee} ${inWords(request)}`;
  const pass = refusals.length === 0;
  const wrong = [`expected ${call} to get through, but`, ...refusals].join('\n  ');
  return { pass, message: () => (pass ? `expected ${call} not to get through, but every object lets it` : wrong) };
}

/** Whether a request reaches a service from a workload, or from `outside` through a gateway. */
export function toBeReachableFrom(app: Rendered, callee: string, from: string, options: OutsideOptions): Verdict {
  if (from !== 'outside') return toCall(app, from, callee, options);
  const { operation, environment, host } = options;
  const request = requestOf(operation);
  const pass = Mesh.of(app, environment).routeFromOutside(callee, request, host) !== undefined;
  const place = `${inWords(request)}${host === undefined ? '' : ` of ${host}`}`;
  return { pass, message: () => `expected ${place} ${pass ? 'not to reach' : 'to reach'} ${callee} through a gateway` };
}

/** Whether a failed request of a caller is sent again just so often. */
export function toHaveRetries(app: Rendered, caller: string, callee: string, { operation, environment, attempts }: RetriesOptions): Verdict {
  const request = requestOf(operation);
  const route = Mesh.of(app, environment).route(caller, callee, request);
  const found = route === undefined ? 'no route' : String(at(route, 'retries.attempts') ?? 'Istio\'s default of 2');
  const pass = found === String(attempts);
  return { pass, message: () => `expected ${caller} → ${callee} ${inWords(request)} ${pass ? 'not ' : ''}to be retried ${attempts} times, got ${found}` };
}

/** Whether every call of a chain ends within the one before it. */
export function toFitBudget(app: Rendered, chain: readonly Hop[], { environment }: Pick<MatcherOptions, 'environment'> = {}): Verdict {
  const mesh = Mesh.of(app, environment);
  const times = chain.map(([caller, callee, operation]) => {
    const milliseconds = millisecondsOf(textAt(mesh.route(caller, callee, requestOf(operation)), 'timeout'));
    return { hop: `${caller} → ${callee} ${inWords(requestOf(operation))}`, milliseconds };
  });
  const late = times.slice(1).findIndex(({ milliseconds }, index) => milliseconds > times[index].milliseconds);
  const inTime = (milliseconds: number): string => (milliseconds === Infinity ? 'no limit' : durationInWords(durationFromWords(`${milliseconds}ms`)));
  const said = times.map(({ hop, milliseconds }) => `${hop} ${inTime(milliseconds)}`).join('\n  ');
  return { pass: late < 0, message: () => `expected each call ${late < 0 ? 'not ' : ''}to end within the one before it\n  ${said}` };
}

/** All matchers, for `expect.extend`. */
export const matchers = { toBeReachableFrom, toCall, toFitBudget, toHaveRetries };
