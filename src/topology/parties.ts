import { at, holds, listAt, textAt, textsAt } from '../graph/json';
import { ObjectInFile } from '../checks/rendered';
import { Snapshot } from '../checks/snapshot';
import { NodeKind } from './topology';

/** Who runs in an environment: pods of one ServiceAccount, and the Services that lead to them. */
export interface Party {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly namespace: string;
  readonly system?: string;
  /** Labels of its pods. */
  readonly labels: ReadonlyMap<string, string>;
  /** Hosts that lead to it. */
  readonly hosts: readonly string[];
  /** Ports of its Services. */
  readonly ports: readonly unknown[];
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'CronJob', 'Job'];

/** Those who run in one environment. */
export class Parties {
  /** All that have pods. */
  public readonly all: readonly Party[];

  constructor(private readonly snapshot: Snapshot) {
    const byAccount = new Map<string, ObjectInFile[]>();
    for (const workload of snapshot.of(...WORKLOADS)) {
      const key = `${workload.namespace}/${textAt(podOf(workload), 'spec.serviceAccountName') ?? 'default'}`;
      byAccount.set(key, [...byAccount.get(key) ?? [], workload]);
    }
    this.all = [...byAccount].map(([account, workloads]) => this.partyOf(account, workloads));
  }

  /** Whose pods have the labels of a selector. */
  public selected(namespace: string, selector: ReadonlyMap<string, string>): Party | undefined {
    return this.all.find((party) => party.namespace === namespace && holds(party.labels, selector));
  }

  /** Who proves itself by a ServiceAccount; its id is the account's. */
  public byAccount(namespace: string, account: string): Party | undefined {
    return this.all.find(({ id }) => id === `${namespace}/${account}`);
  }

  /** Who answers at a host. */
  public byHost(host: string): Party | undefined {
    return this.all.find(({ hosts }) => hosts.includes(host));
  }

  private partyOf(id: string, workloads: readonly ObjectInFile[]): Party {
    const [{ namespace, system, kind }] = workloads;
    const labels = textsAt(podOf(workloads[0]), 'metadata.labels');
    const services = this.snapshot.of('Service').filter((service) => service.namespace === namespace && leadsTo(service, labels));
    const ports = services.flatMap(({ content }) => listAt(content, 'spec.ports'));
    const keeps = kind === 'StatefulSet' && ports.every((port) => protocolOf(port) === 'tcp');
    const name = id.slice(namespace.length + 1);
    const hosts = services.map((service) => `${service.name}.${namespace}.svc.cluster.local`);
    return { id, kind: ports.length === 0 ? 'client' : keeps ? 'store' : 'service', name, namespace, system, labels, hosts, ports };
  }
}

/** What a port of a Service speaks. */
export function protocolOf(port: unknown): string {
  return textAt(port, 'appProtocol') ?? textAt(port, 'name')?.split('-')[0] ?? 'tcp';
}

function leadsTo({ content }: ObjectInFile, labels: ReadonlyMap<string, string>): boolean {
  const selector = textsAt(content, 'spec.selector');
  return selector.size > 0 && holds(labels, selector);
}

function podOf({ kind, content }: ObjectInFile): unknown {
  return at(content, kind === 'CronJob' ? 'spec.jobTemplate.spec.template' : 'spec.template');
}
