import { parse } from 'yaml';
import { at, objectsIn } from '../mesh/world';
import type { RuleGroup } from '../../src/observability/rules';

/** Rules that some objects have, by the name of their file or object. */
export function ruleFiles(objects: readonly unknown[]): ReadonlyMap<string, { readonly groups: readonly RuleGroup[] }> {
  const own = objects.filter((each) => at(each, 'kind') === 'PrometheusRule').map((each) =>
    [`${String(at(each, 'metadata.namespace'))}/${String(at(each, 'metadata.name'))}`, at(each, 'spec')] as const);
  const embedded = objects.filter((each) => at(each, 'kind') === 'ConfigMap' && at(each, 'metadata.name') === 'prometheus-rules')
    .flatMap((each) => Object.entries(Object(at(each, 'data')))).map(([name, text]) => [name, parse(String(text))] as const);
  return new Map([...own, ...embedded] as [string, { groups: RuleGroup[] }][]);
}

/** All rules below a construct. */
export function rulesIn(scope: Parameters<typeof objectsIn>[0]) {
  return [...ruleFiles(objectsIn(scope)).values()].flatMap(({ groups }) => groups).flatMap(({ rules }) => rules);
}
