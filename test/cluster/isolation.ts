import type { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { ofKind } from './manifests';
import { accepted, outcomeOf, refusedByPolicy } from './outcomes';
import type { CallOptions, Outcome } from './run/steering';
import { judge } from './table';

/** A request of a workload, by the value of its `app` label. */
export interface Pair { readonly from: string; readonly to: CallOptions }

/** Who calls whom in a system, written by hand: the judge must not take it from the objects that it judges. */
export interface IsolatedSystem {
  /** All that was applied. */
  readonly objects: readonly KubeObject[];
  readonly namespace: string;
  /** Calls that are declared. */
  readonly declared: readonly Pair[];
  /** Calls that are not. */
  readonly undeclared: readonly Pair[];
}

/** A call of requests that a service would answer. */
export const http = (address: string, path: string, method = 'GET'): CallOptions => ({ protocol: 'http', address, path, method, timeoutMs: 5000 });
/** A connection. */
export const tcp = (address: string): CallOptions => ({ protocol: 'tcp', address, timeoutMs: 5000 });

/** Every pair of callers and callees but the declared ones: each callee is asked for what a declared caller asks. */
export function undeclaredOf(callers: readonly string[], callees: Readonly<Record<string, CallOptions>>, declared: readonly Pair[]): Pair[] {
  const known = new Set(declared.map(({ from, to }) => `${from} ${to.address}`));
  return callers.flatMap((from) => Object.entries(callees).filter(([name, { address }]) => name !== from && !known.has(`${from} ${address}`))
    .map(([, to]) => ({ from, to })));
}

/** Tests that declared calls are answered and no others, and that policies and Sidecars each hold alone. */
export function judgeIsolation(cluster: Cluster, { objects, namespace, declared, undeclared }: IsolatedSystem): void {
  const policies = ofKind(objects, 'AuthorizationPolicy').filter(({ metadata }) => metadata.namespace === namespace);
  const sidecars = ofKind(objects, 'Sidecar');

  const judged = async (asked: string, right: (outcome: Outcome) => boolean, pairs = undeclared): Promise<void> => {
    const wrong: string[] = [];
    for (const { from, to } of pairs) {
      const [outcome] = await cluster.request({ from, ...to });
      if (!right(outcome)) wrong.push(`${from} -> ${to.address}${to.path ?? ''}: ${outcomeOf(outcome)}`);
    }
    expect(wrong).toEqual([]);
    judge({ asked, of: `${pairs.length} pairs of ${namespace}`, expected: pairs.length, measured: pairs.length - wrong.length });
  };

  test('declared calls are answered, and no others', async () => {
    await judged('declared calls answered', accepted, declared);
    await judged('undeclared pairs refused', (outcome) => !accepted(outcome));
  });

  test('policies alone, without any Sidecar resource, refuse every undeclared pair', async () => {
    await cluster.without(sidecars, async () => judged('refused by policy alone', refusedByPolicy));
  });

  test('Sidecar resources alone, without any policy, let no undeclared pair through', async () => {
    await cluster.without(policies, async () => judged('stopped by Sidecar alone', (outcome) => !accepted(outcome) && outcome.status !== 403));
  });

  test('without both layers every undeclared pair is answered, so the two above do judge', async () => {
    await cluster.without([...policies, ...sidecars], async () => judged('answered without both layers', accepted));
  });
}
