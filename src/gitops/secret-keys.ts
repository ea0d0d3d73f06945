import { at, listAt, textAt } from '../graph/json';
import { RenderedFile } from './document';
import { containersOf } from './pod-of';

/** References to keys that the ExternalSecret of that name does not make: a pod with one never starts. */
export function secretKeyProblems(files: readonly RenderedFile[]): readonly string[] {
  const made = new Map(files.flatMap(({ path, objects }) =>
    objects.filter(isExternalSecret).map((object) => [placeOf(path, object), keysOf(object)] as const)));
  return files.flatMap(({ path, component, objects }) => objects.flatMap((object) => references(object).flatMap(({ name, key }) => {
    const keys = made.get(`${environmentOf(path)} ${textAt(object, 'metadata.namespace')}/${name}`);
    if (keys === undefined || keys.includes(key)) return [];
    return [`[${component.node.path}] a key must be one that ExternalSecret ${name} makes, got '${key}'; it has ${keys.join(', ')}`];
  })));
}

function references(object: unknown): readonly { readonly name: string; readonly key: string }[] {
  const variables = containersOf(object).flatMap((container) => listAt(container, 'env')).map((each) => at(each, 'valueFrom.secretKeyRef'));
  return variables.flatMap((each) => {
    const [name, key] = [textAt(each, 'name'), textAt(each, 'key')];
    return name === undefined || key === undefined ? [] : [{ name, key }];
  });
}

function isExternalSecret(object: unknown): boolean {
  return textAt(object, 'kind') === 'ExternalSecret' && listAt(object, 'spec.dataFrom').length === 0;
}

function keysOf(object: unknown): readonly string[] {
  return listAt(object, 'spec.data').map((each) => textAt(each, 'secretKey') ?? '').sort();
}

function placeOf(path: string, object: unknown): string {
  return `${environmentOf(path)} ${textAt(object, 'metadata.namespace')}/${textAt(object, 'metadata.name')}`;
}

/** Environments may have namespaces of one name. */
function environmentOf(path: string): string {
  return path.split('/')[0];
}
