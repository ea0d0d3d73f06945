import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { keptByArgoCd } from '../manifest/kept';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { Scalar } from '../manifest/typed-kind';
import { sizeText } from './quantity';
import { VolumeClaim } from './resource-limited-stateful-set';

/** Storage of one node at a time, which Argo CD does not remove without a person. */
export function persistentClaim(
  scope: Construct, name: string, { size, storageClassName }: VolumeClaim, annotations: Readonly<Record<string, string>> = {},
): Manifest<k8s.KubePersistentVolumeClaimProps> {
  return new Manifest(scope, 'Claim', kinds.PersistentVolumeClaim, { name, annotations: { ...keptByArgoCd, ...annotations } }, () => ({
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: new Scalar(sizeText(size)) } },
      storageClassName,
    },
  }));
}
