import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { objectsIn } from '../../../src/checks/rendered';
import { listAt, textAt, textsAt } from '../../../src/graph/json';

/** How one program answered. */
export interface Answer { readonly status: number; readonly body: string; readonly headers: Headers }

interface Deployed { readonly name: string; readonly service: string; readonly args: readonly string[]; readonly env: Record<string, string> }

/** The airport's Deployments of staging as their manifests have them: arguments and variables. */
function deployed(files: ReadonlyMap<string, string>): readonly Deployed[] {
  const deployments = objectsIn(files).filter(({ file, kind }) => file.startsWith('staging/airport/') && kind === 'Deployment');
  return deployments.map(({ name, content }) => {
    const [container] = listAt(content, 'spec.template.spec.containers');
    const env = listAt(container, 'env').map((each): [string, string] => [textAt(each, 'name')!, textAt(each, 'value') ?? `pod-of-${name}`]);
    const service = textsAt(content, 'spec.selector.matchLabels').get('app')!;
    return { name, service, args: listAt(container, 'args') as string[], env: Object.fromEntries(env) };
  });
}

/** Lets programs find each other's hosts at ports of this machine. */
const FINDS = 'const ports = JSON.parse(process.env.PORTS); const there = globalThis.fetch;'
  + 'globalThis.fetch = (url, options) => { const asked = new URL(url); const port = ports[asked.hostname.split(".")[0]];'
  + 'return port ? there(`http://127.0.0.1:${port}${asked.pathname}`, options) : Promise.reject(new Error("unknown host " + asked.hostname)); };';

/** All programs of the airport on this machine, as their manifests start them. */
export class Programs {
  private readonly folder = mkdtempSync(join(tmpdir(), 'meshmart-airport-'));
  private readonly ports = new Map<string, number>();
  private readonly running: ChildProcess[] = [];

  /**
   * @param files what a synth wrote
   * @param others further hosts that they find, by their port on this machine
   */
  public async start(files: ReadonlyMap<string, string>, others: Readonly<Record<string, number>> = {}): Promise<void> {
    const all = deployed(files);
    const configMaps = objectsIn(files).filter(({ file, kind }) => file.startsWith('staging/airport/') && kind === 'ConfigMap');
    const data = Object.assign({}, ...configMaps.map(({ content }) => Object.fromEntries(textsAt(content, 'data')))) as Record<string, string>;
    for (const [name, folder] of [['stand-in.mjs', 'programs'], ['config.json', 'config']]) {
      mkdirSync(join(this.folder, folder));
      writeFileSync(join(this.folder, folder, name), data[name]);
    }
    mkdirSync(join(this.folder, 'data'));
    for (const { name } of all) this.ports.set(name, await freePort());
    const hosts = Object.fromEntries(all.map(({ name, service }) => [service, this.ports.get(name === 'cpanel-v2' ? 'cpanel' : name)]));
    for (const { name, args, env } of all) {
      const moved = (text: string): string => text.replace(/^\/(programs|config|data)\//, `${this.folder}/$1/`);
      this.running.push(spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(FINDS)}`, ...args.map(moved)], {
        env: {
          ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, moved(value)])),
          PORT: String(this.ports.get(name)), PORTS: JSON.stringify({ ...hosts, ...others }), FRAME_PERIOD_MS: '100',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      }));
    }
    for (const { name } of all) await this.listens(name);
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
    await Promise.all(this.running.map(async (program) => new Promise((resolve) => { program.once('exit', resolve).kill(); })));
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

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
