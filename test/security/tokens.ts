import { type KeyObject, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { KeySet } from '../../src';

/** Somebody who signs tokens, with keys of this run alone. */
export interface Signer {
  readonly alg: 'RS256' | 'ES256';
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** What others may know. */
  readonly keySet: KeySet;
}

/** A signer with new keys. */
export function signer(alg: Signer['alg']): Signer {
  const { publicKey, privateKey } = alg === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  return { alg, kid, privateKey, keySet: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }] } };
}

/** A token of these claims (RFC 7519). */
export function signed({ alg, kid, privateKey }: Signer, claims: object): string {
  const text = unsigned({ alg, kid, typ: 'JWT' }, claims);
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** A token as JHipster's own: HS512, no issuer, with a secret that nobody else has. */
export function ofJhipster(secret: string, subject: string): string {
  const text = unsigned({ alg: 'HS512' }, { sub: subject, auth: 'ROLE_USER', exp: inSeconds(3600) });
  return `${text}.${createHmac('sha512', secret).update(text).digest('base64url')}`;
}

/** A time of a token. */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

function unsigned(header: object, claims: object): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
