import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubeClient } from '../control/kube-client';
import { runFolder } from '../run/records';
import { until } from '../run/until';
import type { Pod } from './pod';

const PROXY_USER = 1337;
const FOLDERS = [
  'var/run/secrets/workload-spiffe-uds', 'var/run/secrets/workload-spiffe-credentials', 'var/run/secrets/credential-uds',
  'var/lib/istio/data', 'etc/istio/proxy',
];

/** Logs and sockets of a pod. */
export const podFolder = ({ metadata }: Pod): string => join(runFolder, 'pods', `${metadata.namespace}.${metadata.name}`);

/** Where the proxy's relative paths begin. */
export const proxyFolder = (pod: Pod): string => join(podFolder(pod), 'proxy');

const lines = (values: Readonly<Record<string, string>> = {}): string =>
  Object.entries(values).map(([key, text]) => `${key}=${JSON.stringify(text)}\n`).join('');

async function token(client: KubeClient, { metadata, spec }: Pod): Promise<string> {
  const account = spec.serviceAccountName ?? 'default';
  const { status } = await client.create<{ status: { token: string } }>(`/api/v1/namespaces/${metadata.namespace}/serviceaccounts/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: ['istio-ca'], boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid } },
  });
  return status.token;
}

async function rootCertificate(client: KubeClient, { metadata }: Pod): Promise<string> {
  const path = `/api/v1/namespaces/${metadata.namespace}/configmaps/istio-ca-root-cert`;
  const { data } = await until(`the mesh's certificate in ${metadata.namespace}`, async () => client.get<{ data: Record<string, string> }>(path));
  return data['root-cert.pem'];
}

/** What the volumes of an injected proxy hold. */
export async function writeProxyFiles(client: KubeClient, pod: Pod): Promise<void> {
  const folder = proxyFolder(pod);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const path of FOLDERS) mkdirSync(join(folder, path), { recursive: true });
  write('var/run/secrets/tokens/istio-token', await token(client, pod));
  write('var/run/secrets/istio/root-cert.pem', await rootCertificate(client, pod));
  write('etc/istio/pod/labels', lines(pod.metadata.labels));
  write('etc/istio/pod/annotations', lines(pod.metadata.annotations));
  mkdirSync(join(folder, 'var/lib/istio/envoy'));
  copyFileSync(join(__dirname, 'bootstrap.json'), join(folder, 'var/lib/istio/envoy/envoy_bootstrap_tmpl.json')); // Istio's own is in its image
  execFileSync('chown', ['-R', `${PROXY_USER}:${PROXY_USER}`, folder]);
}
