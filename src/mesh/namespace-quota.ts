import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { reject } from '../manifest/reject';
import { Scalar } from '../manifest/typed-kind';
import { amountOf, amountText } from '../workload/amount';
import { CpuQuantity, MemoryQuantity, Resources, requestsAndLimits, sizeText } from '../workload/quantity';
import { Environment } from './environment';
import { Amounts, COUNTED, largestPodOf, mapAmounts, namespaceUsage, sumOf } from './namespace-usage';
import { quotaProblems } from './quota-problems';

/** Options of `NamespaceQuota.ofWorkloads`. */
export interface WorkloadQuotaOptions {
  /**
   * Room beyond what is declared, in percent, 0 or more: for pods that still end while their successors run, and for a Job by hand.
   * @default 25
   */
  readonly headroomPercent?: number;
  /** How many nodes a DaemonSet has a pod on. @default - none may be declared */
  readonly nodes?: number;
}

/** Amounts of a quota that is given by hand. */
export interface QuotaAmounts extends Resources {
  /** Pods that have not ended. */
  readonly pods: number;
  /** Claims for storage. @default 0 */
  readonly persistentVolumeClaims?: number;
  /** Storage of all claims together. @default - none */
  readonly storage?: Size;
  /** Most that one pod may have, its sidecar included. @default - as much as the quota has */
  readonly largestPod?: { readonly cpu: CpuQuantity; readonly memory: MemoryQuantity };
  /** How many nodes a DaemonSet has a pod on. @default - none may be declared */
  readonly nodes?: number;
}

/** Whose quota it is. */
interface QuotaPlace {
  readonly environment: Environment;
  readonly namespace: string;
}

/** What a quota lets a namespace have. */
export interface Bounds {
  /** In all. */
  readonly hard: Amounts;
  /** Each pod. */
  readonly largestPod?: { readonly cpu: number; readonly memory: number };
}

/** How much a namespace may take of its cluster: the makers say whether that follows from what it runs, or is given. */
export class NamespaceQuota {
  /**
   * As much as what this app declares takes at most: autoscaled to the last pod, in the middle of rolling updates, sidecars included, Jobs running, and room
   * beyond it.
   */
  public static ofWorkloads({ headroomPercent = 25, nodes }: WorkloadQuotaOptions = {}): NamespaceQuota {
    const check = (construct: IConstruct): void => {
      if (!(headroomPercent >= 0 && Number.isFinite(headroomPercent))) reject(construct, `headroomPercent must be 0 or more, got ${headroomPercent}`);
    };
    return new NamespaceQuota(check, (_, { environment, namespace }) => {
      const usages = namespaceUsage(environment, namespace, nodes);
      const withRoom = (amount: number): number => Math.ceil(Number(((amount * (100 + headroomPercent)) / 100).toPrecision(15)));
      const { cpu, memory } = largestPodOf(usages);
      return { hard: mapAmounts(sumOf(usages), (_, amount) => withRoom(amount)), largestPod: { cpu: withRoom(cpu), memory: withRoom(memory) } };
    }, () => []);
  }

  /** These amounts. What the namespace holds must fit, or synth fails with the sum by workload. */
  public static of(amounts: QuotaAmounts): NamespaceQuota {
    const bounds = (construct: IConstruct): Bounds => boundsOf(construct, amounts);
    return new NamespaceQuota(bounds, bounds, (construct, { environment, namespace }) =>
      quotaProblems(bounds(construct), namespaceUsage(environment, namespace, amounts.nodes)));
  }

  private constructor(
    private readonly check: (construct: IConstruct) => void,
    private readonly bounds: (construct: IConstruct, place: QuotaPlace) => Bounds,
    private readonly problems: (construct: IConstruct, place: QuotaPlace) => string[],
  ) {}

  /** Writes the quota of a namespace into a component. @internal */
  public write(component: Construct, owner: IConstruct, place: QuotaPlace): void {
    this.check(owner);
    new Manifest(component, 'ResourceQuota', kinds.ResourceQuota, { name: 'workloads' }, () => {
      const { hard } = this.bounds(owner, place); // once: it renders all that the namespace runs
      return { spec: { hard: quantities(COUNTED.map((key) => [key, amountText(key, hard[key])])) } };
    });
    new Manifest(component, 'LimitRange', kinds.LimitRange, { name: 'largest-pod' }, () => {
      const { hard, largestPod = { cpu: hard['limits.cpu'], memory: hard['limits.memory'] } } = this.bounds(owner, place);
      const max = quantities(Object.entries(largestPod).map(([resource, amount]) => [resource, amountText(resource, amount)]));
      return { spec: { limits: [{ type: 'Pod', max }] } }; // of type Container, a maximum becomes the limit of containers that say none
    });
    owner.node.addValidation({ validate: () => this.problems(owner, place) });
  }
}

function quantities(entries: readonly (readonly [string, string])[]): Record<string, k8s.Quantity> {
  return Object.fromEntries(entries.map(([key, text]) => [key, new Scalar(text)]));
}

function boundsOf(construct: IConstruct, { pods, persistentVolumeClaims = 0, storage, largestPod, ...resources }: QuotaAmounts): Bounds {
  for (const [what, count] of Object.entries({ pods, persistentVolumeClaims })) {
    if (!Number.isInteger(count) || count < 0) reject(construct, `quota must have a whole number of ${what}, got ${count}`);
  }
  const { requests, limits } = requestsAndLimits(construct, resources, 'quota');
  const amount = (resource: string, text: string): number => amountOf(resource, text) ?? 0;
  const twice = largestPod && { cpu: [largestPod.cpu, largestPod.cpu], memory: [largestPod.memory, largestPod.memory] } as const;
  const pod = twice && requestsAndLimits(construct, twice, 'largestPod').limits;
  return {
    hard: {
      'requests.cpu': amount('cpu', requests.cpu), 'requests.memory': amount('memory', requests.memory),
      'limits.cpu': amount('cpu', limits.cpu), 'limits.memory': amount('memory', limits.memory),
      pods, persistentvolumeclaims: persistentVolumeClaims, 'requests.storage': storage ? amount('storage', sizeText(storage)) : 0,
    },
    largestPod: pod && { cpu: amount('cpu', pod.cpu), memory: amount('memory', pod.memory) },
  };
}
