import { IConstruct } from 'constructs';
import { UriMatch } from '../../src/index';
import { AllowedOperation, HttpMatch, KubeObject, Peer, PodTemplate, objectsOf } from './objects';

const whose = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

/** Pod templates of everything that runs, by namespace and name. */
export function podsIn(root: IConstruct): readonly [string, PodTemplate][] {
  return [
    ...(['Deployment', 'StatefulSet', 'Job'] as const).flatMap((kind) => objectsOf(root, kind))
      .map((each): [string, PodTemplate] => [whose(each), each.spec.template]),
    ...objectsOf(root, 'CronJob').map((each): [string, PodTemplate] => [whose(each), each.spec.jobTemplate.spec.template]),
  ];
}

/** `shop/client ADDRESS=payment:80` */
export function environmentLines(root: IConstruct): readonly string[] {
  return podsIn(root).flatMap(([owner, { spec }]) => spec.containers.flatMap(({ env = [] }) =>
    env.map(({ name, value }) => `${owner} ${name}=${value}`))).sort();
}

/** `shop/client app=client serviceAccount=client ports=8080`: what the other kinds of object select. */
export function podLines(root: IConstruct): readonly string[] {
  return podsIn(root).map(([owner, { metadata, spec }]) => {
    const ports = spec.containers[0].ports?.map(({ containerPort }) => containerPort) ?? '';
    return `${owner} app=${metadata.labels.app} serviceAccount=${spec.serviceAccountName} ports=${ports}`;
  }).sort();
}

/** `shop/client ./payment.shop.svc.cluster.local` */
export function sidecarLines(root: IConstruct): readonly string[] {
  return objectsOf(root, 'Sidecar').flatMap(({ metadata, spec }) => spec.egress.flatMap(({ hosts }) => hosts)
    .map((host) => `${metadata.namespace}/${spec.workloadSelector.labels.app} ${spec.outboundTrafficPolicy.mode} ${host}`)).sort();
}

const text = (match: UriMatch | undefined): string => (match ? Object.entries(match).map(([how, value]) => `${how} ${value}`).join() : 'any');

/** Methods that a match takes, each by itself. */
function methodsOf(match: UriMatch | undefined): readonly string[] {
  if (match === undefined) return ['any'];
  return Object.values(match).flatMap((value) => String(value).split('|'));
}

/** `payment.shop.svc.cluster.local from shop/client port any: POST, exact /pay → v1 port any in 5s` */
export function routeLines(root: IConstruct, ofGateway: boolean): readonly string[] {
  const objects = objectsOf(root, 'VirtualService').filter(({ spec }) => (spec.gateways !== undefined) === ofGateway);
  return objects.flatMap(({ spec: { hosts, gateways, http } }) => http.flatMap(({ match = [{}], route, timeout }) => match.flatMap((each: HttpMatch) => {
    const source = each.sourceLabels ? `${each.sourceNamespace}/${each.sourceLabels.app}` : gateways?.join() ?? 'anybody';
    return route.flatMap(({ destination: { host, subset = '', port } }) => {
      const target = `${host === hosts[0] ? '' : host}${subset} port ${port?.number ?? 'any'}`;
      const rest = `${text(each.uri)} → ${target} in ${timeout ?? 'no limit'}`;
      return methodsOf(each.method).map((method) => `${hosts.join()} from ${source} port ${each.port ?? 'any'}: ${method}, ${rest}`);
    });
  }))).sort();
}

/** `shop/payment from cluster.local/ns/shop/sa/client: POST /pay port any` */
export function authorizationLines(root: IConstruct): readonly string[] {
  const allowing = objectsOf(root, 'AuthorizationPolicy').filter(({ spec }) => spec.action === undefined);
  return allowing.flatMap(({ metadata, spec: { selector, rules = [] } }) => rules.flatMap(({ from, to }) => {
    const principals = from.flatMap(({ source }) => source.principals);
    const allowed = to.flatMap(({ operation }) => allowedLines(operation));
    return principals.flatMap((principal) => allowed.map((each) => `${metadata.namespace}/${selector?.matchLabels.app} from ${principal}: ${each}`));
  })).sort();
}

/** `POST /pay port any` */
function allowedLines({ methods = ['any'], paths = ['path'], ports = ['any'] }: AllowedOperation): readonly string[] {
  return methods.flatMap((method) => paths.flatMap((path) => ports.map((port) => `${method} ${path} port ${port}`)));
}

function peerText(peer: Peer, namespace: string | undefined): string {
  if (peer.ipBlock) return peer.ipBlock.except ? `public ${peer.ipBlock.cidr}` : peer.ipBlock.cidr;
  const labels = Object.entries(peer.podSelector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`).join();
  return `${peer.namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] ?? namespace}/${labels}`;
}

/** `shop/app=payment from shop/app=client on 8080`, or `to`; without what the namespace itself allows. */
export function networkLines(root: IConstruct, direction: 'ingress' | 'egress'): readonly string[] {
  const both = (types: readonly string[]): boolean => [...types].sort().join() === 'Egress,Ingress';
  const workloads = objectsOf(root, 'NetworkPolicy').filter(({ spec }) => spec.podSelector.matchLabels !== undefined && both(spec.policyTypes));
  return workloads.flatMap(({ metadata: { namespace }, spec }) => {
    const incoming = (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
    const outgoing = (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
    const own = `${namespace}/app=${spec.podSelector.matchLabels?.app} ${direction === 'ingress' ? 'from' : 'to'}`;
    return (direction === 'ingress' ? incoming : outgoing).flatMap(({ peers, ports }) =>
      peers.flatMap((peer) => ports.map(({ port }) => `${own} ${peerText(peer, namespace)} on ${port}`)));
  }).sort();
}

/** `bank external-1.example:443 TLS at 203.0.113.0/24 by NONE` */
export function serviceEntryLines(root: IConstruct): readonly string[] {
  return objectsOf(root, 'ServiceEntry').flatMap((each) => each.spec.ports.map(({ number, protocol }) =>
    `${whose(each)} ${each.spec.hosts.join()}:${number} ${protocol} at ${each.spec.addresses?.join() ?? 'any'} by ${each.spec.resolution}`)).sort();
}

/** `VirtualService shop/payment to .,bank` */
export function exportLines(root: IConstruct): readonly string[] {
  return (['VirtualService', 'DestinationRule', 'ServiceEntry'] as const).flatMap((kind) => objectsOf(root, kind)
    .map((each) => `${kind} ${whose(each)} to ${[...each.spec.exportTo].sort().join()}`)).sort();
}
