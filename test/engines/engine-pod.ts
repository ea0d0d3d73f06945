import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { at, listAt } from '../mesh/world';

/** What a pod gets from elsewhere, and what its image would be. */
export interface EnginePodOptions {
  /** The rendered objects. */
  readonly objects: readonly unknown[];
  /** Values of Secrets, by `name/key`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Folder that stands for the claimed storage, and outlives the pod. */
  readonly volume: string;
  /** What the image runs, as a shell script: `"$@"` are the rendered arguments. */
  readonly entrypoint: string;
  /** Variables of the image. */
  readonly imageEnv?: Readonly<Record<string, string>>;
}

/** How a command ended. */
export interface Ended { readonly code: number | null; readonly out: string }

/**
 * The main container of a rendered StatefulSet without a container runtime: process 1 of its own namespaces, under the rendered user, without
 * capabilities, on a root that is read-only but for the rendered volumes. Kubelet's part (hooks, probes, signals) is done by the methods.
 */
export class EnginePod {
  private readonly folder = mkdtempSync(join(tmpdir(), 'engine-'));
  private readonly logFile = join(this.folder, 'log');
  private readonly spec: unknown;
  private readonly container: unknown;
  private holder?: ChildProcess;

  constructor(private readonly options: EnginePodOptions) {
    const set = options.objects.find((each) => at(each, 'kind') === 'StatefulSet');
    this.spec = at(set, 'spec.template.spec');
    [this.container] = listAt(this.spec, 'containers');
  }

  /** Starts it, runs its hook, and waits until the startup probe holds, then readiness. */
  public async start(): Promise<void> {
    const script = join(this.folder, 'start.sh');
    writeFileSync(script, this.setup());
    const log = openSync(this.logFile, 'a');
    this.holder = spawn('unshare', ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child', 'sh', script], { stdio: ['ignore', log, log] });
    closeSync(log);
    await this.until('it runs', () => this.pid() !== undefined);
    const { code, out } = this.hook('postStart');
    if (code !== 0) throw new Error(`postStart ended with ${code}: ${out}\n${this.output}`);
    const probes = ['startupProbe', 'readinessProbe'].filter((each) => at(this.container, each) !== undefined);
    for (const probe of probes) await this.until(`${probe} holds`, () => this.probe(probe));
  }

  /** Whether a probe holds now. */
  public probe(name: string): boolean {
    const port = at(this.container, `${name}.tcpSocket.port`);
    return this.exec(port === undefined ? this.commandOf(name) : ['bash', '-c', `: </dev/tcp/127.0.0.1/${String(port)}`]).code === 0;
  }

  /** Command of a probe, or of a hook (`lifecycle.preStop`). */
  public commandOf(name: string): readonly string[] {
    const command = listAt(this.container, `${name}.exec.command`);
    return command.map(String);
  }

  /** Runs a command in it, as `kubectl exec` does. */
  public exec(command: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string): Ended {
    const { status, stdout, stderr } = spawnSync('nsenter', this.inside(command, env), { encoding: 'utf8', input });
    return { code: status, out: `${stdout}${stderr}` };
  }

  /** Starts a command in it that goes on beside the test. */
  public spawn(command: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn('nsenter', this.inside(command, env));
  }

  /** Ends it as kubelet does: hook, signal, grace. @returns whether it went by itself, and after how many seconds */
  public async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<{ itself: boolean; seconds: number }> {
    const began = Date.now();
    const grace = Number(at(this.spec, 'terminationGracePeriodSeconds') ?? 30);
    this.hook('preStop');
    const pid = this.pid();
    if (pid !== undefined) process.kill(pid, signal);
    const itself = await this.goneWithin(grace);
    if (!itself) await this.kill();
    return { itself, seconds: (Date.now() - began) / 1000 };
  }

  /** Ends it as a node that fails does. */
  public async kill(): Promise<void> {
    const pid = this.pid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await this.goneWithin(30);
  }

  /** Whether it is gone before so many seconds. */
  public async goneWithin(seconds: number): Promise<boolean> {
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until && this.holder?.exitCode === null && this.holder.signalCode === null) await pause(50);
    return this.holder?.exitCode !== null || this.holder.signalCode !== null;
  }

  /** Ends it if it still is, and removes what it had. */
  public async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whether its program has started. */
  public get runs(): boolean {
    return this.pid() !== undefined;
  }

  /** Process of the program, as this machine counts. */
  public get mainPid(): number {
    return this.pid() ?? NaN;
  }

  /** What it wrote. */
  public get output(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  private hook(name: 'postStart' | 'preStop'): Ended {
    return at(this.container, `lifecycle.${name}`) === undefined ? { code: 0, out: '' } : this.exec(this.commandOf(`lifecycle.${name}`));
  }

  private async until(what: string, holds: () => boolean): Promise<void> {
    const end = Date.now() + 90_000;
    while (!holds()) {
      if (Date.now() > end || (this.holder && this.holder.exitCode !== null)) throw new Error(`it was not so that ${what}:\n${this.output}`);
      await pause(200);
    }
  }

  /** Process of the program, which is 1 inside. */
  private pid(): number | undefined {
    const holder = this.holder?.pid;
    if (holder === undefined || this.holder?.exitCode !== null) return undefined;
    const [child] = readFileSync(`/proc/${holder}/task/${holder}/children`, 'utf8').trim().split(' ');
    return child && readlinkSync(`/proc/${child}/root`) !== '/' ? Number(child) : undefined;
  }

  private inside(command: readonly string[], env: Readonly<Record<string, string>>): string[] {
    const variables = Object.entries({ ...this.env(), ...env }).map(([name, value]) => `${name}=${value}`);
    const namespaces = ['--mount', '--pid', '--net', '--ipc', '--uts', '--root'];
    return ['--target', String(this.pid()), ...namespaces, ...this.as(), 'env', '-i', '-C', '/', ...variables, ...command];
  }

  private env(): Record<string, string> {
    const written = (at(this.container, 'env') as { name: string; value?: string; valueFrom?: unknown }[] | undefined ?? [])
      .map(({ name, value, valueFrom }) => [name, value ?? this.secret(at(valueFrom, 'secretKeyRef.name'), at(valueFrom, 'secretKeyRef.key'))]);
    return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...this.options.imageEnv, ...Object.fromEntries(written) };
  }

  private secret(name: unknown, key: unknown): string {
    const value = this.options.secrets?.[`${String(name)}/${String(key)}`];
    if (value === undefined) throw new Error(`the test has no Secret ${String(name)}/${String(key)}`);
    return value;
  }

  private as(): string[] {
    const { runAsUser, runAsGroup, fsGroup } = at(this.spec, 'securityContext') as Record<string, number>;
    return ['setpriv', `--reuid=${runAsUser}`, `--regid=${runAsGroup}`, `--groups=${fsGroup}`, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  }

  /** A root of its own, what stands in it, and at last the program. */
  private setup(): string {
    const user = Number(at(this.spec, 'securityContext.runAsUser'));
    const root = join(this.folder, 'root');
    for (const each of ['root', 'layers']) mkdirSync(join(this.folder, each));
    const env = Object.entries(this.env()).map(([name, value]) => `${name}=${quoted(value)}`).join(' ');
    const args = (at(this.container, 'args') as string[] | undefined ?? []).map(quoted).join(' ');
    return [
      'set -e', 'mount --make-rprivate /', 'ip link set lo up', 'hostname pod-0',
      `mount -t tmpfs tmpfs ${this.folder}/layers`, `mkdir ${this.folder}/layers/upper ${this.folder}/layers/work`,
      `mount -t overlay overlay -o lowerdir=/,upperdir=${this.folder}/layers/upper,workdir=${this.folder}/layers/work ${root}`,
      `grep -q '^[^:]*:[^:]*:${user}:' ${root}/etc/passwd || echo 'engine:x:${user}:${user}::/:/bin/sh' >> ${root}/etc/passwd`,
      `echo '127.0.0.1 localhost pod-0' > ${root}/etc/hosts`,
      ...listAt(this.container, 'volumeMounts').flatMap((mount) => this.mounted(root, mount)),
      `mount --rbind /dev ${root}/dev`, `mount -t tmpfs tmpfs ${root}/dev/shm`, `mount -t proc proc ${root}/proc`, `mount -o remount,ro ${root}`,
      `exec chroot ${root} ${this.as().join(' ')} env -i ${env} sh -c ${quoted(this.options.entrypoint)} entrypoint ${args}`,
    ].join('\n');
  }

  private mounted(root: string, mount: unknown): readonly string[] {
    const [name, path] = [String(at(mount, 'name')), String(at(mount, 'mountPath'))];
    const fsGroup = Number(at(this.spec, 'securityContext.fsGroup'));
    const volume = (at(this.spec, 'volumes') as unknown[] | undefined ?? []).find((each) => at(each, 'name') === name);
    const target = '"$target"';
    const inside = [`target=${root}$(chroot ${root} realpath -m ${path})`, `mkdir -p ${target}`]; // /var/run is a link, and an absolute one
    if (at(volume, 'emptyDir')) return [...inside, `mount -t tmpfs -o gid=${fsGroup},mode=2777 tmpfs ${target}`];
    if (!volume) {
      mkdirSync(this.options.volume, { recursive: true });
      chownSync(this.options.volume, 0, fsGroup);
      chmodSync(this.options.volume, 0o2775);
      return [...inside, `mount --bind ${this.options.volume} ${target}`];
    }
    const files = join(this.folder, name);
    mkdirSync(files);
    for (const [file, text] of Object.entries(this.filesOf(volume))) {
      writeFileSync(join(files, file), text, { mode: 0o640 });
      chownSync(join(files, file), 0, fsGroup);
    }
    return [...inside, `mount --bind ${files} ${target}`, `mount -o remount,bind,ro ${target}`];
  }

  private filesOf(volume: unknown): Readonly<Record<string, string>> {
    const configMap = at(volume, 'configMap.name');
    if (configMap !== undefined) {
      const found = this.options.objects.find((each) => at(each, 'kind') === 'ConfigMap' && at(each, 'metadata.name') === configMap);
      return at(found, 'data') as Record<string, string>;
    }
    return Object.fromEntries(listAt(volume, 'projected.sources').flatMap((source) => listAt(source, 'secret.items')
      .map((item) => [String(at(item, 'path')), this.secret(at(source, 'secret.name'), at(item, 'key'))])));
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}
