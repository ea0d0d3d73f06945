import { isDeclared } from '../boutique';
import type { KubeObject } from '../control/kube-client';
import { flow, type Endpoint, type Neighbourhood, type Port } from '../judges/network-policies';
import { workloads } from '../manifests';

const NAMESPACE = 'demo-app';
const STRANGE = 'strange';

/** Ports of the containers, by hand like the calls in boutique.ts: where they differ from the Services'. */
const CONTAINER_PORTS: Readonly<Record<string, number>> = {
  frontend: 8080, adservice: 9555, cartservice: 7070, checkoutservice: 5050, currencyservice: 7000, emailservice: 8080, paymentservice: 50051,
  productcatalogservice: 3550, recommendationservice: 8080, shippingservice: 50051, 'redis-cart': 6379,
};

/** Pods beside the workloads, as Istio's and Kubernetes' own installs label them, and two that belong to nobody. */
const OTHERS: readonly Omit<Endpoint, 'address'>[] = [
  { name: 'gateway', namespace: 'istio-system', labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' } },
  { name: 'istiod', namespace: 'istio-system', labels: { app: 'istiod', istio: 'pilot' } },
  { name: 'prometheus', namespace: 'observability', labels: { app: 'prometheus' } },
  { name: 'grafana', namespace: 'observability', labels: { app: 'grafana' } },
  { name: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  { name: 'stranger', namespace: STRANGE, labels: { app: 'stranger' } },
  { name: 'neighbour', namespace: NAMESPACE, labels: { app: 'neighbour' } },
];
const OUTSIDE = { name: 'internet', labels: {} };

/** Everyone who could try: workloads, others, each of them once more in a strange namespace, and an address outside. */
export function neighbourhood(objects: readonly KubeObject[]): Neighbourhood {
  const shop = workloads(objects).map(({ metadata, spec }) =>
    ({ name: metadata.name, namespace: metadata.namespace, labels: spec.template.metadata.labels }));
  const known = [...shop, ...OTHERS];
  const impostors = known.filter(({ namespace }) => namespace !== STRANGE).map((pod) => ({ ...pod, name: `${pod.name}-impostor`, namespace: STRANGE }));
  const pods = [...known, ...impostors].map((pod, index) => ({ ...pod, address: `10.244.1.${index + 1}` }));
  const names = [...new Set(pods.map(({ namespace }) => namespace!))];
  return {
    endpoints: [...pods, { ...OUTSIDE, address: '203.0.113.1' }],
    namespaces: Object.fromEntries(names.map((name) => [name, { 'kubernetes.io/metadata.name': name }])),
  };
}

/** Ports that the shop and the mesh use, and some that nobody may reach though something listens there. */
export const KNOWN_PORTS: readonly Port[] = [
  ...new Set([...Object.values(CONTAINER_PORTS), 53, 80, 443, 5000, 15006, 15010, 15012, 15014, 15020, 15021, 15090])]
  .map((port): Port => ({ protocol: 'TCP', port })).concat({ protocol: 'UDP', port: 53 }, { protocol: 'UDP', port: 8080 });

const isOurs = ({ namespace }: Endpoint): boolean => namespace === NAMESPACE;

/** Whom a pod is: second versions are whom they stand beside. */
const who = (pod: Endpoint): string => isOurs(pod) ? pod.labels.app : pod.name;

/** What should be allowed where a pod of the shop decides: declared calls, and what the mesh needs. */
function isWanted(from: Endpoint, to: Endpoint, { protocol, port }: Port): boolean {
  if (to.name === 'dns' && port === 53) return protocol !== 'SCTP';
  if (protocol !== 'TCP') return false;
  if (to.name === 'istiod' && port === 15012) return true;
  if (from.name === 'prometheus' && [15020, 15090].includes(port)) return true;
  return (from.name === 'gateway' ? who(to) === 'frontend' : isDeclared(who(from), who(to))) && port === CONTAINER_PORTS[who(to)];
}

/** All that should be allowed, of each direction by itself: one of them too wide would wait for the other to fail. Other pods are not the shop's business. */
export function wantedFlows({ endpoints }: Neighbourhood, ports: readonly Port[]): string[] {
  const pods = endpoints.filter(({ namespace }) => namespace !== undefined);
  return pods.flatMap((pod) => endpoints.flatMap((other) => ports.flatMap((port) => [
    ...(!isOurs(pod) || isWanted(pod, other, port) ? [flow('Egress', pod, other, port)] : []),
    ...(!isOurs(pod) || isWanted(other, pod, port) ? [flow('Ingress', other, pod, port)] : []),
  ]))).sort();
}

/** How many of the connections have an end in the shop. */
export function ofTheShop({ endpoints }: Neighbourhood): number {
  const others = endpoints.filter((endpoint) => !isOurs(endpoint)).length;
  return endpoints.length ** 2 - others ** 2;
}
