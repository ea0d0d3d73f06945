import { Finding } from './finding';
import { at, textAt, textsAt } from '../graph/json';
import { ObjectInFile, nameOf } from './rendered';
import { Snapshot } from './snapshot';

/** Namespaces that refuse plaintext in the commit that brings them their first sidecars: until then everybody speaks plaintext. */
export function strictAtOnce(before: Snapshot, after: Snapshot): readonly Finding[] {
  return after.of('PeerAuthentication').filter(({ content }) => textAt(content, 'spec.mtls.mode') === 'STRICT' && at(content, 'spec.selector') === undefined)
    .flatMap((policy) => {
      const [had, has] = [before, after].map((each) => each.of('Namespace').find(({ name }) => name === policy.namespace));
      if (!had || !has || isInjected(had) || !isInjected(has)) return [];
      return [{
        rule: 'strict-at-once', severity: 'error', object: nameOf(policy),
        problem: `refuses plaintext in the commit that brings sidecars to namespace ${policy.namespace}; callers without one lose every request`,
        fix: 'bring the sidecars with PERMISSIVE first, and be STRICT once no plaintext arrives',
      } as const];
    });
}

function isInjected({ content }: ObjectInFile): boolean {
  const labels = textsAt(content, 'metadata.labels');
  return labels.get('istio-injection') === 'enabled' || labels.has('istio.io/rev');
}
