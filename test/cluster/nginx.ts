import { at, listAt } from '../mesh/world';
import type { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { ofKind, plainProgram } from './manifests';
import type { CallOptions, Outcome } from './run/steering';

const NAMESPACE = 'ingress-nginx';
const APP = 'nginx-controller';
const PREFIX = 'nginx.ingress.kubernetes.io';

/** Pods where ingress-nginx runs them, as whom it runs them; what they do is `throughNginx`. */
export function controllerObjects(sidecar: 'with sidecar' | 'without sidecar'): KubeObject[] {
  const labels = sidecar === 'with sidecar' ? { 'istio-injection': 'enabled' } : undefined;
  const pods = plainProgram(NAMESPACE, APP, 8080);
  const { metadata, spec } = pods.spec.template as { metadata: object; spec: object };
  Object.assign(metadata, { labels: { app: APP, 'app.kubernetes.io/component': 'controller', 'app.kubernetes.io/name': 'ingress-nginx' } });
  Object.assign(spec, { serviceAccountName: 'ingress-nginx' });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ingress-nginx', namespace: NAMESPACE } },
    pods,
  ];
}

/** The path of an Ingress that takes a request. Source: Kubernetes, Ingress: exact before prefix, then the longest; prefixes match element by element. */
function backendOf(objects: readonly KubeObject[], host: string, path: string) {
  const all = ofKind(objects, 'Ingress').flatMap((ingress) => listAt(ingress, 'spec.rules').filter((rule) => at(rule, 'host') === host)
    .flatMap((rule) => listAt(rule, 'http.paths').map((each) => ({
      ingress, path: String(at(each, 'path')), exact: at(each, 'pathType') === 'Exact', service: String(at(each, 'backend.service.name')),
      port: Number(at(each, 'backend.service.port.number')),
    }))));
  const taken = all.filter((each) => each.path === path || (!each.exact && path.startsWith(each.path === '/' ? '/' : `${each.path}/`)));
  return taken.sort((a, b) => Number(b.exact) - Number(a.exact) || b.path.length - a.path.length).at(0);
}

/**
 * Asks as ingress-nginx would, whose binary no registry has: it looks the request up in the Ingresses, and connects to the Service's address under the host
 * that annotations say, or to a pod's under the host that the browser said.
 */
export async function throughNginx(
  cluster: Cluster, objects: readonly KubeObject[], host: string, { path = '/', ...options }: Partial<CallOptions>,
): Promise<Outcome | 'no Ingress'> {
  const backend = backendOf(objects, host, path.split('?')[0]);
  if (!backend) return 'no Ingress';
  const { annotations = {}, namespace } = backend.ingress.metadata;
  const vhost = annotations[`${PREFIX}/upstream-vhost`] ?? host;
  const service = `${backend.service}.${namespace}.svc.cluster.local:${backend.port}`;
  const direct = annotations[`${PREFIX}/service-upstream`] === 'true' ? undefined : await podAddress(cluster, objects, backend);
  const [outcome] = await cluster.request({
    from: APP, protocol: 'http', address: service, dial: direct, host: vhost, path, timeoutMs: 5000, ...options,
  });
  return outcome;
}

/** A pod of a Service, at the port that it listens on. */
async function podAddress(cluster: Cluster, objects: readonly KubeObject[], { service, port }: { service: string; port: number }): Promise<string> {
  const ports = listAt(ofKind(objects, 'Service').find(({ metadata }) => metadata.name === service), 'spec.ports');
  const found = ports.find((each) => at(each, 'port') === port);
  const [pod] = await cluster.pods(service);
  return `${pod.status?.podIP}:${String(at(found, 'targetPort') ?? port)}`;
}
