import type { AuthorizationPolicySpecRulesTo } from '../../imports/security.istio.io';
import { Edge, carriesRequests, portsOf } from '../graph/edge';
import { HttpMethod, Operation } from '../graph/operation';
import { Callee, Caller, hasSeveralPorts, portOf } from '../graph/party';
import { TokenRequirement, tokenNeeded } from '../graph/token';

/** Requests of one caller that need the same token, or none. */
export interface AllowedRequests {
  /** What they need. @default - no token */
  readonly token?: TokenRequirement;
  /** What they are for. */
  readonly to: AuthorizationPolicySpecRulesTo[];
}

/** Requests of one method for one operation, without those that another operation needs another token for. */
interface Claim {
  readonly name: string;
  readonly callee: Callee;
  readonly operation: Operation;
  readonly method: HttpMethod;
  readonly notPaths: readonly string[];
}

/** What calls of one identity to one callee may ask, those without a token first. */
export function allowedRequests(edges: readonly Edge[]): readonly AllowedRequests[] {
  const tokens = [undefined, ...edges[0].callee.tokens?.() ?? []];
  return tokens.map((token) => ({ token, to: [...operationsOf(edges, token), ...portsWithout(edges, token)] })).filter(({ to }) => to.length > 0);
}

/** Ports without operations; no token comes with bytes that the mesh does not read. */
function portsWithout(edges: readonly Edge[], token: TokenRequirement | undefined): AuthorizationPolicySpecRulesTo[] {
  const blind = edges.filter((edge) => edge.operations.length === 0
    && (carriesRequests(edge) ? tokenNeeded(edge.callee, edge.caller, undefined) : undefined) === token);
  const ports = blind.flatMap(portsOf).map((port) => String(port.targetPort));
  return ports.length > 0 ? [{ operation: { ports: [...new Set(ports)].sort() } }] : [];
}

/** Operations of calls to one callee, those with the same methods at the same port together. */
function operationsOf(edges: readonly Edge[], token: TokenRequirement | undefined): AuthorizationPolicySpecRulesTo[] {
  const asked = edges.flatMap(({ caller, callee, operations }) => operations
    .filter((name) => tokenNeeded(callee, caller, name) === token)
    .flatMap((name) => claimsOf(callee, caller, name, token)));
  const whole = groups(asked, ({ name, notPaths }) => [name, ...notPaths].join(' '));
  const requests = whole.map((claims) => ({ ...claims[0], methods: [...new Set(claims.map(({ method }) => method))].sort() }));
  const alike = groups(requests, ({ callee, operation, methods, notPaths }) =>
    [methods.join(), portOf(callee, operation).targetPort, ...notPaths].join(' '));
  return alike.map((each): AuthorizationPolicySpecRulesTo => toOf(each[0].callee, each[0].methods, each));
}

function toOf(callee: Callee, methods: readonly HttpMethod[], requests: readonly Claim[]): AuthorizationPolicySpecRulesTo {
  const [{ operation, notPaths }] = requests;
  return {
    operation: {
      methods: [...methods],
      notPaths: notPaths.length > 0 ? [...notPaths] : undefined,
      paths: [...new Set(requests.flatMap((each) => each.operation.path.policyPaths()))].sort(),
      ports: hasSeveralPorts(callee) ? [String(portOf(callee, operation).targetPort)] : undefined,
    },
  };
}

/** Requests that a more specific operation answers are its own: what it needs does not come by the way of another. */
function claimsOf(callee: Callee, caller: Caller, name: string, token: TokenRequirement | undefined): readonly Claim[] {
  const operation = callee.operations[name];
  const needing = Object.keys(callee.operations).filter((each) => ![undefined, token].includes(tokenNeeded(callee, caller, each)));
  const others = needing.map((each) => callee.operations[each]).filter((other) =>
    portOf(callee, other) === portOf(callee, operation) && other.path.compare(operation.path) < 0 && other.overlaps(operation));
  return operation.methods.map((method) => {
    const taken = others.filter(({ methods }) => methods.includes(method)).flatMap(({ path }) => path.policyPaths());
    return { name, callee, operation, method, notPaths: [...new Set(taken)].sort() };
  });
}

/** Values with one key together, sorted by it. */
function groups<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly T[])[] {
  const found = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = found.get(key);
    if (group) group.push(value);
    else found.set(key, [value]);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
