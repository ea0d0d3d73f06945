import { Duration } from 'cdk8s';
import type { EnvValue } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type {
  ExternalSecretProps as Manifested, ExternalSecretSpecSecretStoreRefKind,
} from '../../imports/external-secrets.io';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName, checkObjectName, uniqueId } from '../manifest/names';
import { reject } from '../manifest/reject';
import { SecretKey, isDataKey, secretEnvValue } from './secret-key';

/** Where the value of a key is in the store. */
export interface RemoteSecret {
  /** Name or path there: `shop/store-postgresql`. */
  readonly key: string;
  /** Part of it, where it has several. @default - all of it */
  readonly property?: string;
  /** Version of it. @default - the newest */
  readonly version?: string;
}

/** Properties of `ExternalSecret`. */
export interface ExternalSecretProps<Key extends string = string> {
  /** What fetches values: a SecretStore of the namespace, or a ClusterSecretStore, by name. */
  readonly store: { readonly name: string; readonly kind: 'SecretStore' | 'ClusterSecretStore' };
  /** Keys of the Secret, and where their values are. */
  readonly keys: Readonly<Record<Key, RemoteSecret>>;
  /** How often values are fetched, whole seconds, 1 or more. @default - the operator's own: 1 hour */
  readonly refreshInterval?: Duration;
}

/**
 * A Secret that the External Secrets Operator makes of what a store has, a vault for example: here are names alone. Its id is the name of both.
 * Pods that were started with an older value keep it until they are replaced.
 */
export class ExternalSecret<Key extends string = string> extends Construct {
  /** Name of the Secret. */
  public readonly name: string;
  /** What asks the store. */
  public readonly externalSecret: Manifest<Manifested>;

  private readonly keys: readonly string[];

  /** @throws ConfigurationError on keys that no Secret can have, and on stores without a name */
  constructor(scope: Construct, id: string, { store, keys, refreshInterval }: ExternalSecretProps<Key>) {
    super(scope, uniqueId(scope, id));
    checkName(this, 'name', id);
    checkObjectName(this, 'store.name', store.name);
    this.name = id;
    const remote = Object.entries<RemoteSecret>(keys).sort(([a], [b]) => (a < b ? -1 : 1));
    this.keys = remote.map(([name]) => name);
    checkKeys(this, remote);
    const seconds = refreshInterval?.toSeconds({ integral: false });
    if (seconds !== undefined && (!Number.isInteger(seconds) || seconds < 1)) {
      reject(this, `refreshInterval must be whole seconds, 1 or more, got ${seconds}s`);
    }
    this.externalSecret = new Manifest(this, 'Resource', kinds.ExternalSecret, { name: id }, () => ({
      spec: {
        data: remote.map(([secretKey, { key, property, version }]) => ({ remoteRef: { key, property, version }, secretKey })),
        refreshInterval: seconds === undefined ? undefined : `${seconds}s`,
        secretStoreRef: { kind: enumerated<ExternalSecretSpecSecretStoreRefKind>(store.kind), name: store.name },
      },
    }));
  }

  /** A reference to one of its keys. */
  public key(key: Key): SecretKey {
    if (!this.keys.includes(key)) reject(this, `unknown key, got '${key}'; it has ${this.keys.join(', ')}`);
    return { secret: { name: this.name }, key };
  }

  /** A variable that has the value of one of its keys. */
  public envValue(key: Key): EnvValue {
    return secretEnvValue(this.key(key));
  }
}

function checkKeys(construct: Construct, keys: readonly (readonly [string, RemoteSecret])[]): void {
  if (keys.length === 0) reject(construct, 'keys must name at least one, got none');
  for (const [name, { key }] of keys) {
    if (!isDataKey(name)) reject(construct, `a key must have letters, digits, -, _ and ., got '${name}'`);
    if (key.trim() === '') reject(construct, `keys.${name}.key must say where the value is, got '${key}'`);
  }
}
