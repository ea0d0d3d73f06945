import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { listAt, textAt } from '../src/graph/json';
import { write } from './inputs';
import type { PlainComponent } from './plain-component';

/**
 * Writes a tree as a person would keep it: a folder for each shop, with a file for each service. Its kustomization says once what the namespace and the
 * tags of the images are, and the files say neither.
 */
export function writeKustomization(folder: string, manifests: string): void {
  const components: readonly PlainComponent[] = JSON.parse(readFileSync(manifests, 'utf8'));
  const shops = new Map<string, PlainComponent[]>();
  for (const component of components) {
    const shop = component.manifests.map((manifest) => textAt(manifest, 'metadata.namespace')).find((namespace) => namespace !== undefined)!;
    shops.set(shop, [...shops.get(shop) ?? [], component]);
  }
  for (const [shop, members] of shops) {
    for (const { component, manifests: objects } of members) {
      write(join(folder, shop, `${component}.yaml`), objects.map((object) => yaml(withoutTag(withoutNamespace(object)))).join('---\n'));
    }
    const images = members.flatMap((member) => member.manifests.flatMap(imagesOf)).map(([name, newTag]) => ({ name, newTag }));
    writeRoot(join(folder, shop), { namespace: shop, images, resources: members.map(({ component }) => `${component}.yaml`) });
  }
  writeRoot(folder, { resources: [...shops.keys()] });
}

function writeRoot(folder: string, content: object): void {
  write(join(folder, 'kustomization.yaml'), yaml({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...content }));
}

function imagesOf(manifest: unknown): readonly string[][] {
  return listAt(manifest, 'spec.template.spec.containers').map((container) => textAt(container, 'image')!.split(':'));
}

function withoutNamespace(manifest: PlainComponent['manifests'][number]): object {
  return { ...manifest, metadata: { ...manifest.metadata, namespace: undefined } };
}

/** Nothing but a container has a field that is called `image`. */
function withoutTag(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === 'image' ? String(inner).split(':')[0] : inner)));
}

/** Without anchors: a person writes a thing twice. */
function yaml(value: unknown): string {
  return stringify(value, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}
