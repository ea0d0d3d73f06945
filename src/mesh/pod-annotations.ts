import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';

/** What takes a pod, or some of its traffic, past its proxy. Source: Istio, "Resource Annotations". */
const PAST_PROXY = /^(traffic\.sidecar\.istio\.io\/.+|inject\.istio\.io\/templates|sidecar\.istio\.io\/interceptionMode)$/;
/** What does so where it is false: without the latter a node's probes are plaintext, which STRICT refuses. */
const UNLESS_TRUE = ['sidecar.istio.io/inject', 'sidecar.istio.io/rewriteAppHTTPProbers'];

/** Annotations of a pod in the mesh. @throws ConfigurationError on those by which its policies would not hold for it any more */
export function meshedAnnotations(construct: IConstruct, annotations: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const odd = Object.entries(annotations).find(([name, value]) => PAST_PROXY.test(name) || (UNLESS_TRUE.includes(name) && value !== 'true'));
  if (odd) {
    reject(construct, `podAnnotations must leave the pod in the mesh, got ${odd[0]}: '${odd[1]}'; remove it, or say Exception.port or Exception.egress`);
  }
  return annotations;
}
