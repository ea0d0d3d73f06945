import { Calls } from './calls';
import { Edge, carriesRequests } from './edge';
import { HttpMethod, Operation } from './operation';
import { Callee } from './party';
import { ClaimCondition, claimKey, tokenNeeded, valueTakes } from './token';

/** Requests that are refused whatever a call declares: all that is given must hold. */
export interface Denial {
  /** Construct path, for messages. */
  readonly path: string;
  /** What is asked for, any of these. @default - anything */
  readonly requests?: readonly Operation[];
  /** Namespaces that they come from. @default - any */
  readonly namespaces?: readonly string[];
  /** Namespaces that they do not come from. @default - none */
  readonly notNamespaces?: readonly string[];
  /** What their token says. @default - whatever, and those without a token */
  readonly claims: readonly ClaimCondition[];
}

/** Denials that deny nothing, and calls that are declared and would never be answered. */
export function denialProblems(graph: Calls, callee: Callee): readonly string[] {
  const denials = callee.denials?.() ?? [];
  if (denials.length === 0) return [];
  const given = new Set((callee.tokens?.() ?? []).flatMap((token) => token.given));
  const fix = given.size > 0 ? 'name it in claims of an issuer' : 'it reads no token, so give it a JwtAuthentication';
  const blind = denials.flatMap(({ path, claims }) => claims.filter(({ claim }) => !given.has(claimKey(claim))).map(({ claim }) =>
    `[${path}] a claim must be one that an issuer of ${callee.name} gives, got ${JSON.stringify(claim)}; ${fix}`));
  return blind.concat(denials.flatMap((denial) => graph.to(callee).flatMap((edge) => {
    const dead = asked(edge).find((name) => isCertain(denial, edge, name));
    return dead === undefined ? [] : [`[${denial.path}] ${problemOf(edge, dead)}`];
  })));
}

function problemOf(edge: Edge, name: string): string {
  const { caller, callee } = edge;
  const what = [callee.name, name].join(' ').trim();
  if (!caller.gateway) return `a denial must leave each declared call a request, got none of ${caller.path} for ${what}; narrow it, or remove the call`;
  return `a denial must not lock the gateway out of what it routes, got all its requests for ${what}; narrow it, or remove the route of ${caller.path}`;
}

/** Operations of a call; `''` is all of a port. */
function asked({ operations }: Edge): readonly string[] {
  return operations.length > 0 ? operations : [''];
}

/** Whether a denial takes every request of a call for an operation. */
function isCertain({ requests, namespaces, notNamespaces, claims }: Denial, edge: Edge, name: string): boolean {
  const { caller, callee } = edge;
  const from = (namespaces?.includes(caller.namespace) ?? true) && !(notNamespaces?.includes(caller.namespace) ?? false);
  const operation = name === '' ? undefined : callee.operations[name];
  const covers = requests === undefined ? carriesRequests(edge) || claims.length === 0 : operation !== undefined && coversAll(requests, operation);
  const needed = tokenNeeded(callee, caller, operation && name)?.claims ?? [];
  return from && covers && claims.every((claim) => needed.some((each) =>
    claimKey(each.claim) === claimKey(claim.claim) && each.values.every((text) => claim.values.some((value) => valueTakes(value, text)))));
}

function coversAll(requests: readonly Operation[], { methods, path }: Operation): boolean {
  const covers = (method: HttpMethod): boolean => requests.some((each) => each.methods.includes(method) && each.path.covers(path));
  return methods.every(covers);
}
