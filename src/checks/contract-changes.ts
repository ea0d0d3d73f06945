import { isDeepStrictEqual } from 'node:util';
import { Contract, HalfContract, OperationContract, ServiceContract } from '../graph/contract';
import { durationFromWords, millisecondsOf } from '../graph/edge';
import { Finding, inOrder } from './finding';
import { inOneLine } from '../graph/json';

/**
 * What a new contract breaks for those who build on the old one: an `error` where a caller would lose requests,
 * a `warning` where nobody calls yet. What is new breaks nobody.
 */
export function compareContracts(before: Contract, after: Contract): readonly Finding[] {
  return inOrder(Object.entries(before.services).flatMap(([name, service]) => {
    const object = `${before.environment} ${before.system}/${name}`;
    const now = after.services[name];
    const everybody = Object.keys(service.callers);
    if (!now) return [finding('service-removed', object, 'is not in the contract any more', everybody, 'keep it until nobody calls it')];
    const operations = Object.keys(service.operations).flatMap((operation) => operationChanges(object, operation, service, now));
    return [...movedService(object, service, now, everybody), ...operations, ...refusedCallers(object, service, now)];
  }));
}

/** Where it is and who it is: callers have it in their Sidecars and NetworkPolicies. */
function movedService(object: string, before: ServiceContract, after: ServiceContract, callers: readonly string[]): readonly Finding[] {
  const fields = (['host', 'namespace', 'identity', 'podLabels'] as const).map((field) => [field, before[field], after[field]] as const);
  const ports = Object.entries(before.ports).map(([name, port]) => [`port ${name}`, port, after.ports[name]] as const);
  return [...fields, ...ports].filter(([, had, has]) => !isDeepStrictEqual(had, has)).map(([what, had, has]) => finding(
    what.startsWith('port ') ? 'port-changed' : 'service-moved', object, `changes its ${what}, got ${inOneLine(had)} → ${inOneLine(has)}`, callers,
    'let the callers take the new contract and open both first, then change it',
  ));
}

/** Who may do less than before: right once the caller does less, which its own contract says. */
function refusedCallers(object: string, before: ServiceContract, after: ServiceContract): readonly Finding[] {
  return Object.entries(before.callers).flatMap(([identity, had]) => {
    const has = after.callers[identity];
    if (!has) return [less(object, `does not allow ${identity} any more`)];
    const kept = Object.fromEntries(Object.entries(had.operations).filter(([name]) => name in after.operations)); // else it is gone for all
    const labels = isDeepStrictEqual(had.podLabels, has.podLabels) ? [] : [less(object, `knows ${identity} by other labels, got ${inOneLine(has.podLabels)}`)];
    return [...shortened(object, `${identity} operation`, kept, has.operations), ...shortened(object, `${identity} port`, had.ports, has.ports), ...labels];
  });
}

function shortened(object: string, what: string, had: HalfContract['operations'], has: HalfContract['operations']): readonly Finding[] {
  return Object.entries(had).flatMap(([name, limit]) => {
    if (!(name in has)) return [less(object, `does not allow ${what} ${name} any more`)];
    if (millisecondsOf(has[name]) >= millisecondsOf(limit)) return [];
    return [less(object, `gives ${what} ${name} less time, got ${inOneLine(limit)} → ${inOneLine(has[name])}`)];
  });
}

function less(object: string, problem: string): Finding {
  return finding('caller-limited', object, problem, [], 'do it once the caller has done so, never before');
}

function operationChanges(object: string, name: string, before: ServiceContract, after: ServiceContract): readonly Finding[] {
  const [had, has] = [before.operations[name], after.operations[name]];
  const callers = Object.entries(before.callers).filter(([, { operations }]) => name in operations);
  const identities = callers.map(([identity]) => identity);
  const about = `${object} ${name}`;
  if (!has) return [finding('operation-removed', about, 'is not in the contract any more', identities, 'keep it until nobody calls it')];
  return [...askedOtherwise(about, had, has, identities), ...lessSafe(about, had, has, identities), ...slower(about, name, had, has, callers)];
}

function askedOtherwise(object: string, had: OperationContract, has: OperationContract, callers: readonly string[]): readonly Finding[] {
  const fields = ['protocol', 'methods', 'path', 'port', 'streams'] as const;
  const broken = fields.filter((field) => (field === 'methods' ? had.methods.some((method) => !has.methods.includes(method)) : had[field] !== has[field]));
  return broken.map((field) => finding(
    'operation-changed', object, `changes its ${field}, got ${inOneLine(had[field])} → ${inOneLine(has[field])}`, callers,
    'add the new one beside it, let the callers move, then remove the old one',
  ));
}

function lessSafe(object: string, had: OperationContract, has: OperationContract, callers: readonly string[]): readonly Finding[] {
  if (!had.idempotent || has.idempotent) return [];
  const problem = 'is not idempotent any more: callers that retry it, or what leads to it, do it twice';
  return [finding('not-idempotent', object, problem, callers, 'let the callers take this contract before the new version runs')];
}

/** Only those are broken who do not wait as long. */
function slower(
  object: string, name: string, had: OperationContract, has: OperationContract, callers: readonly (readonly [string, HalfContract])[],
): readonly Finding[] {
  const [before, now] = [had, has].map(({ takes }) => (takes === undefined ? 0 : durationFromWords(takes).toMilliseconds()));
  if (now <= before) return [];
  const broken = callers.filter(([, { operations }]) => {
    return millisecondsOf(operations[name]) < now;
  });
  const problem = `may take longer, got ${had.takes ?? 'no time'} → ${has.takes}`;
  return [finding('slower', object, problem, broken.map(([identity]) => identity), 'raise the timeouts of the callers first')];
}

function finding(rule: string, object: string, problem: string, breaks: readonly string[], fix: string): Finding {
  return { rule, severity: breaks.length > 0 ? 'error' : 'warning', object, problem, fix, breaks };
}
