import { Construct } from 'constructs';
import { ExternalSecret, type ExternalSecretProps, type MeshNamespace, type SecretKey } from '../index';

/** A Secret by its name: made of what a vault has, or by somebody else. @returns a reference to each of its keys */
export function secretOf<Key extends string>(
  namespace: MeshNamespace, name: string, keys: Readonly<Record<Key, string>>, vault: ExternalSecretProps['store'] | undefined,
): (key: Key) => SecretKey {
  if (!vault) return (key) => ({ secret: { name }, key });
  const remote = Object.fromEntries(Object.entries<string>(keys).map(([property, key]) => [property, { key, property }]));
  const component = namespace.node.tryFindChild('secrets') ?? new Construct(namespace, 'secrets'); // all of a system in one file
  const secret = new ExternalSecret(component as Construct, name, { store: vault, keys: remote });
  return (key) => secret.key(key);
}
