import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Calls } from '../graph/calls';
import { isKubernetesApi } from '../graph/kubernetes-api';
import { Caller } from '../graph/party';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';

/** The identity of a workload. Its pods get a token for the Kubernetes API only if they call it; the mesh brings its own. */
export function serviceAccount(scope: Construct, graph: Calls, caller: Caller): Manifest<k8s.KubeServiceAccountProps> {
  return new Manifest(scope, 'ServiceAccount', kinds.ServiceAccount, { name: caller.serviceAccount }, () => ({
    automountServiceAccountToken: graph.from(caller).some(({ callee }) => isKubernetesApi(callee)) ? undefined : false,
  }));
}
