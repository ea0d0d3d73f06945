import { IConstruct } from 'constructs';
import { EnvironmentFacts } from '../graph/environment-facts';
import { reject } from '../manifest/reject';

/** Source: Istio 1.31, pkg/kube/inject, namespaces that are ignored. */
const OF_KUBERNETES = ['kube-node-lease', 'kube-public', 'kube-system'];

/** Refuses a namespace where Istio injects nothing, and where deny-all would stop the cluster. */
export function checkNotKubernetes(construct: IConstruct, name: string): void {
  if (!OF_KUBERNETES.includes(name)) return;
  reject(construct, `namespace must be none of Kubernetes' own, got '${name}', where Istio injects no sidecar; choose another`);
}

/** Refuses to write the namespace of the mesh, whose policies hold for all pods. */
export function checkNotMesh(construct: IConstruct, name: string, { istiod }: EnvironmentFacts): void {
  if (name !== istiod.namespace) return;
  reject(construct, `namespace must not be the mesh's own, got '${name}', whose policies hold for all pods of the mesh; choose another`);
}
