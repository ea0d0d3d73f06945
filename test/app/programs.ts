import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ObjectInFile, objectsIn } from '../../src/checks/rendered';
import { listAt, textAt, textsAt } from '../../src/graph/json';
import { freePort } from '../free-ports';

/** How one program answered. */
export interface Answer { readonly status: number; readonly body: string; readonly headers: Headers }

interface Deployed {
  readonly name: string;
  readonly service: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** Folders by the path where they stand, with the ConfigMap whose files are there. */
  readonly folders: ReadonlyMap<string, string | undefined>;
}

/** Deployments of a system as their manifests have them: arguments, variables and volumes. */
function deployed(objects: readonly ObjectInFile[]): readonly Deployed[] {
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  return deployments.map(({ name, content }) => {
    const [container] = listAt(content, 'spec.template.spec.containers');
    const env = listAt(container, 'env').map((each) => [textAt(each, 'name')!, textAt(each, 'value')] as const)
      .map(([variable, value]) => [variable, value ?? `${variable}-of-${name}`]);
    const service = textsAt(content, 'spec.selector.matchLabels').get('app')!;
    const maps = new Map(listAt(content, 'spec.template.spec.volumes').map((each) => [textAt(each, 'name'), textAt(each, 'configMap.name')]));
    const folders = new Map(listAt(container, 'volumeMounts').map((each) => [textAt(each, 'mountPath')!, maps.get(textAt(each, 'name'))]));
    return { name, service, args: listAt(container, 'args') as string[], env: Object.fromEntries(env) as Record<string, string>, folders };
  });
}

/** Lets programs find each other's hosts at ports of this machine. */
const FINDS = 'const ports = JSON.parse(process.env.PORTS); const there = globalThis.fetch;'
  + 'globalThis.fetch = (url, options) => { const { hostname, pathname, search } = new URL(url);'
  + 'const port = ports[hostname] ?? ports[hostname.split(".")[0]];'
  + 'return port ? there(`http://127.0.0.1:${port}${pathname}${search}`, options) : Promise.reject(new Error("unknown host " + hostname)); };';

/** All programs of a system on this machine, as its manifests start them. */
export class Programs {
  private readonly folder = mkdtempSync(join(tmpdir(), 'meshmart-programs-'));
  private readonly ports = new Map<string, number>();
  private readonly running: ChildProcess[] = [];

  /** @param system folder of its manifests, such as `staging/airport` */
  constructor(private readonly system: string) {}

  /**
   * @param files what a synth wrote
   * @param others further hosts that they find, by their port on this machine
   */
  public async start(files: ReadonlyMap<string, string>, others: Readonly<Record<string, number>> = {}): Promise<void> {
    const objects = objectsIn(new Map([...files].filter(([file]) => dirname(file) === this.system))); // read once: there are many
    const all = deployed(objects);
    for (const { name } of all) this.ports.set(name, await freePort());
    const first = all.filter(({ name, service }) => name === service);
    const hosts = { ...Object.fromEntries(first.map(({ name }) => [name, this.ports.get(name)])), ...others };
    for (const { name, args, env, folders } of all) {
      const moved = this.fill(objects, name, folders);
      this.running.push(spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(FINDS)}`, ...args.map(moved)], {
        env: {
          ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, moved(value)])),
          PORT: String(this.ports.get(name)), PORTS: JSON.stringify(hosts), FRAME_PERIOD_MS: '100',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      }));
    }
    for (const { name } of all) await this.listens(name);
    const ended = all.filter((_, index) => this.running[index].exitCode !== null).map(({ name }) => name);
    if (ended.length > 0) throw new Error(`programs must run, got an end of ${ended.join(', ')}; what they said stands above`);
  }

  /** Makes the folders of a program. @returns what moves a path into them */
  private fill(objects: readonly ObjectInFile[], name: string, folders: Deployed['folders']): (text: string) => string {
    const configMaps = objects.filter(({ kind }) => kind === 'ConfigMap');
    for (const [path, configMap] of folders) {
      mkdirSync(join(this.folder, name, path), { recursive: true });
      const { content } = configMaps.find((each) => each.name === configMap) ?? {};
      for (const [key, text] of textsAt(content, 'data')) writeFileSync(join(this.folder, name, path, key), text);
    }
    return (text) => ([...folders.keys()].some((path) => text === path || text.startsWith(`${path}/`)) ? join(this.folder, name, text) : text);
  }

  /** Where a program listens on this machine. */
  public portOf(name: string): number { return this.ports.get(name)!; }

  /** Asks a program. */
  public async ask(name: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.get(name)}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    return { status: answer.status, body: await answer.text(), headers: answer.headers };
  }

  /** Ends all of them. */
  public async stop(): Promise<void> {
    const left = this.running.filter(({ exitCode }) => exitCode === null);
    await Promise.all(left.map(async (program) => new Promise((resolve) => { program.once('exit', resolve).kill(); })));
    rmSync(this.folder, { recursive: true });
  }

  private async listens(name: string): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      try {
        await this.ask(name, 'GET', '/status');
        return;
      } catch {
        await pause(25);
      }
    }
    throw new Error(`${name} does not listen after 5 s`);
  }
}
