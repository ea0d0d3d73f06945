import { isDeepStrictEqual } from 'node:util';
import { Finding } from './finding';
import { at, inOneLine, listAt, textAt, textsAt } from '../graph/json';
import { ObjectInFile, nameOf } from './rendered';
import { Snapshot } from './snapshot';

interface Rule {
  /** Fields that the API server refuses to change, or changes without effect. */
  readonly fields: readonly string[];
  /** What to do instead. */
  readonly fix: string;
}

const ANOTHER_WORKLOAD = 'give the new one another name, move the traffic, then remove the old one';

/** Source: Kubernetes 1.36, validation of updates of each kind. */
const RULES: Readonly<Record<string, Rule>> = {
  Deployment: { fields: ['spec.selector'], fix: ANOTHER_WORKLOAD },
  DaemonSet: { fields: ['spec.selector'], fix: ANOTHER_WORKLOAD },
  StatefulSet: {
    fields: ['spec.selector', 'spec.serviceName', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'],
    fix: 'delete it with --cascade=orphan by hand and say so in a Transition-Exception, or move the data to a new one',
  },
  Job: { fields: ['spec.template', 'spec.selector', 'spec.completions', 'spec.completionMode'], fix: 'give the new Job another name' },
  Service: { fields: ['spec.clusterIP'], fix: 'make a second Service, move the callers, then remove the first' },
  PersistentVolumeClaim: {
    fields: ['spec.accessModes', 'spec.storageClassName', 'spec.selector', 'spec.volumeName', 'spec.volumeMode', 'spec.dataSource'],
    fix: 'make a second claim, move the data, then remove the first',
  },
  RoleBinding: { fields: ['roleRef'], fix: 'give the new binding another name' },
  PriorityClass: { fields: ['value', 'preemptionPolicy'], fix: 'make another class, move the pods, then remove the first' },
  ClusterRoleBinding: { fields: ['roleRef'], fix: 'give the new binding another name' },
};

/** What stands there where nothing is written. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  'spec.podManagementPolicy': 'OrderedReady', 'spec.completionMode': 'NonIndexed', 'spec.volumeMode': 'Filesystem',
  'preemptionPolicy': 'PreemptLowerPriority',
};

/** Fields that no cluster changes, so that the sync of the whole commit is refused. */
export function immutableFields(before: Snapshot, after: Snapshot): readonly Finding[] {
  return after.objects.flatMap((object) => {
    const earlier = before.find(object);
    if (!earlier || (isMadeAnew(earlier) && isMadeAnew(object))) return [];
    const shrunk = shrunkTemplates(earlier, object);
    return [...(shrunk.length > 0 ? shrunk : changedFields(earlier, object)), ...changedData(earlier, object), ...shrunkClaim(earlier, object)];
  });
}

/** A hook of Argo CD's that it deletes before it makes it again. Source: Argo CD, "Resource Hooks", `BeforeHookCreation` is the default. */
function isMadeAnew({ content }: ObjectInFile): boolean {
  const annotations = textsAt(content, 'metadata.annotations');
  const policy = annotations.get('argocd.argoproj.io/hook-delete-policy') ?? 'BeforeHookCreation';
  return annotations.has('argocd.argoproj.io/hook') && policy.includes('BeforeHookCreation');
}

function changedFields(before: ObjectInFile, after: ObjectInFile): readonly Finding[] {
  const { fields = [], fix = '' } = RULES[after.kind] ?? {};
  const value = (object: ObjectInFile, field: string): unknown => at(object.content, field) ?? DEFAULTS[field];
  return fields.filter((field) => !isDeepStrictEqual(value(before, field), value(after, field))).map((field) => refusal(before, after, field, fix));
}

function changedData(before: ObjectInFile, after: ObjectInFile): readonly Finding[] {
  if (!['ConfigMap', 'Secret'].includes(after.kind) || at(before.content, 'immutable') !== true) return [];
  return ['immutable', 'data', 'binaryData', 'type'].filter((field) => !isDeepStrictEqual(at(before.content, field), at(after.content, field)))
    .map((field) => refusal(before, after, field, 'give the new one another name'));
}

const UNITS: Readonly<Record<string, number>> = {
  'm': 1e-3, '': 1, 'k': 1e3, 'M': 1e6, 'G': 1e9, 'T': 1e12, 'P': 1e15, 'E': 1e18,
  'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30, 'Ti': 2 ** 40, 'Pi': 2 ** 50, 'Ei': 2 ** 60,
};

function shrunkClaim(before: ObjectInFile, after: ObjectInFile): readonly Finding[] {
  if (after.kind !== 'PersistentVolumeClaim') return [];
  const field = 'spec.resources.requests.storage';
  const [had, has] = [before, after].map(({ content }) => bytes(at(content, field)));
  return has < had ? [refusal(before, after, field, 'storage only grows: make a second claim, move the data, then remove the first')] : [];
}

/** What a StatefulSet claims less of: also who deletes it and makes it anew keeps the claims that are there. */
function shrunkTemplates(before: ObjectInFile, after: ObjectInFile): readonly Finding[] {
  if (after.kind !== 'StatefulSet') return [];
  const sizes = ({ content }: ObjectInFile): ReadonlyMap<string, unknown> => new Map(listAt(content, 'spec.volumeClaimTemplates')
    .map((claim) => [textAt(claim, 'metadata.name') ?? '', at(claim, 'spec.resources.requests.storage')]));
  const had = sizes(before);
  return [...sizes(after)].filter(([name, size]) => bytes(size) < bytes(had.get(name))).map(([name, size]): Finding => ({
    rule: 'immutable-field', severity: 'error', object: nameOf(after),
    problem: `storage of its claim ${name} only grows, got ${inOneLine(had.get(name))} → ${inOneLine(size)}`,
    fix: 'make a second store, move the data, then remove the first',
  }));
}

function bytes(quantity: unknown): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(String(quantity)) ?? [];
  return Number(number) * (UNITS[unit] ?? NaN);
}

function refusal(before: ObjectInFile, after: ObjectInFile, field: string, fix: string): Finding {
  const [had, has] = [before, after].map(({ content }) => inOneLine(at(content, field)));
  return { rule: 'immutable-field', severity: 'error', object: nameOf(after), problem: `${field} cannot change, got ${had} → ${has}`, fix };
}
