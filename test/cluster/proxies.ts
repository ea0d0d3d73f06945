import type { KubeClient, KubeObject } from './control/kube-client';
import { sockets } from './control/control-plane';
import { podFolder } from './kubelet/pod-files';
import { podSockets } from './kubelet/running-pod';
import { PROXY, runningContainers, type Pod } from './kubelet/pod';
import { exchange } from './run/steering';
import { until } from './run/until';

/** What istiod sent to a proxy and what the proxy accepted, by kind of resource. */
type Sync = Readonly<Record<string, string>> & { readonly proxy: string };
interface StoredConfig { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string } }

const RESOURCES = ['cluster', 'listener', 'route', 'endpoint'];
/** A push of listeners alone (a policy), or of clusters alone (a gateway's), after the marker's leaves the rest behind; another brings all level. */
const LEVEL_SECONDS = 6;
const MARKER = 'meshmart-marker';

/** Whether a pod has a proxy. */
export const hasProxy = (pod: Pod): boolean => runningContainers(pod).some(({ name }) => name === PROXY);

/** Text that a proxy's administration answers. */
export const admin = async (pod: Pod, path: string): Promise<string> => exchange(podSockets(podFolder(pod)).admin, 'GET', path);

/** Counters and gauges of a proxy whose names match. */
export async function statistics(pod: Pod, pattern: string): Promise<Map<string, number>> {
  const lines = (await admin(pod, `/stats?filter=${encodeURIComponent(pattern)}`)).split('\n');
  return new Map(lines.map((line) => /^(.+): (\d+)$/.exec(line)).flatMap((match) => match ? [[match[1], Number(match[2])]] : []));
}

/** A cluster that leads nowhere, in every proxy whatever its Sidecar says. */
const marker = (name: string): KubeObject & { readonly spec: object } => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
  metadata: { name: MARKER, namespace: 'istio-system' },
  spec: {
    configPatches: [{
      applyTo: 'CLUSTER',
      match: { context: 'ANY' },
      patch: { operation: 'ADD', value: { name, type: 'STATIC', connect_timeout: '1s' } },
    }],
  },
});

const keyOf = (kind: string, { namespace, name }: { readonly namespace?: string; readonly name: string }): string => `${kind} ${namespace}/${name}`;

/** istiod has read an object once it holds its version, or a later one: some status it writes itself. */
async function read(objects: readonly KubeObject[], gone: readonly KubeObject[]): Promise<boolean> {
  const stored: StoredConfig[] = JSON.parse(await exchange(sockets.istiod, 'GET', '/debug/configz'));
  const versions = new Map(stored.map(({ kind, metadata }) => [keyOf(kind, metadata), Number(metadata.resourceVersion)]));
  return objects.every(({ kind, metadata }) => (versions.get(keyOf(kind, metadata)) ?? 0) >= Number(metadata.resourceVersion))
    && gone.every(({ kind, metadata }) => !versions.has(keyOf(kind, metadata)));
}

/** Push that a nonce belongs to: what stands before its 36 random characters. */
const push = (nonce = ''): string => nonce.slice(0, -36);

/** Whether all proxies have the marker, and have accepted all that came with it. @throws Error that names those who have not */
async function accepted(pods: readonly Pod[], name: string): Promise<boolean> {
  const routed = new Set<string>();
  for (const pod of pods) {
    const clusters = await admin(pod, `/config_dump?resource=dynamic_active_clusters&name_regex=${name}`);
    if (!clusters.includes(name)) throw new Error(`${pod.metadata.name} has no marker`);
    if ((await admin(pod, '/config_dump?resource=dynamic_listeners')).includes('"route_config_name"')) routed.add(pod.metadata.name);
  }
  const syncs: Sync[] = JSON.parse(await exchange(sockets.istiod, 'GET', '/debug/syncz')); // asked after the marker has come, never before
  const late = pods.filter(({ metadata }) => {
    // without a listener that asks for them, routes stay as they were
    const together = ['cluster', 'listener', ...(routed.has(metadata.name) ? ['route'] : [])];
    return !syncs.filter(({ proxy }) => proxy === `${metadata.name}.${metadata.namespace}`) // a former pod of the same name may be among them
      .some((sync) => RESOURCES.every((resource) => sync[`${resource}_sent`] === sync[`${resource}_acked`])
        && new Set(together.map((resource) => push(sync[`${resource}_sent`]))).size === 1);
  });
  if (late.length === 0) return true;
  const named = late.map(({ metadata }) => `${metadata.name}.${metadata.namespace}`);
  throw new Error(JSON.stringify(syncs.filter(({ proxy }) => named.includes(proxy))));
}

/** Whether no connection is left that still serves under an older configuration. */
async function settled(pods: readonly Pod[]): Promise<boolean> {
  const draining = await Promise.all(pods.map(async (pod) => statistics(pod, 'listener_manager\\.total_(filter_chains|listeners)_draining')));
  return draining.every((counts) => [...counts.values()].every((count) => count === 0));
}

const CLUSTER_OR_ENDPOINT = /^outbound\|\d+\|[^|]*\|([^:]+)::(?:([\d.]+):\d+::health_flags|default_priority::max_requests)/gm;

/** Whether each proxy sends to just these endpoints, of the Services that it knows. */
async function balances(pods: readonly Pod[], expected: readonly Endpoints[]): Promise<boolean> {
  for (const pod of pods) {
    const known = new Map<string, Set<string>>();
    for (const [, host, address] of (await admin(pod, '/clusters')).matchAll(CLUSTER_OR_ENDPOINT)) {
      const addresses = known.get(host) ?? new Set();
      known.set(host, address ? addresses.add(address) : addresses);
    }
    if (expected.some(({ host, addresses }) => known.has(host) && !sameMembers(known.get(host)!, addresses))) return false;
  }
  return true;
}

/** Envoy's `update_merge_window`: a change of health that follows an update is kept from its workers so long, whatever its administration says. */
const MERGE_WINDOW_MS = 1000;

/** Answers whether no update of endpoints has reached the workers of any proxy for as long as one may be kept back. */
function workersKnow(pods: readonly Pod[]): () => Promise<boolean> {
  let last = '';
  let since = Date.now();
  return async () => {
    const counts = await Promise.all(pods.map(async (pod) => [...(await statistics(pod, '^cluster_manager\\.(cluster_updated|update_merge)')).values()]));
    const now = JSON.stringify(counts);
    if (now !== last) [last, since] = [now, Date.now()];
    return Date.now() - since > MERGE_WINDOW_MS;
  };
}

const sameMembers = (some: Iterable<string>, others: Iterable<string>): boolean =>
  JSON.stringify([...new Set(some)].sort()) === JSON.stringify([...new Set(others)].sort());

interface Shard { readonly Addresses: readonly string[]; readonly HealthStatus: number }
type Shards = Readonly<Record<string, Readonly<Record<string, { readonly Shards?: Readonly<Record<string, readonly Shard[]>> }>>>>;

const HEALTHY = 1;

/** Addresses behind a Service: of its ready pods, once istiod has read them. */
export interface Endpoints { readonly host: string; readonly addresses: readonly string[] }

/** Whether istiod knows just these endpoints. */
async function knows(expected: readonly Endpoints[]): Promise<boolean> {
  const shards: Shards = JSON.parse(await exchange(sockets.istiod, 'GET', '/debug/endpointShardz'));
  return expected.every(({ host, addresses }) => {
    const known = Object.values(shards[host] ?? {}).flatMap(({ Shards = {} }) => Object.values(Shards).flat())
      .flatMap(({ Addresses, HealthStatus }) => HealthStatus === HEALTHY ? Addresses : []); // those of ending pods stay until the pods are gone
    return sameMembers(known, addresses);
  });
}

let markers = 0;
/** Endpoints when it was last waited for them. */
let settledEndpoints = '';

/** Marks all configuration up to now, and waits until every proxy has accepted it as a whole. */
async function level(client: KubeClient, proxies: readonly Pod[]): Promise<true> {
  const name = `${MARKER}-${process.pid}-${markers++}`;
  await client.apply(marker(name));
  return until('the push of the marker', async () => accepted(proxies, name), LEVEL_SECONDS);
}

/** Configuration that is written and deleted by a test. */
export interface Changes { readonly changed?: readonly KubeObject[]; readonly gone?: readonly KubeObject[] }

/** Waits until every proxy has accepted all configuration up to now, the changes included, and nothing older serves. */
export async function synchronized(
  client: KubeClient, pods: readonly Pod[], endpoints: readonly Endpoints[], { changed = [], gone = [] }: Changes,
): Promise<void> {
  await until('istiod has read the configuration', async () => read(changed, gone));
  await until('istiod knows the endpoints', async () => knows(endpoints));
  const proxies = pods.filter(hasProxy);
  await until('all proxies have accepted the configuration', async () => level(client, proxies), 60);
  await until('all proxies know the endpoints', async () => balances(proxies, endpoints));
  const known = JSON.stringify(endpoints);
  if (known !== settledEndpoints) await until('the workers of all proxies know the endpoints', workersKnow(proxies));
  settledEndpoints = known;
  await until('no proxy serves under an older configuration', async () => settled(proxies));
}

/** Configuration that istiod or a proxy refused since the start, one line each; empty if none. */
export async function rejections(pods: readonly Pod[]): Promise<string[]> {
  const metrics = await exchange(sockets.istiod, 'GET', '/metrics');
  const refused = metrics.split('\n').filter((line) => /^pilot_(total_xds_rejects|xds_\w+_reject)\b.* [^0]/.test(line));
  for (const pod of pods.filter(hasProxy)) {
    for (const [name, count] of await statistics(pod, 'update_rejected')) {
      if (count > 0) refused.push(`${pod.metadata.name}: ${name} ${count}`);
    }
  }
  return refused;
}
