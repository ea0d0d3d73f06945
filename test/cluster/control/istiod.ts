import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { DIST } from '../rendered-systems';
import { NODE_ADDRESS, NODE_NAMESPACE } from '../run/namespaces';
import { start, type RunningProcess } from '../run/processes';
import { runFolder } from '../run/records';
import { exchange } from '../run/steering';
import { until } from '../run/until';
import { tool } from '../tools/tools';
import { sockets, kubeconfig } from './control-plane';
import { definitionsBesideTheMesh, establish } from './definitions';
import type { KubeClient, KubeObject } from './kube-client';

/** How pods are made to send their traffic through their proxy. */
export type Interception = 'init' | 'cni';

interface Webhooks extends KubeObject {
  readonly webhooks: readonly { objectSelector?: unknown; readonly clientConfig: { readonly caBundle?: string } }[];
}

/** Stock Envoy has none of Istio's own filters; with these two switched off nothing else is refused. */
const STOCK_ENVOY = { PILOT_ENABLE_METADATA_EXCHANGE: 'false', PILOT_ENABLE_ALPN_FILTER: 'false', PILOT_DISABLE_MX_ALPN: 'true' };

/** Images are not run; what the injector writes and what the analyzers expect must agree. */
const HUB = 'example.com/istio';
const TAG = '1.31.0';
export const PROXY_IMAGE = `${HUB}/proxyv2:${TAG}`;

/** What runs on machines that are not here, or as a process of ours. */
const NOT_APPLIED = ['Deployment', 'DaemonSet', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'];

/** Istio's own objects: definitions, roles, the injector's templates, webhooks. */
export function istioObjects(interception: Interception): KubeObject[] {
  const options = ['profile=minimal', `components.cni.enabled=${interception === 'cni'}`, `hub=${HUB}`, `tag=${TAG}`].flatMap((option) => ['--set', option]);
  const yaml = execFileSync(tool('istioctl'), ['manifest', 'generate', ...options], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const objects = parseAllDocuments(yaml).flatMap((document): KubeObject[] => document.toJS() ?? []);
  for (const webhook of objects.filter(isValidator).flatMap(({ webhooks }) => webhooks)) delete webhook.objectSelector; // else only labelled objects are judged
  return objects.filter(({ kind }) => !NOT_APPLIED.includes(kind));
}

const isValidator = (object: KubeObject): object is Webhooks => object.kind === 'ValidatingWebhookConfiguration';

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** Where the Service `istiod` leads: to the process on the node. */
const istiodEndpoints = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'istiod-process',
    namespace: 'istio-system',
    labels: { 'kubernetes.io/service-name': 'istiod', 'endpointslice.kubernetes.io/managed-by': 'meshmart' },
  },
  addressType: 'IPv4',
  ports: [['grpc-xds', 15010], ['https-dns', 15012], ['https-webhook', 15017], ['http-monitoring', 15014]]
    .map(([name, port]) => ({ name, port, protocol: 'TCP' })),
  endpoints: [{ addresses: [NODE_ADDRESS], conditions: { ready: true } }],
};

/** Applies definitions first: what they define is refused before they are established. */
async function applyIstio(client: KubeClient, interception: Interception): Promise<void> {
  const objects = istioObjects(interception);
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  await client.apply(namespace('istio-system'));
  await establish(client, [...definitions, ...await definitionsBesideTheMesh()]);
  for (const object of objects.filter(({ kind }) => kind !== 'CustomResourceDefinition' && kind !== 'Namespace')) await client.apply(object);
  await client.apply(istiodEndpoints);
}

/** What a rendered environment needs of the mesh config. */
export interface MeshValues {
  readonly extensionProviders?: readonly object[];
}

/** What is in `istiod-values.yaml`. */
interface IstiodValues {
  readonly env?: Readonly<Record<string, string>>;
  readonly meshConfig: MeshValues;
}

/** What `istiod-values.yaml` has of the mesh config. */
export function meshValues(text: string): MeshValues {
  return (parse(text) as IstiodValues).meshConfig;
}

/** What `dist/` needs of the mesh. */
function ownValues(): IstiodValues {
  return parse(readFileSync(join(DIST, 'staging', 'istiod-values.yaml'), 'utf8')) as IstiodValues;
}

/** Settings of the mesh, with those that environments need; those of the proxies reach injected pods by themselves. */
function meshConfig(needed: readonly MeshValues[] = []): string {
  return JSON.stringify({
    trustDomain: 'cluster.local',
    rootNamespace: 'istio-system',
    accessLogFile: '/dev/stdout',
    enableAutoMtls: true,
    pathNormalization: { normalization: 'MERGE_SLASHES' },
    extensionProviders: needed.flatMap(({ extensionProviders = [] }) => extensionProviders),
    defaultConfig: {
      discoveryAddress: 'istiod.istio-system.svc:15012',
      binaryPath: join(runFolder, 'bin', 'envoy'),
      concurrency: 1,
      drainDuration: '1s', // after a change the tests wait until old connections are gone
    },
  });
}

/** Tells istiod what environments need of the mesh config beside what `dist/` does; it reads its file again by itself. */
export function needOfMesh(...needed: readonly MeshValues[]): void {
  writeFileSync(join(runFolder, 'istiod', 'mesh.yaml'), meshConfig([ownValues().meshConfig, ...needed]));
}

function startIstiod(): RunningProcess {
  const cwd = join(runFolder, 'istiod');
  mkdirSync(cwd);
  needOfMesh();
  return start({
    namespace: NODE_NAMESPACE,
    log: join(runFolder, 'log', 'istiod.log'),
    cwd,
    env: {
      ...STOCK_ENVOY,
      ...ownValues().env,
      PATH: process.env.PATH,
      HOME: cwd,
      POD_NAMESPACE: 'istio-system',
      POD_NAME: 'istiod-process',
      SERVICE_ACCOUNT: 'istiod',
      CLUSTER_ID: 'Kubernetes',
      REVISION: 'default',
      PILOT_ENABLE_STATUS: 'false',
      PILOT_DEBOUNCE_AFTER: '100ms',
      UNSAFE_ENABLE_ADMIN_ENDPOINTS: 'true',
    },
    command: [
      tool('pilot-discovery'), 'discovery', `--kubeconfig=${kubeconfig}`, `--meshConfig=${join(cwd, 'mesh.yaml')}`,
      '--clusterID=Kubernetes', '--domain=cluster.local',
    ],
  });
}

/** Whether all webhooks of a configuration know whom to trust; istiod writes that. */
async function trusts(client: KubeClient, kind: string, name: string): Promise<boolean> {
  const path = await client.path('admissionregistration.k8s.io/v1', kind, undefined, name);
  const { webhooks } = await client.get<Webhooks>(path);
  return webhooks.every(({ clientConfig }) => clientConfig.caBundle);
}

/** Starts istiod; when it is there, the real injector edits pods and the real validator judges Istio's objects. */
export async function startMesh(client: KubeClient, interception: Interception): Promise<void> {
  await client.apply({ ...namespace('default'), metadata: { name: 'default', labels: { 'istio-injection': 'disabled' } } });
  await applyIstio(client, interception); // before istiod: without its templates at the start it never injects
  const istiod = startIstiod();
  await until('istiod is ready', async () => {
    istiod.alive();
    return (await exchange(sockets.istiodReady, 'GET', '/ready')) !== undefined;
  }, 60);
  await until('the injector is trusted', async () => trusts(client, 'MutatingWebhookConfiguration', 'istio-sidecar-injector'));
  await until('the validator is trusted', async () => trusts(client, 'ValidatingWebhookConfiguration', 'istio-validator-istio-system'));
}
