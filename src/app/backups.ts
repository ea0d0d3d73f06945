import { type BackedUp, Backup, type MeshNamespace, type VolumeClaim } from '../index';

/** Saves stores every night, for a week: each to storage of its own. @param storage none where nothing is worth it */
export function backups(namespace: MeshNamespace, stores: Readonly<Record<string, BackedUp>>, storage: VolumeClaim | undefined, owner?: string): void {
  if (!storage) return;
  for (const [name, of] of Object.entries(stores)) {
    new Backup(namespace, `${name}-backup`, { of, storage, owner, resources: { cpu: ['100m', '500m'], memory: ['128Mi', '256Mi'] } });
  }
}
