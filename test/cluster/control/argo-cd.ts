import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ARGO_CD, readCrds } from '../../../scripts/crds';
import { NODE_NAMESPACE } from '../run/namespaces';
import { start, type RunningProcess } from '../run/processes';
import { runFolder } from '../run/records';
import { Steering } from '../run/steering';
import { until } from '../run/until';
import { hasTool, tool } from '../tools/tools';
import { kubeconfig, sockets } from './control-plane';
import type { KubeClient, KubeObject } from './kube-client';

export const ARGO_CD_NAMESPACE = 'argocd';
const VERSION = 'argoproj.io/v1alpha1';
const PART = { 'app.kubernetes.io/part-of': 'argocd' };
const CONFIG_MAPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'argocd-cm': {
    'application.resourceTrackingMethod': 'annotation',
    'timeout.reconciliation': '0s', // nothing is looked for unless a test asks for it
    'resource.customizations.ignoreResourceUpdates.all': 'jsonPointers:\n  - /status\n',
  },
  'argocd-rbac-cm': {}, 'argocd-cmd-params-cm': {}, 'argocd-ssh-known-hosts-cm': {}, 'argocd-tls-certs-cm': {}, 'argocd-gpg-keys-cm': {},
};
const PORTS = { redis: 16379, repoServer: 18081, repoServerHealth: 18084, controllerHealth: 18082 };

/** An Application as Argo CD reports on it. */
export interface ApplicationStatus extends KubeObject {
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: { readonly phase: string; readonly message?: string; readonly finishedAt?: string };
  };
}

/** Why it cannot run here, if it cannot. */
export function argoCdMissing(): string | undefined {
  if (!hasTool('argocd')) return 'Argo CD is not built: run `npm run test:cluster:tools`';
  const lacks = ['redis-server', 'git'].find((command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error);
  return lacks && `${lacks} is not installed`;
}

/** The real Argo CD: its controller, its repository server and a Redis, against the API server of the run. */
export class ArgoCd {
  private readonly folder = join(runFolder, 'argo-cd');
  private readonly processes: RunningProcess[] = [];
  private readonly node = new Steering(sockets.node);

  constructor(private readonly client: KubeClient) {}

  /** Starts it. @throws CrdsUnavailable where its definitions cannot be had */
  public async start(): Promise<void> {
    for (const name of ['tls', 'ssh', 'tmp', 'bin']) mkdirSync(join(this.folder, name), { recursive: true });
    // it runs this for every revision, also where no signature is asked for
    writeFileSync(join(this.folder, 'bin', 'git-verify-wrapper.sh'), '#!/bin/sh\nexit 0\n');
    chmodSync(join(this.folder, 'bin', 'git-verify-wrapper.sh'), 0o755);
    await this.applyDefinitions();
    this.run('redis', {}, 'redis-server', '--port', String(PORTS.redis), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.folder);
    this.run('argocd-repo-server', {}, tool('argocd'), '--redis', `127.0.0.1:${PORTS.redis}`, '--address', '127.0.0.1', '--port', String(PORTS.repoServer),
      '--metrics-address', '127.0.0.1', '--metrics-port', String(PORTS.repoServerHealth), '--disable-tls', '--client-ca-path=', '--logformat', 'json');
    this.run('argocd-application-controller', { ARGOCD_SYNC_WAVE_DELAY: '0' }, tool('argocd'), '--namespace', ARGO_CD_NAMESPACE,
      '--redis', `127.0.0.1:${PORTS.redis}`, '--repo-server', `127.0.0.1:${PORTS.repoServer}`, '--repo-server-plaintext',
      '--metrics-port', String(PORTS.controllerHealth), '--app-resync', '0', '--persist-resource-health', '--logformat', 'json');
    await this.answers(`127.0.0.1:${PORTS.repoServerHealth}`, '/healthz?full=true');
    await this.answers(`127.0.0.1:${PORTS.controllerHealth}`, '/healthz');
  }

  /** Ends it, and removes what it left in the cluster. */
  public async stop(): Promise<void> {
    for (const process of this.processes) await process.stop();
    for (const application of await this.applications()) {
      await this.client.raw('PATCH', await this.pathOf(application.metadata.name), { metadata: { finalizers: null } }, 'application/merge-patch+json');
    }
    await this.client.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ARGO_CD_NAMESPACE } });
  }

  /** All Applications. */
  public async applications(): Promise<ApplicationStatus[]> {
    return this.client.list<ApplicationStatus>(VERSION, 'Application', ARGO_CD_NAMESPACE);
  }

  /** Makes it look at an Application and the repository now, and waits until it has compared them. */
  public async refresh(name: string, kind: 'normal' | 'hard' = 'normal'): Promise<void> {
    const [path, annotation] = [await this.pathOf(name), 'argocd.argoproj.io/refresh'];
    await this.client.raw('PATCH', path, { metadata: { annotations: { [annotation]: kind } } }, 'application/merge-patch+json');
    await until(`the comparison of ${name}`, async () => {
      const { metadata } = await this.client.get<ApplicationStatus>(path);
      return !(metadata.annotations ?? {})[annotation];
    }, 60);
  }

  /** Waits until an Application is at a revision, and all of it is applied. The phase of an operation alone says little. */
  public async synced(name: string, revision: string, { healthy = true }: { readonly healthy?: boolean } = {}): Promise<ApplicationStatus> {
    await this.refresh(name);
    return this.is(name, `synced at ${revision.slice(0, 8)}`, ({ sync, health, operationState }) => sync?.status === 'Synced' && sync.revision === revision
      && operationState?.phase === 'Succeeded' && (!healthy || health?.status === 'Healthy'));
  }

  /** Waits until an Application is as it should be. */
  public async is(name: string, what: string, holds: (status: NonNullable<ApplicationStatus['status']>) => boolean, seconds = 90): Promise<ApplicationStatus> {
    const path = await this.pathOf(name);
    return until(`Application ${name} is ${what}`, async () => {
      for (const process of this.processes) process.alive();
      const found = await this.client.get<ApplicationStatus>(path);
      if (holds(found.status ?? {})) return found;
      const { sync, health, operationState, conditions } = found.status ?? {};
      throw new Error(JSON.stringify({ sync: sync?.status, at: sync?.revision?.slice(0, 8), health: health?.status, operationState, conditions }));
    }, seconds);
  }

  /** Kinds and names of all that it has applied, in that order. */
  public applied(): string[] {
    const lines = readFileSync(join(runFolder, 'log', 'argocd-application-controller.log'), 'utf8').split('\n');
    return lines.flatMap((line) => /"msg":"Applying resource ([A-Za-z]+\/[\w.-]+) in/.exec(line)?.[1] ?? []);
  }

  private run(name: string, more: Readonly<Record<string, string>>, ...command: readonly string[]): void {
    const inFolder = (part: string): string => join(this.folder, part);
    this.processes.push(start({
      namespace: NODE_NAMESPACE,
      log: join(runFolder, 'log', `${name}.log`),
      cwd: this.folder,
      env: {
        PATH: `${inFolder('bin')}:${process.env.PATH}`, KUBECONFIG: kubeconfig, HOME: inFolder('tmp'), TMPDIR: inFolder('tmp'), ARGOCD_BINARY_NAME: name,
        ARGOCD_FAKE_IN_CLUSTER: 'true', ARGOCD_GPG_ENABLED: 'false', ARGOCD_TLS_DATA_PATH: inFolder('tls'),
        ARGOCD_SSH_DATA_PATH: inFolder('ssh'), ARGOCD_ASK_PASS_SOCK: inFolder('askpass.sock'), ...more,
      },
      command,
    }));
  }

  private async answers(address: string, path: string): Promise<void> {
    await until(`${address}${path} answers`, async () => {
      for (const process of this.processes) process.alive();
      const [{ status }] = await this.node.call({ protocol: 'http', address, path, timeoutMs: 1000 });
      return status === 200;
    }, 60);
  }

  private async pathOf(name: string): Promise<string> {
    return this.client.path(VERSION, 'Application', ARGO_CD_NAMESPACE, name);
  }

  private async applyDefinitions(): Promise<void> {
    const definitions = parseAllDocuments(await readCrds(ARGO_CD)).flatMap((document): KubeObject[] => document.toJS() ?? []);
    for (const definition of definitions.filter(({ kind }) => kind === 'CustomResourceDefinition')) await this.client.apply(definition);
    const metadata = (name: string, labels = {}) => ({ name, namespace: ARGO_CD_NAMESPACE, labels: { ...PART, 'app.kubernetes.io/name': name, ...labels } });
    await this.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ARGO_CD_NAMESPACE } });
    const configMaps = Object.entries(CONFIG_MAPS).map(([name, data]) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name), data }));
    for (const configMap of configMaps) await this.client.apply(configMap);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: metadata('argocd-secret'), stringData: { 'server.secretkey': 'of this run alone' } };
    await this.client.apply(secret);
    for (const kind of ['Application', 'AppProject']) await until(`the API server knows the kind ${kind}`, async () => this.client.list(VERSION, kind));
  }
}
