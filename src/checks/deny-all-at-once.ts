import { Finding } from './finding';
import { at, listAt, textAt } from '../graph/json';
import { ObjectInFile, nameOf } from './rendered';
import { Snapshot } from './snapshot';

/**
 * A policy that refuses everything in a namespace, enforced in the commit that enforces what its workloads allow:
 * a proxy that learns of the one first refuses what the others would let in.
 */
export function denyAllAtOnce(before: Snapshot, after: Snapshot): readonly Finding[] {
  const begins = (policy: ObjectInFile): boolean => !isEnforced(before.find(policy)) && isEnforced(policy);
  const beginning = after.of('AuthorizationPolicy').filter(begins);
  return beginning.filter(({ content }) => refusesAll(content)).flatMap((policy) => {
    const known = before.of('Namespace').some(({ name }) => name === policy.namespace);
    const others = beginning.filter(({ namespace, content }) => namespace === policy.namespace && at(content, 'spec.selector') !== undefined);
    if (!known || others.length === 0) return [];
    return [{
      rule: 'deny-all-at-once', severity: 'error', object: nameOf(policy),
      problem: `refuses everything in the commit that enforces what ${others.map(({ name }) => name).sort().join(', ')} would let in; ` +
        'proxies that learn of it first answer 403',
      fix: 'enforce the policies of the workloads in one commit, this one in the next',
    } as const];
  });
}

function refusesAll(policy: unknown): boolean {
  return at(policy, 'spec.selector') === undefined && (textAt(policy, 'spec.action') ?? 'ALLOW') === 'ALLOW' && listAt(policy, 'spec.rules').length === 0;
}

function isEnforced(policy: ObjectInFile | undefined): boolean {
  return policy !== undefined && Object(at(policy.content, 'metadata.annotations'))['istio.io/dry-run'] !== 'true';
}
