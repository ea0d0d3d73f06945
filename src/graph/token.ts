import { Callee, Caller } from './party';
import { principal } from './principal';

/** Name of a claim, or the names that lead to it: `['realm_access', 'roles']`. */
export type ClaimName = string | readonly [string, ...string[]];

/** A claim of a token, and what it has to be. Only texts and lists of texts can be compared. Source: Istio, Authorization Policy Conditions. */
export interface ClaimCondition {
  /** Its name. */
  readonly claim: ClaimName;
  /** Texts that it is, or that its list has, any of these; a `*` at the beginning or the end stands for anything. */
  readonly values: readonly [string, ...string[]];
}

/** Requests that need a token. */
export interface TokenRequirement {
  /** Construct path of who says so, for messages. */
  readonly path: string;
  /** Operations of the callee that they are for. @default - all, and whatever else it is asked */
  readonly operations?: readonly string[];
  /** Whose tokens they may have. */
  readonly issuers: readonly string[];
  /** Headers that they come in. @default - some come elsewhere */
  readonly headers?: readonly string[];
  /** Claims that any of these issuers gives, as conditions name them. */
  readonly given: readonly string[];
  /** What the token has to say, all of it. */
  readonly claims: readonly ClaimCondition[];
  /** Whose requests they are. @default - everybody's */
  readonly callers?: readonly Caller[];
}

/** Claims that are numbers, which no condition can be about. Source: RFC 7519, 4.1. */
const numbers = ['exp', 'iat', 'nbf'];

/** Claims of every token that are texts or lists of texts. Source: RFC 7519, 4.1. */
export const REGISTERED: readonly ClaimName[] = ['aud', 'jti', 'sub'];

/** How a condition of an AuthorizationPolicy names a claim: `request.auth.claims[realm_access][roles]`. */
export function claimKey(claim: ClaimName): string {
  return `request.auth.claims${namesOf(claim).map((name) => `[${name}]`).join('')}`;
}

/** What is wrong with the name of a claim, or undefined. */
export function claimNameProblem(claim: ClaimName): string | undefined {
  const names = namesOf(claim);
  const shown = JSON.stringify(claim);
  if (names.length === 0) return 'claim must name at least one, got none; write for example \'groups\'';
  if (names.some((name) => name === '' || /[[\]\s]/.test(name))) {
    return `claim must be a name without brackets and spaces, or a list of such names, got ${shown}; write ['realm_access', 'roles'] for a claim in a claim`;
  }
  if (names.length === 1 && numbers.includes(names[0])) return `claim must be a text or a list of texts, got ${shown}, a number; the proxy checks it by itself`;
  if (names.length === 1 && names[0] === 'iss') return `the issuer is no condition of its own, got ${shown}; choose among the issuers with of`;
  return undefined;
}

/** What is wrong with a condition on a claim, or undefined. */
export function claimProblem({ claim, values }: ClaimCondition): string | undefined {
  const problem = claimNameProblem(claim);
  if (problem !== undefined) return problem;
  const shown = JSON.stringify(claim);
  if (values.length === 0) return `values of ${shown} must name at least one, got none`;
  const odd = values.find((value) => typeof value !== 'string' || value === '');
  return odd === undefined ? undefined : `values of ${shown} must be texts, got ${JSON.stringify(odd)}; numbers and switches cannot be compared`;
}

/** What a request of a caller for an operation, or for a port without operations, needs; undefined where it needs no token. */
export function tokenNeeded(callee: Callee, caller: Caller, operation: string | undefined): TokenRequirement | undefined {
  return callee.tokens?.().find(({ operations, callers }) =>
    (operations === undefined || (operation !== undefined && operations.includes(operation)))
    && (callers === undefined || callers.some((each) => principal(each) === principal(caller)))); // gateways share an identity
}

/** Whether a text is one that a value stands for. */
export function valueTakes(value: string, text: string): boolean {
  if (value === '*') return text !== '';
  if (value.endsWith('*')) return text.startsWith(value.slice(0, -1));
  return value.startsWith('*') ? text.endsWith(value.slice(1)) : value === text;
}

function namesOf(claim: ClaimName): readonly string[] {
  return typeof claim === 'string' ? [claim] : claim;
}
