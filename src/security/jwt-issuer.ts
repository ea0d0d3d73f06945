import type { RequestAuthenticationSpecJwtRules } from '../../imports/security.istio.io';
import { isDnsName } from '../graph/host-name';
import { ClaimName, REGISTERED, claimKey, claimNameProblem } from '../graph/token';
import { KeySet, keySetProblem } from './key-set';
import { TokenLocation } from './token-location';

/** Who signs tokens, for whom they are, and where in a request they come. */
export interface JwtIssuer {
  /** The claim `iss` of its tokens, to the letter. */
  readonly issuer: string;
  /**
   * Its public keys, or where they are: an address with https outside of the mesh. istiod fetches them, not the pods, so that they need neither a
   * call nor a way out; until it has them every token of the issuer is refused. Source: Istio 1.31, `PILOT_JWT_ENABLE_REMOTE_JWKS`, false by default.
   */
  readonly jwks: KeySet | { readonly uri: string };
  /** Whom its tokens are for, any of these in the claim `aud`; one that is for somebody else is refused. */
  readonly audiences: readonly [string, ...string[]];
  /** What its tokens say beside `sub`, `aud` and `jti`, as far as conditions are about it. @default - nothing */
  readonly claims?: readonly ClaimName[];
  /** Where they come; elsewhere they are not looked for. */
  readonly from: readonly [TokenLocation, ...TokenLocation[]];
  /** Whether the application gets the token too. @default false */
  readonly forwardOriginalToken?: boolean;
}

/** What is wrong with an issuer, or undefined. */
export function issuerProblem({ issuer, jwks, audiences, claims = [], from }: JwtIssuer, clusterDomain: string): string | undefined {
  if (issuer === '' || /[\s*]/.test(issuer)) return `issuer must be the claim iss to the letter, got '${issuer}'; write it without spaces and *`;
  const keys = 'uri' in jwks ? addressProblem(jwks.uri, clusterDomain) : keySetProblem(jwks);
  if (keys !== undefined) return keys;
  if (audiences.length === 0) return 'audiences must say whom tokens are for, got none; a token for another application would do';
  const odd = audiences.find((audience) => audience.trim() === '');
  if (odd !== undefined) return `audiences must be texts, got '${odd}'`;
  if (from.length === 0) return 'from must say where tokens come, got none; name a header, a cookie or a parameter';
  return [...claims.map(claimNameProblem), ...from.map((location) => location.problem())].find((problem) => problem !== undefined);
}

/** Claims that its tokens have, as conditions name them. */
export function givenClaims({ claims = [] }: JwtIssuer): readonly string[] {
  return [...REGISTERED, ...claims].map(claimKey);
}

/** An issuer, as a RequestAuthentication has it. */
export function jwtRule({ issuer, jwks, audiences, from, forwardOriginalToken = false }: JwtIssuer): RequestAuthenticationSpecJwtRules {
  const named = (kind: TokenLocation['kind']): string[] | undefined => written(from.filter((each) => each.kind === kind).map(({ name }) => name));
  return {
    audiences: [...audiences],
    forwardOriginalToken: forwardOriginalToken || undefined,
    fromCookies: named('cookie'),
    fromHeaders: written(from.filter(({ kind }) => kind === 'header').map(({ name, prefix }) => ({ name, prefix }))),
    fromParams: named('param'),
    issuer,
    jwks: 'uri' in jwks ? undefined : JSON.stringify({ keys: jwks.keys }),
    jwksUri: 'uri' in jwks ? jwks.uri : undefined,
  };
}

function addressProblem(uri: string, clusterDomain: string): string | undefined {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.hash !== '') {
    return `jwks.uri must be an address with https, got '${uri}'; whoever changes keys on their way can sign, so give them inline where there is none`;
  }
  const isInside = url.hostname.endsWith(`.svc.${clusterDomain}`) || url.hostname.endsWith('.svc') || !url.hostname.includes('.');
  if (!isInside && (isDnsName(url.hostname) || /^[[\d]/.test(url.hostname))) return undefined;
  return `jwks.uri must be outside of the mesh, got '${uri}': istiod fetches it and has no identity in the mesh; give the keys inline`;
}

function written<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
