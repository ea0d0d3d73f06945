import { at, holds, listAt, textAt, textsAt } from '../graph/json';
import { ObjectInFile } from './rendered';
import { Snapshot, Subset, isTo } from './snapshot';

/** Who sends requests, as far as a route tells senders apart. */
interface Sender {
  readonly kind: 'gateway' | 'workload' | 'anybody';
  /** What tells it from others. */
  readonly key: string;
  /** Namespace of its pods. @default - any */
  readonly namespace?: string;
  /** Labels of its pods, whatever their version. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Whether somebody's requests go to a subset in one commit, and to the same service, by whatever way, in another one. */
export function shareSenders(routed: Snapshot, other: Snapshot, { host, name }: Subset): boolean {
  const others = sendersTo(other, host);
  return sendersTo(routed, host, name).some((sender) => sender.kind === 'anybody'
    || others.some(({ key }) => key === sender.key)
    || (sender.kind === 'workload' && knows(other, sender, host)));
}

function sendersTo(snapshot: Snapshot, host: string, subset?: string): readonly Sender[] {
  return snapshot.of('VirtualService').flatMap((object) => ['http', 'tcp', 'tls'].flatMap((protocol) => listAt(object.content, `spec.${protocol}`))
    .filter((route) => listAt(route, 'route').some((destination) => isTo(destination, host, subset)))
    .flatMap((route) => sendersOf(object, route)));
}

function sendersOf({ content, namespace }: ObjectInFile, route: unknown): readonly Sender[] {
  const gateways = listAt(content, 'spec.gateways').map(String).sort();
  if (gateways.length > 0 && !gateways.includes('mesh')) return [{ kind: 'gateway', key: [namespace, ...gateways].join(' '), labels: new Map() }];
  const matches = listAt(route, 'match');
  return (matches.length === 0 ? [{}] : matches).map((match): Sender => {
    const labels = new Map([...textsAt(match, 'sourceLabels')].filter(([label]) => label !== 'version').sort());
    const from = textAt(match, 'sourceNamespace');
    const kind = labels.size === 0 && from === undefined ? 'anybody' : 'workload';
    return { kind, key: JSON.stringify([from, ...labels]), namespace: from, labels };
  });
}

/** Whether pods of a sender run, and their proxies let them call a host. */
function knows(snapshot: Snapshot, { namespace, labels }: Sender, host: string): boolean {
  const service = snapshot.service(host);
  const letIn = service ? snapshot.sidecarsWith(service) : [];
  return snapshot.workloads().some((workload) => {
    const pod = textsAt(workload.content, 'spec.template.metadata.labels');
    if ((namespace !== undefined && workload.namespace !== namespace) || !holds(pod, labels)) return false;
    const sidecars = snapshot.of('Sidecar').filter((sidecar) => sidecar.namespace === workload.namespace
      && holds(pod, textsAt(sidecar.content, 'spec.workloadSelector.labels')));
    return sidecars.length === 0 || sidecars.some((sidecar) => letIn.includes(sidecar) || isOpen(sidecar));
  });
}

function isOpen({ content }: ObjectInFile): boolean {
  return listAt(content, 'spec.egress').some((each) => listAt(each, 'hosts').some((host) => String(host).endsWith('/*') && host !== '~/*'))
    || at(content, 'spec.egress') === undefined;
}
