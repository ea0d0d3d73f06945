import { rmSync, writeFileSync } from 'node:fs';
import { kubeClient, noNewPods, sockets } from './control/control-plane';
import type { KubeClient, KubeObject, Verdict } from './control/kube-client';
import type { Pod } from './kubelet/pod';
import { podFolder } from './kubelet/pod-files';
import { podSockets } from './kubelet/running-pod';
import { readManifests, workloads } from './manifests';
import { rejections, synchronized, type Changes } from './proxies';
import { Steering, type Arrival, type Behaviour, type CallOptions, type Outcome } from './run/steering';
import { until } from './run/until';

interface Service extends KubeObject {
  readonly spec: { readonly clusterIP?: string; readonly selector?: Readonly<Record<string, string>> };
}
interface Progress extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number; readonly replicas?: number; readonly readyReplicas?: number; readonly updatedReplicas?: number;
  };
}

/** A request, and whose pod makes it. */
export interface Request extends CallOptions {
  /** Value of the `app` label. */
  readonly from: string;
}

const ISTIO_GROUPS = ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io'];
const isIstio = ({ apiVersion }: KubeObject): boolean => ISTIO_GROUPS.some((group) => apiVersion.startsWith(`${group}/`));
/** What others need comes first. */
const FIRST = ['Namespace', 'ServiceAccount', 'Secret', 'ConfigMap'];
const rank = ({ kind }: KubeObject): number => FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;

const hostOf = ({ name, namespace }: KubeObject['metadata']): string => `${name}.${namespace}.svc.cluster.local`;
const selects = (selector: Readonly<Record<string, string>>, namespace: string | undefined, { metadata }: Pod): boolean =>
  metadata.namespace === namespace && Object.entries(selector).every(([label, value]) => metadata.labels?.[label] === value);
const isReady = ({ status }: Pod): boolean => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** The cluster that the run has started: applies what is judged, asks its pods. */
export class Cluster {
  public readonly client: KubeClient = kubeClient();
  private readonly node = new Steering(sockets.node);
  private readonly outsideNames = new Map<string, readonly string[]>();

  /** Applies objects, or all of a folder, and waits until they are in effect. What the API server says is returned. */
  public async apply(what: string | readonly KubeObject[]): Promise<Verdict[]> {
    const objects = typeof what === 'string' ? readManifests(what) : what;
    const verdicts = await this.submit(objects);
    await this.publishNames();
    for (const workload of workloads(objects)) await this.rolledOut(workload);
    await this.synchronize({ changed: verdicts.map(({ object }) => object).filter(isIstio) });
    return verdicts;
  }

  /** Applies objects without waiting for what follows from them. */
  public async submit(objects: readonly KubeObject[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const object of [...objects].sort((a, b) => rank(a) - rank(b))) verdicts.push(await this.client.apply(object));
    return verdicts;
  }

  /** Deletes a namespace and all that is in it, at once. */
  public async clear(namespace: string): Promise<void> {
    await this.client.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await until(`the end of namespace ${namespace}`, async () => {
      for (const pod of await this.client.list('v1', 'Pod', namespace)) await this.client.delete(pod, 0);
      return (await this.client.raw('GET', `/api/v1/namespaces/${namespace}`)).status === 404;
    }, 60);
  }

  /** Deletes all that some objects are: namespaces among them as a whole, what is elsewhere one by one. */
  public async clearAll(objects: readonly KubeObject[]): Promise<void> {
    const own = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
    for (const namespace of own) await this.clear(namespace);
    await this.remove(objects.filter(({ kind, metadata }) => kind !== 'Namespace' && !own.includes(metadata.namespace ?? '')));
  }

  /** Pods that are made meanwhile are not started. */
  public async withoutNewPods<T>(work: () => Promise<T>): Promise<T> {
    writeFileSync(noNewPods, '');
    try {
      return await work();
    } finally {
      rmSync(noNewPods);
    }
  }

  /** Deletes objects and waits until that is in effect, and pods that they made are going. */
  public async remove(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) await this.client.delete(object);
    for (const { kind, metadata, spec: { template } } of workloads(objects)) {
      const isOf = (pod: Pod): boolean => selects(template.metadata.labels, metadata.namespace, pod);
      await until(`the end of the pods of ${kind} ${metadata.name}`, async () => !(await this.pods()).some(isOf));
    }
    await this.synchronize({ gone: objects.filter(isIstio) });
  }

  /** Goes from one commit's objects to the next one's as Argo CD does: what is gone is removed last. */
  public async goTo(before: readonly KubeObject[], after: readonly KubeObject[]): Promise<void> {
    await this.apply(after);
    await this.remove(before.filter(({ kind, metadata }) => !after.some((other) => other.kind === kind && other.metadata.name === metadata.name)));
  }

  /** Gives a host outside of the cluster its addresses; none make it unknown again. */
  public async nameOutside(host: string, ...addresses: string[]): Promise<void> {
    if (addresses.length > 0) this.outsideNames.set(host, addresses);
    else this.outsideNames.delete(host);
    await this.publishNames();
  }

  /** Does something without some objects, and brings them back. */
  public async without<T>(objects: readonly KubeObject[], work: () => Promise<T>): Promise<T> {
    await this.remove(objects);
    try {
      return await work();
    } finally {
      await this.apply(objects);
    }
  }

  /** Waits until every proxy has accepted all configuration up to now. */
  public async synchronize(changes: Changes = {}): Promise<void> {
    const pods = (await this.pods()).filter(isReady);
    const services = await this.client.list<Service>('v1', 'Service');
    // a headless Service has no endpoints to a proxy: it leads where the client's address says
    const endpoints = services.flatMap(({ metadata, spec: { selector, clusterIP } }) => selector && clusterIP !== 'None' && metadata.name !== 'istiod' ? [{
      host: hostOf(metadata),
      addresses: pods.filter((pod) => selects(selector, metadata.namespace, pod)).map(({ status }) => status!.podIP!),
    }] : []);
    await synchronized(this.client, pods, endpoints, changes);
  }

  /** Pods that are not going away, of one app or of all. */
  public async pods(app?: string): Promise<Pod[]> {
    const pods = (await this.client.list<Pod>('v1', 'Pod')).filter(({ metadata }) => !metadata.deletionTimestamp);
    return pods.filter(({ metadata }) => app === undefined || metadata.labels?.app === app);
  }

  /** Makes requests from a pod, through its proxy if it has one. */
  public async request({ from, ...options }: Request): Promise<Outcome[]> {
    const [pod] = await this.pods(from);
    if (!pod) throw new Error(`no pod has the label app=${from}`);
    return this.steering(pod).call(options);
  }

  /** Makes requests from the node, outside the mesh. */
  public async requestFromOutside(options: CallOptions): Promise<Outcome[]> {
    return this.node.call(options);
  }

  /** Changes how the pods of an app answer; without behaviours they answer as they should. */
  public async behave(app: string, ...behaviours: Behaviour[]): Promise<void> {
    for (const pod of await this.pods(app)) await this.steering(pod).behave(...behaviours);
  }

  /** Requests that arrived at the programs of an app, with a value of the `x-case` header if given. */
  public async backendCalls(app: string, named?: string): Promise<Arrival[]> {
    const arrivals = await Promise.all((await this.pods(app)).map(async (pod) => this.steering(pod).arrivals()));
    return arrivals.flat().filter((arrival) => named === undefined || arrival.case === named);
  }

  /** Configuration that istiod or a proxy refused since the start. */
  public async rejects(): Promise<string[]> { return rejections((await this.pods()).filter(isReady)); }

  /** Steers one pod. */
  public steering(pod: Pod): Steering { return new Steering(podSockets(podFolder(pod)).control); }

  public close(): void { this.client.close(); }

  private async rolledOut({ apiVersion, kind, metadata }: KubeObject): Promise<void> {
    const path = await this.client.path(apiVersion, kind, metadata.namespace, metadata.name);
    await until(`${kind} ${metadata.name} is rolled out`, async () => {
      const { metadata: { generation }, spec: { replicas = 1 }, status = {} } = await this.client.get<Progress>(path);
      const { updatedReplicas = 0, readyReplicas = 0, replicas: present = 0 } = status; // none is left out
      return status.observedGeneration === generation && [updatedReplicas, readyReplicas, present].every((count) => count === replicas);
    }, 120);
  }

  /** The name server answers for Services as a cluster's does. */
  private async publishNames(): Promise<void> {
    const services = await this.client.list<Service>('v1', 'Service');
    const inside = services.flatMap(({ metadata, spec }): [string, string[]][] =>
      spec.clusterIP && spec.clusterIP !== 'None' ? [[hostOf(metadata), [spec.clusterIP]]] : []);
    await this.node.nameAddresses(Object.fromEntries([...inside, ...this.outsideNames]));
  }
}
