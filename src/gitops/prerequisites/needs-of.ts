import { textAt } from '../../graph/json';
import { autoscaler, containerMetrics, logsOfNodes, namespaceOfObject, networkPolicy, references, sleepingHook, storage } from './cluster-rules';
import { admissionPolicy, argoCd, certManager, constraintTemplate, externalSecrets, ingress, prometheusOperator, rollouts } from './controller-rules';
import {
  calledServices, envoyFilter, gateway, istio, job, keys, namespaceRule, normalizedPaths, provider, tracer, warmup,
} from './mesh-rules';
import { Need, OBJECTS, PODS, Rule } from './rule';
import { Subject } from './subject';

/** In the order of the page. */
const RULES: readonly Rule[] = [
  sleepingHook, containerMetrics, admissionPolicy, constraintTemplate, istio, warmup, rollouts, argoCd, namespaceRule, namespaceOfObject, networkPolicy,
  normalizedPaths, provider, tracer, keys, certManager, externalSecrets, prometheusOperator, envoyFilter, autoscaler, storage, gateway, ingress, job,
  references, logsOfNodes, calledServices,
];

/** A rule and its place among all. */
interface Ranked {
  readonly rule: Rule;
  readonly rank: number;
}

/** Rules by what they read: an object meets those of its kind and its group alone. */
const BY_SORT = new Map<string, Ranked[]>();
for (const [rank, rule] of RULES.entries()) {
  for (const sort of rule.of) BY_SORT.set(sort, [...BY_SORT.get(sort) ?? [], { rule, rank }]);
}

/** What an object needs, in the order of the page; what is rendered beside it may give it. */
export function needsOf(subject: Subject): readonly Need[] {
  const needs: Need[] = [];
  for (const sort of [OBJECTS, subject.kind, subject.group, ...(subject.template === undefined ? [] : [PODS])]) {
    for (const { rule, rank } of BY_SORT.get(sort) ?? []) {
      for (const { what, because } of rule.needs(subject)) needs.push({ what, because, rank });
    }
  }
  return needs.sort((a, b) => a.rank - b.rank);
}

/** What others have by an object, in the words of their needs: itself, and what a controller makes of it. */
export function givenBy({ object, group, namespace, name }: Subject): readonly string[] {
  if (group === 'external-secrets.io') return [name, `Secret ${namespace}/${textAt(object, 'spec.target.name') ?? textAt(object, 'metadata.name')}`];
  const secret = group === 'cert-manager.io' ? textAt(object, 'spec.secretName') : undefined;
  return secret === undefined ? [name] : [name, `TLS Secret ${secret} in the ingress gateway's namespace`, `TLS Secret ${namespace}/${secret}`];
}
