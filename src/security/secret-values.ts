import { at, textAt } from '../graph/json';
import { RenderedObject } from '../manifest/rendered-object';

/** Secrets among objects that carry their values: YAML is committed and read by many. */
export function secretValueProblems(objects: readonly RenderedObject[]): readonly string[] {
  return objects.filter(({ manifest }) => isSecret(manifest)).flatMap(({ construct, manifest }) => {
    const keys = ['data', 'stringData'].flatMap((field) => Object.keys(Object(at(manifest, field)))).sort();
    if (keys.length === 0) return [];
    return [`[${construct.node.path}] a Secret must not carry values, got keys ${keys.join(', ')}; create it outside and refer to it by name`];
  });
}

function isSecret(manifest: unknown): boolean {
  return textAt(manifest, 'kind') === 'Secret' && textAt(manifest, 'apiVersion')?.includes('/') === false;
}
