import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Manifest } from '../manifest/manifest';

/** The identity of a workload. Its pods get no token for the Kubernetes API; the mesh brings its own. */
export function serviceAccount(scope: Construct, name: string): Manifest<k8s.KubeServiceAccountProps> {
  return new Manifest(scope, 'ServiceAccount', k8s.KubeServiceAccount, { name }, () => ({ automountServiceAccountToken: false }));
}
