import { CERT_MANAGER, EXTERNAL_SECRETS, PROMETHEUS_OPERATOR, definitionsIn, readCrds } from '../../../scripts/crds';
import { until } from '../run/until';
import type { KubeClient, KubeObject } from './kube-client';

/** Where the kinds come from that `dist/` has beside the mesh's own. */
export const BESIDE_THE_MESH = [CERT_MANAGER, EXTERNAL_SECRETS, PROMETHEUS_OPERATOR] as const;

/** Definitions of what `dist/` has beside the mesh's own objects. @throws CrdsUnavailable where they cannot be had */
export async function definitionsBesideTheMesh(): Promise<readonly KubeObject[]> {
  return (await Promise.all(BESIDE_THE_MESH.map(async (source) => definitionsIn(await readCrds(source), source)))).flat();
}

/** Applies definitions, and waits until objects of theirs are taken. */
export async function establish(client: KubeClient, definitions: readonly KubeObject[]): Promise<void> {
  await Promise.all(definitions.map(async (object) => client.apply(object)));
  for (const { metadata } of definitions) {
    await until(`the definition ${metadata.name} is established`, async () => {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`;
      const { status } = await client.get<{ status?: { conditions?: { type: string; status: string }[] } }>(path);
      return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
    });
  }
}
