import type { EnvValue } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';

/** A key of a Secret of the same namespace: what is in it is nobody's business here. */
export interface SecretKey {
  /** The Secret: `{ name: 'login' }`, `Secret.fromSecretName`, or an `ExternalSecret`. */
  readonly secret: { readonly name: string };
  /** Its key. */
  readonly key: string;
}

/** A variable that has the value of a key. */
export function secretEnvValue({ secret, key }: SecretKey): EnvValue {
  return { valueFrom: { secretKeyRef: { key, name: secret.name } } }; // as EnvValue.fromSecretValue, without loading cdk8s-plus
}

/** Source: Kubernetes, keys of Secrets and ConfigMaps. */
export function isDataKey(key: unknown): key is string {
  return typeof key === 'string' && /^[-._a-zA-Z0-9]{1,253}$/.test(key);
}

/** Refuses what is no reference: it may be the secret itself, so that the message, which goes to logs, repeats nothing of it. */
export function checkSecretKey(construct: IConstruct, what: string, value: SecretKey | undefined): void {
  const given: unknown = value;
  if (typeof value?.secret?.name === 'string' && isDataKey(value.key)) return;
  const words = typeof given === 'string' ? `a text of ${given.length} characters` : 'something else';
  reject(construct, `${what} must be a key of a Secret, got ${words}; write for example { secret: { name: 'orders-db' }, key: 'password' }`);
}
