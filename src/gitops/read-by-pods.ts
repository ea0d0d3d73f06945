import { IConstruct } from 'constructs';
import { at, listAt, textAt, textsAt } from '../graph/json';
import { containersOf, podTemplateOf } from '../graph/pod-template';
import { checksumAnnotation, configChecksum } from '../workload/pod';
import { ResourceLimitedDaemonSet } from '../workload/resource-limited-daemon-set';
import { ResourceLimitedDeployment } from '../workload/resource-limited-deployment';
import { ResourceLimitedJob } from '../workload/resource-limited-job';
import { ResourceLimitedStatefulSet } from '../workload/resource-limited-stateful-set';
import { configMapContent } from '../workload/volume';
import { RenderedFile } from './document';

/** References to keys that the ExternalSecret of that name does not make: a pod with one never starts. */
export function secretKeyProblems(files: readonly RenderedFile[]): readonly string[] {
  const made = new Map(objectsIn(files, isExternalSecret).map(({ path, object }) => [placeOf(path, object), keysOf(object)]));
  return objectsIn(files, hasPods).flatMap(({ path, component, object }) => references(object).flatMap(({ name, key }) => {
    const keys = made.get(`${environmentOf(path)} ${textAt(object, 'metadata.namespace')}/${name}`);
    if (keys === undefined || keys.includes(key)) return [];
    return [`[${component.node.path}] a key must be one that ExternalSecret ${name} makes, got '${key}'; it has ${keys.join(', ')}`];
  }));
}

/** Pods of ours that read a ConfigMap of the same app by its name alone: they would go on with what it was when it changes. */
export function configMapProblems(files: readonly RenderedFile[]): readonly string[] {
  const contents = new Map(objectsIn(files, isConfigMap).map(({ path, object }) => [placeOf(path, object), configMapContent(object)]));
  return objectsIn(files, hasPods).flatMap(({ path, component, object }) => {
    const pod = podTemplateOf(object);
    const contentOf = (name: string) => contents.get(`${environmentOf(path)} ${textAt(object, 'metadata.namespace')}/${name}`);
    const env = containersOf(object).flatMap((container) => listAt(container, 'env'));
    const variables = env.flatMap((each) => textAt(each, 'valueFrom.configMapKeyRef.name') ?? []);
    const volumes = listAt(pod, 'spec.volumes').flatMap((volume) => textAt(volume, 'configMap.name') ?? []);
    const checksum = configChecksum(volumes.flatMap((name) => contentOf(name) ?? []));
    const isKnown = checksum === textsAt(pod, 'metadata.annotations').get(checksumAnnotation);
    const stale = [...variables, ...(isKnown ? [] : volumes)].filter((name) => contentOf(name) !== undefined);
    return stale.filter(() => component.node.findAll().some(isOurs)).map((name) =>
      `[${component.node.path}] a ConfigMap that is made here must be given itself, so that pods are replaced when it changes, got the name '${name}'; ` +
      'write Volume.configMap(configMap)');
  });
}

/** Objects of some sort, and the file of each. */
function objectsIn(files: readonly RenderedFile[], isWanted: (object: unknown) => boolean): readonly (RenderedFile & { readonly object: unknown })[] {
  return files.flatMap((file) => file.objects.filter(isWanted).map((object) => ({ ...file, object })));
}

function isConfigMap(object: unknown): boolean {
  return textAt(object, 'kind') === 'ConfigMap';
}

/** Most objects make none. */
function hasPods(object: unknown): boolean {
  return podTemplateOf(object) !== undefined;
}

function isOurs(construct: IConstruct): boolean {
  return [ResourceLimitedDaemonSet, ResourceLimitedDeployment, ResourceLimitedJob, ResourceLimitedStatefulSet].some((each) => construct instanceof each);
}

/** Keys that pods name, in variables and in volumes; those that may be missing hold up no pod. */
function references(object: unknown): readonly { readonly name: string; readonly key: string }[] {
  const variables = containersOf(object).flatMap((container) => listAt(container, 'env')).map((each) => at(each, 'valueFrom.secretKeyRef'));
  const volumes = listAt(podTemplateOf(object), 'spec.volumes');
  const projected = volumes.flatMap((volume) => listAt(volume, 'projected.sources')).map((each) => at(each, 'secret'));
  const files = [...volumes.map((volume) => at(volume, 'secret')), ...projected].flatMap((secret) => listAt(secret, 'items').map((item) =>
    ({ name: textAt(secret, 'secretName') ?? textAt(secret, 'name'), key: textAt(item, 'key'), optional: at(secret, 'optional') })));
  const all = [...variables.map((each) => ({ name: textAt(each, 'name'), key: textAt(each, 'key'), optional: at(each, 'optional') })), ...files];
  return all.flatMap(({ name, key, optional }) => (name === undefined || key === undefined || optional === true ? [] : [{ name, key }]));
}

/** One whose keys are those that it says: not what a store has, nor what a template makes of it. */
function isExternalSecret(object: unknown): boolean {
  return textAt(object, 'kind') === 'ExternalSecret' && listAt(object, 'spec.dataFrom').length === 0 && at(object, 'spec.target.template') === undefined;
}

function keysOf(object: unknown): readonly string[] {
  return listAt(object, 'spec.data').map((each) => textAt(each, 'secretKey') ?? '').sort();
}

function placeOf(path: string, object: unknown): string {
  return `${environmentOf(path)} ${textAt(object, 'metadata.namespace')}/${textAt(object, 'spec.target.name') ?? textAt(object, 'metadata.name')}`;
}

/** Environments may have namespaces of one name. */
function environmentOf(path: string): string {
  return path.split('/')[0];
}
