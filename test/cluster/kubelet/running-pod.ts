import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient } from '../control/kube-client';
import { makePodNetwork } from '../run/namespaces';
import { podBinary } from '../run/pod-binaries';
import { start, type RunningProcess } from '../run/processes';
import { removeNamespace } from '../run/records';
import type { Steering } from '../run/steering';
import { until } from '../run/until';
import { environmentOf, expand } from './environment';
import { ownProgram } from './own-program';
import { PROXY, interceptor, runningContainers, type Container, type Pod } from './pod';
import { podFolder, proxyFolder, writeProxyFiles } from './pod-files';
import { podStatus } from './pod-status';
import { passes } from './probing';

const PROXY_USER = 1337;
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const ADMIN = '127.0.0.1:15000';
const READY_PERIOD_MS = 1000;
/** Of the interception's args: those that check instead of set up, when a CNI plugin is expected to have done it. */
const ONLY_CHECKS = ['--run-validation', '--skip-rule-apply'];

/** Sockets into a pod: one to steer its program, one to its proxy's administration. */
export const podSockets = (folder: string) => ({ control: join(folder, 'control.sock'), admin: join(folder, 'admin.sock') });

const podNamespace = ({ metadata }: Pod): string => `meshmart-${metadata.namespace}.${metadata.name}`;

/**
 * A pod as processes in a network namespace: its program is a stand-in, or its own where that is one of Node; its proxy is real and runs as the
 * injector wrote it.
 */
export class RunningPod {
  private program?: RunningProcess;
  private own?: RunningProcess;
  private proxy?: RunningProcess;
  private network?: { readonly namespace: string; readonly address: string };
  private failures = 0;
  private ready = false;
  private nextProbe = 0;

  constructor(private readonly client: KubeClient, private readonly node: Steering, private readonly pod: Pod, private readonly nodeName: string) {}

  private get path(): string { return `/api/v1/namespaces/${this.pod.metadata.namespace}/pods/${this.pod.metadata.name}`; }
  private get address(): string { return this.network!.address; }
  private get programs(): Container[] { return this.pod.spec.containers.filter(({ name }) => name !== PROXY); }

  /** Binds the pod to a node, makes its network, starts its processes. */
  public async start(index: number): Promise<void> {
    const { metadata, spec } = this.pod;
    if (!spec.nodeName) {
      const target = { kind: 'Node', name: this.nodeName };
      await this.client.create(`${this.path}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: metadata.name }, target });
    }
    const namespace = `/run/netns/${podNamespace(this.pod)}`;
    await until(`the end of the former ${metadata.name}`, async () => !existsSync(namespace));
    rmSync(podFolder(this.pod), { recursive: true, force: true });
    this.network = makePodNetwork(podNamespace(this.pod), index, metadata.namespace!);
    await this.client.patchStatus(this.path, podStatus(this.pod, this.address, false)); // istiod knows a proxy by the pod's address
    mkdirSync(podFolder(this.pod), { recursive: true });
    const proxy = runningContainers(this.pod).find(({ name }) => name === PROXY);
    if (!proxy) return await this.startProgram();

    await writeProxyFiles(this.client, this.pod);
    this.intercept();
    this.startProxy(proxy);
    if (proxy.restartPolicy === 'Always' && proxy.startupProbe) {
      await until(`the proxy of ${metadata.name}`, async () => passes(this.node, this.pod, this.address, proxy.startupProbe!), 60);
    }
    await this.startProgram();
  }

  private environment(container: Container): Record<string, string> {
    return { PATH, HOME: '/tmp', ...environmentOf(container, this.pod, this.address, this.nodeName) };
  }

  /** Sets up interception as the injected init container does, or as the CNI plugin would. */
  private intercept(): void {
    const container = interceptor(this.pod);
    if (!container?.args) return;
    const command = [podBinary('pilot-agent'), ...container.args.filter((arg) => !ONLY_CHECKS.includes(arg))];
    const env = { ...this.environment(container), PATH: process.env.PATH };
    execFileSync('ip', ['netns', 'exec', this.network!.namespace, ...command], { env, stdio: 'pipe' });
  }

  private startProxy(container: Container): void {
    const env = this.environment(container);
    this.proxy = start({
      namespace: this.network!.namespace,
      user: PROXY_USER,
      cwd: proxyFolder(this.pod),
      env,
      log: join(podFolder(this.pod), 'proxy.log'),
      command: [podBinary('pilot-agent'), ...(container.args ?? []).map((arg) => expand(arg, env))],
    });
  }

  /** The stand-in makes requests from the pod in any case; it answers where nobody else does. */
  private async startProgram(): Promise<void> {
    const [first] = this.programs;
    const user = first?.securityContext?.runAsUser ?? this.pod.spec.securityContext?.runAsUser ?? 1000;
    const folder = podFolder(this.pod);
    chownSync(folder, user, user);
    const { control, admin } = podSockets(folder);
    const own = first && await ownProgram(this.client, this.pod, first, this.environment(first));
    if (own) {
      execFileSync('chown', ['-R', `${user}:${user}`, join(folder, 'volumes')]);
      this.own = start({ ...own, namespace: this.network!.namespace, user, cwd: folder, log: join(folder, 'own-program.log') });
    }
    const ports = own ? [] : this.programs.flatMap(({ ports: declared = [] }) => declared).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
    this.program = start({
      namespace: this.network!.namespace,
      user,
      cwd: folder,
      env: first ? this.environment(first) : { PATH },
      log: join(folder, 'program.log'),
      command: [
        podBinary('backend'), '-control', control, '-relay', `${admin}=${ADMIN}`, '-pod', this.pod.metadata.name,
        '-version', this.pod.metadata.labels?.version ?? '', ...ports.flatMap(({ containerPort }) => ['-port', String(containerPort)]),
      ],
    });
  }

  /** Probes all containers and reports when the answer changes; three failures make a ready pod unready. */
  public async probe(): Promise<void> {
    if (Date.now() < this.nextProbe) return;
    this.program?.alive();
    this.own?.alive();
    this.proxy?.alive();
    const probes = runningContainers(this.pod).flatMap(({ readinessProbe }) => readinessProbe ?? []);
    const passed = this.program !== undefined
      && (await Promise.all(probes.map(async (probe) => passes(this.node, this.pod, this.address, probe)))).every(Boolean);
    this.failures = passed ? 0 : this.failures + 1;
    const ready = passed || (this.ready && this.failures < 3);
    if (ready !== this.ready) await this.client.patchStatus(this.path, podStatus(this.pod, this.address, ready));
    this.ready = ready;
    this.nextProbe = Date.now() + (ready ? READY_PERIOD_MS : 0);
  }

  /** What the API server's deletion asks for: hooks, signals, grace period, then nothing is left. */
  public async stop(graceSeconds: number): Promise<void> {
    const begin = Date.now();
    const left = (): number => Math.max(0, graceSeconds - (Date.now() - begin) / 1000);
    const pauses = this.programs.map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0);
    await pause(Math.min(graceSeconds, Math.max(0, ...pauses)) * 1000);
    const proxyIsSidecar = this.pod.spec.containers.every(({ name }) => name !== PROXY);
    const programs = Promise.all([this.program?.stop(left()), this.own?.stop(left())]);
    if (proxyIsSidecar) await programs; // a sidecar ends after the programs
    await Promise.all([programs, this.proxy?.stop(left())]);
    if (this.network) removeNamespace(this.network.namespace);
    await this.client.delete(this.pod, 0);
  }
}
