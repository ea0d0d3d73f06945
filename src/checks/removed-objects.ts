import { Finding } from './finding';
import { at } from '../graph/json';
import { ObjectInFile, nameOf } from './rendered';
import { Snapshot } from './snapshot';

const HOLDS_DATA = ['Namespace', 'PersistentVolumeClaim', 'StatefulSet'];

/** What holds data and is removed, and services that are removed while somebody calls them. */
export function removedObjects(before: Snapshot, after: Snapshot): readonly Finding[] {
  const gone = before.objects.filter((object) => !after.find(object));
  return [
    ...gone.filter(({ kind }) => HOLDS_DATA.includes(kind)).map(dataRemoved),
    ...gone.filter(({ kind }) => kind === 'Service').flatMap((service) => serviceRemoved(before, after, service)),
  ];
}

function dataRemoved(object: ObjectInFile): Finding {
  const then = isKept(object) ? 'keeps it, unmanaged, until a person deletes it' : 'deletes it';
  return {
    rule: 'data-removed', severity: 'error', object: nameOf(object),
    problem: `is removed, and with it data that nothing brings back; Argo CD ${then}`,
    fix: 'save the data, and name the object in a Transition-Exception',
  };
}

/** Source: Argo CD, sync option "No Prune Resources". */
function isKept({ content }: ObjectInFile): boolean {
  return String(Object(at(content, 'metadata.annotations'))['argocd.argoproj.io/sync-options']).includes('Prune=false');
}

function serviceRemoved(before: Snapshot, after: Snapshot, service: ObjectInFile): readonly Finding[] {
  const still = after.sidecarsWith(service);
  const elsewhere = before.sidecarsWith(service).filter(({ system }) => system !== service.system);
  const common = { severity: 'error', object: nameOf(service) } as const;
  if (still.length > 0) {
    return [{ ...common, rule: 'called-service-removed', problem: `is removed, but is still called by ${names(still)}`, fix: 'remove the calls first' }];
  }
  if (elsewhere.length === 0) return [];
  return [{
    ...common, rule: 'called-service-removed', fix: 'remove the calls in one commit, the service in the next',
    problem: `is removed in the commit that ends the calls of ${names(elsewhere)}; systems are synced one by one, in no order`,
  }];
}

function names(objects: readonly ObjectInFile[]): string {
  return objects.map(({ namespace, name }) => `${namespace}/${name}`).sort().join(', ');
}
