import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import type { ApplicationSpecIgnoreDifferences } from '../../../imports/argoproj.io';
import { ServiceRollout } from '../../mesh/service-rollout';
import { IgnoredField } from './delivery-props';
import { groupKindOf } from './permitted-kinds';

/** Rules for what others write into objects of a system: Argo Rollouts, and whom the delivery names. */
export function ignoreDifferences(system: IConstruct, named: readonly IgnoredField[]): readonly ApplicationSpecIgnoreDifferences[] {
  const rollouts = system.node.findAll().filter((each) => each instanceof ServiceRollout).flatMap(({ controllerEdits }) => controllerEdits);
  const ours = named.filter((field) => field.system === system.node.id);
  return [...rollouts, ...ours].map(({ group, kind, name, jsonPointers }) => ({ group: group || undefined, jsonPointers: [...jsonPointers], kind, name }));
}

/** Rules that would keep from Git what people own there. */
export function ignoredFieldProblems(systems: readonly IConstruct[], named: readonly IgnoredField[]): readonly string[] {
  const objects = new Map([...new Set(named.map(({ system }) => system))].map((id) => [id, objectsOf(systems.find(({ node }) => node.id === id))]));
  return named.flatMap((field) => {
    const { system, group, kind, name, jsonPointers } = field;
    const what = `ignoreDifferences of ${kind} ${name}`;
    const found = systems.find(({ node }) => node.id === system);
    if (!found) return [`${what} must name a system, got '${system}'; it has ${systems.map(({ node }) => node.id).join(', ')}`];
    const object = objects.get(system)?.find((each) => isIt(each, field));
    if (!object) return [`${what} must name an object that is rendered, got none of group '${group}' in ${system}; remove the rule`];
    const json: unknown = object.toJson();
    return jsonPointers.flatMap((pointer) => pointerProblem(json, group, pointer)).map((problem) => `${what}: ${problem}`);
  });
}

/** Walked once a system, however many fields are named in it. */
function objectsOf(system: IConstruct | undefined): readonly ApiObject[] {
  return system?.node.findAll().filter((each) => ApiObject.isApiObject(each)) ?? [];
}

function isIt(object: ApiObject, { group, kind, name }: IgnoredField): boolean {
  const own = groupKindOf(object);
  return own.group === group && own.kind === kind && object.name === name;
}

function pointerProblem(json: unknown, group: string, pointer: string): readonly string[] {
  if (!pointer.startsWith('/')) return [`jsonPointers must begin with a slash, got '${pointer}'`];
  let value = json;
  for (const step of pointer.slice(1).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    // Argo CD puts a whole list back where it keeps a field in one, but for Kubernetes' own kinds, whose lists have keys
    if (Array.isArray(value) && group.includes('.') && !group.endsWith('.k8s.io')) {
      return [`it would freeze a whole list of a custom resource, got '${pointer}'; split the object, so that the list is another's alone`];
    }
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value === undefined ? [] : [`it would hide a field that people own, got '${pointer}', which is rendered; remove the rule or the field`];
}
