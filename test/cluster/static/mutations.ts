import type { KubeObject } from '../control/kube-client';

/** Judges of files. */
export type FileJudge = 'cyclonus' | 'kubernetes reference' | 'kubeconform' | 'kube-score';

/** A fault put into one object: the value at a path, or without a value its removal. */
export interface Mutation {
  readonly fault: string;
  readonly kind: string;
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
  /** Who finds it; nobody else does. */
  readonly foundBy: readonly FileJudge[];
}

const POLICY: readonly FileJudge[] = ['cyclonus', 'kubernetes reference'];
const CONTAINER = ['spec', 'template', 'spec', 'containers', 0] as const;

const policy = (fault: string, name: string, path: Mutation['path'], value?: unknown): Mutation =>
  ({ fault, kind: 'NetworkPolicy', name, path: ['spec', ...path], value, foundBy: POLICY });

/** Faults of production. */
export const MUTATIONS: readonly Mutation[] = [
  policy('everyone may call the frontend', 'frontend', ['ingress', 0, 'from']),
  policy('a declared caller reaches every port', 'paymentservice', ['ingress', 0, 'ports']),
  policy('a port becomes a range', 'redis-cart', ['ingress', 0, 'ports', 0, 'endPort'], 15012),
  policy('a caller of that name in any namespace will do', 'adservice', ['ingress', 0, 'from', 0, 'namespaceSelector'], {}),
  policy('the mesh\'s whole namespace may scrape', 'allow-mesh', ['ingress', 0, 'from', 0, 'podSelector']),
  policy('a service may call the internet', 'shippingservice', ['egress'], [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }]),
  policy('a declared callee is out of reach', 'cartservice', ['egress']),
  policy('names are not resolved over UDP', 'allow-mesh', ['egress', 0, 'ports', 1, 'protocol'], 'TCP'),
  { ...policy('a policy selects nobody', 'adservice', ['podSelector', 'matchLabels', 'app'], 'adservices'), foundBy: [...POLICY, 'kube-score'] },
  { fault: 'a field of Istio misspelt', kind: 'VirtualService', name: 'frontend', path: ['spec', 'http', 0, 'timeOut'], value: '1s', foundBy: ['kubeconform'] },
  { fault: 'a field of Kubernetes misspelt', kind: 'Deployment', name: 'adservice', path: [...CONTAINER, 'resource'], value: {}, foundBy: ['kubeconform'] },
  {
    fault: 'a value that is no choice',
    kind: 'DestinationRule', name: 'adservice', path: ['spec', 'trafficPolicy', 'loadBalancer'], value: { simple: 'ROUNDROBIN' }, foundBy: ['kubeconform'],
  },
  { fault: 'a required field away', kind: 'StatefulSet', name: 'redis-cart', path: ['spec', 'selector'], foundBy: ['kubeconform', 'kube-score'] },
  { fault: 'no limits', kind: 'Deployment', name: 'adservice', path: [...CONTAINER, 'resources', 'limits'], foundBy: ['kube-score'] },
  { fault: 'no version of an image', kind: 'Deployment', name: 'adservice', path: [...CONTAINER, 'image'], value: 'adservice:latest', foundBy: ['kube-score'] },
  {
    fault: 'a file system that can be written',
    kind: 'Deployment', name: 'adservice', path: [...CONTAINER, 'securityContext', 'readOnlyRootFilesystem'], foundBy: ['kube-score'],
  },
  { fault: 'a Service without pods', kind: 'Service', name: 'adservice', path: ['spec', 'selector', 'app'], value: 'ads', foundBy: ['kube-score'] },
  {
    fault: 'an autoscaler of nothing',
    kind: 'HorizontalPodAutoscaler', name: 'adservice', path: ['spec', 'scaleTargetRef', 'name'], value: 'ads', foundBy: ['kube-score'],
  },
];

/** A path that leads nowhere: the objects have changed under the mutation. */
export class NothingToMutate extends Error {}

/** A copy of objects with one fault; it must change something. */
export function mutate(objects: readonly KubeObject[], { fault, kind, name, path, value }: Mutation): KubeObject[] {
  const copies = structuredClone(objects) as KubeObject[];
  const object = copies.find((one) => one.kind === kind && one.metadata.name === name);
  let inner: unknown = object;
  for (const step of path.slice(0, -1)) inner = (inner as Record<string | number, unknown> | undefined)?.[step];
  if (typeof inner !== 'object' || inner === null) throw new NothingToMutate(`${fault}: ${kind} ${name} has no ${path.slice(0, -1).join('.')}`);

  const holder = inner as Record<string | number, unknown>;
  const last = path[path.length - 1];
  if (value === undefined && !(last in holder)) throw new NothingToMutate(`${fault}: ${kind} ${name} has no ${path.join('.')}`);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copies;
}
