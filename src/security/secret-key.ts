import { EnvValue, ISecret } from 'cdk8s-plus-28';

/** A key of a Secret of the same namespace: what is in it is nobody's business here. */
export interface SecretKey {
  /** The Secret: `{ name: 'login' }`, `Secret.fromSecretName`, or an `ExternalSecret`. */
  readonly secret: { readonly name: string };
  /** Its key. */
  readonly key: string;
}

/** A variable that has the value of a key. */
export function secretEnvValue({ secret, key }: SecretKey): EnvValue {
  return EnvValue.fromSecretValue({ secret: secret as ISecret, key }); // of which nothing but the name is read
}
