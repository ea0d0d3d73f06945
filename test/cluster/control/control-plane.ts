import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_ADDRESS, NODE_NAMESPACE } from '../run/namespaces';
import { start, type RunningProcess } from '../run/processes';
import { runFolder } from '../run/records';
import { until } from '../run/until';
import { tool } from '../tools/tools';
import { KubeClient } from './kube-client';

const TOKEN = 'administrator-of-one-test-run';
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const CONTROLLERS = [
  'deployment', 'replicaset', 'statefulset', 'job', 'cronjob', 'endpointslice', 'serviceaccount', 'namespace',
  'garbage-collector', 'disruption', 'resourcequota',
  'persistentvolumeclaim-protection', 'validatingadmissionpolicy-status',
].map((name) => `${name}-controller`);

/** What the parts of a run find each other by. */
export const sockets = {
  apiServer: join(runFolder, 'api.sock'),
  istiod: join(runFolder, 'istiod.sock'),
  istiodReady: join(runFolder, 'istiod-ready.sock'),
  node: join(runFolder, 'node.sock'),
} as const;
/** While this file is there, the kubelet starts no pods. */
export const noNewPods = join(runFolder, 'no-new-pods');
export const kubeconfig = join(runFolder, 'kubeconfig');
const inRun = (...parts: string[]): string => join(runFolder, ...parts);
const log = (name: string): string => inRun('log', `${name}.log`);

/** A client of the API server that this machine's run has. */
export const kubeClient = (): KubeClient => new KubeClient(sockets.apiServer, TOKEN);

function writeKeys(): void {
  mkdirSync(inRun('pki'), { recursive: true });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(inRun('pki', 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(inRun('pki', 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(inRun('pki', 'tokens.csv'), `${TOKEN},administrator,1,"system:masters"\n`);
  writeFileSync(kubeconfig, JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'tests', cluster: { server: `https://${NODE_ADDRESS}:6443`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'administrator', user: { token: TOKEN } }],
    contexts: [{ name: 'tests', context: { cluster: 'tests', user: 'administrator' } }],
    'current-context': 'tests',
  }));
}

/** The node's end of the sockets, and its name server. */
function startNode(): RunningProcess {
  const relay = (socket: string, address: string): string[] => ['-relay', `${socket}=${address}`];
  return start({
    namespace: NODE_NAMESPACE,
    log: log('node'),
    command: [
      tool('backend'), '-control', sockets.node, '-names', `${NODE_ADDRESS}:53`,
      ...relay(sockets.apiServer, `${NODE_ADDRESS}:6443`),
      ...relay(sockets.istiod, '127.0.0.1:15014'),
      ...relay(sockets.istiodReady, '127.0.0.1:8080'),
    ],
  });
}

function startEtcd(): RunningProcess {
  const clients = 'http://127.0.0.1:2379';
  const peers = 'http://127.0.0.1:2380';
  return start({
    namespace: NODE_NAMESPACE,
    log: log('etcd'),
    command: [
      tool('etcd'), '--name', 'tests', '--data-dir', inRun('etcd'), '--unsafe-no-fsync', '--log-level', 'warn',
      '--listen-client-urls', clients, '--advertise-client-urls', clients,
      '--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `tests=${peers}`,
    ],
  });
}

function startApiServer(): RunningProcess {
  return start({
    namespace: NODE_NAMESPACE,
    log: log('kube-apiserver'),
    command: [
      tool('kube-apiserver'), '--etcd-servers=http://127.0.0.1:2379', '--secure-port=6443', `--cert-dir=${inRun('pki')}`,
      `--bind-address=${NODE_ADDRESS}`, `--advertise-address=${NODE_ADDRESS}`, '--service-cluster-ip-range=10.96.0.0/16',
      `--service-account-issuer=${ISSUER}`, `--api-audiences=${ISSUER},istio-ca`,
      `--service-account-key-file=${inRun('pki', 'sa.pub')}`, `--service-account-signing-key-file=${inRun('pki', 'sa.key')}`,
      '--authorization-mode=RBAC', `--token-auth-file=${inRun('pki', 'tokens.csv')}`, '--allow-privileged=true',
      '--enable-aggregator-routing=true', // webhooks are reached by their endpoints: nothing here routes cluster addresses
    ],
  });
}

function startControllers(): RunningProcess {
  return start({
    namespace: NODE_NAMESPACE,
    log: log('kube-controller-manager'),
    command: [
      tool('kube-controller-manager'), '--bind-address=127.0.0.1', '--leader-elect=false', '--use-service-account-credentials=false',
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map((flag) => `--${flag}=${kubeconfig}`),
      `--service-account-private-key-file=${inRun('pki', 'sa.key')}`, `--root-ca-file=${inRun('pki', 'apiserver.crt')}`,
      `--controllers=${CONTROLLERS.join(',')}`,
    ],
  });
}

/** Starts etcd, the API server and the controllers, and waits until pods may be made in the namespace `default`. */
export async function startControlPlane(): Promise<KubeClient> {
  writeKeys();
  const started = [startNode(), startEtcd(), startApiServer()];
  const client = kubeClient();
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    for (const one of started) one.alive();
    return question();
  };
  await until('the API server is ready', async () => ask(async () => (await client.raw('GET', '/readyz')).text === 'ok'), 60);
  started.push(startControllers());
  await until('the first service account', async () => ask(async () => client.get('/api/v1/namespaces/default/serviceaccounts/default')));
  return client;
}
