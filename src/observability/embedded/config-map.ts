import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';

/** A ConfigMap whose files are known when the app is synthesized. */
export function configMap(scope: Construct, name: string, data: () => Readonly<Record<string, string>>): Manifest<k8s.KubeConfigMapProps> {
  return new Manifest(scope, `ConfigMap-${name}`, kinds.ConfigMap, { name }, () => ({ data: { ...data() } }));
}
