import { at, listAt, textAt } from '../graph/json';
import { valueTakes } from '../graph/token';
import { Request, Token, policyTakes } from './request';

/** A request at its destination, as an AuthorizationPolicy sees it. */
export interface Arrival {
  /** Identity of the caller, from `ns/` on. */
  readonly identity: string;
  readonly namespace: string;
  readonly request: Request;
  /** Port of the container. */
  readonly port: number;
}

/** Whether a rule takes a request: one of its sources, one of its operations, and all of its conditions. Source: Istio, AuthorizationPolicy `Rule`. */
export function ruleTakes(rule: unknown, arrival: Arrival): boolean {
  const [sources, operations] = ['from', 'to'].map((field) => listAt(rule, field));
  return (sources.length === 0 || sources.some((each) => sourceTakes(at(each, 'source'), arrival)))
    && (operations.length === 0 || operations.some((each) => policyTakes(at(each, 'operation'), arrival.request, arrival.port)))
    && listAt(rule, 'when').every((condition) => claimTakes(condition, arrival.request.token));
}

function sourceTakes(source: unknown, { identity, namespace, request }: Arrival): boolean {
  const [principals, strangers, tokens, namespaces, others] = ['principals', 'notPrincipals', 'requestPrincipals', 'namespaces', 'notNamespaces']
    .map((field) => listAt(source, field).map(String));
  const isOne = (each: string): boolean => each === '*' || each.endsWith(`/${identity}`);
  return !strangers.some(isOne) && (principals.length === 0 || principals.some(isOne))
    && (tokens.length === 0 || tokens.some((each) => isOf(each, request.token)))
    && (namespaces.length === 0 || namespaces.includes(namespace)) && !others.includes(namespace);
}

/** `<issuer>/*`: a token of an issuer that says whose it is. */
function isOf(wanted: string, token: Token | undefined): boolean {
  const end = wanted.lastIndexOf('/');
  return token !== undefined && token.issuer === wanted.slice(0, end) && valueTakes(wanted.slice(end + 1), token.subject ?? '');
}

/** Only texts and lists of texts are compared. */
function claimTakes(condition: unknown, token: Token | undefined): boolean {
  const names = [...(textAt(condition, 'key') ?? '').matchAll(/\[([^\]]*)\]/g)].map(([, name]) => name);
  const claims: Record<string, unknown> = { iss: token?.issuer, sub: token?.subject, ...token?.claims };
  const found = names.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined), claims);
  const texts = (Array.isArray(found) ? found : [found]).filter((each): each is string => typeof each === 'string');
  return token !== undefined && listAt(condition, 'values').map(String).some((value) => texts.some((text) => valueTakes(value, text)));
}
