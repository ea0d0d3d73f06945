import { Agent, request, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** As much of an object as the tests need of every kind. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
  };
}

/** What the API server said to an object. */
export interface Verdict<T = KubeObject> {
  readonly object: T;
  /** Texts of its Warning headers. */
  readonly warnings: readonly string[];
}

/** The API server refused; `status` is that of HTTP. */
export class Refused extends Error {
  constructor(public readonly status: number, message: string) { super(message); }
}

interface Resource { readonly name: string; readonly kind: string; readonly namespaced: boolean }
interface Answer { readonly status: number; readonly text: string; readonly warnings: string[] }

/** Speaks to an API server of another network namespace, through a Unix socket that passes connections on. */
export class KubeClient {
  private readonly resources = new Map<string, Promise<Resource[]>>();
  private readonly agent: Agent;

  constructor(socket: string, private readonly token: string) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 8 });
    // its certificate is made by itself at start, for a network namespace of our own
    this.agent.createConnection = () => connectTls({ socket: connect(socket), rejectUnauthorized: false });
  }

  /** Plain text of a path, whatever the status. */
  public async raw(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      'authorization': `Bearer ${this.token}`, 'content-type': contentType, 'accept': 'application/json',
      'content-length': Buffer.byteLength(text), // else the body of a DELETE would be read as the next request
    };
    const options: RequestOptions = { agent: this.agent, host: 'kubernetes', method, path, headers };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, (response) => {
        let answer = '';
        const said = response.headers['warning'];
        const warnings = said === undefined ? [] : [...said.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, warning]) => warning);
        response.setEncoding('utf8').on('data', (chunk: string) => { answer += chunk; }).on('error', reject)
          .on('end', () => resolve({ status: response.statusCode ?? 0, text: answer, warnings }));
      });
      outgoing.on('error', reject).end(text);
    });
  }

  private async verdict<T>(method: string, path: string, body?: unknown, contentType?: string): Promise<Verdict<T>> {
    const { status, text, warnings } = await this.raw(method, path, body, contentType);
    if (status < 200 || status > 299) {
      let message = text;
      try { message = JSON.parse(text).message; } catch { /* not a Status object: the text says it */ }
      throw new Refused(status, message);
    }
    return { object: JSON.parse(text), warnings };
  }

  private async resource(apiVersion: string, kind: string): Promise<Resource> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const found = this.resources.get(root) ?? this.verdict<{ resources: Resource[] }>('GET', root).then(({ object }) => object.resources);
    this.resources.set(root, found);
    try {
      const resource = (await found).find((one) => one.kind === kind && !one.name.includes('/'));
      if (resource) return resource;
    } catch (error) {
      this.resources.delete(root);
      throw error;
    }
    this.resources.delete(root); // its definition may come later
    throw new Refused(404, `the API server has no kind ${kind} in ${apiVersion}`);
  }

  /** Path of a kind in a namespace, or of one object. */
  public async path(apiVersion: string, kind: string, namespace?: string, name?: string): Promise<string> {
    const { name: plural, namespaced } = await this.resource(apiVersion, kind);
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return [root, ...(namespaced && namespace ? ['namespaces', namespace] : []), plural, ...(name ? [name] : [])].join('/');
  }

  private async pathOf({ apiVersion, kind, metadata }: KubeObject): Promise<string> {
    return this.path(apiVersion, kind, metadata.namespace ?? 'default', metadata.name);
  }

  /** Server-side apply with strict field validation. */
  public async apply(object: KubeObject, options: { readonly dryRun?: boolean } = {}): Promise<Verdict> {
    const query = `fieldManager=meshmart&force=true&fieldValidation=Strict${options.dryRun ? '&dryRun=All' : ''}`;
    return this.verdict('PATCH', `${await this.pathOf(object)}?${query}`, object, 'application/apply-patch+yaml');
  }

  public async create<T = KubeObject>(path: string, object: unknown): Promise<T> {
    return (await this.verdict<T>('POST', path, object)).object;
  }

  /** Creates without keeping, as `kubectl create --dry-run=server` does. */
  public async tryCreate(object: KubeObject): Promise<Verdict> {
    const { apiVersion, kind, metadata } = object;
    const path = await this.path(apiVersion, kind, metadata.namespace ?? 'default');
    return this.verdict('POST', `${path}?fieldValidation=Strict&dryRun=All`, object);
  }

  public async get<T = KubeObject>(path: string): Promise<T> {
    return (await this.verdict<T>('GET', path)).object;
  }

  /** Objects of a kind, in all namespaces if none is named. */
  public async list<T extends KubeObject = KubeObject>(apiVersion: string, kind: string, namespace?: string): Promise<T[]> {
    const { items } = await this.get<{ items: T[] }>(await this.path(apiVersion, kind, namespace));
    return items.map((item) => ({ ...item, apiVersion, kind })); // a list says them once, for all
  }

  public async patchStatus(path: string, status: unknown): Promise<void> {
    await this.verdict('PATCH', `${path}/status`, { status }, 'application/merge-patch+json');
  }

  /** Deletes an object; one that is not there, or another of its name, is as good as deleted. */
  public async delete(object: KubeObject, graceSeconds?: number): Promise<void> {
    const { uid } = object.metadata;
    const options = { gracePeriodSeconds: graceSeconds, ...(uid ? { preconditions: { uid } } : {}) };
    const { status, text } = await this.raw('DELETE', await this.pathOf(object), { apiVersion: 'v1', kind: 'DeleteOptions', ...options });
    if (status > 299 && status !== 404 && status !== 409) throw new Refused(status, text);
  }

  public close(): void { this.agent.destroy(); }
}
