import { invalid } from '../graph/configuration-error';
import { EnvironmentFacts } from '../graph/environment-facts';
import { isDnsName } from '../graph/host-name';
import { Caller } from '../graph/party';

/** Properties of `RemoteCaller`. */
export interface RemoteCallerProps {
  /** Namespace of its pods. */
  readonly namespace: string;
  /** Name of its ServiceAccount. */
  readonly serviceAccount: string;
  /** Labels of its pods. @default - `app`: the name of the ServiceAccount, as `MeshedMicroservice` has it */
  readonly podLabels?: Readonly<Record<string, string>>;
}

const parties = new WeakMap<EnvironmentFacts, Map<string, Caller>>();

/** A workload of another repository that may call: its half of the call is `RemoteService` there. */
export class RemoteCaller {
  /** @throws ConfigurationError where it has no identity that mTLS could prove */
  public static of(props: RemoteCallerProps): RemoteCaller {
    const { namespace, serviceAccount, podLabels = { app: serviceAccount } } = props;
    for (const [what, name] of Object.entries({ namespace, serviceAccount })) {
      if (typeof name !== 'string' || !isDnsName(name)) {
        invalid('remote caller', `${what} must be the DNS name that is part of its identity, got ${JSON.stringify(name)}; ask the other team`);
      }
    }
    if (Object.keys(podLabels).length === 0) {
      invalid(`remote caller ${namespace}/${serviceAccount}`, 'podLabels must select its pods, got none, which are all; ask the other team');
    }
    return new RemoteCaller(namespace, serviceAccount, podLabels);
  }

  private constructor(
    /** Namespace of its pods. */
    public readonly namespace: string,
    /** Name of its ServiceAccount. */
    public readonly serviceAccount: string,
    /** Labels of its pods. */
    public readonly podLabels: Readonly<Record<string, string>>,
  ) {}

  /** What it is in the call graph of an environment: one party, however often it is named. */
  public in(environment: EnvironmentFacts): Caller {
    const { namespace, serviceAccount, podLabels } = this;
    const known = parties.get(environment) ?? new Map<string, Caller>();
    parties.set(environment, known);
    const path = `${environment.path}/${namespace}/${serviceAccount}`;
    const key = JSON.stringify([path, ...Object.entries(podLabels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const party = known.get(key)
      ?? { path, name: serviceAccount, namespace, environment, serviceAccount, podLabels, gateway: false, remote: true, operations: {} };
    known.set(key, party);
    return party;
  }
}
