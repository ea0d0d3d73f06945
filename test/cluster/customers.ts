import { inSeconds, signed, signer } from '../security/tokens';
import type { KubeObject } from './control/kube-client';

interface JwtRule { readonly issuer: string; readonly jwksUri?: string }
interface Authentication extends KubeObject { readonly spec: { readonly jwtRules: readonly JwtRule[] } }

const provider = signer('ES256');

/** Objects with the keys of this run where they have an address: nobody answers at it here. */
export function withKeysOfTheRun(objects: readonly KubeObject[]): KubeObject[] {
  const jwks = JSON.stringify(provider.keySet);
  return objects.map((object) => (isAuthentication(object)
    ? { ...object, spec: { ...object.spec, jwtRules: object.spec.jwtRules.map(({ jwksUri, ...rule }) => (jwksUri ? { ...rule, jwks } : rule)) } }
    : object));
}

/** A token of this run. */
export function token(issuer: string, audience: string, claims: object = {}): string {
  return signed(provider, { iss: issuer, aud: audience, sub: 'ann', exp: inSeconds(3600), ...claims });
}

/** What a customer's browser sends. */
export function customerOf(issuer: string, audience = 'boutique', claims: object = {}): Readonly<Record<string, string>> {
  return { cookie: `theme=dark; id_token=${token(issuer, audience, claims)}` };
}

function isAuthentication(object: KubeObject): object is Authentication {
  return object.kind === 'RequestAuthentication';
}
