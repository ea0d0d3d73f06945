import type { Cluster } from '../cluster';
import type { KubeObject } from '../control/kube-client';
import { changed, concerned, type Change } from './change';

/** Does something in a cluster with changes in it, and undoes them. */
export async function mutated<T>(cluster: Cluster, objects: readonly KubeObject[], changes: readonly Change[], work: () => Promise<T>): Promise<T> {
  const before = concerned(objects, changes);
  const after = concerned(changed(objects, changes), changes);
  const stays = (object: KubeObject): boolean => after.some(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name);
  try {
    for (const object of before.filter((one) => !stays(one))) await cluster.client.delete(object);
    await cluster.apply(after);
    return await work();
  } finally {
    await cluster.apply(before);
  }
}
